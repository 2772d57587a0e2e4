/// Finds personal data in bytes of any kind, one finding after the other, from the beginning to the end.
///
/// Each byte is looked at a bounded number of times, and nothing is allocated. What lies before ``position`` may be masked
/// while the scanner goes on.
struct PersonalDataScanner {
    private let bytes: UnsafeRawBufferPointer
    private let keys: PersonalKeys?
    private(set) var position = 0
    /// The two runs of letters and digits before this one, where a dash alone lies between each.
    private var beforeLast: Range<Int>?
    private var last: Range<Int>?
    /// How far groups of hexadecimal digits were counted already.
    private var countedUntil = 0
    /// A plus that JSON writes as `\u002B` ends here.
    private var escapedPlusEnd = -1

    /// - Parameter keys: nil for a name, which has no keys.
    init(_ bytes: UnsafeRawBufferPointer, keys: PersonalKeys?) {
        self.bytes = bytes
        self.keys = keys
    }

    /// The next finding, behind all that came before; nil at the end.
    mutating func next() -> PersonalDataFinding? {
        while position < bytes.count {
            let byte = bytes[position]
            if byte.isAlphanumeric {
                if let found = takeRun() { return found }
            } else if byte == UInt8(ascii: "\\") {
                skipEscape()
            } else if byte == UInt8(ascii: ":") || byte == UInt8(ascii: "="), let keys {
                let value = KeyedValue(of: bytes, at: position, keys: keys)
                position = max(position + 1, value?.end ?? 0)
                if let found = value?.finding { return found }
            } else {
                position += 1
            }
        }
        return nil
    }

    /// What `\n` or `\u003A` stand for separates; the letters in them belong to no word.
    private mutating func skipEscape() {
        while position < bytes.count, bytes[position] == UInt8(ascii: "\\") { position += 1 }
        guard position < bytes.count else { return }
        let letter = bytes[position]
        if letter == UInt8(ascii: "u"), position + 4 < bytes.count,
            bytes.part(position + 1..<position + 5).allSatisfy(\.isHexDigit)
        {
            let code = bytes.part(position + 1..<position + 5)
            position += 5
            if code[0] == UInt8(ascii: "0"), code[1] == UInt8(ascii: "0"), code[2] == UInt8(ascii: "2"),
                code[3].lowercased == UInt8(ascii: "b")
            {
                escapedPlusEnd = position
            }
        } else if "bfnrt".utf8.contains(letter) {
            position += 1
        }
    }

    // MARK: - Runs of letters and digits

    private mutating func takeRun() -> PersonalDataFinding? {
        let start = position
        var end = start
        var isHex = true
        var isNumber = true
        var digits = 0
        var numbers: Range<Int>?
        while end < bytes.count, bytes[end].isAlphanumeric {
            if bytes[end].isDigit {
                digits += 1
            } else {
                numbers = PersonalDataScanner.joined(numbers, digits, endingAt: end)
                digits = 0
                isNumber = false
                if !bytes[end].isMaskedHexDigit { isHex = false }
            }
            end += 1
        }
        numbers = PersonalDataScanner.joined(numbers, digits, endingAt: end)
        let run = start..<end
        if let address = hardwareAddress(at: run) { return found(.hardwareAddress, address) }
        if position > start { return nil }
        if isNumber, isPhoneNumber(run) { return found(.phoneNumber, run) }
        // Sixteen hexadecimal digits, and longer ones, are identities of devices, keys and digests.
        if let numbers, isNumber || !isHex, !isPartOfFraction(numbers) {
            return found(.subscriberNumber, numbers, form: isAlone(numbers) ? .number : .plain)
        }
        if let plate = numberPlate(at: run) { return found(.numberPlate, plate) }
        let isJoined = start > 0 && bytes[start - 1] == UInt8(ascii: "-") && last?.upperBound == start - 1
        beforeLast = isJoined ? last : nil
        last = run
        position = end
        return nil
    }

    /// From the first to the last of the runs of exactly fifteen digits.
    private static func joined(_ earlier: Range<Int>?, _ digits: Int, endingAt end: Int) -> Range<Int>? {
        guard digits == 15 else { return earlier }
        return (earlier?.lowerBound ?? end - digits)..<end
    }

