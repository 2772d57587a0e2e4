public import Telemetry

/// Aggregates computed the plain way, all of a series' readings at once: what the gateway's own, which grow piece by
/// piece, must equal.
public struct BatchWindow: Sendable {
    /// A reading, as it should be stored.
    public struct Point: Sendable {
        public var time: Timestamp
        public var value: Double
        public var flag: QualityFlag

        public init(time: Timestamp, value: Double, flag: QualityFlag = .good) {
            self.time = time
            self.value = value
            self.flag = flag
        }
    }

    public let window: Window
    private var points: [Point] = []
    /// The last usable one before the window.
    private let before: Point?

    private init(_ window: Window, before: Point?) {
        self.window = window
        self.before = before
    }

    /// Every window of a tier that holds a point.
    private static func windows(of points: [Point], tier: Tier, days: DayCalendar) -> [Timestamp: BatchWindow] {
        var windows: [Timestamp: BatchWindow] = [:]
        var before: Point?
        for point in points.sorted(by: { $0.time < $1.time }) {
            let window = Window(tier, holding: point.time, days: days)
            windows[window.start, default: BatchWindow(window, before: before)].points.append(point)
            if point.flag.isUsable { before = point }
        }
        return windows
    }

    /// How an aggregate differs from this, in words; empty when it does not.
    private func differences(from aggregate: Aggregate?, rules: AggregationRules, isPrinted: Bool) -> [String] {
        guard let aggregate else { return ["is missing"] }
        var found = PlainFigures(points, rules: rules, before: before).differences(
            from: aggregate, isPrinted: isPrinted)
        if aggregate.window != window { found.append("window is \(aggregate.window), should be \(window)") }
        if aggregate.expected != expected(rules) {
            found.append("expected is \(aggregate.expected as Any), should be \(expected(rules) as Any)")
        }
        let needed = Double(expected(rules) ?? .max) * rules.requiredCoverage
        let isCovered = expected(rules) != nil && Double(points.count { $0.flag.isUsable }) >= needed - 1e-9
        let isValid = isCovered && !countsWhatPassedBefore(rules)
        if aggregate.isValid != isValid { found.append("valid is \(aggregate.isValid), should be \(isValid)") }
        return found
    }

    /// For counters: whether the last value before it lies so far back that the window counts what passed in a gap.
    private func countsWhatPassedBefore(_ rules: AggregationRules) -> Bool {
        guard rules.kind == .counter, let before, let expected = expected(rules) else { return false }
        let length = Double(window.end - window.start)
        let gap = Double(window.start - before.time)
        return gap > 1.5 * length / Double(expected) && gap > (1 - rules.requiredCoverage) * length
    }

    private func expected(_ rules: AggregationRules) -> Int? {
        guard rules.kind != .event, let interval = rules.intervalMilliseconds else { return nil }
        return max(1, Int((Double(window.end - window.start) / Double(interval)).rounded()))
    }

    /// How the aggregates of a series' tier differ from what its points give, in words; empty when they do not.
    /// - Parameters:
    ///   - from: windows that begin earlier are not looked at.
    ///   - closedUntil: windows that end later are not looked at.
    ///   - isPrinted: of figures that are not printed there is nothing to compare.
    public static func differences(
        points: [Point], aggregates: [Timestamp: Aggregate], tier: Tier, rules: AggregationRules, days: DayCalendar,
        from: Timestamp = .distantPast, closedUntil: Timestamp = .distantFuture, isPrinted: Bool = false
    ) -> [String] {
        let expected = windows(of: points, tier: tier, days: days).filter {
            $0.key >= from && $0.value.window.end <= closedUntil
        }
        var found: [String] = []
        for (start, window) in expected {
            found += window.differences(from: aggregates[start], rules: rules, isPrinted: isPrinted)
                .map { "\(tier.name) \(start): \($0)" }
        }
        for (start, aggregate) in aggregates where expected[start] == nil && aggregate.window.end <= closedUntil {
            found.append("\(tier.name) \(start): nothing was measured in this window")
        }
        return found
    }
}
