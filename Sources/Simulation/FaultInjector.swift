import Telemetry

/// What goes wrong with one device. It draws from random numbers of its own, so that what the device measures stays the
/// same with other faults.
struct FaultInjector: Sendable {
    private let rates: Faults
    private let intervalMilliseconds: Int64
    private var random: RandomSource
    private var stuck: [String: StuckValues] = [:]
    private var outage: Episode
    private var held: [SimulatedMessage] = []

    private struct StuckValues {
        var episode: Episode
        var last: [Double]
    }

    private static let stuckMessages = 5...20
    /// Bounds what a device can hold.
    private static let heldReports = 3...30
    private static let outageMilliseconds: ClosedRange<Int64> = 120_000...600_000

    init(_ rates: Faults, device: String, seed: UInt64, intervalMilliseconds: Int64) {
        self.rates = rates
        self.intervalMilliseconds = intervalMilliseconds
        random = RandomSource(seed: seed, stream: "\(device)/faults")
        func reports(in milliseconds: Int64) -> Int {
            let limits = FaultInjector.heldReports
            return min(limits.upperBound, max(limits.lowerBound, Int(milliseconds / intervalMilliseconds)))
        }
        let outages = FaultInjector.outageMilliseconds
        outage = Episode(share: rates.late, lengths: reports(in: outages.lowerBound)...reports(in: outages.upperBound))
    }

    mutating func cutsPower() -> Bool { random.chance(rates.resets) }

    /// Spoils the values of one message.
    mutating func distort(_ values: inout [Measurement]) {
        if rates.stuck > 0 { hold(&values) }
        let able = values.indices.filter { values[$0].spike != nil }
        if !able.isEmpty, random.chance(rates.spikes) {
            let index = able[random.whole(0...able.count - 1)]
            values[index].shift(by: (values[index].spike ?? 0) * random.uniform(0.4...1))
        }
    }

    private mutating func hold(_ values: inout [Measurement]) {
        let name = values[0].quantity
        var state =
            stuck[name]
            ?? StuckValues(
                episode: Episode(share: rates.stuck, lengths: FaultInjector.stuckMessages), last: values.map(\.value))
        switch state.episode.takeTurn(&random) {
        case .outside: state.last = values.map(\.value)
        case .inside, .last: for index in values.indices { values[index].value = state.last[index] }
        }
        stuck[name] = state
    }

    /// What the sender's clock shows.
    mutating func clock(at time: Timestamp) -> Timestamp {
        guard random.chance(rates.wrongClocks) else { return time }
        if random.chance(0.5) { return time + 365 * 86_400_000 }
        // Never set since it was switched on. As few milliseconds as this are in 1970 even to one who takes them for
        // seconds.
        return Timestamp(milliseconds: random.milliseconds(1000...28_000_000))
    }

    /// What leaves the device, and when, of one report's messages.
    mutating func send(_ messages: [SimulatedMessage], reported time: Timestamp) -> [SimulatedMessage] {
        var sent: [SimulatedMessage] = []
        for var message in messages {
            if random.chance(rates.broken) {
                message.payload.removeLast(random.whole(1...message.payload.count - 1))
            }
            sent.append(message)
            if random.chance(rates.duplicates) {
                message.published = message.published + random.milliseconds(50...2000)
                sent.append(message)
            }
        }
        switch outage.takeTurn(&random) {
        case .outside: return sent
        case .inside:
            held += sent
            return []
        case .last:
            held += sent
            defer { held.removeAll(keepingCapacity: true) }
            return released(at: time + intervalMilliseconds / 2)
        }
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
