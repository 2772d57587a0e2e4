import Charts
import Telemetry
import Testing

@Suite("Charts")
struct ChartTests {
    private static let ten = Timestamp(rfc3339: "2026-11-24T10:00:00Z")!
    private let minute: Int64 = 60_000

    private func reading(
        _ minutes: Int64, _ value: Double?, _ mark: ChartContent.Mark = .none
    ) -> ChartContent.Point {
        let time = ChartTests.ten + minutes * minute
        return ChartContent.Point(start: time, end: time, value: value, mark: mark, isFlagged: mark != .none)
    }

    private func window(
        _ minutes: Int64, _ value: Double?, extremes: ClosedRange<Double>? = nil, mark: ChartContent.Mark = .none
    ) -> ChartContent.Point {
        let start = ChartTests.ten + minutes * minute
        return ChartContent.Point(
            start: start, end: start + 10 * minute, value: value, extremes: extremes, mark: mark)
    }

    private func chart(
        _ points: [ChartContent.Point], style: ChartContent.Style = .line, step: Int64 = 3, columns: Int = 22,
        height: Int = 3
    ) -> Chart {
        Chart(
            ChartContent(style: style, points: points, longestStep: step * minute),
            over: ChartTests.ten..<(ChartTests.ten + 20 * minute), columns: columns, height: height)
    }

    private func text(_ chart: Chart) -> [String] {
        chart.rows.map { row in
            var text = String(row.map(\.character))
            while text.last == " " { text.removeLast() }
            return text
        }
    }

    @Test("connect what follows each other, and leave open where nothing was measured")
    func gap() {
        let chart = chart([reading(0, 0), reading(3, 10), reading(12, 10), reading(14, 0)])
        let rows = text(chart)
        #expect(rows.count == 5 && chart.rows.allSatisfy { $0.count == 23 || $0.count == 22 }, "\(rows)")
        #expect(rows[0].hasPrefix("10┤") && rows[2].hasPrefix(" 0┤") && rows[3].hasPrefix("  └"), "\(rows)")
        // Between minute 4 and minute 12 all is empty, and before and after something is drawn.
        let drawn = (0..<19).map { column in chart.rows[0..<3].contains { $0[3 + column].tone == .drawn } }
        #expect(drawn[0...2].allSatisfy(\.self) && !drawn[4...10].contains(true), "\(rows)")
        #expect(drawn[11...13].allSatisfy(\.self) && !drawn[15...].contains(true), "\(rows)")
        // With more patience they are connected.
        let closed = self.chart([reading(0, 0), reading(3, 10), reading(12, 10), reading(14, 0)], step: 9)
        #expect(!(0...13).contains { column in !closed.rows[0..<3].contains { $0[3 + column].tone == .drawn } })
    }

    @Test("are drawn with dots where the values are")
    func dots() {
        let rising = (0...19).map { reading(Int64($0), Double($0)) }
        let rows = text(chart(rising, columns: 23))
        #expect(rows[0].hasPrefix("20┤") && rows[2].hasPrefix(" 0┤"), "\(rows)")
        // From the bottom left to the top right: no row lies left of the one below it.
        let firsts = rows[0..<3].map { row in row.dropFirst(3).prefix { $0 == " " }.count }
        #expect(firsts[0] > firsts[1] && firsts[1] > firsts[2] && firsts[2] == 0, "\(rows)")
    }

    @Test("mark suspect and failed readings without colour, at the edge where they lie beyond the axis, and below")
    func flags() {
        let chart = chart(
            (0...19).map { reading(Int64($0), Double($0 % 3)) } + [reading(5, 999, .fail), reading(12, 1, .suspect)])
        let rows = text(chart)
        #expect(chart.valueAxis.high < 10, "a spike does not press the rest flat")
        #expect(chart.outside == [999])
        #expect(rows[0].contains("!") && !rows[1].contains("!") && rows[1].contains("?"), "\(rows)")
        #expect(rows[3].contains("!") && rows[3].contains("?"), "\(rows)")
        let tones = chart.rows.flatMap(\.self).filter { "!?".contains($0.character) }.map(\.tone)
        #expect(Set(tones) == [.fail, .suspect])
    }

    @Test("show flagged readings alone where there are no others")
    func onlyFlagged() {
        let chart = chart([reading(2, 500, .fail), reading(8, 520, .fail)])
        #expect(chart.valueAxis.low <= 500 && chart.valueAxis.high >= 520 && chart.outside.isEmpty)
        #expect(text(chart)[0...2].joined().filter { $0 == "!" }.count == 2)
    }

    @Test("draw counts as bars from zero, tell nothing counted from nothing known, and mark what is not valid")
    func bars() {
        let points = [window(0, 5), window(10, 0, mark: .invalid)]
        let rows = text(chart(points, style: .bars, columns: 22))
        #expect(rows[0] == "5┤██████████", "\(rows)")
        #expect(rows[2] == "0┤██████████__________", "\(rows)")
        // One mark, in the middle of its window.
        #expect(Array(rows[3])[2 + 15] == "~" && rows[3].count { $0 == "~" } == 1, "\(rows)")
        let missing = text(chart([window(0, 5), window(10, nil)], style: .bars))
        #expect(missing[2] == "0┤██████████", "\(missing)")
        // A tenth of an eighth is still something.
        let tiny = text(chart([window(0, 1000), window(10, 1)], style: .bars, columns: 30))
        #expect(tiny[2].hasSuffix("█▁▁▁▁▁▁▁▁▁▁▁▁") || tiny[2].contains("█▁"), "\(tiny)")
    }

    @Test("let bars show the highest of the windows that share a column")
    func crowdedBars() {
        let points = (0..<20).map { number in
            let start = ChartTests.ten + Int64(number) * minute
            return ChartContent.Point(start: start, end: start + minute, value: number == 7 ? 10 : 1)
        }
        let rows = text(chart(points, style: .bars, columns: 10, height: 2))
        #expect(rows[0].contains("█"), "\(rows)")
    }

    @Test("shade what lies between the extremes of windows")
    func spread() {
        let chart = chart([window(0, 5, extremes: 0...10), window(10, 5, extremes: 4...6)], step: 10)
        let column = chart.rows[0..<3].map { $0[3 + 1].tone }
        #expect(column.contains(.spread) && chart.rows[0][3 + 15].tone == .blank, "\(text(chart))")
        #expect(chart.valueAxis.low <= 0 && chart.valueAxis.high >= 10)
    }

    @Test("draw directions on the compass, none connected across north")
    func compass() {
        let chart = chart([reading(4, 355), reading(6, 5)], style: .compass, height: 9)
        #expect(chart.valueAxis.ticks == [0, 90, 180, 270, 360])
        #expect(chart.rows[1..<8].flatMap(\.self).filter { $0.tone == .drawn }.isEmpty, "\(text(chart))")
        #expect(chart.rows[0].contains { $0.tone == .drawn } && chart.rows[8].contains { $0.tone == .drawn })
    }

    @Test("bear a narrow terminal, no points, and points beside the range", arguments: [0, 1, 5, 12, 80, 300])
    func widths(columns: Int) {
        for style in [ChartContent.Style.line, .compass, .bars] {
            for points in [[], [reading(0, 1)], [window(-300, 2), window(-5, 3), window(15, 7), window(500, 9)]] {
                let chart = chart(points, style: style, columns: columns)
                #expect(Set(chart.rows.map(\.count)).count == 1)
                #expect(chart.rows[0].count <= max(columns, 14), "\(text(chart))")
            }
        }
    }
}
