import Glibc
public import Telemetry

/// What one window's readings amount to, each figure by its definition and all readings at hand: what the gateway's own
/// aggregates, which grow piece by piece, must equal.
public struct PlainFigures: Sendable {
    public typealias Point = BatchWindow.Point

    private let points: [Point]
    private let usable: [Point]
    private let rules: AggregationRules
    private let before: Point?

    /// - Parameters:
    ///   - points: of the window, in any order.
    ///   - before: for counters, the last usable one before the window.
    public init(_ points: [Point], rules: AggregationRules, before: Point? = nil) {
        self.points = points
        usable = points.filter(\.flag.isUsable).sorted { $0.time < $1.time }
        self.rules = rules
        self.before = before
    }

    /// How an aggregate differs from this, in words; empty when it does not.
    /// - Parameter isPrinted: read from output, which does not have the times of ends and the sums of vectors.
    public func differences(from aggregate: Aggregate, isPrinted: Bool = false) -> [String] {
        var found = Differences()
        found.compare("count", Double(aggregate.count), Double(usable.count), isExact: true)
        found.compare("suspect", Double(aggregate.suspectCount), number(of: .suspect), isExact: true)
        found.compare("fail", Double(aggregate.failCount), number(of: .fail), isExact: true)
        found.compare("first", aggregate.first, usable.first?.value, isExact: true)
        found.compare("last", aggregate.last, usable.last?.value, isExact: true)
        if rules.kind == .circular { compareDirection(aggregate, &found) } else { compareStatistics(aggregate, &found) }
        if !isPrinted { compareTimesOfEnds(aggregate, &found) }
        compareCounts(aggregate, &found)
        comparePercentiles(aggregate, &found)
        return found.words
    }

    private func number(of flag: QualityFlag) -> Double { Double(points.count { $0.flag == flag }) }

    private func compareStatistics(_ aggregate: Aggregate, _ found: inout Differences) {
        let values = usable.map(\.value)
        let mean = values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        let deviation = mean.map { mean in
            (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot()
        }
        let scale = values.map(abs).max() ?? 0
        found.compare("mean", aggregate.mean, mean, scale: scale)
        found.compare("stddev", aggregate.standardDeviation, deviation, scale: scale)
        let statistics = aggregate.statistics
        let (minimum, maximum) = (values.min(), values.max())
        found.compare("min", statistics?.minimum, minimum, isExact: true)
        found.compare("max", statistics?.maximum, maximum, isExact: true)
        found.compare("time of min", statistics?.minimumTime, usable.first { $0.value == minimum }?.time)
        found.compare("time of max", statistics?.maximumTime, usable.first { $0.value == maximum }?.time)
    }

    private func compareTimesOfEnds(_ aggregate: Aggregate, _ found: inout Differences) {
        let (statistics, direction) = (aggregate.statistics, aggregate.direction)
        found.compare("time of first", statistics?.firstTime ?? direction?.firstTime, usable.first?.time)
        found.compare("time of last", statistics?.lastTime ?? direction?.lastTime, usable.last?.time)
    }

    private func compareDirection(_ aggregate: Aggregate, _ found: inout Differences) {
        if aggregate.statistics != nil { found.words.append("directions have arithmetic figures") }
        let east = usable.reduce(0) { $0 + sin($1.value / 180 * .pi) }
        let north = usable.reduce(0) { $0 + cos($1.value / 180 * .pi) }
        found.compare("sum of sines", aggregate.direction?.sine, usable.isEmpty ? nil : east, scale: 1)
        found.compare("sum of cosines", aggregate.direction?.cosine, usable.isEmpty ? nil : north, scale: 1)
        let length = (east * east + north * north).squareRoot()
        found.compare(
            "resultant", aggregate.resultantLength, usable.isEmpty ? nil : length / Double(usable.count), scale: 1)
        guard length > 1e-6, let mean = aggregate.mean else { return }
        let apart = abs((mean - atan2(east, north) / .pi * 180).remainder(dividingBy: 360))
        if apart > 1e-6 || mean < 0 || mean >= 360 { found.words.append("mean direction is off by \(apart)") }
    }

    /// last − first + what each fall hides.
    private func compareCounts(_ aggregate: Aggregate, _ found: inout Differences) {
        let hasCounter = rules.kind == .counter && !usable.isEmpty
        var (increase, resets, wraps) = (0.0, 0.0, 0.0)
        let chain = (before.map { [$0] } ?? []) + usable
        if let first = chain.first, let last = chain.last {
            increase = last.value - first.value
            for (earlier, later) in zip(chain, chain.dropFirst()) where later.value < earlier.value {
                if let width = rules.counterWidth, isWrap(width, earlier, later) {
                    increase += exp2(Double(width.bits))
                    wraps += 1
                } else {
                    increase += earlier.value
                    resets += 1
                }
            }
        }
        found.compare("increase", aggregate.increase?.total, hasCounter ? increase : nil, isExact: true)
        found.compare("resets", aggregate.increase.map { Double($0.resets) }, hasCounter ? resets : nil, isExact: true)
        found.compare("wraps", aggregate.increase.map { Double($0.wraps) }, hasCounter ? wraps : nil, isExact: true)
        let since = hasCounter ? before.map { Double($0.time.milliseconds) } : nil
        found.compare(
            "increase since", aggregate.increase?.since.map { Double($0.milliseconds) }, since, isExact: true)
        let hasSum = rules.kind == .intervalCount && !usable.isEmpty
        found.compare("sum", aggregate.sum, hasSum ? usable.reduce(0) { $0 + $1.value } : nil)
    }

    private func isWrap(_ width: CounterWidth, _ earlier: Point, _ later: Point) -> Bool {
        let seconds = max(1, Double(later.time - earlier.time) / 1000)
        let modulus = exp2(Double(width.bits))
        return earlier.value < modulus && later.value >= 0 && width.maximumPerSecond * seconds < modulus
            && modulus - earlier.value + later.value <= width.maximumPerSecond * seconds
    }

    /// The smallest value that at least so many of a hundred readings do not exceed.
    private func comparePercentiles(_ aggregate: Aggregate, _ found: inout Differences) {
        let hasPercentiles = rules.kind == .gauge || rules.kind == .intervalCount
        let sorted = hasPercentiles ? usable.map(\.value).sorted() : []
        func percentile(_ percent: Int) -> Double? {
            sorted.indices.first { ($0 + 1) * 100 >= percent * sorted.count }.map { sorted[$0] }
        }
        found.compare("p50", aggregate.percentiles?.p50, percentile(50), isExact: true)
        found.compare("p85", aggregate.percentiles?.p85, percentile(85), isExact: true)
        found.compare("p95", aggregate.percentiles?.p95, percentile(95), isExact: true)
    }
}

/// What was found to differ.
private struct Differences {
    var words: [String] = []

    mutating func compare(
        _ name: String, _ ours: Double?, _ theirs: Double?, isExact: Bool = false, scale: Double = 0
    ) {
        let isClose =
            switch (ours, theirs) {
            case (nil, nil): true
            case (let ours?, let theirs?):
                isExact ? ours == theirs : abs(ours - theirs) <= 1e-9 * max(1, abs(theirs), scale)
            default: false
            }
        if !isClose { words.append("\(name) is \(word(ours)), should be \(word(theirs))") }
    }

    mutating func compare(_ name: String, _ ours: Timestamp?, _ theirs: Timestamp?) {
        if ours != theirs {
            words.append("\(name) is \(ours?.description ?? "missing"), should be \(theirs?.description ?? "missing")")
        }
    }

    private func word(_ value: Double?) -> String { value.map { "\($0)" } ?? "missing" }
}
