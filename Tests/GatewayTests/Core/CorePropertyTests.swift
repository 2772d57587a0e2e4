import Glibc
import Processing
import Storage
import Telemetry
import TestKit
import Testing

@testable import Gateway

/// Whatever the order, the splits, the repetitions and the crashes: the file holds each reading once, the aggregates
/// are what a batch computation gives, and the counts balance.
@Suite("Core under random deliveries")
struct CorePropertyTests {
    init() { #expect(DayCalendar.useTimeZone("Europe/Amsterdam")) }

    @Test(
        "equals a batch computation of every kind, verdicts as well, and balances at every commit",
        arguments: Array(0..<60) + [76, 79, 101, 455, 543])
    func matchesBatch(round: UInt64) throws {
        let delivery = Delivery(seed: 0xC0DE + round)
        let bench = try CoreBench(seed: delivery.seed, start: delivery.start)
        try deliver(delivery, to: bench)
    }

    @Test("equals it as well when some series come long after the others", arguments: 0..<30 as Range<UInt64>)
    func lagging(round: UInt64) throws {
        let delivery = Delivery(seed: 0x1A66 + round, isLagging: true)
        let bench = try CoreBench(seed: delivery.seed, start: delivery.start)
        try deliver(delivery, to: bench)
    }

    @Test(
        "equals it as well when late readings are judged a few at a time", arguments: 0..<20 as Range<UInt64>)
    func fewAtATime(round: UInt64) throws {
        let delivery = Delivery(seed: 0xFE11 + round)
        let bench = try CoreBench(seed: delivery.seed, start: delivery.start)
        bench.review(inOneGoAtMost: 20)
        try deliver(delivery, to: bench)
    }

    private func deliver(_ delivery: Delivery, to bench: CoreBench) throws {
        var random = SeededGenerator(seed: delivery.seed ^ 0xFFFF)
        var position = 0
        var committed = 0
        while position < delivery.messages.count {
            try bench.take(delivery.messages[position])
            position += 1
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<5:
                try bench.commit()
                committed = position
            case 5:
                // Power fails: what was not committed comes again, and perhaps some of what was.
                if Bool.random(using: &random) { try bench.crash() } else { try bench.restart() }
                position = Int.random(in: max(0, committed - 10)...committed, using: &random)
                committed = position
            case 6..<9: try bench.advance(milliseconds: Int64.random(in: 0...90_000, using: &random))
            case 9..<11: try bench.seal(rowsInOneGo: Int.random(in: 10...500, using: &random))
            default: break
            }
        }
        try bench.finish()
        if Bool.random(using: &random) { try bench.seal() }
        let reading = try bench.readingDifferences(from: delivery.stored)
        #expect(reading.isEmpty, "seed \(delivery.seed): \(reading.prefix(3))")
        let verdict = try bench.verdictDifferences(from: delivery.stored)
        #expect(verdict.isEmpty, "seed \(delivery.seed): \(verdict.prefix(3))")
        let aggregate = try bench.aggregateDifferences(from: delivery.stored)
        #expect(aggregate.isEmpty, "seed \(delivery.seed): \(aggregate.prefix(3))")
        #expect(try bench.imbalance() == nil, "seed \(delivery.seed)")
        #expect(try bench.store.brokenInvariants() == [], "seed \(delivery.seed)")
    }

    @Test("keeps readings without a time of their own in the order in which they came, each with a time of its own")
    func timesOfReceipt() throws {
        let bench = try CoreBench(seed: 1)
        for (value, pause) in [0, 0, 0, 2, 0, 1, 0, 0, 0, 5].enumerated() {
            bench.clock.advance(milliseconds: Int64(pause))
            try bench.take([.init(series: 2, time: nil, value: Double(value))])
        }
        let points = try bench.storedPoints()[2].points
        #expect(points.map(\.value) == (0..<10).map(Double.init))
        #expect(Set(points.map(\.time)).count == 10)
    }

    @Test("gives an aggregate a new revision only when its figures change")
    func revisions() throws {
        let bench = try CoreBench(seed: 1)
        let start = bench.start
        try bench.take([.init(series: 0, time: start + 1000, value: 4)])
        try bench.advance(milliseconds: 120_000)
        #expect(try bench.revision(of: 0, tier: .minute, start: start) == 1)
        try bench.take([.init(series: 0, time: start + 1000, value: 4)])
        try bench.advance(milliseconds: 60_000)
        #expect(try bench.revision(of: 0, tier: .minute, start: start) == 1, "a duplicate changes nothing")
        try bench.take([.init(series: 0, time: start + 2000, value: 5)])
        try bench.advance(milliseconds: 60_000)
        #expect(try bench.revision(of: 0, tier: .minute, start: start) == 2)
    }
}

/// Readings in a random order, in messages of one or several, some of them twice, some in conflict.
private struct Delivery {
    let seed: UInt64
    let start: Timestamp
    private(set) var messages: [[CoreBench.Offer]] = []
    /// What must be stored: the value that came first for its time.
    private(set) var stored: [Int: [Timestamp: Double]] = [:]

    /// - Parameter isLagging: each series in the order of time, and some of them long after others.
    init(seed: UInt64, isLagging: Bool = false) {
        self.seed = seed
        start = seed % 2 == 0 ? CoreBench.begin : CoreBench.beginOfSummerTime
        var random = SeededGenerator(seed: seed)
        var offers: [CoreBench.Offer] = []
        let span = Int64([600_000, 7_200_000, 200_000_000].randomElement(using: &random)!)
        for series in 0..<CoreBench.seriesCount {
            var total = 0.0
            for _ in 0..<Int.random(in: 1...120, using: &random) {
                total =
                    Int.random(in: 0..<15, using: &random) == 0
                    ? 0 : total + Double(Int.random(in: 0...9, using: &random))
                // Beyond the limits now and then, so that flags matter.
                let value =
                    switch CoreBench.quantity(of: series).kind {
                    case .counter: CoreBench.rules(of: series).counterWidth == nil ? total : fmod(total, 256)
                    case .intervalCount, .event: Double(Int.random(in: 0...9, using: &random))
                    case .circular: Double(Int.random(in: -20...380, using: &random))
                    case .gauge: Double(Int.random(in: -300...12_000, using: &random)) / 10
                    }
                let time = start + Int64.random(in: 0..<span, using: &random) / 500 * 500
                offers.append(.init(series: series, time: time, value: value))
            }
        }
        if isLagging {
            let lags = (0..<CoreBench.seriesCount).map { _ in
                [0, 0, 0, span / 20, span / 3].randomElement(using: &random)!
            }
            offers.sort { $0.time! + lags[$0.series] < $1.time! + lags[$1.series] }
        } else if Bool.random(using: &random) {
            offers.sort { $0.time! < $1.time! }
        } else {
            offers.shuffle(using: &random)
        }
        for offer in offers where Int.random(in: 0..<8, using: &random) == 0 {
            offers.insert(offer, at: Int.random(in: 0...offers.count, using: &random))
        }
        while !offers.isEmpty {
            let count = min(offers.count, Int.random(in: 1...5, using: &random))
            messages.append(Array(offers.prefix(count)))
            offers.removeFirst(count)
        }
        for offer in messages.joined() {
            guard let time = offer.time, stored[offer.series]?[time] == nil else { continue }
            stored[offer.series, default: [:]][time] = offer.value
        }
    }
}
