public import Telemetry

/// Aggregates computed the plain way, all of a series' readings at once and by two passes over each window: what the
/// gateway's own, which grow piece by piece, must equal.
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
    /// Of usable readings, in the order of time.
    private var values: [Double] = []
    private var suspectCount = 0
    private var failCount = 0
    private var increase = 0.0
    private var resets = 0
    private let isCounter: Bool

    private init(_ window: Window, isCounter: Bool) {
        self.window = window
        self.isCounter = isCounter
    }

    /// Every window of a tier that holds a point.
    public static func compute(
        _ points: [Point], tier: Tier, isCounter: Bool, days: DayCalendar
    ) -> [Timestamp: BatchWindow] {
        var windows: [Timestamp: BatchWindow] = [:]
        var before: Double?
        for point in points.sorted(by: { $0.time < $1.time }) {
            let window = Window(tier, holding: point.time, days: days)
            windows[window.start, default: BatchWindow(window, isCounter: isCounter)].add(point, before: before)
            if point.flag.isUsable { before = point.value }
        }
        return windows
    }

    private mutating func add(_ point: Point, before: Double?) {
        switch point.flag {
        case .suspect: suspectCount += 1
        case .fail: failCount += 1
        case .missing: break
        case .good, .unknown:
            values.append(point.value)
            guard let before else { return }
            increase += point.value < before ? point.value : point.value - before
            resets += point.value < before ? 1 : 0
        }
    }

    /// How an aggregate differs from this, in words; empty when it does not.
    public func differences(from aggregate: Aggregate?) -> [String] {
        guard let aggregate else { return ["is missing"] }
        var found: [String] = []
        func compare(_ name: String, _ ours: Double?, _ theirs: Double?, exact: Bool = false) {
            let isClose =
                switch (ours, theirs) {
                case (nil, nil): true
                case (let ours?, let theirs?): abs(ours - theirs) <= (exact ? 0 : 1e-9 * max(1, abs(theirs)))
                default: false
                }
            if !isClose { found.append("\(name) is \(words(ours)), should be \(words(theirs))") }
        }
        compare("end", Double(aggregate.window.end.milliseconds), Double(window.end.milliseconds), exact: true)
        compare("count", Double(aggregate.count), Double(values.count), exact: true)
        compare("suspect", Double(aggregate.suspectCount), Double(suspectCount), exact: true)
        compare("fail", Double(aggregate.failCount), Double(failCount), exact: true)
        let statistics = aggregate.statistics
        compare("min", statistics?.minimum, values.min(), exact: true)
        compare("max", statistics?.maximum, values.max(), exact: true)
        compare("first", statistics?.first, values.first, exact: true)
        compare("last", statistics?.last, values.last, exact: true)
        compare("mean", statistics?.mean, mean)
        compare("stddev", aggregate.standardDeviation, deviation)
        if isCounter, !values.isEmpty {
            compare("increase", aggregate.increase?.total, increase, exact: true)
            compare("resets", aggregate.increase.map { Double($0.resets) }, Double(resets), exact: true)
        }
        return found
    }

    private func words(_ value: Double?) -> String { value.map { "\($0)" } ?? "missing" }

    private var mean: Double? {
        values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    private var deviation: Double? {
        mean.map { mean in
            (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
        }
    }

    /// How the aggregates of a series' tier differ from what its points give, in words; empty when they do not.
    /// - Parameter closedUntil: windows that end later are not looked at.
    public static func differences(
        points: [Point], aggregates: [Timestamp: Aggregate], tier: Tier, isCounter: Bool, days: DayCalendar,
        closedUntil: Timestamp = .distantFuture
    ) -> [String] {
        let expected = compute(points, tier: tier, isCounter: isCounter, days: days)
            .filter { $0.value.window.end <= closedUntil }
        var found: [String] = []
        for (start, window) in expected {
            found += window.differences(from: aggregates[start]).map { "\(tier.name) \(start): \($0)" }
        }
        for (start, aggregate) in aggregates where expected[start] == nil && aggregate.window.end <= closedUntil {
            found.append("\(tier.name) \(start): nothing was measured in this window")
        }
        return found
    }
}
