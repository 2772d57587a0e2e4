import Gateway
import Storage
import Telemetry

/// A series' stretch of time with its latest reading: what `poort show` and `poort plot` draw and print.
struct SeriesReport {
    let stretch: SeriesStretch
    let latest: LatestReading

    private var series: StoreReader.SeriesRow { stretch.series }

    /// A line with the name, the latest value and how it stands.
    func heading(_ chart: SeriesChart) -> String {
        let value = latest.reading.map { reading in
            series.unit == "1" ? chart.text(reading.value) : "\(chart.text(reading.value)) \(series.unit)"
        }
        let verdict = latest.emphasis?.applied(to: latest.verdict) ?? latest.verdict
        return [Emphasis.strong.applied(to: series.quantity), value, verdict].compactMap(\.self).joined(separator: "  ")
    }

    /// Why nothing is drawn; nil where something is.
    var emptiness: String? {
        if let tier = stretch.tier, stretch.windows.isEmpty {
            return stretch.whole.count > 0 ? "no window of \(tier.name) is closed yet" : "no windows of \(tier.name)"
        }
        if stretch.tier == nil, stretch.readings.isEmpty { return "no readings" }
        return nil
    }

    // MARK: - JSON

    /// What is drawn, and what stands beside it.
    func add(to line: inout JSONLine) {
        line.add("quantity", series.quantity)
        line.add("unit", series.unit)
        line.add("kind", series.kind.rawValue)
        line.add("interval_seconds", series.intervalMilliseconds.map { Double($0) / 1000 })
        if let json = latest.json { line.add("latest", json) } else { line.addNull("latest") }
        line.add("tier", stretch.tier?.name ?? "raw")
        if stretch.tier == nil {
            line.add(
                "readings",
                stretch.readings.map {
                    .reading(
                        device: series.device, quantity: series.quantity, unit: series.unit, time: $0.time,
                        value: $0.value, flag: $0.flag, tests: $0.tests)
                })
        } else {
            line.add(
                "windows",
                stretch.windows.map {
                    .aggregate(
                        device: series.device, quantity: series.quantity, unit: series.unit, aggregate: $0.aggregate,
                        revision: $0.revision)
                })
        }
        line.add("whole", whole)
        line.add(
            "gaps",
            stretch.gaps.map { gap in
                var line = JSONLine()
                line.add("from", gap.lowerBound)
                line.add("to", gap.upperBound)
                return line
            })
    }

    /// The figures of the whole stretch, under the names that they have in an aggregate.
    private var whole: JSONLine {
        let whole = stretch.whole
        var line = JSONLine()
        line.add("count", whole.count)
        line.add("suspect", whole.suspectCount)
        line.add("fail", whole.failCount)
        line.add("expected", whole.expected)
        line.add("coverage", whole.coverage)
        line.add("valid", whole.isValid)
        line.add("mean", whole.mean)
        line.add("min", whole.statistics?.minimum)
        line.add("min_time", whole.statistics?.minimumTime)
        line.add("max", whole.statistics?.maximum)
        line.add("max_time", whole.statistics?.maximumTime)
        line.add("stddev", whole.standardDeviation)
        if let percentiles = whole.percentiles {
            line.add("p50", percentiles.p50)
            line.add("p85", percentiles.p85)
            line.add("p95", percentiles.p95)
        }
        if let sum = whole.sum { line.add("sum", sum) }
        if let increase = whole.increase {
            line.add("increase", increase.total)
            line.add("resets", increase.resets)
            line.add("wraps", increase.wraps)
        }
        if let resultant = whole.resultantLength { line.add("resultant", resultant) }
        var findings = JSONLine()
        for test in QualityTest.allCases {
            if let count = stretch.findings[test] { findings.add(test.name, count) }
        }
        line.add("findings", findings)
        return line
    }
}
