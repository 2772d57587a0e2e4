import Telemetry

/// One value of a report, before it is printed.
struct Measurement: Sendable, Equatable {
    let quantity: String
    /// As the sensor spells it.
    let unit: String
    var value: Double
    /// Digits after the point that the sensor prints.
    let decimals: Int
    /// Nil for a counter.
    let weakness: Weakness?

    init(_ quantity: String, _ unit: String, _ value: Double, decimals: Int = 1, weakness: Weakness?) {
        self.quantity = quantity
        self.unit = unit
        self.value = Measurement.rounded(value, decimals: decimals)
        self.decimals = decimals
        self.weakness = weakness
    }

    static func counter(_ quantity: String, _ total: Int) -> Measurement {
        Measurement(quantity, "1", Double(total), decimals: 0, weakness: nil)
    }

    mutating func shift(by distance: Double) { set(value + distance) }

    mutating func set(_ other: Double) { value = Measurement.rounded(other, decimals: decimals) }

    private static func rounded(_ value: Double, decimals: Int) -> Double {
        let scale: Double = [1, 10, 100, 1000][decimals]
        return (value * scale).rounded() / scale
    }
}

/// A device that reports at intervals.
protocol Device: Sendable {
    var id: String { get }

    /// What it has seen since its last report, and sees now. The values of one inner array travel in one message.
    /// - Parameter seconds: since the last report, or the interval at the first.
    mutating func report(_ local: LocalTime, afterSeconds seconds: Double) -> [[Measurement]]

    /// Starts anew after a power failure: counters begin at 0.
    mutating func resetCounters()

    /// Counters that went on from 0 since this was asked last.
    mutating func takeWraps() -> [String]

    /// Whether its messages say when they were measured by its own clock.
    var carriesOwnTime: Bool { get }

    /// Prints the values.
    /// - Parameters:
    ///   - time: when they were measured.
    ///   - clock: what the sender's clock shows at that time; the same, unless it is wrong.
    mutating func message(_ values: [Measurement], at time: Timestamp, clock: Timestamp) -> SimulatedMessage
}

extension Device {
    mutating func resetCounters() {}
    mutating func takeWraps() -> [String] { [] }
    var carriesOwnTime: Bool { true }
}

/// One value in JSON on a topic of its own: `sensors/{type}/{device}/{quantity}` with
/// `{"value":12.3,"unit":"ug/m3","ts":…}`.
enum ValueMessage {
    static func make(
        _ measurement: Measurement, kind: DeviceKind, device: String, published: Timestamp, clock: Timestamp
    ) -> SimulatedMessage {
        var payload = JSONLine()
        payload.add("value", measurement.value)
        payload.add("unit", measurement.unit)
        payload.add("ts", Int(clock.milliseconds))
        return SimulatedMessage(
            published: published, kind: kind, topic: "sensors/\(kind.type)/\(device)/\(measurement.quantity)",
            payload: Array(payload.finished.utf8))
    }
}
