import Charts
import Gateway
import Processing
import Telemetry

/// All the figures of one site, hour by hour.
struct SiteReport {
    let figures: SiteFigures
    let now: Timestamp

    init(_ figures: SiteFigures, now: Timestamp) {
        self.figures = figures
        self.now = now
    }

    func lines(columns: Int?) -> [String] {
        let name = TerminalText.plain(figures.site.name)
        let devices = figures.site.devices.filter { $0 != figures.site.name }.map(TerminalText.plain)
        let heading =
            Emphasis.strong.applied(to: name) + (devices.isEmpty ? "" : "  \(devices.joined(separator: ", "))")
        var lines = TextWrap.lines(of: heading, columns: columns ?? .max) + [LocalTimeText.text(figures.range)]
        if figures.isEmpty {
            return lines + ["nothing is stored from which a figure follows: no air, traffic or fill level"]
        }
        if let air = figures.air { lines += [""] + self.lines(air, columns: columns) }
        for traffic in figures.traffic { lines += [""] + self.lines(traffic, columns: columns) }
        for container in figures.containers { lines += [""] + self.lines(container, columns: columns) }
        return lines
    }

    /// Whether there is room for what matters most alone.
    private func isNarrow(_ columns: Int?) -> Bool { columns.map { $0 < 66 } ?? false }

    // MARK: - Air

    private func lines(_ air: AirFigures, columns: Int?) -> [String] {
        let measured = Pollutant.allCases.filter { pollutant in air.hours.contains { $0.means[pollutant] != nil } }
        let isNarrow = isNarrow(columns)
        let rows = air.hours.map { hour -> [String] in
            let (european, dutch) = (hour.european, hour.dutch)
            return [
                LocalTimeText.full(hour.start), european.map(FigureText.bound) ?? "–",
                european?.decisive.rawValue ?? "", dutch.map(FigureText.category) ?? "–",
            ] + (isNarrow ? [] : [dutch?.decisive.rawValue ?? ""])
                + measured.map { hour.means[$0].map { NumberText.text($0, decimals: 1) } ?? "–" }
        }
        let words = ["hour", "EAQI", "by", "LKI"] + (isNarrow ? [] : ["by"])
        let heads = words + measured.map(\.rawValue)
        var lines = measured.isEmpty ? [] : table([heads] + rows, left: Set(0..<words.count), columns: columns)
        if measured.isEmpty, !air.hours.isEmpty { lines.append("air: no hour has a valid mean of a pollutant") }
        var notes: [String] = []
        if air.hours.isEmpty { notes.append("air: \(FigureText.noClosedHour)") }
        if air.hours.contains(where: { !($0.european?.isComplete ?? true) }) { notes.append(FigureText.boundNote) }
        if !air.withoutInterval.isEmpty { notes.append(FigureText.withoutInterval(air)) }
        lines += notes.flatMap { TextWrap.lines(of: $0, columns: columns ?? .max) }
        return lines + (air.eightHours.isEmpty ? [] : [""] + self.lines(air.eightHours, columns: columns))
    }

    private func lines(_ all: [AirFigures.EightHours], columns: Int?) -> [String] {
        let isNarrow = isNarrow(columns)
        let rows = all.flatMap { eight in
            eight.days.map { day in
                [
                    eight.quantity, TerminalText.plain(eight.device), WallClock(day.day.start).date,
                    day.highest.map { FigureText.text($0.value) } ?? "–", eight.unit,
                ] + (isNarrow ? [] : [day.highest.map { WallClock($0.end).timeOfDay } ?? ""]) + [
                    "\(day.meanCount) of \(day.requiredCount)", day.isValid ? "valid" : "not valid",
                ]
            }
        }
        let heads = ["8 h", "device", "day", "highest", "unit"] + (isNarrow ? [] : ["ends"]) + ["needed", ""]
        let latest = all.compactMap { eight in
            eight.means.last.map {
                "\(eight.quantity) over the 8 h to \(LocalTimeText.full($0.end)): \(FigureText.text($0.value)) \(eight.unit)"
            }
        }
        return table([heads] + rows, left: isNarrow ? [0, 1, 2, 4, 6] : [0, 1, 2, 4, 5, 7], columns: columns)
            + latest.flatMap { TextWrap.lines(of: $0, columns: columns ?? .max) }
    }

