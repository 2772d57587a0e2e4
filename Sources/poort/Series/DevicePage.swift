import Gateway
import GatewayConfiguration
import Storage
import Telemetry

/// The last day of a device, as `poort show` prints it.
struct DevicePage {
    let device: String
    let section: Configuration.DeviceSection?
    let range: Range<Timestamp>
    /// Whether it has sent nothing for longer than a day, so that the range ends with its latest reading.
    let isSilent: Bool
    let timezone: String?
    let series: [SeriesReport]
    let figures: SiteFigures?
    let now: Timestamp

    private static let chartHeight = 7
    private static let factsWidth = 32
    /// Where fewer are left for a chart the facts stand below it.
    private static let narrowestChart = 36
    /// From which width on a day's quarters have a column each.
    static let columnsOfQuarters = 110

    func lines(columns: Int) -> [String] {
        var lines = heading(columns: columns)
        for report in series {
            lines.append("")
            lines += self.lines(of: report, columns: columns)
        }
        return lines
    }

    private func heading(columns: Int) -> [String] {
        var words = [section?.type ?? series.first?.stretch.series.deviceType ?? "", section?.neighbourhood ?? ""]
        if let site = figures?.site.name, site != device { words.append("site \(site)") }
        let description = words.filter { !$0.isEmpty }.map(TerminalText.plain).joined(separator: ", ")
        let name = Emphasis.strong.applied(to: TerminalText.plain(device))
        var lines = TextWrap.lines(of: description.isEmpty ? name : "\(name)  \(description)", columns: columns)
        lines += TextWrap.lines(of: LocalTimeText.text(range), columns: columns)
        if isSilent {
            let age = Age.text(seconds: Double(now - range.upperBound) / 1000)
            lines += TextWrap.lines(of: "silent for \(age): this is the last day that it sent", columns: columns)
                .map { Emphasis.warning.applied(to: $0) }
        }
        if let figures {
            lines += FigureLines(figures, now: now).lines.flatMap { TextWrap.lines(of: $0, columns: columns) }
        }
        return lines
    }

    private func lines(of report: SeriesReport, columns: Int) -> [String] {
        let beside = columns - DevicePage.factsWidth - 2
        let isWide = beside >= DevicePage.narrowestChart
        // The quarters of the compass, a tick for each second row.
        let height = report.stretch.series.kind == .circular ? 9 : DevicePage.chartHeight
        let chart = SeriesChart(report.stretch, columns: isWide ? beside : columns, height: height)
        let heading = TextWrap.lines(of: report.heading(chart), columns: columns)
        let facts = SeriesSummary(chart: chart)
        if let emptiness = report.emptiness {
            return heading + [emptiness] + (report.stretch.whole.count > 0 ? facts.paragraph(width: columns) : [])
        }
        let legend =
            chart.legend.isEmpty ? [] : TextWrap.lines(of: chart.legend.joined(separator: "  "), columns: columns)
        guard isWide else {
            return heading + chart.lines.map(\.trimmedAtEnd) + facts.paragraph(width: columns) + legend
        }
        let column = facts.column(width: DevicePage.factsWidth)
        let drawn = chart.lines
        return heading
            + (0..<max(drawn.count, column.count)).map { row in
                let left = row < drawn.count ? drawn[row] : String(repeating: " ", count: chart.columns)
                return row < column.count ? "\(left)  \(column[row])" : left.trimmedAtEnd
            } + legend
    }

    var json: JSONLine {
        var line = JSONLine()
        line.add("device", device)
        line.add("type", section?.type ?? series.first?.stretch.series.deviceType ?? "")
        line.add("site", figures?.site.name ?? device)
        line.add("from", range.lowerBound)
        line.add("to", range.upperBound)
        line.add("timezone", timezone)
        line.add(
            "quantities",
            series.map { report in
                var line = JSONLine()
                report.add(to: &line)
                return line
            })
        if let figures { line.add("figures", FiguresJSON(figures).line) } else { line.addNull("figures") }
        return line
    }
}

extension String {
    var trimmedAtEnd: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }
}
