import Telemetry

/// Where a moment stands in its day and year, which is what people's habits follow.
struct LocalTime: Sendable {
    let time: Timestamp
    /// Of the wall clock, 0 up to 24.
    let hour: Double
    let isWeekend: Bool
    /// 0 at the start of January, 1 a year later.
    let yearFraction: Double
}

/// Reads the wall clock, and remembers the day it is in.
struct DayClock: Sendable {
    private let calendar: DayCalendar
    private var day = Timestamp.distantPast..<Timestamp.distantPast

    init(_ calendar: DayCalendar) {
        self.calendar = calendar
    }

    mutating func localTime(at time: Timestamp) -> LocalTime {
        if !day.contains(time) { day = calendar.day(holding: time) }
        let elapsed = Double(time - day.lowerBound) / 3_600_000
        // Clocks change between two and three: from then on the hours count from the next midnight.
        let hour = elapsed < 2 ? elapsed : 24 - Double(day.upperBound - time) / 3_600_000
        let dayNumber = (day.lowerBound + 43_200_000).milliseconds.flooredQuotient(86_400_000)
        let weekday = dayNumber - (dayNumber + 4).flooredQuotient(7) * 7 + 4
        let years = Double(dayNumber) / 365.2425
        return LocalTime(
            time: time, hour: hour, isWeekend: weekday == 0 || weekday == 6, yearFraction: years - years.rounded(.down))
    }
}
