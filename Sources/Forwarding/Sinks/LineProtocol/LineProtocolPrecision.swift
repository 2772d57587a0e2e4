import Telemetry

/// What a line's time is counted in.
enum LineProtocolPrecision: Sendable {
    case seconds
    case milliseconds
    case microseconds
    case nanoseconds

    /// As it stands in a url's query, in the spelling of any server; nil for what is too coarse, or nothing.
    init?(_ text: String) {
        switch text {
        case "s": self = .seconds
        case "ms": self = .milliseconds
        case "u", "us": self = .microseconds
        case "n", "ns": self = .nanoseconds
        default: return nil
        }
    }

    /// InfluxDB 1 knows `u` and takes all that it does not know for nanoseconds, without a word; InfluxDB 2 knows `us`.
    func spelling(isSecondVersion: Bool) -> String {
        switch self {
        case .seconds: "s"
        case .milliseconds: "ms"
        case .microseconds: isSecondVersion ? "us" : "u"
        case .nanoseconds: isSecondVersion ? "ns" : "n"
        }
    }

    /// Times that no number holds become the last one, which a server refuses.
    func number(of time: Timestamp) -> Int64 {
        switch self {
        case .seconds: time.milliseconds.flooredQuotient(1000)
        case .milliseconds: time.milliseconds
        case .microseconds: scaled(time, by: 1000)
        case .nanoseconds: scaled(time, by: 1_000_000)
        }
    }

    private func scaled(_ time: Timestamp, by factor: Int64) -> Int64 {
        let (number, isOver) = time.milliseconds.multipliedReportingOverflow(by: factor)
        return isOver ? (time.milliseconds < 0 ? .min : .max) : number
    }
}
