import Telemetry

/// What is wrong with a device for hours, one fault at a time. Between two of them it is well for an hour at least, so
/// that each shows by itself.
struct LastingFaults: Sendable {
    private let device: String
    private let intervalMilliseconds: Int64
    /// With how many chances a report begins each.
    private let beginnings: [(kind: FaultKind, chance: Double)]
    private var present: Present?
    private var wellUntil = Timestamp.distantPast

    private struct Present {
        var fault: InjectedFault
        var last: Timestamp
        var reportsLeft: Int
        /// The first value of each quantity.
        var anchors: [String: Double] = [:]
        /// By what droplets multiply dust.
        var droplets: Double
    }

    private static let pause: Int64 = 3_600_000
    /// What is left of a damped signal.
    private static let dampedShare = 0.05

    init(_ rates: Faults, device: String, intervalMilliseconds: Int64) {
        self.device = device
        self.intervalMilliseconds = intervalMilliseconds
        let shares: [(FaultKind, Double)] = [
            (.stuck, rates.stuck), (.damped, rates.damped), (.drift, rates.drift), (.step, rates.steps),
            (.fog, rates.fog), (.gap, rates.gaps),
        ]
        beginnings = shares.filter { $0.1 > 0 }.map { kind, share in
            let reports = LastingFaults.reports(kind, intervalMilliseconds)
            let mean = Double(reports.lowerBound + reports.upperBound) / 2
            // From share = mean / (mean + reports outside), of which (1 - chance) / chance are to be expected.
            return (kind, share / (mean * (1 - share) + share))
        }
    }

    private static func reports(_ kind: FaultKind, _ interval: Int64) -> ClosedRange<Int> {
        let hours = kind.hours ?? 1...1
        func count(_ hours: Int) -> Int { max(3, Int(Int64(hours) * 3_600_000 / interval)) }
        return count(hours.lowerBound)...count(hours.upperBound)
    }

    /// What goes on now.
    var ongoing: InjectedFault? { present?.fault }

    var isSilent: Bool { present?.fault.kind == .gap }

    func spoils(_ values: [Measurement]) -> Bool {
        guard let present else { return false }
        return values.contains { present.fault.quantities.contains($0.quantity) }
    }

    /// Spoils the values of one report, if it is its turn; those of a silent device are not to be sent.
    /// - Returns: a fault that is over.
    mutating func takeTurn(
        _ groups: inout [[Measurement]], at time: Timestamp, _ random: inout RandomSource
    ) -> InjectedFault? {
        var ended: InjectedFault?
        if let over = present, over.reportsLeft == 0 {
            ended = over.fault
            ended?.end = over.last
            present = nil
            wellUntil = time + LastingFaults.pause
        }
        if present == nil, time >= wellUntil { begin(groups, at: time, &random) }
        guard var present else { return ended }
        for group in groups.indices {
            for index in groups[group].indices
            where present.fault.quantities.contains(groups[group][index].quantity) {
                LastingFaults.spoil(&groups[group][index], &present, at: time, &random)
            }
        }
        present.reportsLeft -= 1
        present.last = time
        self.present = present
        return ended
    }

    private mutating func begin(_ groups: [[Measurement]], at time: Timestamp, _ random: inout RandomSource) {
        for (kind, chance) in beginnings where random.chance(chance) {
            let targets = LastingFaults.targets(of: kind, in: groups)
            guard !targets.isEmpty else { continue }
            let fault = InjectedFault(
                kind: kind, device: device, quantities: targets[random.whole(0...targets.count - 1)], start: time,
                end: nil)
            let reports = LastingFaults.reports(kind, intervalMilliseconds)
            present = Present(
                fault: fault, last: time, reportsLeft: random.whole(reports), droplets: random.uniform(1.5...3))
            return
        }
    }

    /// What a fault can befall together.
    private static func targets(of kind: FaultKind, in groups: [[Measurement]]) -> [[String]] {
        let all = groups.flatMap { $0 }
        func single(_ isWeak: (Weakness) -> Bool) -> [[String]] {
            all.filter { $0.weakness.map(isWeak) ?? false }.map { [$0.quantity] }
        }
        switch kind {
        case .stuck:
            return groups.filter { $0.contains { $0.weakness != nil } }.map { $0.map(\.quantity) }
        case .damped: return single(\.hasInlet)
        case .drift: return single { $0.driftPerHour != nil }
        case .step: return single { $0.step != nil }
        case .fog:
            let fog = ["humidity", "pm2_5", "pm10"].filter { name in all.contains { $0.quantity == name } }
            return fog.count == 3 ? [fog] : []
        case .gap: return [all.map(\.quantity)]
        default: return []
        }
    }

    private static func spoil(
        _ measurement: inout Measurement, _ present: inout Present, at time: Timestamp, _ random: inout RandomSource
    ) {
        let anchor = present.anchors[measurement.quantity] ?? measurement.value
        present.anchors[measurement.quantity] = anchor
        let hours = Double(time - present.fault.start) / 3_600_000
        switch present.fault.kind {
        case .stuck: measurement.value = anchor
        case .damped: measurement.set(anchor + dampedShare * (measurement.value - anchor))
        case .drift: measurement.shift(by: (measurement.weakness?.driftPerHour ?? 0) * hours)
        case .step: measurement.shift(by: measurement.weakness?.step ?? 0)
        case .fog where measurement.quantity == "humidity": measurement.set(random.uniform(99.4...100))
        case .fog: measurement.set(measurement.value * present.droplets)
        default: break
        }
    }
}
