public import Telemetry

/// Builds the aggregate of one series' window from its readings, offered in the order of their time.
///
/// The order is part of the definition: the same readings give the same bits, however they arrived. Mean and deviations
/// follow Welford (1962), which does not lose digits where values are large and differ little.
public struct WindowAccumulator: Sendable {
    private var aggregate: Aggregate
    private var base: Double?
    private let isCounter: Bool

    /// - Parameters:
    ///   - base: for counters, the last usable value before the window, if there is one.
    ///   - expected: how many readings a complete window has, where that is known.
    public init(window: Window, kind: Quantity.Kind, base: Double? = nil, expected: Int? = nil) {
        aggregate = Aggregate(window: window, expected: expected)
        self.base = base
        isCounter = kind == .counter
    }

    public mutating func add(time: Timestamp, value: Double, flag: QualityFlag) {
        switch flag {
        case .suspect: aggregate.suspectCount += 1
        case .fail: aggregate.failCount += 1
        case .missing: break
        case .good, .unknown: addUsable(time: time, value: value)
        }
    }

    /// The aggregate of what was added so far.
    public var result: Aggregate { aggregate }

    private mutating func addUsable(time: Timestamp, value: Double) {
        aggregate.count += 1
        if isCounter { count(value) }
        guard var statistics = aggregate.statistics else {
            aggregate.statistics = Aggregate.Statistics(
                mean: value, squaredDeviations: 0, minimum: value, maximum: value,
                first: value, firstTime: time, last: value, lastTime: time)
            return
        }
        let deviation = value - statistics.mean
        statistics.mean += deviation / Double(aggregate.count)
        statistics.squaredDeviations += deviation * (value - statistics.mean)
        statistics.minimum = min(statistics.minimum, value)
        statistics.maximum = max(statistics.maximum, value)
        statistics.last = value
        statistics.lastTime = time
        aggregate.statistics = statistics
    }

    /// A counter that falls has started again from 0.
    private mutating func count(_ value: Double) {
        var increase = aggregate.increase ?? Aggregate.CounterIncrease(total: 0, resets: 0)
        if let base {
            if value < base {
                increase.resets += 1
                increase.total += value
            } else {
                increase.total += value - base
            }
        }
        base = value
        aggregate.increase = increase
    }
}
