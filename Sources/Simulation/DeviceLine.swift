import Telemetry

/// One device of the street: when it reports, and what becomes of its reports.
struct DeviceLine: Sendable {
    /// When it reports next.
    private(set) var due: Timestamp
    private var device: any Device
    private var faults: FaultInjector
    private let intervalMilliseconds: Int64

    /// - Parameter start: its first report comes within an interval from then on, in a phase of its own.
    init(_ device: any Device, faults: Faults, seed: UInt64, intervalMilliseconds: Int64, start: Timestamp) {
        self.device = device
        self.intervalMilliseconds = intervalMilliseconds
        self.faults = FaultInjector(faults, device: device.id, seed: seed, intervalMilliseconds: intervalMilliseconds)
        var random = RandomSource(seed: seed, stream: "\(device.id)/phase")
        due = start + Int64(random.unit() * Double(intervalMilliseconds))
    }

    /// Makes the report that is due. What it returns is published no sooner than that.
    mutating func report(_ wallClock: inout WallClock) -> [SimulatedMessage] {
        let time = due
        due = due + intervalMilliseconds
        if faults.cutsPower() { device.resetCounters() }
        let groups = device.report(
            wallClock.localTime(at: time), afterSeconds: Double(intervalMilliseconds) / 1000)
        var sent = time
        let messages = groups.map { values in
            var values = values
            faults.distort(&values)
            var message = device.message(values, at: time, clock: faults.clock(at: time))
            // A device sends one message after the other.
            sent = max(sent, message.published)
            message.published = sent
            return message
        }
        return faults.send(messages, reported: time)
    }
}