    private mutating func found(
        _ kind: PersonalDataKind, _ range: Range<Int>, form: PersonalDataFinding.Form = .plain
    ) -> PersonalDataFinding {
        position = range.upperBound
        // The rest of the run is no word of its own.
        while position < bytes.count, bytes[position].isAlphanumeric { position += 1 }
        last = nil
        beforeLast = nil
        return PersonalDataFinding(kind: kind, range: range, form: form)
    }

    // MARK: - Addresses

    /// Six bytes with `:` or `-` between them, or three groups of two with `.`. Eight bytes are the identity of a device,
    /// 16, 20 and 32 a digest; these are passed over.
    private mutating func hardwareAddress(at run: Range<Int>) -> Range<Int>? {
        guard run.count == 2 || run.count == 4, run.upperBound < bytes.count, run.upperBound >= countedUntil,
            bytes.part(run).allSatisfy(\.isMaskedHexDigit)
        else { return nil }
        let separator = bytes[run.upperBound]
        let isSeparator =
            run.count == 2
            ? separator == UInt8(ascii: ":") || separator == UInt8(ascii: "-") : separator == UInt8(ascii: ".")
        guard isSeparator else { return nil }
        var (groups, end) = (1, run.upperBound)
        while end < bytes.count, bytes[end] == separator, isGroup(of: run.count, at: end + 1) {
            end += 1 + run.count
            groups += 1
        }
        countedUntil = end
        if run.count == 4 { return groups == 3 ? run.lowerBound..<end : nil }
        guard groups >= 6 else { return nil }
        if [8, 16, 20, 32].contains(groups) {
            position = end
            last = nil
            return nil
        }
        return run.lowerBound..<end
    }

    private func isGroup(of count: Int, at start: Int) -> Bool {
        guard start + count <= bytes.count, bytes.part(start..<start + count).allSatisfy(\.isMaskedHexDigit) else {
            return false
        }
        return start + count == bytes.count || !bytes[start + count].isAlphanumeric
    }

    // MARK: - Numbers

    private func isPhoneNumber(_ run: Range<Int>) -> Bool {
        guard (8...15).contains(run.count), run.lowerBound > 0 else { return false }
        let plus = run.lowerBound - 1
        // The plus of an exponent or of an offset from UTC follows on something.
        if bytes[plus] == UInt8(ascii: "+") { return plus == 0 || !bytes[plus - 1].isAlphanumeric }
        return escapedPlusEnd == run.lowerBound
    }

    private func isPartOfFraction(_ number: Range<Int>) -> Bool {
        let point = UInt8(ascii: ".")
        let (start, end) = (number.lowerBound, number.upperBound)
        if start >= 2, bytes[start - 1] == point, bytes[start - 2].isDigit { return true }
        return end + 1 < bytes.count && bytes[end] == point && bytes[end + 1].isDigit
    }

    /// Whether a number is all that there is, or the value of a key in JSON, and no part of a text.
    private func isAlone(_ number: Range<Int>) -> Bool {
        var before = number.lowerBound
        while before > 0, bytes[before - 1].isWhitespace, number.lowerBound - before < 16 { before -= 1 }
        if before == 0 { return bytes[number.upperBound...].allSatisfy(\.isWhitespace) }
        guard before >= 2, bytes[before - 1] == UInt8(ascii: ":"), bytes[before - 2] == UInt8(ascii: "\"") else {
            return false
        }
        guard number.upperBound < bytes.count else { return true }
        let next = bytes[number.upperBound]
        return next == UInt8(ascii: ",") || next == UInt8(ascii: "}") || next.isWhitespace
    }

    // MARK: - Plates

    private func numberPlate(at run: Range<Int>) -> Range<Int>? {
        guard let first = beforeLast, let second = last, second.upperBound + 1 == run.lowerBound,
            first.upperBound + 1 == second.lowerBound, bytes[second.upperBound] == UInt8(ascii: "-"),
            NumberPlate.isPlate(bytes.part(first), bytes.part(second), bytes.part(run))
        else { return nil }
        return first.lowerBound..<run.upperBound
    }
}
