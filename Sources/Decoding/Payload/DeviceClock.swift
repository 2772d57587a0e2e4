import Telemetry

extension ReadingTime {
    /// The time that a device tells, or that of receipt where its clock has never been set: until it has heard the
    /// time, a device counts from 1970.
    static func device(_ time: Timestamp, received: Timestamp) -> ReadingTime {
        time < firstPlausible ? .receipt(received) : .device(time)
    }

    /// 2000-01-01.
    private static let firstPlausible = Timestamp(seconds: 946_684_800)
}
