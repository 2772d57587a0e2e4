import Processing
import Telemetry

/// The rules of the tests once more, word by word over whole arrays: slow, and made from the rules alone.
struct PlainRules {
    var times: [Int64]
    /// Nil where a value is missing.
    var values: [Double?]
    var interval: Int64?
    var limits: QualityLimits

    init(_ points: [SeriesPoint], interval: Int64?, limits: QualityLimits) {
        times = points.map(\.time.milliseconds)
        values = points.map { $0.value.isFinite ? $0.value : nil }
        self.interval = interval
        self.limits = limits
    }

    var flags: [QualityTests] { values.indices.map(tests) }

    private func tests(_ n: Int) -> QualityTests {
        var tests = QualityTests()
        tests[.spike] = limits.spike.flatMap { QualityFlag(rawValue: spike(n, $0)) }
        tests[.rateOfChange] = limits.rateOfChange.flatMap { QualityFlag(rawValue: rateOfChange(n, $0)) }
        tests[.flatLine] = limits.flatLine.flatMap { QualityFlag(rawValue: flatLine(n, $0)) }
        tests[.attenuatedSignal] = limits.attenuatedSignal.flatMap { QualityFlag(rawValue: attenuated(n, $0)) }
        tests[.timeGap] = limits.timeGap.flatMap { QualityFlag(rawValue: timeGap(n, $0)) }
        return tests
    }

    private func spike(_ n: Int, _ limits: SpikeLimits) -> UInt8 {
        guard let x = values[n] else { return 9 }
        if n == 0 || n == values.count - 1 { return 2 }
        guard let before = values[n - 1], let after = values[n + 1] else { return 2 }
        var size = abs(x - (before + after) / 2)
        if limits.method == .differential {
            let (previousChange, nextChange) = (x - before, after - x)
            size = previousChange * nextChange < 0 ? min(abs(previousChange), abs(nextChange)) : 0
        }
        if let fail = limits.fail, fail != 0, size > fail { return 4 }
        if let suspect = limits.suspect, suspect != 0, size > suspect { return 3 }
        return 1
    }

    private func rateOfChange(_ n: Int, _ limits: RateOfChangeLimits) -> UInt8 {
        guard let x = values[n] else { return 9 }
        guard n > 0, let before = values[n - 1] else { return 1 }
        let seconds = (times[n] - times[n - 1]) / 1000
        if x == before { return 1 }
        let rate = seconds == 0 ? Double.infinity : abs(x - before) / Double(seconds)
        if let fail = limits.fail, rate > fail { return 4 }
        if let suspect = limits.suspect, rate > suspect { return 3 }
        return 1
    }

    private func flatLine(_ n: Int, _ limits: FlatLineLimits) -> UInt8 {
        if values.count < 3 { return 1 }
        if values[n] == nil { return 9 }
        if isFlat(n, limits, limits.failMilliseconds) { return 4 }
        return isFlat(n, limits, limits.suspectMilliseconds) ? 3 : 1
    }

    private func isFlat(_ n: Int, _ limits: FlatLineLimits, _ threshold: Int64?) -> Bool {
        guard let threshold, let interval = interval.map(Double.init) ?? medianInterval(n), interval > 0 else {
            return false
        }
        let count = max(Int((Double(threshold) / interval).rounded(.towardZero)), limits.minimumReadings - 1)
        if n < count { return false }
        let window = values[(n - count)...n].compactMap { $0 }
        return window.max()! - window.min()! < limits.tolerance
    }

    /// Of the last 31 intervals.
    private func medianInterval(_ n: Int) -> Double? {
        guard n > 0 else { return nil }
        var intervals: [Int64] = []
        var k = n
        while k > 0, intervals.count < 31 {
            intervals.append(times[k] - times[k - 1])
            k -= 1
        }
        intervals.sort()
        let middle = intervals.count / 2
        if intervals.count % 2 == 1 { return Double(intervals[middle]) }
        return Double(intervals[middle - 1] + intervals[middle]) / 2
    }

    private func attenuated(_ n: Int, _ limits: AttenuatedSignalLimits) -> UInt8 {
        if values[n] == nil { return 9 }
        var window: [Double] = []
        var k = 0
        while k <= n {
            if times[k] > times[n] - limits.windowMilliseconds, let x = values[k] { window.append(x) }
            k += 1
        }
        if window.count < limits.minimumReadings { return 2 }
        var spread = window.max()! - window.min()!
        if limits.measure == .standardDeviation {
            let mean = window.reduce(0, +) / Double(window.count)
            spread = (window.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(window.count)).squareRoot()
        }
        if let fail = limits.fail, spread < fail { return 4 }
        if let suspect = limits.suspect, spread < suspect { return 3 }
        return 1
    }

    private func timeGap(_ n: Int, _ limits: TimeGapLimits) -> UInt8 {
        n > 0 && times[n] - times[n - 1] > limits.fail ? 4 : 1
    }
}
