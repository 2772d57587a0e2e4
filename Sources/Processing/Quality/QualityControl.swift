public import Telemetry

/// The tests of one series that look at nothing but its own readings, with their limits.
///
/// A flag is a function of the series' stored readings in the order of their time, of a bounded number before and one
/// after: it does not matter in which order they came, nor whether the gateway was restarted meanwhile. The exception
/// is the impossible date, which is judged by the clock when a reading comes and then kept.
///
/// A reading in the order of time: ``append(_:to:)``. A late one: ``Rejudgement``. After a start, or under other limits:
/// ``HistoryRecall``. A whole stretch: ``judge(_:in:)``.
public struct QualityControl: Sendable, Hashable {
    let grossRange: GrossRangeLimits?
    let limits: QualityLimits
    private let doubledInterval: Int64?

    /// - Parameter intervalMilliseconds: the configured interval, by which the flat-line test counts; nil for the median
    ///   of those seen last.
    public init(of quantity: Quantity, intervalMilliseconds: Int64?) {
        grossRange = quantity.grossRange
        limits = quantity.limits
        doubledInterval = intervalMilliseconds.map {
            let (doubled, overflow) = $0.multipliedReportingOverflow(by: 2)
            return overflow ? .max : doubled
        }
    }

    /// Judges a reading and takes it into the history.
    /// - Parameter history: of readings of this series under these limits.
    /// - Returns: nil for a reading older than the newest, which is not taken in: see ``Rejudgement``.
    public func append(_ point: SeriesPoint, to history: inout SeriesHistory) -> Judgement? {
        let previous = history.last
        if let previous, point.time < previous.time { return nil }
        var judgement = Judgement(tests: QualityTests())
        if let grossRange { judgement.tests[.grossRange] = grossRange.flag(point.value) }
        if let rate = limits.rateOfChange { judgement.tests[.rateOfChange] = rate.flag(point, after: previous) }
        if let gap = limits.timeGap { judgement.tests[.timeGap] = gap.flag(point.time, after: previous?.time) }
        history.append(point)
        forgetUnneeded(&history)
        if let flatLine = limits.flatLine { judgeFlatLine(flatLine, of: point, &history, &judgement) }
        if let attenuated = limits.attenuatedSignal {
            judgement.tests[.attenuatedSignal] = attenuated.flag(endOf: history)
        }
        if let spike = limits.spike { judgeSpike(spike, of: point, history, &judgement) }
        return judgement
    }

    private func judgeSpike(
        _ spike: SpikeLimits, of point: SeriesPoint, _ history: SeriesHistory, _ judgement: inout Judgement
    ) {
        judgement.tests[.spike] = spike.flag(previous: .nan, value: point.value, next: .nan)
        guard history.count >= 3 else { return }
        let middle = history[history.count - 2]
        let flag = spike.flag(previous: history[history.count - 3].value, value: middle.value, next: point.value)
        var revision = judgement.previous ?? Judgement.Revision(time: middle.time, tests: QualityTests())
        revision.tests[.spike] = flag
        judgement.previous = revision
    }

    private func judgeFlatLine(
        _ limits: FlatLineLimits, of point: SeriesPoint, _ history: inout SeriesHistory, _ judgement: inout Judgement
    ) {
        history.flatStretch.append(point.value, tolerance: limits.tolerance)
        judgement.tests[.flatLine] = flatLineFlag(limits, point, reach: history.flatStretch.reach, history)
        guard history.seriesCount == 3 else { return }
        // From its third point on a series is judged as a whole.
        func revise(_ index: Int) -> Judgement.Revision {
            var beginning = SeriesHistory()
            for earlier in history[...index] {
                beginning.append(earlier)
                beginning.flatStretch.append(earlier.value, tolerance: limits.tolerance)
            }
            let flag = limits.flag(
                isMissing: history[index].isMissing, reach: beginning.flatStretch.reach, seriesCount: 3,
                doubledInterval: doubledInterval ?? beginning.doubledMedianInterval)
            var tests = QualityTests()
            tests[.flatLine] = flag
            return Judgement.Revision(time: history[index].time, tests: tests)
        }
        judgement.first = revise(0)
        judgement.previous = revise(1)
    }

    private func flatLineFlag(
        _ limits: FlatLineLimits, _ point: SeriesPoint, reach: Int, _ history: SeriesHistory
    ) -> QualityFlag {
        let interval = limits.needsInterval(reach: reach) ? doubledInterval ?? history.doubledMedianInterval : nil
        return limits.flag(
            isMissing: point.isMissing, reach: reach, seriesCount: history.seriesCount, doubledInterval: interval)
    }

    // MARK: - What is kept

    /// Whether the number of readings in a stretch of time follows from those seen, not from the configuration.
    var usesMedian: Bool { limits.flatLine != nil && doubledInterval == nil }

    /// How many points are kept in any case.
    private var leastPoints: Int { usesMedian ? SeriesHistory.medianPoints : SeriesHistory.leastPoints }

    private func forgetUnneeded(_ history: inout SeriesHistory) {
        while let newest = history.last, let oldest = history.first, history.count > leastPoints {
            if isInWindow(oldest, at: newest.time), history.count <= AttenuatedSignalLimits.greatestCount + 1 { return }
            history.removeOldest()
        }
    }

    func isInWindow(_ point: SeriesPoint, at time: Timestamp) -> Bool {
        limits.attenuatedSignal?.isInside(point.time, of: time) ?? false
    }

    /// Whether a history of so many points, the oldest of them given, lacks none that a later test may ask for, but for
    /// the flat-line test's.
    func isEnough(count: Int, oldest: SeriesPoint, newest: Timestamp) -> Bool {
        count >= leastPoints
            && (!isInWindow(oldest, at: newest) || count > AttenuatedSignalLimits.greatestCount)
    }

    /// How many points before one the flat-line test may look at; nil when it is not run.
    var flatLineReach: Int? {
        guard let flatLine = limits.flatLine, flatLine.tolerance > 0 else { return nil }
        guard let doubledInterval, doubledInterval > 0 else { return FlatLineLimits.greatestCount }
        let longest = max(flatLine.suspectMilliseconds ?? 0, flatLine.failMilliseconds ?? 0)
        let count = Int(min(longest, .max / 2) * 2 / doubledInterval)
        return min(FlatLineLimits.greatestCount, max(count, flatLine.minimumReadings))
    }

    var flatLineTolerance: Double? { limits.flatLine?.tolerance }
}
