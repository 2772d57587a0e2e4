import Telemetry
import TestKit

/// Aggregates with figures of every kind, also such as no sensor gives.
struct RandomAggregates {
    var random: SeededGenerator
    /// The table of the versions before did not keep the sign of zero.
    var hasSignedZero = true

    private static let ten = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!
    private static let minute: Int64 = 60_000

    mutating func next(_ tier: Tier) -> Aggregate {
        var aggregate = Aggregate(
            window: window(tier), count: count(), suspectCount: count(), failCount: count(),
            expected: Bool.random(using: &random) ? count() : nil,
            requiredCoverage: Bool.random(using: &random) ? Aggregate.requiredCoverage : value())
        let scale = Int.random(in: 0...3, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: aggregate.direction = direction(in: aggregate.window)
        case 1: break
        default: aggregate.statistics = statistics(in: aggregate.window, scale: scale)
        }
        if Bool.random(using: &random) { aggregate.increase = increase(before: aggregate.window.start) }
        if Bool.random(using: &random) { aggregate.sum = value() }
        if Bool.random(using: &random) {
            aggregate.distribution = Distribution((0..<6).map { _ in decimal(scale) })
            aggregate.percentiles = aggregate.distribution?.percentiles
        } else if Bool.random(using: &random) {
            aggregate.percentiles = Percentiles(p50: value(), p85: value(), p95: decimal(scale))
        }
        return aggregate
    }

    /// Of local days as well: of 23 or 25 hours, and such as begin within a minute.
    private mutating func window(_ tier: Tier) -> Window {
        guard tier == .day else {
            let width = Int64(tier.rawValue) * 1000
            let number = Int64.random(in: -3_000_000...3_000_000, using: &random)
            let begin = RandomAggregates.ten.milliseconds.flooredQuotient(width) + number
            return Window(tier, holding: Timestamp(milliseconds: begin * width), days: .utc)
        }
        let hours = Int64.random(in: 23...25, using: &random)
        let day = Int64.random(in: 0...100_000, using: &random)
        let start = RandomAggregates.ten + (day - 50_000) * 24 * 60 * RandomAggregates.minute + day % 4 * 7000
        return Window(tier: tier, start: start, end: start + hours * 60 * RandomAggregates.minute)
    }

    private mutating func statistics(in window: Window, scale: Int) -> Aggregate.Statistics {
        let isDecimal = Int.random(in: 0..<4, using: &random) > 0
        func figure(_ aggregates: inout RandomAggregates) -> Double {
            isDecimal ? aggregates.decimal(scale) : aggregates.value()
        }
        return Aggregate.Statistics(
            mean: value(), squaredDeviations: value(), minimum: figure(&self), minimumTime: optionalTime(in: window),
            maximum: figure(&self), maximumTime: optionalTime(in: window), first: figure(&self),
            firstTime: time(in: window), last: figure(&self), lastTime: time(in: window))
    }

    private mutating func direction(in window: Window) -> DirectionSum {
        DirectionSum(
            sine: value(), cosine: value(), first: decimal(1), firstTime: time(in: window), last: value(),
            lastTime: time(in: window))
    }

    private mutating func increase(before start: Timestamp) -> Aggregate.CounterIncrease {
        Aggregate.CounterIncrease(
            total: Bool.random(using: &random) ? Double(count()) : value(), resets: count(), wraps: count(),
            since: Bool.random(using: &random) ? start - Int64.random(in: -5...50_000_000_000, using: &random) : nil)
    }

    private mutating func count() -> Int {
        [0, 0, 0, 1, 6, 3600, Int.random(in: 0...(1 << 53), using: &random)].randomElement(using: &random)!
    }

    private mutating func time(in window: Window) -> Timestamp {
        // Nothing but the readings' order keeps times within the window.
        window.start + Int64.random(in: -1...window.milliseconds, using: &random)
    }

    private mutating func optionalTime(in window: Window) -> Timestamp? {
        Int.random(in: 0..<8, using: &random) == 0 ? nil : time(in: window)
    }

    private mutating func decimal(_ digits: Int) -> Double {
        let number = Double(Int.random(in: -5000...5000, using: &random))
        return number / [1, 10, 100, 1000][digits]
    }

    private mutating func value() -> Double {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: Double.random(in: -1...1, using: &random)
        case 1: decimal(Int.random(in: 0...3, using: &random))
        case 2: Double(bitPattern: UInt64.random(in: 0...0x7FEF_FFFF_FFFF_FFFF, using: &random))
        case 3:
            [
                .infinity, -.infinity, .leastNonzeroMagnitude, -.greatestFiniteMagnitude, 9_007_199_254_740_994,
                -9.3e18, 9_223_372_036_854_775_808, 1e22, 0.1 + 0.2, 1e-12,
            ].randomElement(using: &random)!
        case 4: hasSignedZero ? -0.0 : 0
        default: Double(Int.random(in: -1...1000, using: &random))
        }
    }
}

extension Aggregate {
    /// All figures, the bits of those that are no whole numbers: equal values may differ in the sign of zero.
    var bits: [UInt64?] {
        let figures: [Double?] = [
            requiredCoverage, statistics?.mean, statistics?.squaredDeviations, statistics?.minimum, statistics?.maximum,
            first, last, increase?.total, sum, direction?.sine, direction?.cosine, percentiles?.p50, percentiles?.p85,
            percentiles?.p95,
        ]
        return figures.map { $0?.bitPattern }
    }
}
