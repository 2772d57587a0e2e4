import Telemetry

/// How the numbers of a table's rows are made of a window's start and its series, so that new windows lie behind the others,
/// and each is found by its key.
///
/// Starts are counted in steps since 1970. Windows of one start lie beside each other, in the order of their series. Of hours
/// eight starts lie together, by series and then by start: a year of one series is in a fifth as many pages.
/// More than eight would let each hour's windows touch more pages when they are written.
///
/// | bits of the number | minutes, quarters, days | hours |
/// |---|---|---|
/// | from 23 on | | steps / 8 |
/// | from 20 on | steps | |
/// | the 20 before | series | series |
/// | the last 3 | | the rest of steps / 8 |
struct AggregateKeys {
    /// A minute; an hour for hours.
    let stepMilliseconds: Int64
    /// Of how many bits of the steps a series' windows are neighbours.
    let groupBits: Int64

    static let minutes = AggregateKeys(.minute)
    /// Numbers of series that a row's number has room for.
    static let series: Range<SeriesID> = 0..<(1 << 20)
    private static let seriesBits: Int64 = 20

    init(_ tier: Tier) {
        stepMilliseconds = tier == .hour ? 3_600_000 : 60_000
        groupBits = tier == .hour ? 3 : 0
    }

    /// How many starts lie together.
    var groupSize: Int64 { 1 << groupBits }

    // MARK: - Steps

    func step(of time: Timestamp) -> Int64 {
        // Of times that no calendar knows the rest is cut off: the numbers have no room for them.
        min(max(time.milliseconds, -(1 << 56)), 1 << 56).flooredQuotient(stepMilliseconds)
    }

    func time(_ step: Int64) -> Timestamp { Timestamp(milliseconds: step * stepMilliseconds) }

    /// The steps that begin within a range.
    func steps(in range: Range<Timestamp>) -> Range<Int64> {
        let (first, end) = (step(of: range.lowerBound - 1) + 1, step(of: range.upperBound - 1) + 1)
        return first..<max(first, end)
    }

    /// All steps that lie together with one.
    func group(around step: Int64) -> ClosedRange<Int64> {
        let first = (step >> groupBits) << groupBits
        return first...first + groupSize - 1
    }

    // MARK: - Numbers

    func id(_ step: Int64, _ series: SeriesID) -> Int64 {
        ((step >> groupBits) << AggregateKeys.seriesBits | Int64(series)) << groupBits | place(of: step)
    }

    func id(_ start: Timestamp, _ series: SeriesID) -> Int64 { id(step(of: start), series) }

    func step(of id: Int64) -> Int64 { (id >> (AggregateKeys.seriesBits + groupBits)) << groupBits | place(of: id) }

    func series(of id: Int64) -> SeriesID {
        SeriesID(truncatingIfNeeded: (id >> groupBits) & Int64(AggregateKeys.series.upperBound - 1))
    }

    /// Which of its group's a step is: the last bits of its rows' numbers.
    func place(of step: Int64) -> Int64 { step & (groupSize - 1) }

    /// The numbers between which lie those of all windows of some steps, and others that lie together with these.
    func ids(of steps: Range<Int64>) -> Range<Int64> {
        let first = id(group(around: steps.lowerBound).lowerBound, 0)
        return first..<(steps.last.map { id(group(around: $0).upperBound + 1, 0) } ?? first)
    }

    // MARK: - SQL

    /// Operators on bits are all of the same rank, those of arithmetic of a higher one.
    func startSQL(_ id: String) -> String { "\(stepSQL(id)) * \(stepMilliseconds)" }

    func stepSQL(_ id: String) -> String {
        groupBits == 0
            ? "(\(id) >> \(AggregateKeys.seriesBits))"
            : "(\(id) >> \(AggregateKeys.seriesBits + groupBits) << \(groupBits) | (\(id) & \(groupSize - 1)))"
    }

    func seriesSQL(_ id: String) -> String {
        let number = groupBits == 0 ? id : "\(id) >> \(groupBits)"
        return "(\(number) & \(AggregateKeys.series.upperBound - 1))"
    }

    /// - Parameter step: a column, or what has no operator on bits in it.
    func idSQL(step: String, series: String) -> String {
        guard groupBits > 0 else { return "\(step) << \(AggregateKeys.seriesBits) | \(series)" }
        return "(\(step) >> \(groupBits) << \(AggregateKeys.seriesBits) | \(series)) << \(groupBits) | "
            + "(\(step) & \(groupSize - 1))"
    }

    func idSQL(start: String, series: String) -> String {
        let (time, width) = (start, stepMilliseconds)
        return idSQL(step: "(\(time) - (\(time) % \(width) + \(width)) % \(width)) / \(width)", series: series)
    }
}
