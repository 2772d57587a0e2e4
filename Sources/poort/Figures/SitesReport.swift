import Gateway
import Processing
import Telemetry

/// Every site's figures in a line of a table: air, traffic, containers.
struct SitesReport {
    let sites: [SiteFigures]

    func lines(columns: Int?) -> [String] {
        let tables = [air(columns), traffic(columns), containers(columns)].filter { !$0.isEmpty }
        guard !tables.isEmpty else {
            return ["nothing is stored from which a figure follows: no air, traffic or fill levels"]
        }
        return Array(tables.joined(separator: [""]))
    }

    private func air(_ columns: Int?) -> [String] {
        guard let range = sites.first?.range else { return [] }
        let rows = sites.compactMap { site in site.air.map { (site.site.name, $0) } }
        guard !rows.isEmpty else { return [] }
        let cells = rows.map { name, air -> [String] in
            guard let hour = air.latest else { return [TerminalText.plain(name), "–"] }
            let (european, dutch) = (hour.european, hour.dutch)
            return [
                TerminalText.plain(name), LocalTimeText.text(hour.start, within: range),
                european.map(FigureText.bound) ?? "–",
                european?.decisive.rawValue ?? "", dutch.map(FigureText.category) ?? "–",
                dutch?.decisive.rawValue ?? "",
            ]
        }
        let table = TextTable.aligned(
            [["air", "hour", "EAQI", "by", "LKI", "by"]] + cells, leftColumns: Set(0...5), columns: columns)
        let air = rows.map(\.1)
        var notes = Set(
            air.filter { $0.latest == nil && !$0.withoutInterval.isEmpty }.map(FigureText.withoutInterval))
        if air.contains(where: { !($0.latest?.european?.isComplete ?? true) }) { notes.insert(FigureText.boundNote) }
        if air.allSatisfy(\.hours.isEmpty) { notes.insert(FigureText.noClosedHour) }
        return [Emphasis.quiet.applied(to: table[0])]
            + zip(rows, table.dropFirst()).map { row, line in
                emphasis(of: row.1.latest?.european?.level)?.applied(to: line) ?? line
            } + notes.sorted().flatMap { TextWrap.lines(of: $0, columns: columns ?? .max) }
    }

    private func emphasis(of level: EuropeanAirQualityIndex.Level?) -> Emphasis? {
        guard let level, level >= .poor else { return nil }
        return level == .poor ? .warning : .bad
    }

    private func traffic(_ columns: Int?) -> [String] {
        let all = sites.flatMap(\.traffic)
        guard !all.isEmpty else { return [] }
        let kinds = TrafficShares.Class.allCases.filter { kind in
            all.contains { $0.whole.shares.counts.contains { $0.kind == kind } }
        }
        let hasSpeed = all.contains { $0.whole.v85 != nil }
        let rows = all.map { traffic in
            [
                TerminalText.plain(traffic.device), "\(traffic.countedHourCount) of \(traffic.closedHourCount)",
                traffic.whole.shares.counts.isEmpty ? "–" : FigureText.count(traffic.whole.shares.total),
            ] + kinds.map { FigureText.percent(traffic.whole.shares.share(of: $0)) }
                + (hasSpeed ? [traffic.whole.v85.map(FigureText.text) ?? "–"] : [])
        }
        let table = TextTable.aligned(
            [["traffic", "hours", "passed"] + kinds.map { "\($0.shortName) %" } + (hasSpeed ? ["V85"] : [])] + rows,
            leftColumns: [0], columns: columns)
        let note = all.allSatisfy { $0.closedHourCount == 0 } ? [FigureText.noClosedHour] : []
        return [Emphasis.quiet.applied(to: table[0])] + table.dropFirst() + note
    }

    private func containers(_ columns: Int?) -> [String] {
        let all = sites.flatMap(\.containers)
        guard !all.isEmpty else { return [] }
        let showsEmptying = columns ?? .max >= SitesReport.columnsOfEmptying
        let rows = all.map { container in
            [
                TerminalText.plain(container.device), container.latest.map { FigureText.text($0.level) } ?? "–",
                // Whatever the range is, the level is the latest.
                container.latest.map { LocalTimeText.full($0.time) } ?? "–",
            ] + (showsEmptying ? [container.outlook.lastEmptying.map { LocalTimeText.full($0.time) } ?? "–"] : [])
                + [container.outlook.rate.map(FigureText.perDay) ?? "–", FigureText.forecast(container)]
        }
        let heads = ["container", "%", "at"] + (showsEmptying ? ["emptied"] : []) + ["%/day", "forecast"]
        let left: Set = showsEmptying ? [0, 2, 3, 5] : [0, 2, 4]
        let table = TextTable.wrappingLast([heads] + rows, leftColumns: left, columns: columns)
        return table[0].map { Emphasis.quiet.applied(to: $0) }
            + zip(all, table.dropFirst()).flatMap { container, lines in
                container.outlook.forecast == .reached ? lines.map { Emphasis.warning.applied(to: $0) } : lines
            }
    }

    private static let columnsOfEmptying = 72
}

extension TrafficShares.Class {
    /// For the head of a column.
    var shortName: String {
        switch self {
        case .car: "car"
        case .heavyVehicle: "heavy"
        case .motorcycle: "motor"
        case .otherVehicle: "other"
        case .bicycle: "bike"
        case .pedestrian: "walk"
        }
    }
}
