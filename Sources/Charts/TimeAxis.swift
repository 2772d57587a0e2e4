public import Telemetry

/// An axis of time, with ticks at round times on the wall clock of the process's time zone.
///
/// Ticks lie where the wall clock shows them, also on days of 23 and 25 hours: from 0:00 to 3:00 it is two hours then, or
/// four, and a time that comes twice has two ticks where there is room for both.
public struct TimeAxis: Hashable, Sendable {
    public let start: Timestamp
    /// After ``start``.
    public let end: Timestamp
    public let columns: Int
    /// Ascending, with room for their labels.
    public let ticks: [Tick]

    public struct Tick: Hashable, Sendable {
        public var time: Timestamp
        /// From 0.
        public var column: Int
        public var label: String
        /// Where the label begins.
        public var labelColumn: Int
    }

    /// - Parameter columns: at least 1.
    public init(_ range: Range<Timestamp>, columns: Int) {
        start = range.lowerBound
        end = max(range.upperBound, range.lowerBound + 1)
        self.columns = max(1, columns)
        let span = start..<end
        let width = self.columns
        let fitting = TimeStep.all.firstIndex { $0.mayFit(span.upperBound - span.lowerBound, columns: width) }
        let index = fitting ?? TimeStep.all.count - 1
        let ticks = TimeAxis.ticks(TimeStep.all[index], in: span, columns: width)
        // One tick alone tells no distance; of a finer step those that have room are shown.
        self.ticks =
            ticks.count < 2 && index > 0
            ? TimeAxis.ticks(TimeStep.all[index - 1], in: span, columns: width) : ticks
    }

    /// Where a moment lies among so many equal parts; moments outside are at an end.
    public func place(_ time: Timestamp, among count: Int) -> Int {
        min(count - 1, max(0, TimeAxis.place(time, in: start..<end, count: count)))
    }

    private static func place(_ time: Timestamp, in range: Range<Timestamp>, count: Int) -> Int {
        let share = Double(time - range.lowerBound) / Double(range.upperBound - range.lowerBound)
        return Int((share * Double(count)).rounded(.down))
    }

    private static func ticks(_ step: TimeStep, in range: Range<Timestamp>, columns: Int) -> [Tick] {
        var ticks: [Tick] = []
        var free = 0
        for time in step.moments(in: range) {
            let column = place(time, in: range, count: columns)
            let label = step.label(WallClock(time))
            // Under its tick, or as near as the ends allow.
            let begin = max(0, min(column - label.count / 2, columns - label.count))
            guard begin >= free, label.count <= columns else { continue }
            ticks.append(Tick(time: time, column: column, label: label, labelColumn: begin))
            free = begin + label.count + 1
        }
        return ticks
    }
}
