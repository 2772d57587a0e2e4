/// The names of keys whose values are personal, however these look.
struct PersonalKeys: Sendable {
    /// Hashes of the names in lower case, without what separates their words, so that nothing is copied to look for one.
    private let names: Set<UInt64>
    private let exempt: Set<[UInt8]>

    /// What stands in a key beside what it is of: `mac_hash` is as personal as `mac`.
    private static let additions: [StaticString] = [
        "id", "ids", "address", "addresses", "addr", "number", "numbers", "no", "nr", "hash", "hashed", "list", "text",
        "string", "image", "embedding", "encoding", "vector", "template",
    ]

    private static let builtIn: [String] = [
        "mac", "macs", "bssid", "ssid", "imsi", "tmsi", "imei", "imeisv", "iccid", "msisdn", "phone", "phones", "plate",
        "plates", "kenteken", "kentekens", "rfid", "face", "faces",
        // Written without a sign of where their words end.
        "macaddress", "macaddr", "phonenumber", "telephone", "licenseplate", "licenceplate", "numberplate",
        "platenumber", "faceid", "personid", "cardid", "cardnumber", "passid", "passnumber", "badge", "badgeid",
    ]

    static let longestKey = 64

    /// - Parameters:
    ///   - further: names beside those that are built in.
    ///   - exempt: what the configuration reads as something else.
    init(further: some Sequence<String> = [], exempt: some Sequence<[UInt8]> = []) {
        names = Set((PersonalKeys.builtIn + further).map { PersonalKeys.hash($0.utf8) })
        self.exempt = Set(exempt)
    }

    /// Whether a key says that its value is personal: by all of it, or by its last words but for additions to these, in any
    /// case, with `-`, `_`, `.` or a space between words, or a capital at their beginning.
    func arePersonal(_ key: UnsafeRawBufferPointer) -> Bool {
        if key.isEmpty || key.count > PersonalKeys.longestKey { return false }
        var end = key.count
        while true {
            end = PersonalKeys.withoutSeparators(key, end)
            if end == 0 { return false }
            if hasName(key, endingAt: end) { return !exempt.contains(Array(key)) }
            let start = PersonalKeys.wordStart(key, endingAt: end)
            let word = key.part(start..<end)
            let isAddition = word[0].isDigit || PersonalKeys.additions.contains { PersonalKeys.isSame(word, $0) }
            if start == 0 || !isAddition { return false }
            end = start
        }
    }

    /// Whether a name ends there that begins with a word.
    private func hasName(_ key: UnsafeRawBufferPointer, endingAt end: Int) -> Bool {
        var start = end
        while start > 0 {
            start = PersonalKeys.wordStart(key, endingAt: start)
            if names.contains(PersonalKeys.hash(key.part(start..<end))) { return true }
            start = PersonalKeys.withoutSeparators(key, start)
        }
        return false
    }

    private static func isSeparator(_ byte: UInt8) -> Bool { !byte.isAlphanumeric && byte < 0x80 }

    /// Of the letters and digits, in lower case. Source: FNV-1a, draft-eastlake-fnv.
    private static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes where !isSeparator(byte) { hash = (hash ^ UInt64(byte.lowercased)) &* 0x100_0000_01B3 }
        return hash
    }

    private static func withoutSeparators(_ key: UnsafeRawBufferPointer, _ end: Int) -> Int {
        var end = end
        while end > 0, isSeparator(key[end - 1]) { end -= 1 }
        return end
    }

    /// Where the word begins that ends there: behind a separator, between a digit and what is none, at a capital behind what
    /// is none, and at the last of several capitals before what is none.
    private static func wordStart(_ key: UnsafeRawBufferPointer, endingAt end: Int) -> Int {
        var start = end - 1
        while start > 0, !isSeparator(key[start - 1]) {
            if key[start].isDigit != key[start - 1].isDigit { break }
            let isCapital = key[start].isUpper
            if isCapital, !key[start - 1].isUpper { break }
            if isCapital, key[start - 1].isUpper, start + 1 < end, !key[start + 1].isUpper, key[start + 1].isLetter {
                break
            }
            start -= 1
        }
        return start
    }

    private static func isSame(_ word: UnsafeRawBufferPointer, _ name: StaticString) -> Bool {
        name.withUTF8Buffer { name in
            name.count == word.count && zip(word, name).allSatisfy { $0.lowercased == $1 }
        }
    }
}
