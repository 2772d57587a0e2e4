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
    mutating func report(_ wallClock: inout DayClock) -> [SimulatedMessage] {
        let time = due
        due = due + intervalMilliseconds
        let isReset = faults.cutsPower(at: time)
        if isReset { device.resetCounters() }
        var groups = device.report(
            wallClock.localTime(at: time), afterSeconds: Double(intervalMilliseconds) / 1000)
        noteCounters(isReset: isReset, groups, at: time)
        guard faults.afflict(&groups, at: time) else { return faults.send([], reported: time) }
        var sent = time
        let messages = groups.map { values in
            var values = values
            let hit = faults.strike(&values, at: time, carriesOwnTime: device.carriesOwnTime)
            var clock = time
            if case .clock(let shown) = hit { clock = shown }
            var message = device.message(values, at: time, clock: clock)
            if case .broken = hit { faults.damage(&message.payload) }
            // A device sends one message after the other.
            sent = max(sent, message.published)
            message.published = sent
            return (message: message, quantities: values.map(\.quantity), isHit: hit != nil)
        }
        return faults.send(messages, reported: time)
    }

    private mutating func noteCounters(isReset: Bool, _ groups: [[Measurement]], at time: Timestamp) {
        let counters = groups.flatMap { $0 }.filter { $0.weakness == nil }.map(\.quantity)
        if isReset, !counters.isEmpty { faults.note(.reset, counters, at: time) }
        for counter in device.takeWraps() { faults.note(.wrap, [counter], at: time) }
    }

    /// What was injected and is over, since this was asked last.
    mutating func takeFaults() -> [InjectedFault] { faults.takeLog() }

    var ongoingFaults: [InjectedFault] { faults.ongoing }
}
