import Telemetry

/// Moments on the wall clock of the gateway's time zone, as people read them.
enum LocalTimeText {
    /// `13:05`, or `24 Nov 13:05` where more than a day is looked at.
    static func text(_ time: Timestamp, within range: Range<Timestamp>) -> String {
        let clock = WallClock(time)
        let isOneDay = range.upperBound - range.lowerBound <= 86_400_000 + 60_000
        return isOneDay && range.contains(time) ? clock.timeOfDay : full(time)
    }

    /// `24 Nov 13:05`, with the zone in the hour that comes twice when clocks go back.
    static func full(_ time: Timestamp) -> String {
        let clock = WallClock(time)
        let comesTwice = ([-3_600_000, 3_600_000] as [Int64]).contains { step in
            let other = WallClock(time + step)
            return other.hour == clock.hour && other.zone != clock.zone
        }
        return "\(clock.date) \(clock.timeOfDay)" + (comesTwice ? " \(clock.zone)" : "")
    }

    /// `23 Nov 2026 13:05 – 24 Nov 2026 13:05 CET`; with seconds where it is less than a minute.
    static func text(_ range: Range<Timestamp>) -> String {
        let (begin, end) = (WallClock(range.lowerBound), WallClock(range.upperBound))
        let beginZone = begin.zone == end.zone ? "" : " \(begin.zone)"
        let beginYear = begin.year == end.year ? "" : " \(begin.year)"
        let isSameDay = begin.dayNumber == end.dayNumber
        let isShort = range.upperBound - range.lowerBound < 60_000
        return "\(begin.date)\(beginYear) \(time(of: begin, withSeconds: isShort))\(beginZone) – "
            + (isSameDay ? "" : "\(end.date) \(end.year) ")
            + "\(time(of: end, withSeconds: isShort))\(isSameDay ? " \(end.year)" : "") \(end.zone)"
    }

    private static func time(of clock: WallClock, withSeconds: Bool) -> String {
        withSeconds ? "\(clock.timeOfDay):\(clock.second < 10 ? "0" : "")\(clock.second)" : clock.timeOfDay
    }
}
