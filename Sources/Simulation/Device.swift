import Telemetry

/// One value of a report, before it is printed.
struct Measurement: Sendable, Equatable {
    let quantity: String
    /// As the sensor spells it.
    let unit: String
    var value: Double
    /// Digits after the point that the sensor prints.
    let decimals: Int
    /// How far a spike may throw the value off; nil for a counter, which has none.
    let spike: Double?

    init(_ quantity: String, _ unit: String, _ value: Double, decimals: Int = 1, spike: Double?) {
        self.quantity = quantity
        self.unit = unit
        self.value = Measurement.rounded(value, decimals: decimals)
        self.decimals = decimals
        self.spike = spike
    }

    static func counter(_ quantity: String, _ total: Int) -> Measurement {
        Measurement(quantity, "1", Double(total), decimals: 0, spike: nil)
    }

    mutating func shift(by distance: Double) {
        value = Measurement.rounded(value + distance, decimals: decimals)
    }

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

    /// Prints the values.
    /// - Parameters:
    ///   - time: when they were measured.
    ///   - clock: what the sender's clock shows at that time; the same, unless it is wrong.
    mutating func message(_ values: [Measurement], at time: Timestamp, clock: Timestamp) -> SimulatedMessage
}

extension Device {
    mutating func resetCounters() {}
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
