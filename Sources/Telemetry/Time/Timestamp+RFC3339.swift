/// RFC 3339 in and out, without Foundation. Source: RFC 3339 section 5.6; days from H. Hinnant's civil calendar.
extension Timestamp: CustomStringConvertible {
    /// UTC with milliseconds: `2026-11-23T10:00:00.123Z`. Times outside years 0 to 9999 are clamped.
    public var description: String {
        String(unsafeUninitializedCapacity: Timestamp.textBytes) { buffer in
            write(into: buffer)
            return Timestamp.textBytes
        }
    }

    /// Appends ``description`` to bytes, without a string in between.
    public func append(to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Timestamp.textBytes) { buffer in
            write(into: buffer)
            bytes.append(contentsOf: buffer)
        }
    }

    private static let textBytes = 24

    private func write(into buffer: UnsafeMutableBufferPointer<UInt8>) {
        let clamped = min(max(self, .distantPast), .distantFuture).milliseconds
        let day = clamped.flooredQuotient(86_400_000)
        let inDay = Int(clamped - day * 86_400_000)
        let (year, month, dayOfMonth) = CivilDate.components(daysSince1970: day)
        func put(_ value: Int, digits: Int, at offset: Int) {
            var rest = value
            for index in stride(from: offset + digits - 1, through: offset, by: -1) {
                buffer[index] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
        }
        put(year, digits: 4, at: 0)
        put(month, digits: 2, at: 5)
        put(dayOfMonth, digits: 2, at: 8)
        put(inDay / 3_600_000, digits: 2, at: 11)
        put(inDay / 60_000 % 60, digits: 2, at: 14)
        put(inDay / 1000 % 60, digits: 2, at: 17)
        put(inDay % 1000, digits: 3, at: 20)
        buffer[4] = UInt8(ascii: "-")
        buffer[7] = UInt8(ascii: "-")
        buffer[10] = UInt8(ascii: "T")
        buffer[13] = UInt8(ascii: ":")
        buffer[16] = UInt8(ascii: ":")
        buffer[19] = UInt8(ascii: ".")
        buffer[23] = UInt8(ascii: "Z")
    }

    /// Reads `2026-11-23T10:00:00[.fraction](Z|±hh:mm)`; `t`, `z`, a space for the `T`, and ISO 8601's `±hhmm` are allowed.
    ///
    /// A fraction may have any number of digits and is cut, not rounded, to milliseconds. A leap second (`:60`) counts
    /// as the next second. Times without an offset are refused: they would be a guess.
    public init?(rfc3339 text: UnsafeRawBufferPointer) {
        var reader = RFC3339Reader(text)
        guard let wallClock = reader.wallClock(), let offsetMinutes = reader.offsetMinutes(), reader.isAtEnd else {
            return nil
        }
        self = wallClock - Int64(offsetMinutes) * 60_000
    }

    /// Reads `2026-11-23T10:00:00[.fraction]`, which does not say how far it is from UTC.
    /// - Parameter near: in the hour that comes twice when clocks go back, the moment nearer to this is meant.
    /// - Returns: nil for anything else, and for a time that clocks skip.
    public init?(withoutOffset text: UnsafeRawBufferPointer, as meaning: TimeWithoutOffset, near: Timestamp) {
        guard meaning != .refused else { return nil }
        var reader = RFC3339Reader(text)
        guard let wallClock = reader.wallClock(), reader.isAtEnd else { return nil }
        if meaning == .utc {
            self = wallClock
            return
        }
        let candidates = LocalClock.moments(showing: wallClock)
        guard let nearest = candidates.min(by: { abs($0 - near) < abs($1 - near) }) else { return nil }
        self = nearest
    }

    public init?(rfc3339 text: String) {
        var text = text
        guard let time = text.withUTF8({ Timestamp(rfc3339: UnsafeRawBufferPointer($0)) }) else { return nil }
        self = time
    }
}
