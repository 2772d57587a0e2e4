import Telemetry

/// What goes wrong with one device, and the list of it. It draws from random numbers of its own, so that what the device
/// measures stays the same with other faults.
struct FaultInjector: Sendable {
    private let rates: Faults
    private let device: String
    private let intervalMilliseconds: Int64
    private var random: RandomSource
    private var lasting: LastingFaults
    /// Where the value before was far off: two such in a row would be no spikes.
    private var unsettled: Set<String> = []
    private var lastReset = Timestamp.distantPast
    private var outage: Episode
    private var held: [SimulatedMessage] = []
    private var outageFault: InjectedFault?
    private var log: [InjectedFault] = []

    /// Bounds what a device can hold.
    private static let heldReports = 3...30
    private static let outageMilliseconds: ClosedRange<Int64> = 120_000...600_000
    private static let powerPause: Int64 = 600_000

    init(_ rates: Faults, device: String, seed: UInt64, intervalMilliseconds: Int64) {
        self.rates = rates
        self.device = device
        self.intervalMilliseconds = intervalMilliseconds
        random = RandomSource(seed: seed, stream: "\(device)/faults")
        lasting = LastingFaults(rates, device: device, intervalMilliseconds: intervalMilliseconds)
        func reports(in milliseconds: Int64) -> Int {
            let limits = FaultInjector.heldReports
            return min(limits.upperBound, max(limits.lowerBound, Int(milliseconds / intervalMilliseconds)))
        }
        let outages = FaultInjector.outageMilliseconds
        outage = Episode(share: rates.late, lengths: reports(in: outages.lowerBound)...reports(in: outages.upperBound))
    }

    // MARK: - The list

    /// What was injected and is over, since this was asked last.
    mutating func takeLog() -> [InjectedFault] {
        defer { log.removeAll() }
        return log
    }

    /// What still goes on.
    var ongoing: [InjectedFault] { [lasting.ongoing, outageFault].compactMap { $0 } }

    mutating func note(_ kind: FaultKind, _ quantities: [String], at time: Timestamp) {
        log.append(InjectedFault(kind: kind, device: device, quantities: quantities, start: time, end: time))
    }

    // MARK: - A report

    /// Whether a power failure comes before a report. Not twice within ten minutes: it would not show.
    mutating func cutsPower(at time: Timestamp) -> Bool {
        guard random.chance(rates.resets), time - lastReset >= FaultInjector.powerPause, !lasting.isSilent else {
            return false
        }
        lastReset = time
        return true
    }

    /// Spoils the values of a report with what lasts.
    /// - Returns: whether the device says anything.
    mutating func afflict(_ groups: inout [[Measurement]], at time: Timestamp) -> Bool {
        if let over = lasting.takeTurn(&groups, at: time, &random) { log.append(over) }
        return !lasting.isSilent
    }

    /// What hits one message.
    enum Hit: Sendable {
        case value
        case broken
        /// What its sender's clock shows.
        case clock(Timestamp)
    }

    /// Spoils the values of one message. At most one thing is wrong with it: what lasts is left to show by itself.
    mutating func strike(_ values: inout [Measurement], at time: Timestamp, carriesOwnTime: Bool) -> Hit? {
        let wasFarOff = unsettled.remove(values[0].quantity) != nil
        if lasting.spoils(values) { return nil }
        let able = values.indices.filter { values[$0].weakness != nil }
        if !able.isEmpty, !wasFarOff {
            let index = able[random.whole(0...able.count - 1)]
            let weakness = values[index].weakness
            if random.chance(rates.spikes) {
                values[index].shift(by: (weakness?.spike ?? 0) * random.uniform(0.4...1))
                unsettled.insert(values[0].quantity)
                note(.spike, [values[index].quantity], at: time)
                return .value
            }
            if random.chance(rates.outOfRange) {
                values[index].value = weakness?.invalid ?? 0
                unsettled.insert(values[0].quantity)
                note(.outOfRange, [values[index].quantity], at: time)
                return .value
            }
        }
        if random.chance(rates.missing) {
            let index = random.whole(0...values.count - 1)
            values[index].value = .nan
            note(.missing, [values[index].quantity], at: time)
            return .value
        }
        if random.chance(rates.broken) {
            note(.broken, values.map(\.quantity), at: time)
            return .broken
        }
        return strikeClock(values, at: time, carriesOwnTime: carriesOwnTime)
    }

    private mutating func strikeClock(_ values: [Measurement], at time: Timestamp, carriesOwnTime: Bool) -> Hit? {
        let kind: FaultKind
        let shown: Timestamp
        if random.chance(rates.clocksAhead) {
            (kind, shown) = (.clockAhead, time + 365 * 86_400_000)
        } else if random.chance(rates.clocksBehind) {
            // Never set since it was switched on. As few milliseconds as this are in 1970 even to one who takes them for
            // seconds.
            (kind, shown) = (.clockBehind, Timestamp(milliseconds: random.milliseconds(1000...28_000_000)))
        } else {
            return nil
        }
        // A network server's time stands beside the gateways'.
        if carriesOwnTime { note(kind, values.map(\.quantity), at: time) }
        return .clock(shown)
    }

    // MARK: - On the way

    mutating func damage(_ payload: inout [UInt8]) {
        payload.removeLast(random.whole(1...payload.count - 1))
    }

    /// What leaves the device, and when, of one report's messages.
    mutating func send(
        _ messages: [(message: SimulatedMessage, quantities: [String], isHit: Bool)], reported time: Timestamp
    ) -> [SimulatedMessage] {
        var sent: [SimulatedMessage] = []
        for (message, quantities, isHit) in messages {
            sent.append(message)
            if !isHit, random.chance(rates.duplicates) {
                var again = message
                again.published = message.published + random.milliseconds(50...2000)
                sent.append(again)
                note(.duplicate, quantities, at: time)
            }
        }
        let turn = outage.takeTurn(&random)
        if case .outside = turn { return sent }
        held += sent
        noteOutage(messages.filter { !$0.isHit }.flatMap(\.quantities), at: time)
        guard case .last = turn else { return [] }
        if let over = outageFault { log.append(over) }
        outageFault = nil
        defer { held.removeAll(keepingCapacity: true) }
        return released(at: time + intervalMilliseconds / 2)
    }

    private mutating func noteOutage(_ quantities: [String], at time: Timestamp) {
        guard !quantities.isEmpty else { return }
        if outageFault == nil {
            outageFault = InjectedFault(kind: .late, device: device, quantities: quantities, start: time, end: time)
        }
        outageFault?.end = time
    }

    /// What was held, in its order, as fast as the network takes it.
    private func released(at time: Timestamp) -> [SimulatedMessage] {
        // A reply to the last of them may have been on its way for longer than half an interval.
        let start = max(time, held.last?.published ?? time)
        return held.enumerated().map { index, message in
            var message = message
            message.published = start + Int64(index)
            return message
        }
    }
}
