import Glibc
import Telemetry

/// When a reading was measured, and who says so.
struct ReadingTime {
    var time: Timestamp
    var origin: Reading.TimeOrigin

    static func device(_ time: Timestamp) -> ReadingTime { ReadingTime(time: time, origin: .device) }
    static func receipt(_ time: Timestamp) -> ReadingTime { ReadingTime(time: time, origin: .receipt) }
}

/// Times as payloads write them.
enum PayloadTime {
    /// A moment: a number since 1970 (seconds below 10^11, milliseconds below 10^14, microseconds below 10^17, else
    /// nanoseconds), the same in a string, or RFC 3339.
    /// - Parameter received: tells which of two hours a local time means in the night when clocks go back.
    /// - Returns: nil for what is no time within the years 0 to 9999.
    static func time(_ value: JSONValue, withoutOffset: TimeWithoutOffset, received: Timestamp) -> Timestamp? {
        let time: Timestamp? =
            if let whole = value.integer {
                self.time(whole: whole)
            } else {
                switch value.kind {
                case .number: value.number.flatMap(self.time(seconds:))
                case .string:
                    value.string.flatMap { self.time(text: $0, withoutOffset: withoutOffset, received: received) }
                default: nil
                }
            }
        return time.flatMap(sane)
    }

    static func time(
        text: UnsafeRawBufferPointer, withoutOffset: TimeWithoutOffset, received: Timestamp
    ) -> Timestamp? {
        guard text.count <= 64 else { return nil }
        if let moment = Timestamp(rfc3339: text) { return moment }
        if let moment = Timestamp(withoutOffset: text, as: withoutOffset, near: received) { return moment }
        let text = String(decoding: text, as: UTF8.self)
        if let whole = Int64(text) { return time(whole: whole).flatMap(sane) }
        return Double(text).flatMap(time(seconds:)).flatMap(sane)
    }

    /// What to do about a time that was refused, where that can be told.
    static func hint(_ value: JSONValue) -> String {
        guard let text = value.string, Timestamp(withoutOffset: text, as: .utc, near: .distantPast) != nil else {
            return ""
        }
        return "; it does not say how far it is from UTC: see `time_without_offset`"
    }

    static func time(whole: Int64) -> Timestamp? {
        switch whole.magnitude {
        case ..<100_000_000_000: Timestamp(seconds: whole)
        case ..<100_000_000_000_000: Timestamp(milliseconds: whole)
        case ..<100_000_000_000_000_000: Timestamp(milliseconds: whole / 1000)
        default: Timestamp(milliseconds: whole / 1_000_000)
        }
    }

    /// A fraction is a fraction of a second, or the noise of a large number that went through a float.
    static func time(seconds: Double) -> Timestamp? {
        guard seconds.isFinite, abs(seconds) < 9e18 else { return nil }
        if abs(seconds) >= 1e11 { return time(whole: Int64(seconds)) }
        return Timestamp(milliseconds: Int64((seconds * 1000).rounded()))
    }

    /// The time, if it has a year of four digits.
    static func sane(_ time: Timestamp) -> Timestamp? {
        time >= .distantPast && time <= .distantFuture ? time : nil
    }
}
