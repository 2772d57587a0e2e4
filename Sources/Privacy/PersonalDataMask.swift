/// Makes personal data in messages unreadable before they are kept or shown: MAC addresses, IMSI and IMEI, telephone
/// numbers with their plus, Dutch number plates with their dashes, and all that stands under keys which say so.
///
/// What is masked is as long as before and as well-formed, so that the message can still be read by its format: letters
/// become `x` and digits `0`, and a number that stands by itself in JSON becomes null. To mask it again changes nothing.
/// Any thread.
public struct PersonalDataMask: Sendable {
    private let keys: PersonalKeys
    private let known: KnownNames

    /// - Parameters:
    ///   - furtherKeys: names of keys beside those that are built in, in any case, with or without separators.
    ///   - readKeys: keys that the configuration reads as measurements or names; they are exempt, as they are written.
    ///   - knownNames: what is not masked, wherever it stands: names of the city's own devices.
    public init(
        furtherKeys: some Sequence<String> = [], readKeys: some Sequence<[UInt8]> = [],
        knownNames: some Sequence<String> = []
    ) {
        keys = PersonalKeys(further: furtherKeys, exempt: readKeys)
        known = KnownNames(knownNames)
    }

    /// With what is built in alone.
    public static let standard = PersonalDataMask()

    /// Masks in place, in a time that grows with the length alone.
    /// - Returns: whether there was anything to mask.
    @discardableResult
    public func apply(to bytes: inout [UInt8]) -> Bool {
        bytes.withUnsafeMutableBytes { bytes in
            var scanner = PersonalDataScanner(UnsafeRawBufferPointer(bytes), keys: keys)
            var isMasked = false
            while let found = scanner.next() {
                if known.contain(found.range, of: UnsafeRawBufferPointer(bytes)) { continue }
                Masking(bytes).apply(to: found)
                isMasked = true
            }
            return isMasked
        }
    }

    /// The text with what is personal masked.
    public func masked(_ text: String) -> String {
        var bytes = Array(text.utf8)
        return apply(to: &bytes) ? String(decoding: bytes, as: UTF8.self) : text
    }
}

/// What a name says of a person.
public enum PersonalName {
    /// What the whole name or a part of it looks like; nil where it looks like nothing personal. Masked names look like what
    /// they were. Allocates nothing.
    public static func kind(of name: UnsafeRawBufferPointer) -> PersonalDataKind? {
        var scanner = PersonalDataScanner(name, keys: nil)
        return scanner.next()?.kind
    }
}
