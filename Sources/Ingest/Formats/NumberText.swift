import Telemetry

/// Numbers and times as payloads write them.
enum NumberText {
    /// A number, or a string that holds one. Not finite where the payload says so ("nan").
    static func number(_ value: JSONValue) -> Double? {
        switch value.kind {
        case .number: return value.number
        case .string:
            guard let text = value.text, text.utf8.count <= 64, !isHexadecimal(text) else { return nil }
            return Double(text)
        default: return nil
        }
    }

    /// `0x10` is a register's address or an identifier, not a measured value.
    private static func isHexadecimal(_ text: String) -> Bool { text.utf8.contains { $0 | 0x20 == UInt8(ascii: "x") } }

    /// A moment: a number since 1970 (seconds below 10^11, milliseconds below 10^14, microseconds below 10^17, else
    /// nanoseconds), the same in a string, or RFC 3339.
    static func time(_ value: JSONValue) -> Timestamp? {
        if let whole = value.integer { return time(whole: whole) }
        switch value.kind {
        case .number: return value.number.flatMap(time(seconds:))
        case .string:
            guard let bytes = value.string, bytes.count <= 64 else { return nil }
            if let moment = Timestamp(rfc3339: bytes) { return moment }
            let text = String(decoding: bytes, as: UTF8.self)
            if let whole = Int64(text) { return time(whole: whole) }
            return Double(text).flatMap(time(seconds:))
        default: return nil
        }
    }

    private static func time(whole: Int64) -> Timestamp? {
        switch whole.magnitude {
        case ..<100_000_000_000: Timestamp(seconds: whole)
        case ..<100_000_000_000_000: Timestamp(milliseconds: whole)
        case ..<100_000_000_000_000_000: Timestamp(milliseconds: whole / 1000)
        default: Timestamp(milliseconds: whole / 1_000_000)
        }
    }

    /// A fraction is a fraction of a second, or the noise of a large number that went through a float.
    private static func time(seconds: Double) -> Timestamp? {
        guard seconds.isFinite, abs(seconds) < 9e18 else { return nil }
        if abs(seconds) >= 1e11 { return time(whole: Int64(seconds)) }
        return Timestamp(milliseconds: Int64((seconds * 1000).rounded()))
    }
}
