import Glibc

/// A moment, in whole milliseconds since 1970-01-01 UTC without leap seconds.
///
/// The only representation of time in Poort; local time appears where days are cut and where a person reads.
public struct Timestamp: Hashable, Comparable, Sendable {
    public var milliseconds: Int64

    @inlinable
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    @inlinable
    public init(seconds: Int64) {
        self.milliseconds = seconds * 1000
    }

    /// The system clock, which may be wrong. Only the gateway's edges read it; the rooms are told the time.
    public static func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// The latest time that has a four-digit year: 9999-12-31T23:59:59.999Z.
    public static let distantFuture = Timestamp(milliseconds: 253_402_300_799_999)
    /// The earliest time that has a four-digit year: 0000-01-01T00:00:00Z.
    public static let distantPast = Timestamp(milliseconds: -62_167_219_200_000)

    @inlinable
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }

    @inlinable
    public static func + (time: Timestamp, milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: time.milliseconds + milliseconds)
    }

    @inlinable
    public static func - (time: Timestamp, milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: time.milliseconds - milliseconds)
    }

    /// The distance in milliseconds, negative when `right` is later.
    @inlinable
    public static func - (left: Timestamp, right: Timestamp) -> Int64 { left.milliseconds - right.milliseconds }
}
