import Charts
import Gateway
import Storage
import Telemetry

/// What stands beside a chart: how many readings there are of those expected, and what they amount to.
struct SeriesSummary {
    let chart: SeriesChart
    private var stretch: SeriesStretch { chart.stretch }
    private var whole: Aggregate { stretch.whole }

    /// A name, what it is, and when.
    struct Fact {
        var name: String
        var text: String
        var note = ""
    }

    var facts: [Fact] { readings + figures + flagged + gaps }

    /// One below the other, for the side of a chart.
    /// - Parameter columns: how wide a line may be.
    func column(width columns: Int) -> [String] {
        let rows = facts.map { [$0.name, $0.text, $0.note] }
        let names = rows.map { $0[0].count }.max() ?? 0
        let values = facts.filter { !$0.note.isEmpty || $0.isNumber }.map(\.text.count).max() ?? 0
        return facts.flatMap { fact in
            let padding = fact.isNumber ? String(repeating: " ", count: max(0, values - fact.text.count)) : ""
            let text = "\(padding)\(fact.text)" + (fact.note.isEmpty ? "" : "  \(fact.note)")
            return SeriesSummary.wrapped(text, columns: columns - names - 2).enumerated().map { index, part in
                let name = index == 0 ? fact.name : ""
                return name + String(repeating: " ", count: names - name.count + 2) + part
            }
        }
    }

    /// Broken between the parts of an enumeration rather than within them.
    private static func wrapped(_ text: String, columns: Int) -> [String] {
        guard text.count > columns else { return [text] }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        var lines: [String] = []
        for (index, part) in parts.enumerated() {
            let piece = part.drop { $0 == " " } + (index < parts.count - 1 ? "," : "")
            if let last = lines.last, last.count + 1 + piece.count <= columns {
                lines[lines.count - 1] += " \(piece)"
            } else {
                lines += TextWrap.lines(of: String(piece), columns: columns)
            }
        }
        return lines
    }

    /// One after the other, below a chart.
    func paragraph(width columns: Int) -> [String] {
        var lines: [String] = []
        for fact in facts {
            let words = [fact.name, fact.text, fact.note].filter { !$0.isEmpty }.joined(separator: " ")
            if let last = lines.last, last.count + 3 + words.count <= columns {
                lines[lines.count - 1] += "   \(words)"
            } else {
                lines += TextWrap.lines(of: words, columns: columns)
            }
        }
        return lines
    }

    // MARK: - Readings

    private var readings: [Fact] {
        let noun = stretch.series.kind == .event ? "events" : "readings"
        guard let expected = whole.expected, let coverage = whole.coverage else {
            return [Fact(name: noun, text: number(whole.count))]
        }
        // Rounded down: 100 % are all of them.
        let share = NumberText.text((coverage * 1000).rounded(.down) / 10, decimals: coverage < 1 ? 1 : 0)
        return [
            Fact(name: noun, text: "\(number(whole.count)) of \(number(expected))"),
            Fact(name: "coverage", text: "\(share) %, \(whole.isValid ? "valid" : "not valid")"),
        ]
    }

    private var flagged: [Fact] {
        var words: [String] = []
        if whole.suspectCount > 0 { words.append("\(number(whole.suspectCount)) suspect") }
        if whole.failCount > 0 { words.append("\(number(whole.failCount)) fail") }
        guard !words.isEmpty else { return [] }
        var facts = [Fact(name: "flagged", text: words.joined(separator: ", "))]
        let findings = stretch.findings.sorted { ($1.value, $0.key.name) < ($0.value, $1.key.name) }
        if !findings.isEmpty {
            facts.append(
                Fact(name: "by", text: findings.map { "\($0.key.name) \(number($0.value))" }.joined(separator: ", ")))
        }
        return facts
    }

    private var gaps: [Fact] {
        guard let longest = stretch.gaps.max(by: { $0.milliseconds < $1.milliseconds }), whole.count > 0 else {
            return []
        }
        let age = Age.text(seconds: Double(longest.milliseconds) / 1000)
        let since = LocalTimeText.text(longest.lowerBound, within: stretch.range)
        let count = stretch.gaps.count
        return [Fact(name: "gaps", text: count == 1 ? "\(age) from \(since)" : "\(count), up to \(age), \(since)")]
    }

    // MARK: - Figures

    private var figures: [Fact] {
        guard whole.count > 0 else { return [] }
        switch stretch.series.kind {
        case .gauge: return mean + extremes + percentiles
        case .intervalCount: return sum + mean + extremes + percentiles
        case .counter: return increase + highest
        case .circular: return direction
        case .event: return highest
        }
    }

    private var mean: [Fact] {
        var facts = value("mean", whole.mean)
        facts += value("std", whole.standardDeviation)
        return facts
    }

    private var sum: [Fact] { value("sum", whole.sum) }

    private var extremes: [Fact] {
        guard let statistics = whole.statistics else { return [] }
        return value("min", statistics.minimum, at: statistics.minimumTime)
            + value("max", statistics.maximum, at: statistics.maximumTime)
    }

    private var percentiles: [Fact] {
        guard let percentiles = whole.percentiles else { return [] }
        return value("p50", percentiles.p50) + value("p85", percentiles.p85) + value("p95", percentiles.p95)
    }

    private var direction: [Fact] {
        value("mean", whole.mean)
            + [Fact(name: "resultant", text: NumberText.text(whole.resultantLength ?? 0, decimals: 2))]
    }

    private var increase: [Fact] {
        guard let increase = whole.increase else { return [] }
        var facts = value("increase", increase.total)
        if increase.resets > 0 { facts.append(Fact(name: "resets", text: number(increase.resets))) }
        if increase.wraps > 0 { facts.append(Fact(name: "wraps", text: number(increase.wraps))) }
        return facts
    }

    /// The window in which most was counted.
    private var highest: [Fact] {
        guard let tier = stretch.tier else { return [] }
        let counted = stretch.windows.filter { !$0.aggregate.reachesBack }.map { row in
            (row.aggregate.window.start, row.aggregate.increase?.total ?? Double(row.aggregate.count))
        }
        guard let most = counted.max(by: { $0.1 < $1.1 }) else { return [] }
        return value("most/\(tier.name)", most.1, at: most.0)
    }

    private func value(_ name: String, _ value: Double?, at time: Timestamp? = nil) -> [Fact] {
        guard let value else { return [] }
        return [
            Fact(
                name: name, text: chart.text(value),
                note: time.map { LocalTimeText.text($0, within: stretch.range) } ?? "")
        ]
    }

    private func number(_ count: Int) -> String { Grouped.text(count) }
}

extension SeriesSummary.Fact {
    fileprivate var isNumber: Bool { text.allSatisfy { $0.isNumber || "-. \u{A0}".contains($0) } }
}

extension Range<Timestamp> {
    var milliseconds: Int64 { upperBound - lowerBound }
}
