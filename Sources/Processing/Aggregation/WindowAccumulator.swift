public import Telemetry

/// Builds the aggregate of one series' window from its readings, offered in the order of their time.
///
/// The order is part of the definition: the same readings give the same bits, however they arrived. Mean and deviations
/// follow Welford (1962), which does not lose digits where values are large and differ little, and needs no sum that
/// could overflow.
public struct WindowAccumulator: Sendable {
    private var aggregate: Aggregate
    private let rules: AggregationRules
    private var counter: CounterProgress
    private var collector = ValueCollector()

    /// - Parameter base: for counters, the last usable reading before the window, if there is one.
    public init(window: Window, rules: AggregationRules, base: CounterBase? = nil) {
        aggregate = Aggregate(
            window: window, expected: rules.expectedCount(in: window), requiredCoverage: rules.requiredCoverage)
        self.rules = rules
        counter = CounterProgress(from: base, width: rules.counterWidth)
    }

    public mutating func add(time: Timestamp, value: Double, flag: QualityFlag) {
        switch flag {
        case .suspect: aggregate.suspectCount += 1
        case .fail: aggregate.failCount += 1
        case .missing: break
        case .good, .unknown:
            // No reading holds such values; if one ever did, no figure may suffer.
            if value.isFinite {
                addUsable(time: time, value: value == 0 ? 0 : value)
            } else if !value.isNaN {
                aggregate.failCount += 1
            }
        }
    }

    /// The aggregate of what was added so far.
    public var result: Aggregate {
        var result = aggregate
        if rules.kind == .counter, result.count > 0 { result.increase = counter.increase }
        if rules.hasPercentiles { result.distribution = collector.distribution }
        result.settlePercentiles()
        return result
    }

    private mutating func addUsable(time: Timestamp, value: Double) {
        aggregate.count += 1
        switch rules.kind {
        case .circular:
            addDirection(DirectionSum(degrees: value, time: time))
            return
        case .counter: counter.count(value, at: time)
        case .intervalCount: aggregate.sum = (aggregate.sum ?? 0) + value
        case .gauge, .event: break
        }
        if rules.hasPercentiles { collector.add(value) }
        addStatistics(time: time, value: value)
    }

    private mutating func addDirection(_ direction: DirectionSum) {
        if aggregate.direction == nil {
            aggregate.direction = direction
        } else {
            aggregate.direction?.add(direction)
        }
    }

    private mutating func addStatistics(time: Timestamp, value: Double) {
        guard var statistics = aggregate.statistics else {
            aggregate.statistics = Aggregate.Statistics(
                mean: value, squaredDeviations: 0, minimum: value, minimumTime: time, maximum: value,
                maximumTime: time, first: value, firstTime: time, last: value, lastTime: time)
            return
        }
        let count = Double(aggregate.count)
        let deviation = value - statistics.mean
        statistics.mean += deviation.isFinite ? deviation / count : value / count - statistics.mean / count
        statistics.squaredDeviations += deviation * (value - statistics.mean)
        if value < statistics.minimum {
            statistics.minimum = value
            statistics.minimumTime = time
        }
        if value > statistics.maximum {
            statistics.maximum = value
            statistics.maximumTime = time
        }
        statistics.last = value
        statistics.lastTime = time
        aggregate.statistics = statistics
    }
}
