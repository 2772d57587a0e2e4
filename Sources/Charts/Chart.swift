public import Telemetry

/// A chart as rows of characters: a value axis at the left, a time axis below it, and below that its labels.
///
/// Readings that are flagged stand as `?` and `!` where their values are, at the edge where these lie beyond the axis;
/// the time axis shows the gravest mark of each of its columns. Where nothing was measured nothing is drawn.
public struct Chart: Sendable {
    public let rows: [[ChartCell]]
    public let valueAxis: ValueAxis
    public let timeAxis: TimeAxis
    /// Flagged values that lie beyond the axis and stand at its edge.
    public let outside: [Double]

    /// - Parameters:
    ///   - columns: of the whole; where fewer than 8 are left beside the labels it is wider than that.
    ///   - height: rows for values, at least 2; two more come below them.
    public init(_ content: ChartContent, over range: Range<Timestamp>, columns: Int, height: Int) {
        let height = max(2, height)
        let axis =
            content.style == .compass
            ? ValueAxis(ticks: [0, 90, 180, 270, 360])
            : ValueAxis(
                of: content.scaledValues, mostTicks: (height + 1) / 2, includesZero: content.style == .bars)
        let labels = Chart.labels(of: axis, height: height)
        let labelWidth = labels.values.map(\.count).max() ?? 0
        timeAxis = TimeAxis(range, columns: max(8, columns - labelWidth - 1))
        valueAxis = axis
        var drawing = ChartDrawing(content, values: axis, times: timeAxis, height: height)
        drawing.draw()
        outside = drawing.outside
        rows =
            drawing.cells.enumerated().map { row, cells in
                let label = labels[row]
                return Chart.left(label ?? "", width: labelWidth, line: label == nil ? "│" : "┤") + cells
            } + [
                Chart.left("", width: labelWidth, line: "└") + drawing.axisCells,
                Chart.left("", width: labelWidth, line: " ") + Chart.timeLabels(timeAxis),
            ]
    }

    /// The rows at which ticks stand, and what stands there.
    private static func labels(of axis: ValueAxis, height: Int) -> [Int: String] {
        var labels: [Int: String] = [:]
        for tick in axis.ticks {
            let row = ChartDrawing.dotRow(axis.share(of: tick), height: height) / 4
            if labels[row] == nil { labels[row] = axis.label(tick) }
        }
        return labels
    }

    private static func left(_ label: String, width: Int, line: Character) -> [ChartCell] {
        let padded = String(repeating: " ", count: width - label.count) + label
        return (padded + String(line)).map { ChartCell($0, .frame) }
    }

    private static func timeLabels(_ axis: TimeAxis) -> [ChartCell] {
        var cells = Array(repeating: ChartCell.blank, count: axis.columns)
        for tick in axis.ticks {
            for (offset, character) in tick.label.enumerated() {
                cells[tick.labelColumn + offset] = ChartCell(character, .frame)
            }
        }
        return cells
    }
}
