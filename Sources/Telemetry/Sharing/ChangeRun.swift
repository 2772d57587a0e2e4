/// The number of a change to the aggregates: from 1, in the order in which changes became durable, without a gap.
public typealias ChangeNumber = Int64

/// Aggregates of one window that were written one after the other: those of series with consecutive numbers.
public struct ChangeRun: Hashable, Sendable {
    /// One for each series.
    public var numbers: Range<ChangeNumber>
    public var tier: Tier
    /// Of the window.
    public var start: Timestamp
    public var firstSeries: SeriesID
    /// 1 where the windows were new, more where late readings had changed them.
    public var revision: Int
    /// When it was committed, by the gateway's clock.
    public var committed: Timestamp

    public init(
        numbers: Range<ChangeNumber>, tier: Tier, start: Timestamp, firstSeries: SeriesID, revision: Int,
        committed: Timestamp
    ) {
        self.numbers = numbers
        self.tier = tier
        self.start = start
        self.firstSeries = firstSeries
        self.revision = revision
        self.committed = committed
    }

    /// At least one.
    public var series: ClosedRange<SeriesID> { firstSeries...firstSeries + SeriesID(numbers.count) - 1 }

    public func series(of number: ChangeNumber) -> SeriesID {
        firstSeries + SeriesID(number - numbers.lowerBound)
    }

    /// The part of it that lies within a range; nil where that is empty.
    public func clamped(to range: Range<ChangeNumber>) -> ChangeRun? {
        let part = numbers.clamped(to: range)
        guard !part.isEmpty else { return nil }
        var run = self
        run.firstSeries = series(of: part.lowerBound)
        run.numbers = part
        return run
    }
}
