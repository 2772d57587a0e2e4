import Telemetry
import TestKit

@testable import Forwarding

/// What a gateway has, and what of it a partner must come to have: windows that are closed, and corrected later.
struct PartnerWorld {
    struct Key: Hashable {
        var series: SeriesID
        var window: Window
    }

    let series: [SharedSeries]
    let tier: Tier
    private(set) var newest: [Key: SharedAggregate] = [:]
    private var closed: [SeriesID: Int] = [:]

    init(_ series: [SharedSeries], tier: Tier = .quarter) {
        self.series = series
        self.tier = tier
    }

    static let start = Timestamp(milliseconds: 1_764_000_000_000)

    static func window(_ number: Int, tier: Tier = .quarter) -> Window {
        let width = Int64(tier.rawValue) * 1000
        let start = Timestamp(milliseconds: start.milliseconds / width * width + Int64(number) * width)
        return Window(tier: tier, start: start, end: start + width)
    }

    /// - Parameter value: nil for a window without readings.
    static func row(
        _ series: SharedSeries, _ number: Int, revision: Int = 1, value: Double?, tier: Tier = .quarter,
        fields: SharedFields = .all
    ) -> SharedAggregate {
        let window = window(number, tier: tier)
        var aggregate = Aggregate(window: window, count: value == nil ? 0 : 90, expected: 90)
        if let value {
            aggregate.statistics = Aggregate.Statistics(
                mean: value, squaredDeviations: 90, minimum: value - 1, minimumTime: window.start + 1000,
                maximum: value + 1, maximumTime: window.start + 2000, first: value, firstTime: window.start,
                last: value, lastTime: window.end - 1000)
            switch series.kind {
            case .counter: aggregate.increase = Aggregate.CounterIncrease(total: value, resets: 0, since: window.start)
            case .intervalCount: aggregate.sum = value
            case .circular:
                aggregate.statistics = nil
                aggregate.direction = DirectionSum(degrees: value, time: window.start)
                aggregate.count = 1
            case .gauge, .event: break
            }
        }
        return SharedAggregate(aggregate, series: series, revision: revision, fields: fields)
    }

    /// Closes the next windows of some series, and corrects some of those that were closed; in the order in which they go.
    mutating func nextBatch(_ random: inout SeededGenerator) -> [SharedAggregate] {
        var batch: [SharedAggregate] = []
        for _ in 0..<Int.random(in: 1...12, using: &random) {
            let series = series.randomElement(using: &random) ?? series[0]
            let count = closed[series.id] ?? 0
            let isNew = count == 0 || Int.random(in: 0..<3, using: &random) > 0
            let number = isNew ? count : Int.random(in: 0..<count, using: &random)
            if isNew { closed[series.id] = count + 1 }
            let key = Key(series: series.id, window: PartnerWorld.window(number, tier: tier))
            let row = PartnerWorld.row(
                series, number, revision: (newest[key]?.revision ?? 0) + 1,
                value: Int.random(in: 0..<12, using: &random) == 0
                    ? nil : Double(Int.random(in: 0...4000, using: &random)) / 40, tier: tier)
            newest[key] = row
            batch.append(row)
        }
        return batch
    }

    /// As it is read again after a crash: what was corrected meanwhile, as it is now.
    func asItIsNow(_ batch: [SharedAggregate]) -> [SharedAggregate] {
        batch.map { newest[Key(series: $0.series.id, window: $0.window)] ?? $0 }
    }
}

/// Offers rows to a sink as a partner's thread does, without waiting.
struct SinkDriver {
    enum Stuck: Error { case afterManyAttempts(String) }

    private(set) var failures: [SinkFailure] = []
    private(set) var refused: [(row: SharedAggregate, reason: String)] = []

    /// - Parameter crashes: after how many deliveries the process ends; nil for never.
    /// - Returns: whether all are settled.
    mutating func offer(
        _ batch: [SharedAggregate], to sink: any Sink, most: Int = 500, crashAfter crashes: Int? = nil
    ) throws -> Bool {
        var machine = DeliveryMachine(rowCount: batch.count)
        var deliveries = 0
        var size = most
        while let rows = machine.next(most: size) {
            if deliveries == crashes { return false }
            guard deliveries < 500 else { throw Stuck.afterManyAttempts(failures.last?.description ?? "") }
            deliveries += 1
            do throws(SinkFailure) {
                let delivery = try sink.deliver(Array(batch[rows]))
                size = most
                if let reason = machine.answered(rows, delivery.outcomes) {
                    failures.append(SinkFailure(.unavailable, operation: "deliver", place: "", cause: reason))
                }
            } catch {
                failures.append(error)
                size = max(1, size / 2)
                if error.kind == .tooLarge || error.kind == .refused { machine.split(rows, reason: error.cause) }
            }
        }
        refused += machine.refused(in: 0..<batch.count).map { (batch[$0.row], $0.reason) }
        return true
    }
}
