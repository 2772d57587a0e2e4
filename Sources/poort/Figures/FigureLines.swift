import Charts
import Gateway
import Processing
import Telemetry

/// A site's derived figures in a line or two each.
struct FigureLines {
    let figures: SiteFigures
    let now: Timestamp

    init(_ figures: SiteFigures, now: Timestamp) {
        self.figures = figures
        self.now = now
    }

    var lines: [String] {
        (figures.air.map(air) ?? []) + figures.traffic.flatMap(traffic) + figures.containers.map(container)
    }

    private func air(_ air: AirFigures) -> [String] {
        var lines: [String] = []
        if let hour = air.latest {
            let isOld = now - hour.start > 86_400_000
            let begin = isOld ? LocalTimeText.full(hour.start) : WallClock(hour.start).timeOfDay
            var words = ["air \(begin) to \(WallClock(hour.start + 3_600_000).timeOfDay)"]
            if let european = hour.european {
                words.append(
                    "EAQI \(FigureText.level(european)) by \(european.decisive.rawValue)"
                        + (FigureText.lack(of: european).map { ", \($0)" } ?? ""))
            }
            if let dutch = hour.dutch {
                words.append("LKI \(FigureText.category(dutch)) by \(dutch.decisive.rawValue)")
            }
            lines.append(words.joined(separator: "; "))
        } else if !air.withoutInterval.isEmpty {
            lines.append(FigureText.withoutInterval(air))
        }
        for eight in air.eightHours {
            guard let mean = eight.means.last else { continue }
            var line = "\(eight.quantity) over the 8 h to \(WallClock(mean.end).timeOfDay): "
            line += "\(FigureText.text(mean.value)) \(eight.unit)"
            if let day = eight.days.last, let highest = day.highest {
                // Of a day that is not valid, or not over, it is at least so high.
                line += ", highest of \(WallClock(day.day.start).date)\(day.isValid ? "" : " so far")"
                line += " \(FigureText.text(highest.value))"
            }
            lines.append(line)
        }
        return lines
    }

    private func traffic(_ traffic: TrafficFigures) -> [String] {
        guard !traffic.whole.shares.counts.isEmpty else { return [] }
        let shares = FigureText.shares(traffic.whole.shares)
        let speed = traffic.whole.v85.map { "; V85 \(FigureText.text($0)) km/h" } ?? ""
        let total = FigureText.count(traffic.whole.shares.total)
        return ["\(total) passed in \(traffic.countedHourCount) of \(traffic.closedHourCount) h: \(shares)\(speed)"]
    }

    private func container(_ container: ContainerFigures) -> String {
        var words: [String] = []
        if let emptying = container.outlook.lastEmptying {
            words.append(
                "emptied \(LocalTimeText.full(emptying.time)) "
                    + "(\(FigureText.text(emptying.levelBefore)) → \(FigureText.text(emptying.levelAfter)) %)")
        }
        if let rate = container.outlook.rate { words.append("fills \(FigureText.perDay(rate)) % a day") }
        words.append(FigureText.forecast(container))
        return words.joined(separator: "; ")
    }
}

/// Figures in words.
enum FigureText {
    static func level(_ index: EuropeanAirQualityIndex) -> String {
        "\(index.level.rawValue) \(index.level.name.replacing("_", with: " "))"
    }

    /// With what marks a lower bound.
    static func bound(_ index: EuropeanAirQualityIndex) -> String { (index.isComplete ? "" : "≥ ") + level(index) }

    /// Source: Docs/figures.md, Air.
    static let boundNote =
        "≥ at least so bad: an EAQI takes no2, o3 and pm2_5 or pm10, at a traffic site no2 and pm2_5 or pm10"

    /// Why an index is a lower bound; nil where it is none.
    static func lack(of index: EuropeanAirQualityIndex) -> String? {
        guard !index.isComplete else { return nil }
        let missing = index.missing.map(\.rawValue).joined(separator: " ")
        return index.isCompleteAtTraffic
            ? "at least, unless at a traffic site: without \(missing)" : "at least: without \(missing)"
    }

    static let noClosedHour = "no hour is closed in this range"

    static func category(_ index: DutchAirQualityIndex) -> String {
        "\(index.value) \(index.category.rawValue.replacing("_", with: " "))"
    }

    static func text(_ value: Double) -> String {
        NumberText.text(value, decimals: value.magnitude < 1 ? 2 : value.magnitude < 10 ? 1 : 0)
    }

    /// What a rule may make of shares has fractions; people do not.
    static func count(_ value: Double) -> String { NumberText.text(value, decimals: 0) }

    static func percent(_ share: Double?) -> String { share.map { NumberText.text($0 * 100, decimals: 1) } ?? "" }

    static func perDay(_ rate: FillRate) -> String { NumberText.text(rate.perHour * 24, decimals: 1) }

    /// `bicycle 21.3 %, heavy vehicle 2.9 %`, largest first.
    static func shares(_ shares: TrafficShares) -> String {
        shares.counts.sorted { $0.count > $1.count }.map { passing in
            let name = passing.kind.rawValue.replacing("_", with: " ")
            return shares.total > 0 ? "\(name) \(percent(shares.share(of: passing.kind)))\u{A0}%" : "\(name) 0"
        }.joined(separator: ", ")
    }

    static func forecast(_ container: ContainerFigures) -> String {
        let threshold = JSONLine.number(container.threshold)
        return switch container.outlook.forecast {
        case .reaches(let time): "reaches \(threshold) % on \(LocalTimeText.full(time))"
        case .reached: "has reached \(threshold) %"
        case .insufficientData(let lack): "insufficient data: \(reason(lack))"
        }
    }

    static func reason(_ lack: FillForecast.Lack) -> String {
        switch lack {
        case .tooFewReadings: "too few readings"
        case .tooShort: "filling for less than a day"
        case .noRecentReading: "no reading for a day"
        case .notFilling: "it does not fill so that one could tell"
        case .tooFarAhead: "more than 60 days ahead"
        }
    }

    static func withoutInterval(_ air: AirFigures) -> String {
        "no index: \(air.withoutInterval.joined(separator: ", ")) without `interval` in the configuration, so that no hour is known to be valid"
    }
}
