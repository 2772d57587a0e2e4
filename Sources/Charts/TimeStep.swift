import Telemetry

/// What lies between two ticks of a time axis, as people count it.
enum TimeStep: Hashable, Sendable {
    case seconds(Int64)
    case minutes(Int)
    case days(Int64)
    case months(Int)

    /// From fine to coarse.
    static let all: [TimeStep] =
        [1, 2, 5, 10, 15, 30].map { .seconds($0) }
        + [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720].map { .minutes($0) }
        + [1, 2, 7, 14].map { .days($0) } + [1, 2, 3, 6, 12, 24, 60, 120].map { .months($0) }

    /// Whether ticks of this step have room for their labels, nearly.
    func mayFit(_ milliseconds: Int64, columns: Int) -> Bool {
        let room = Double(shortestMilliseconds) / Double(milliseconds) * Double(columns)
        return room >= Double(labelWidth + 3)
    }

    private var shortestMilliseconds: Int64 {
        switch self {
        case .seconds(let count): count * 1000
        case .minutes(let count): Int64(count) * 60_000
        case .days(let count): count * 86_400_000
        case .months(let count): Int64(count) * 28 * 86_400_000
        }
    }

    private var labelWidth: Int {
        switch self {
        case .seconds: 8
        case .minutes: 5
        case .days: 6
        case .months: 4
        }
    }

    /// Midnight has the date, the first of January the year.
    func label(_ clock: WallClock) -> String {
        switch self {
        case .seconds: "\(clock.timeOfDay):\(clock.second < 10 ? "0" : "")\(clock.second)"
        case .minutes: clock.minuteOfDay == 0 ? clock.date : clock.timeOfDay
        case .days: clock.date
        case .months: clock.month == 1 ? "\(clock.year)" : clock.monthName
        }
    }

    /// The round moments of a stretch of time, ascending.
    func moments(in range: Range<Timestamp>) -> [Timestamp] {
        switch self {
        case .seconds(let count): TimeStep.multiples(of: count * 1000, in: range)
        case .minutes(let count):
            // Zones are whole quarters from UTC, so that the wall clock is round where UTC is.
            TimeStep.multiples(of: Int64(TimeStep.common(count, 15)) * 60_000, in: range).filter {
                WallClock($0).minuteOfDay % count == 0
            }
        case .days(let count):
            // Weeks begin on Mondays; the first of January 1970 was a Thursday.
            TimeStep.days(in: range).filter { (WallClock($0).dayNumber + (count % 7 == 0 ? 3 : 0)) % count == 0 }
        case .months(let count):
            TimeStep.days(in: range).filter {
                let clock = WallClock($0)
                return clock.day == 1 && (clock.year * 12 + clock.month - 1) % count == 0
            }
        }
    }

    private static func multiples(of step: Int64, in range: Range<Timestamp>) -> [Timestamp] {
        let first = -((-range.lowerBound.milliseconds).flooredQuotient(step)) * step
        return stride(from: first, to: range.upperBound.milliseconds, by: Int(step)).map { Timestamp(milliseconds: $0) }
    }

    /// Where local days begin.
    private static func days(in range: Range<Timestamp>) -> [Timestamp] {
        var starts: [Timestamp] = []
        var day = DayCalendar.local.day(holding: range.lowerBound)
        while day.lowerBound < range.upperBound {
            if range.contains(day.lowerBound) { starts.append(day.lowerBound) }
            let next = DayCalendar.local.day(holding: day.upperBound)
            if next.lowerBound <= day.lowerBound { break }
            day = next
        }
        return starts
    }

    private static func common(_ left: Int, _ right: Int) -> Int { right == 0 ? left : common(right, left % right) }
}
