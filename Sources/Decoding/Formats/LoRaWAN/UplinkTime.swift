import Telemetry

/// When an uplink was sent: the earliest time of a gateway that heard it. Gateways without a clock send no time, those with
/// a wrong one send any, so that only times within a day of the network server's own count.
struct UplinkTime {
    private let server: Timestamp?
    private(set) var heard: Timestamp?

    private static let dayMilliseconds: Int64 = 86_400_000

    /// - Parameter server: when the network server had it; nil when it does not say, and any gateway is believed.
    init(server: Timestamp?) {
        self.server = server
    }

    mutating func consider(_ value: JSONValue?) {
        guard let time = UplinkTime.read(value) else { return }
        if let server, abs(time - server) > UplinkTime.dayMilliseconds { return }
        heard = min(heard ?? time, time)
    }

    /// RFC 3339, within the years 0 to 9999.
    static func read(_ value: JSONValue?) -> Timestamp? {
        guard let time = value?.string.flatMap({ Timestamp(rfc3339: $0) }), time >= .distantPast,
            time <= .distantFuture
        else { return nil }
        return time
    }
}
