import Processing
import Storage
import Telemetry
import TestKit
import Testing

@testable import Gateway

/// Whatever the flow, the quota and the crashes: what is kept is kept whole, its aggregates are those of a batch
/// computation, also of readings that went since, and all that went is counted.
@Suite("Core under a quota and random deliveries")
struct CoreQuotaPropertyTests {
    init() { #expect(DayCalendar.useTimeZone("Europe/Amsterdam")) }

    @Test("keeps the newest whole, and the windows of all", .timeLimit(.minutes(4)))
    func random() throws {
        var seen: [Tier: Int] = [:]
        for round in 0..<4 as Range<UInt64> {
            let flow = QuotaFlow(seed: 0x0C0A + round)
            let bench = try CoreBench(seed: flow.seed, start: flow.start)
            try flow.deliver(to: bench)
            let complaints = try flow.complaints(about: bench)
            #expect(complaints.isEmpty, "seed \(flow.seed): \(complaints.prefix(3))")
            for (tier, counts) in try bench.removals().aggregates { seen[tier, default: 0] += counts[.quota] ?? 0 }
        }
        #expect(seen[.minute] ?? 0 > 0 && seen[.quarter] ?? 0 > 0, "so that it says something: \(seen)")
    }
}

/// Three days of a reading about every ten minutes, up to an hour late, and some that are far too late.
private struct QuotaFlow {
    let seed: UInt64
    let start: Timestamp
    private let span: Int64 = 3 * CoreBench.day
    private let bytes: Int64
    private var offers: [(came: Timestamp, offer: CoreBench.Offer)] = []
    private var stored: CoreBench.Stored = [:]

    init(seed: UInt64) {
        self.seed = seed
        start = seed % 2 == 0 ? CoreBench.begin : CoreBench.beginOfSummerTime
        var random = SeededGenerator(seed: seed)
        bytes = [300_000, 500_000, 700_000, 900_000].randomElement(using: &random)!
        for series in 0..<CoreBench.seriesCount {
            var total = 0.0
            for step in 0..<(span / 600_000) {
                total += Double(Int.random(in: 0...9, using: &random))
                let value =
                    switch CoreBench.quantity(of: series).kind {
                    case .counter: total.truncatingRemainder(dividingBy: 256)
                    case .intervalCount, .event: Double(Int.random(in: 0...9, using: &random))
                    case .circular: Double(Int.random(in: -20...380, using: &random))
                    case .gauge: Double(Int.random(in: -300...12_000, using: &random)) / 10
                    }
                let time = start + step * 600_000 + Int64.random(in: 0..<600, using: &random) * 1000
                let delay =
                    Int.random(in: 0..<10, using: &random) == 0 ? Int64.random(in: 0..<3_600_000, using: &random) : 0
                offers.append((time + delay, .init(series: series, time: time, value: value)))
            }
        }
        offers.sort { $0.came < $1.came }
        for offer in offers.map(\.offer) where stored[offer.series]?[offer.time!] == nil {
            stored[offer.series, default: [:]][offer.time!] = offer.value
        }
    }

    func deliver(to bench: CoreBench) throws {
        var random = SeededGenerator(seed: seed ^ 0xFFFF)
        bench.limit(bytes: bytes, protected: 8 * CoreBench.hour)
        var (position, committed) = (0, 0)
        while position < offers.count {
            let (came, offer) = offers[position]
            if came > bench.clock.now { bench.clock.advance(milliseconds: came - bench.clock.now) }
            try bench.take([offer])
            position += 1
            switch Int.random(in: 0..<150, using: &random) {
            case 0..<10:
                try bench.commit()
                committed = position
            case 10:
                if Bool.random(using: &random) { try bench.crash() } else { try bench.restart() }
                position = committed
            case 11..<20:
                try bench.closeWindows()
                committed = position
            case 20..<24:
                try bench.seal(rowsInOneGo: Int.random(in: 10...500, using: &random))
                committed = position
            case 24..<30:
                try bench.keepWithinQuota()
                committed = position
            case 30:
                // In the middle of a removal the power fails.
                _ = try bench.core.keepWithinQuota(monotonic: bench.clock.monotonicMilliseconds)
                try bench.crash()
                position = committed
            case 31:
                let floor = bench.core.quota.rawFloor
                if floor > start {
                    let time = floor - Int64.random(in: 1...86_400_000, using: &random)
                    try bench.take([.init(series: Int.random(in: 0..<14, using: &random), time: time, value: 1)])
                }
            default: break
            }
        }
        try bench.commit()
        try bench.advance(milliseconds: 2 * CoreBench.hour)
        try bench.keepWithinQuota()
    }

    /// What is wrong, in words.
    func complaints(about bench: CoreBench) throws -> [String] {
        let floor = bench.core.quota.rawFloor
        var found: [String] = []
        if floor == .distantPast { found.append("nothing went") }
        if floor > bench.clock.now - 8 * CoreBench.hour { found.append("what is protected went") }
        // What is closed in the end comes on top of it.
        let space = try bench.space()
        let there = try bench.storedValues()
        for (series, values) in stored {
            for (time, value) in values where time >= floor && there[series]?[time] != value {
                found.append("series \(series) at \(time) is gone or another")
            }
            for (time, value) in there[series] ?? [:] where values[time] != value {
                found.append("series \(series) at \(time) was never sent so")
            }
        }
        found += try bench.verdictDifferences(from: stored)
        // All windows that were open are closed, but those of the last day.
        try bench.finish()
        let reach = try bench.reach()
        found += try bench.aggregateDifferences(from: stored, kept: reach.aggregates)
        found += try miscounted(bench)
        if let imbalance = try bench.imbalance() { found.append(imbalance) }
        if space.usedBytes > QuotaSettings(bytes: bytes).upperMark, bench.core.quota.condition != .tooSmall {
            found.append("\(space.usedBytes) bytes are used")
        }
        return found
    }

    /// Windows that are neither there nor counted as removed.
    private func miscounted(_ bench: CoreBench) throws -> [String] {
        let removals = try bench.removals()
        return try Tier.allCases.compactMap { tier in
            var (expected, there) = (0, 0)
            for (series, values) in stored {
                expected += Set(values.keys.map { Window(tier, holding: $0, days: .local).start }).count
                there += try bench.aggregates(of: series, tier: tier).count
            }
            let gone = removals.aggregates[tier]?[.quota] ?? 0
            return expected == there + gone ? nil : "\(tier.name): \(there) and \(gone) of \(expected) windows"
        }
    }
}
