import Processing
public import Storage
public import Telemetry

/// What one series has in a stretch of time: its readings or a tier's windows, what these amount to as a whole, and
/// where there is nothing.
public struct SeriesStretch: Sendable {
    public let series: StoreReader.SeriesRow
    /// Ends at the present at the latest.
    public let range: Range<Timestamp>
    /// Ascending; none where windows were asked for.
    public private(set) var readings: [StoreReader.ReadingRow] = []
    /// The tier of ``windows``; nil where there are none but readings.
    public private(set) var tier: Tier?
    /// Ascending.
    public private(set) var windows: [StoredAggregate] = []
    /// Of the whole stretch, from its readings, or from its windows where there are no readings. Percentiles are nil
    /// where they cannot be known exactly.
    public private(set) var whole: Aggregate
    /// How many readings each test found suspect or worse; of readings alone.
    public private(set) var findings: [QualityTest: Int] = [:]
    /// Longer than this from one reading or window to the next is a gap.
    public private(set) var longestStep: Int64 = 0
    /// Where nothing was measured, ascending.
    public private(set) var gaps: [Range<Timestamp>] = []

    /// How many expected intervals of silence are a gap: as many as make a sensor late.
    private static let intervalsOfGap: Int64 = 3

    private init(_ series: StoreReader.SeriesRow, range: Range<Timestamp>) {
        self.series = series
        self.range = range
        whole = Aggregate(window: Window(tier: .day, start: range.lowerBound, end: range.upperBound))
    }

    /// The readings of several series, in one pass over the file's.
    public static func readings(
        _ reader: StoreReader, of series: [StoreReader.SeriesRow], in range: Range<Timestamp>
    ) throws(StorageError) -> [SeriesStretch] {
        var found: [SeriesID: [StoreReader.ReadingRow]] = [:]
        try reader.readings(in: range, of: series.map(\.id)) {
            found[$0.series, default: []].append($0)
            return true
        }
        var stretches: [SeriesStretch] = []
        for row in series {
            var stretch = SeriesStretch(row, range: range)
            let base = row.kind == .counter ? try reader.lastCount(of: row.id, before: range.lowerBound) : nil
            stretch.take(found[row.id] ?? [], base: base.map { CounterBase(value: $0.value, time: $0.time) })
            stretches.append(stretch)
        }
        return stretches
    }

    /// A tier's closed windows that begin within a range.
    /// - Parameter range: begins where a window does.
    public init(
        _ reader: StoreReader, _ tier: Tier, of series: StoreReader.SeriesRow, in range: Range<Timestamp>
    ) throws(StorageError) {
        self.init(series, range: range)
        try load(tier, from: reader)
        // What is open now is expected of nobody.
        let closedUntil =
            try reader.state(Core.closedUntilState).map { Timestamp(milliseconds: $0) } ?? range.upperBound
        let own = series.closedUntil(closedUntil)
        let closed = min(range.upperBound, Window(tier, holding: own, days: .local).start)
        let window = Window(tier: .day, start: range.lowerBound, end: max(range.lowerBound + 1, closed))
        var merger = WindowMerger(window: window, rules: series.rules)
        for row in windows { merger.add(row.aggregate) }
        whole = merger.result
        if series.rules.hasPercentiles, whole.percentiles == nil, tier.finer == .quarter {
            // Hours and days keep no distribution. That of the quarters is that of the whole where none is lost.
            var quarters = WindowMerger(window: window, rules: series.rules)
            for row in try reader.windows(.quarter, in: range, of: series.id) { quarters.add(row.aggregate) }
            if quarters.result.count == whole.count { whole.percentiles = quarters.result.percentiles }
        }
        findGaps(windows.map { ($0.aggregate.window.start, $0.aggregate.window.end) }, until: window.end)
    }

    /// Reads the windows of a tier as well, beside the readings.
    public mutating func load(_ tier: Tier, from reader: StoreReader) throws(StorageError) {
        self.tier = tier
        windows = try reader.windows(tier, in: range, of: series.id)
    }

    private mutating func take(_ readings: [StoreReader.ReadingRow], base: CounterBase?) {
        self.readings = readings
        var accumulator = WindowAccumulator(window: whole.window, rules: series.rules, base: base)
        for reading in readings {
            accumulator.add(time: reading.time, value: reading.value, flag: reading.flag)
            for test in QualityTest.allCases {
                if let flag = reading.tests[test], flag == .suspect || flag == .fail { findings[test, default: 0] += 1 }
            }
        }
        whole = accumulator.result
        findGaps(readings.map { ($0.time, $0.time) }, until: range.upperBound)
    }

    /// - Parameter spans: ascending.
    private mutating func findGaps(_ spans: [(start: Timestamp, end: Timestamp)], until end: Timestamp) {
        longestStep = max(usualStep(spans.map(\.start)), spans.map { $0.end - $0.start }.max() ?? 0)
        guard let first = spans.first, let last = spans.last else {
            if end > range.lowerBound { gaps = [range.lowerBound..<end] }
            return
        }
        let isOld = series.firstTime.map { $0 < range.lowerBound } ?? true
        if isOld, first.start - range.lowerBound > longestStep { gaps.append(range.lowerBound..<first.start) }
        for (before, next) in zip(spans, spans.dropFirst()) where next.start - before.start > longestStep {
            gaps.append(before.end..<next.start)
        }
        if end - last.start > longestStep, end > last.end { gaps.append(last.end..<end) }
    }

    /// Without an expected interval the median tells, with more room since such sensors send as they like.
    private func usualStep(_ starts: [Timestamp]) -> Int64 {
        if let interval = series.intervalMilliseconds, series.kind != .event {
            return SeriesStretch.intervalsOfGap * interval
        }
        let steps = zip(starts.dropFirst(), starts).map { $0 - $1 }.sorted()
        guard steps.count >= 3 else { return .max / 4 }
        return max(5 * steps[steps.count / 2], (range.upperBound - range.lowerBound) / 100)
    }
}