    // MARK: - Traffic

    private func lines(_ traffic: TrafficFigures, columns: Int?) -> [String] {
        guard traffic.closedHourCount > 0 else {
            return [Emphasis.strong.applied(to: TerminalText.plain(traffic.device)), FigureText.noClosedHour]
        }
        let kinds = traffic.hours.reduce(into: Set<TrafficShares.Class>()) { kinds, hour in
            kinds.formUnion(hour.shares.counts.map(\.kind))
        }
        let shown = TrafficShares.Class.allCases.filter(kinds.contains)
        let hasSpeed = traffic.hours.contains { $0.v85 != nil }
        func row(_ name: String, _ period: TrafficFigures.Period) -> [String] {
            [name, period.shares.counts.isEmpty ? "–" : FigureText.count(period.shares.total)]
                + shown.map { FigureText.percent(period.shares.share(of: $0)) }
                + (hasSpeed ? [period.v85.map(FigureText.text) ?? "–"] : [])
        }
        let heads =
            [TerminalText.plain(traffic.device), "passed"] + shown.map { "\($0.shortName) %" }
            + (hasSpeed ? ["V85"] : [])
        let rows = traffic.hours.map { row(LocalTimeText.full($0.start), $0) }
        let hours = "\(traffic.countedHourCount) of \(traffic.closedHourCount) h"
        let lines = table([heads] + rows + [row(hours, traffic.whole)], left: [0], columns: columns)
        return lines + TextWrap.lines(of: speedNote(traffic), columns: columns ?? .max)
    }

    private func speedNote(_ traffic: TrafficFigures) -> String {
        switch traffic.speeds {
        case .none: "no speed is measured"
        case .vehicles: "V85 in km/h, of single speeds"
        case .means:
            "no V85: the speeds are means of intervals (speeds = \"vehicles\" in its [[device]] says otherwise)"
        case .sensor: "V85 in km/h as the sensor has it; none of the whole follows from several"
        }
    }

    // MARK: - Containers

    private func lines(_ container: ContainerFigures, columns: Int?) -> [String] {
        var rows: [[String]] = []
        if let latest = container.latest {
            let age = Age.text(seconds: Double(now - latest.time) / 1000)
            rows.append(["level", "\(FigureText.text(latest.level)) %, \(age) ago"])
        }
        for emptying in container.emptyings {
            rows.append([
                "emptied",
                "\(LocalTimeText.full(emptying.time)), \(FigureText.text(emptying.levelBefore)) → \(FigureText.text(emptying.levelAfter)) %",
            ])
        }
        if container.emptyings.isEmpty {
            let last = container.outlook.lastEmptying.map {
                "not within this time; last \(LocalTimeText.full($0.time))"
            }
            rows.append(["emptied", last ?? "not within 28 days"])
        }
        if let rate = container.outlook.rate {
            rows.append(["fills", "\(FigureText.perDay(rate)) % a day since then"])
        }
        rows.append(["forecast", FigureText.forecast(container)])
        return [Emphasis.strong.applied(to: TerminalText.plain(container.device))]
            + TextTable.wrappingLast(rows, leftColumns: [0, 1], columns: columns).flatMap(\.self)
    }

    private func table(_ rows: [[String]], left: Set<Int>, columns: Int?) -> [String] {
        let table = TextTable.aligned(rows, leftColumns: left, columns: columns)
        return [Emphasis.quiet.applied(to: table[0])] + table.dropFirst()
    }
}
