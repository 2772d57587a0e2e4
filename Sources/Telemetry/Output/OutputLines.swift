/// The NDJSON that `poort query` and `poort replay` print: one object a line, times RFC 3339 UTC with milliseconds.
extension JSONLine {
    /// `{"kind":"reading","device":…,"quantity":…,"time":…,"value":…,"unit":…,"flag":1,"tests":{"gross_range":1}}`
    public static func reading(
        device: String, quantity: String, unit: String, time: Timestamp, value: Double, flag: QualityFlag,
        tests: QualityTests
    ) -> JSONLine {
        var line = JSONLine()
        line.add("kind", "reading")
        line.add("device", device)
        line.add("quantity", quantity)
        line.add("time", time)
        line.add("value", value)
        line.add("unit", unit)
        line.add("flag", Int(flag.rawValue))
        line.add("tests", JSONLine.tests(tests))
        return line
    }

    /// `{"gross_range":1,"spike":3}`: the flag of each test that was run.
    public static func tests(_ tests: QualityTests) -> JSONLine {
        var line = JSONLine()
        for test in QualityTest.allCases {
            if let verdict = tests[test] { line.add(test.name, Int(verdict.rawValue)) }
        }
        return line
    }

    /// `{"kind":"aggregate","device":…,"tier":"15m","start":…,"end":…,"count":6,"mean":…,…,"revision":1}`
    ///
    /// Figures are null in a window without usable readings, and `coverage` and `expected` where no interval is configured.
    /// What a quantity's kind adds follows where it is known: `increase`, `resets` and `wraps` of counters, `sum` of
    /// interval counts, percentiles, the times of extremes, `resultant` of directions.
    public static func aggregate(
        device: String, quantity: String, unit: String, aggregate: Aggregate, revision: Int
    ) -> JSONLine {
        var line = JSONLine()
        line.add("kind", "aggregate")
        line.add("device", device)
        line.add("quantity", quantity)
        line.add("tier", aggregate.window.tier.name)
        line.add("start", aggregate.window.start)
        line.add("end", aggregate.window.end)
        line.add("count", aggregate.count)
        line.add("mean", aggregate.mean)
        line.add("min", aggregate.statistics?.minimum)
        line.add("max", aggregate.statistics?.maximum)
        line.add("stddev", aggregate.standardDeviation)
        line.add("first", aggregate.first)
        line.add("last", aggregate.last)
        line.add("coverage", aggregate.coverage)
        line.add("valid", aggregate.isValid)
        line.add("revision", revision)
        line.add("unit", unit)
        line.add("suspect", aggregate.suspectCount)
        line.add("fail", aggregate.failCount)
        line.add("expected", aggregate.expected)
        line.addFigures(ofKind: aggregate)
        return line
    }

    private mutating func addFigures(ofKind aggregate: Aggregate) {
        if let increase = aggregate.increase {
            add("increase", increase.total)
            add("resets", increase.resets)
            add("wraps", increase.wraps)
            if let since = increase.since { add("increase_since", since) }
        }
        if let sum = aggregate.sum { add("sum", sum) }
        if let statistics = aggregate.statistics, let minimumTime = statistics.minimumTime,
            let maximumTime = statistics.maximumTime
        {
            add("min_time", minimumTime)
            add("max_time", maximumTime)
        }
        if let percentiles = aggregate.percentiles {
            add("p50", percentiles.p50)
            add("p85", percentiles.p85)
            add("p95", percentiles.p95)
        }
        if let resultant = aggregate.resultantLength { add("resultant", resultant) }
    }

    /// `{"kind":"rejection","topic":…,"received":…,"reason":"undecodable","detail":…}`
    public static func rejection(_ message: QuarantinedMessage) -> JSONLine {
        var line = JSONLine()
        line.add("kind", "rejection")
        line.add("topic", String(decoding: message.topic, as: UTF8.self))
        line.add("received", message.received)
        line.add("reason", message.rejection.reason.rawValue)
        line.add("detail", message.rejection.detail)
        return line
    }

    /// One account of the ledger, or their sum.
    public mutating func add(_ counts: LedgerCounts) {
        add("received", counts.received)
        add("stored", counts.stored)
        add("duplicate", counts.duplicate)
        add("quarantined", counts.quarantined)
        var reasons = JSONLine()
        for (reason, count) in counts.rejected.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            reasons.add(reason.rawValue, count)
        }
        add("rejected", reasons)
    }
}
