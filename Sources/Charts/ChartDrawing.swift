import Telemetry

/// What is drawn between the axes.
struct ChartDrawing {
    private let content: ChartContent
    private let values: ValueAxis
    private let times: TimeAxis
    private let height: Int
    private(set) var cells: [[ChartCell]]
    private(set) var outside: [Double] = []

    init(_ content: ChartContent, values: ValueAxis, times: TimeAxis, height: Int) {
        self.content = content
        self.values = values
        self.times = times
        self.height = height
        cells = Array(repeating: Array(repeating: ChartCell.blank, count: times.columns), count: height)
    }

    mutating func draw() {
        if content.style == .bars {
            drawBars()
        } else {
            drawSpread()
            drawLine()
        }
        drawFlagged()
    }

    /// The time axis: ticks, and the gravest mark of each column.
    var axisCells: [ChartCell] {
        var marks = Array(repeating: ChartContent.Mark.none, count: times.columns)
        for point in content.points where point.mark != .none {
            // One for each point, however wide its window is: what a day holds was not flagged all day.
            let column = times.place(point.middle, among: times.columns)
            marks[column] = max(marks[column], point.mark)
        }
        let ticks = Set(times.ticks.map(\.column))
        return marks.enumerated().map { column, mark in
            switch mark {
            case .none: ChartCell(ticks.contains(column) ? "┬" : "─", .frame)
            case .invalid: ChartCell(mark.character, .invalid)
            case .suspect: ChartCell(mark.character, .suspect)
            case .fail: ChartCell(mark.character, .fail)
            }
        }
    }

    /// The row of dots for a value, from the top; four to a row of characters.
    static func dotRow(_ share: Double, height: Int) -> Int {
        let rows = Double(height * 4 - 1)
        return Int(((1 - min(1, max(0, share))) * rows).rounded())
    }

    private func dotRow(_ value: Double) -> Int { ChartDrawing.dotRow(values.share(of: value), height: height) }

    /// Those that a point's time touches; none for points that lie beside the axis.
    private func columns(of point: ChartContent.Point) -> ClosedRange<Int> {
        let first = times.place(point.start, among: times.columns)
        guard point.end > point.start else { return first...first }
        return first...max(first, times.place(point.end - 1, among: times.columns))
    }

    private func isWithin(_ point: ChartContent.Point) -> Bool {
        point.start < times.end && (point.end > times.start || point.start >= times.start)
    }

    // MARK: - Lines

    private mutating func drawLine() {
        var canvas = DotCanvas(columns: times.columns, rows: height)
        var before: (start: Timestamp, x: Int, y: Int)?
        for point in content.points where !point.isFlagged && isWithin(point) {
            guard let value = point.value else { continue }
            let (x, y) = (times.place(point.middle, among: canvas.width), dotRow(value))
            canvas.dot(x: x, y: y)
            if let before, content.style == .line, point.start - before.start <= content.longestStep {
                canvas.line(from: (before.x, before.y), to: (x, y))
            }
            before = (point.start, x, y)
        }
        for row in 0..<height {
            for column in 0..<times.columns {
                if let character = canvas.character(column: column, row: row) {
                    cells[row][column] = ChartCell(character, .drawn)
                }
            }
        }
    }

    private mutating func drawSpread() {
        for point in content.points where isWithin(point) {
            guard let extremes = point.extremes else { continue }
            let rows = dotRow(extremes.upperBound) / 4...dotRow(extremes.lowerBound) / 4
            for column in columns(of: point) {
                for row in rows { cells[row][column] = ChartCell("░", .spread) }
            }
        }
    }

    // MARK: - Bars

    /// From an eighth to the whole of a cell.
    private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

    private mutating func drawBars() {
        for (column, value) in highest.enumerated() {
            guard let value else { continue }
            let eighths = Int((values.share(of: value) * Double(height * 8)).rounded())
            // Nothing counted is not the same as nothing known.
            guard value > 0 else {
                cells[height - 1][column] = ChartCell("_", .drawn)
                continue
            }
            for row in 0..<height {
                let filled = min(8, max(row == 0 ? 1 : 0, eighths - row * 8))
                if filled > 0 { cells[height - 1 - row][column] = ChartCell(ChartDrawing.blocks[filled - 1], .drawn) }
            }
        }
    }

    /// Of the windows that each column touches with its middle, or begin in it: the highest.
    private var highest: [Double?] {
        var highest: [Double?] = Array(repeating: nil, count: times.columns)
        let width = Double(times.end - times.start) / Double(times.columns)
        for point in content.points where isWithin(point) {
            guard let value = point.value else { continue }
            for column in columns(of: point) {
                let middle = times.start + Int64((Double(column) + 0.5) * width)
                let touches = point.start <= middle && middle < point.end || Double(point.end - point.start) < width
                if touches { highest[column] = max(highest[column] ?? value, value) }
            }
        }
        return highest
    }

    // MARK: - Flags

    private mutating func drawFlagged() {
        for point in content.points.sorted(by: { ($0.mark, $0.start) < ($1.mark, $1.start) }) {
            guard point.isFlagged, isWithin(point), let value = point.value else { continue }
            if !values.holds(value) { outside.append(value) }
            let column = times.place(point.middle, among: times.columns)
            cells[dotRow(value) / 4][column] =
                ChartCell(point.mark.character, point.mark == .fail ? .fail : .suspect)
        }
        outside.sort()
    }
}
