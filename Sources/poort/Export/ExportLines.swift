import Storage
import Telemetry

/// Readings as lines: NDJSON as `poort query` prints it, or CSV.
struct ReadingLines {
    let isJSON: Bool
    /// What stands before the time and behind the value is the same for all readings of a series.
    private var parts: [Int64: (before: [UInt8], between: [UInt8])] = [:]
    /// Of the tests that were seen, few of which differ.
    private var tests: [Int64: [UInt8]] = [:]

    init(isJSON: Bool) {
        self.isJSON = isJSON
    }

    func begin(_ bytes: inout [UInt8]) {
        guard !isJSON else { return }
        let tests = QualityTest.allCases.map(\.name).joined(separator: ",")
        bytes.append("device,quantity,time,value,unit,flag,\(tests)\n")
    }

    /// - Parameter row: of `series, device, quantity, unit, time, value, flag, tests`.
    mutating func add(_ row: SQLStatement, to bytes: inout [UInt8]) {
        let series = row.integer(0)
        let parts = self.parts[series] ?? learn(series, row)
        bytes += parts.before
        bytes.append(Timestamp(milliseconds: row.integer(4)).description)
        if isJSON {
            bytes.append("\",\"value\":")
            bytes.append(JSONLine.number(row.real(5)))
        } else {
            bytes.append(0x2C)
            bytes.append(csv: row.real(5))
        }
        bytes += parts.between
        bytes.append(String(row.integer(6)))
        bytes += tests[row.integer(7)] ?? learnTests(row.integer(7))
    }

    private mutating func learn(_ series: Int64, _ row: SQLStatement) -> (before: [UInt8], between: [UInt8]) {
        var (before, between): ([UInt8], [UInt8]) = ([], [])
        if isJSON {
            before.append("{\"kind\":\"reading\",\"device\":")
            before.append(json: row.value(1))
            before.append(",\"quantity\":")
            before.append(json: row.value(2))
            before.append(",\"time\":\"")
            between.append(",\"unit\":")
            between.append(json: row.value(3))
            between.append(",\"flag\":")
        } else {
            before.append(csv: row.value(1))
            before.append(0x2C)
            before.append(csv: row.value(2))
            before.append(0x2C)
            between.append(0x2C)
            between.append(csv: row.value(3))
            between.append(0x2C)
        }
        parts[series] = (before, between)
        return (before, between)
    }

    private mutating func learnTests(_ bits: Int64) -> [UInt8] {
        let flags = QualityTests(bits: bits)
        var bytes: [UInt8] = []
        if isJSON {
            bytes.append(",\"tests\":\(JSONLine.tests(flags).finished)}\n")
        } else {
            for test in QualityTest.allCases {
                bytes.append(0x2C)
                if let flag = flags[test] { bytes.append(String(flag.rawValue)) }
            }
            bytes.append(0x0A)
        }
        // A damaged file may have any.
        if tests.count > 10_000 { tests.removeAll() }
        tests[bits] = bytes
        return bytes
    }
}

/// Aggregates as lines: NDJSON as `poort query` prints it, or CSV with the same names.
struct AggregateLines {
    let isJSON: Bool

    private static let columns = [
        "device", "quantity", "tier", "start", "end", "count", "mean", "min", "max", "stddev", "first", "last",
        "coverage", "valid", "revision", "unit", "suspect", "fail", "expected", "increase", "resets", "wraps",
        "increase_since", "sum", "min_time", "max_time", "p50", "p85", "p95", "resultant",
    ]

    func begin(_ bytes: inout [UInt8]) {
        if !isJSON { bytes.append(AggregateLines.columns.joined(separator: ",") + "\n") }
    }

    func add(_ row: StoredAggregate, of series: StoreReader.SeriesRow, to bytes: inout [UInt8]) {
        guard !isJSON else {
            let line = JSONLine.aggregate(
                device: series.device, quantity: series.quantity, unit: series.unit, aggregate: row.aggregate,
                revision: row.revision)
            bytes.append(line.finished)
            bytes.append(0x0A)
            return
        }
        let aggregate = row.aggregate
        bytes.append(csv: series.device)
        add(text: series.quantity, &bytes)
        add(text: aggregate.window.tier.name, &bytes)
        add(aggregate.window.start, &bytes)
        add(aggregate.window.end, &bytes)
        add(aggregate.count, &bytes)
        for figure in [
            aggregate.mean, aggregate.statistics?.minimum, aggregate.statistics?.maximum, aggregate.standardDeviation,
            aggregate.first, aggregate.last, aggregate.coverage,
        ] { add(figure, &bytes) }
        bytes.append(aggregate.isValid ? ",true" : ",false")
        add(row.revision, &bytes)
        add(text: series.unit, &bytes)
        add(aggregate.suspectCount, &bytes)
        add(aggregate.failCount, &bytes)
        add(aggregate.expected, &bytes)
        addFigures(aggregate, &bytes)
        bytes.append(0x0A)
    }

    private func addFigures(_ aggregate: Aggregate, _ bytes: inout [UInt8]) {
        add(aggregate.increase?.total, &bytes)
        add(aggregate.increase?.resets, &bytes)
        add(aggregate.increase?.wraps, &bytes)
        add(aggregate.increase?.since, &bytes)
        add(aggregate.sum, &bytes)
        add(aggregate.statistics?.minimumTime, &bytes)
        add(aggregate.statistics?.maximumTime, &bytes)
        let percentiles = aggregate.percentiles
        for figure in [percentiles?.p50, percentiles?.p85, percentiles?.p95, aggregate.resultantLength] {
            add(figure, &bytes)
        }
    }

    private func add(text: String, _ bytes: inout [UInt8]) {
        bytes.append(0x2C)
        bytes.append(csv: text)
    }

    private func add(_ time: Timestamp?, _ bytes: inout [UInt8]) {
        bytes.append(0x2C)
        if let time { bytes.append(time.description) }
    }

    private func add(_ number: Int?, _ bytes: inout [UInt8]) {
        bytes.append(0x2C)
        if let number { bytes.append(String(number)) }
    }

    private func add(_ number: Double?, _ bytes: inout [UInt8]) {
        bytes.append(0x2C)
        if let number { bytes.append(csv: number) }
    }
}
