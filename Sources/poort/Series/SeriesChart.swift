import Charts
import Gateway
import Storage
import Telemetry

/// A series' stretch of time as a chart, and the numbers in it in the same digits.
struct SeriesChart {
    let stretch: SeriesStretch
    private let chart: Chart
    /// Whether windows are drawn; the readings else.
    let showsWindows: Bool

    /// - Parameter columns: of the chart with its labels.
    init(_ stretch: SeriesStretch, columns: Int, height: Int) {
        self.stretch = stretch
        showsWindows = stretch.tier != nil
        chart = Chart(SeriesChart.content(stretch), over: stretch.range, columns: columns, height: height)
    }

    var lines: [String] { chart.rows.map(SeriesChart.line) }

    /// How many columns a line has.
    var columns: Int { chart.rows[0].count }

    /// Values as they are shown beside the chart.
    func text(_ value: Double) -> String {
        let isCount = stretch.series.unit == "1" && value == value.rounded()
        return NumberText.text(value, decimals: isCount ? 0 : min(9, chart.valueAxis.decimals + 1))
    }

    /// What the marks mean, of those that are there.
    var legend: [String] {
        var words: [String] = []
        let marks = Set(SeriesChart.content(stretch).points.map(\.mark))
        if marks.contains(.fail) { words.append("! fail") }
        if marks.contains(.suspect) { words.append("? suspect") }
        if marks.contains(.invalid) { words.append("~ not valid") }
        if let least = chart.outside.first, let most = chart.outside.last {
            let values = least == most ? text(least) : "\(text(least)) to \(text(most))"
            words.append("beyond the axis: \(chart.outside.count) flagged, \(values)")
        }
        return words
    }

    static func isOfBars(_ kind: Quantity.Kind) -> Bool {
        kind == .counter || kind == .intervalCount || kind == .event
    }

    private static func content(_ stretch: SeriesStretch) -> ChartContent {
        let kind = stretch.series.kind
        if stretch.tier == nil {
            return ChartContent(
                style: kind == .circular ? .compass : .line,
                points: stretch.readings.map { reading in
                    let mark: ChartContent.Mark =
                        switch reading.flag {
                        case .suspect: .suspect
                        case .fail: .fail
                        case .good, .unknown, .missing: .none
                        }
                    return ChartContent.Point(
                        start: reading.time, end: reading.time, value: reading.value, mark: mark,
                        isFlagged: mark != .none)
                }, longestStep: stretch.longestStep)
        }
        let style: ChartContent.Style = kind == .circular ? .compass : isOfBars(kind) ? .bars : .line
        return ChartContent(
            style: style, points: stretch.windows.map { point($0.aggregate, kind: kind) },
            longestStep: stretch.longestStep)
    }

    private static func point(_ aggregate: Aggregate, kind: Quantity.Kind) -> ChartContent.Point {
        let value: Double? =
            switch kind {
            case .gauge, .circular: aggregate.mean
            case .counter: aggregate.increase?.total
            case .intervalCount: aggregate.sum
            case .event: Double(aggregate.count)
            }
        let extremes = kind == .gauge ? aggregate.statistics.map { min($0.minimum, $0.maximum)...$0.maximum } : nil
        let isPoor = aggregate.expected != nil && !aggregate.isValid
        let mark: ChartContent.Mark =
            aggregate.failCount > 0 ? .fail : aggregate.suspectCount > 0 ? .suspect : isPoor ? .invalid : .none
        return ChartContent.Point(
            start: aggregate.window.start, end: aggregate.window.end, value: value, extremes: extremes, mark: mark)
    }

    /// Neighbours of one tone in one colour.
    private static func line(_ cells: [ChartCell]) -> String {
        var line = ""
        var run = ""
        var tone = ChartCell.Tone.blank
        func finished() -> String { emphasis(of: tone)?.applied(to: run) ?? run }
        for cell in cells {
            if cell.tone != tone {
                line += finished()
                run = ""
                tone = cell.tone
            }
            run.append(cell.character)
        }
        return line + finished()
    }

    private static func emphasis(of tone: ChartCell.Tone) -> Emphasis? {
        switch tone {
        case .blank: nil
        case .frame, .spread, .invalid: .quiet
        case .drawn: .drawn
        case .suspect: .warning
        case .fail: .bad
        }
    }
}
