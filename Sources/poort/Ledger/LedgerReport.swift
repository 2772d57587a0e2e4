import Storage
import Telemetry

/// The accounts of all sources, and whether they balance.
struct LedgerReport {
    let sources: [SourceLedger]
    let partners: [PartnerLedger]
    let holdings: StoreReader.Holdings?
    let total: SourceLedger

    init(sources: [SourceLedger], partners: [PartnerLedger] = [], holdings: StoreReader.Holdings?) {
        self.sources = sources
        self.partners = partners
        self.holdings = holdings
        var total = SourceLedger(source: "total")
        for source in sources {
            total.messages.add(source.messages)
            total.readings.add(source.readings)
        }
        self.total = total
    }

    var isBalanced: Bool {
        sources.allSatisfy(\.isBalanced) && partners.allSatisfy(\.isBalanced) && total.isBalanced
            && (holdings == nil || rowsAgree)
    }

    /// Whether the file holds what the accounts say was stored.
    private var rowsAgree: Bool {
        guard let holdings else { return true }
        return holdings.readings + holdings.undated + holdings.removedReadings + holdings.lostReadings
            == total.readings.stored
    }

    /// Messages at the top level, readings beside, and each source's own account.
    var json: JSONLine {
        var line = JSONLine()
        line.add("balanced", isBalanced)
        line.add(total.messages)
        var readings = JSONLine()
        readings.add("balanced", total.readings.isBalanced)
        readings.add(total.readings)
        line.add("readings", readings)
        line.add("sources", sources.map(json))
        line.add("partners", partners.map(\.json))
        if let holdings {
            var rows = JSONLine()
            rows.add("agree", rowsAgree)
            rows.add("readings", holdings.readings)
            rows.add("undated", holdings.undated)
            rows.add("removed_readings", holdings.removedReadings)
            rows.add("removed_for_quota", holdings.removals.readings[.quota] ?? 0)
            rows.add("lost_readings", holdings.lostReadings)
            rows.add("quarantined", holdings.quarantined)
            rows.add("removed_quarantined", holdings.removedQuarantined)
            line.add("rows", rows)
            line.add("removed_windows", removedWindows(holdings.removals))
        }
        return line
    }

    /// Of each tier, by rule.
    private func removedWindows(_ removals: Removals) -> JSONLine {
        var windows = JSONLine()
        for tier in Tier.allCases {
            var tally = JSONLine()
            for rule in RemovalRule.allCases { tally.add(rule.rawValue, removals.aggregates[tier]?[rule] ?? 0) }
            windows.add(tier.name, tally)
        }
        return windows
    }

    private func json(_ source: SourceLedger) -> JSONLine {
        var line = JSONLine()
        line.add("source", source.source)
        line.add("balanced", source.isBalanced)
        line.add(source.messages)
        var readings = JSONLine()
        readings.add(source.readings)
        line.add("readings", readings)
        return line
    }

    /// - Parameter columns: how wide a line may be.
    func table(columns: Int?) -> [String] {
        var table = accounts
        if let columns, table.contains(where: { $0.count > columns }) { table = stackedAccounts }
        if !partners.isEmpty { table += [""] + PartnerAccounts(partners: partners).table(columns: columns) + [""] }
        return table + notes.flatMap { TextWrap.lines(of: $0, columns: columns ?? .max) }
    }

    private var notes: [String] {
        var lines: [String] = []
        for (reason, count) in total.messages.rejected.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            lines.append("rejected by rule: \(reason.rawValue) \(count)")
        }
        if let holdings {
            lines.append(
                "in the file: \(holdings.readings) readings (\(removedReadings(holdings.removals))), "
                    + (holdings.lostReadings > 0 ? "\(holdings.lostReadings) lost with a damaged file, " : "")
                    + (holdings.undated > 0 ? "\(holdings.undated) not dated yet, " : "")
                    + "\(holdings.quarantined) quarantined messages (\(holdings.removedQuarantined) dropped): "
                    + (rowsAgree ? "agrees" : "DOES NOT AGREE with \(total.readings.stored) stored"))
            for rule in RemovalRule.allCases {
                let tiers = Tier.allCases.compactMap { tier in
                    holdings.removals.aggregates[tier]?[rule].map { "\(tier.name) \($0)" }
                }
                if !tiers.isEmpty { lines.append("windows removed \(rule.words): \(tiers.joined(separator: ", "))") }
            }
        }
        let windows = partners.isEmpty ? "" : ", and every window for every partner"
        lines.append(isBalanced ? "balanced: every message is accounted for\(windows)" : "NOT BALANCED")
        return lines
    }

    private func removedReadings(_ removals: Removals) -> String {
        var parts = ["\(removals.readings[.retention] ?? 0) removed by retention"]
        if let count = removals.readings[.quota] { parts.append("\(count) for the quota") }
        return parts.joined(separator: ", ")
    }

    private static let headings = ["received", "stored", "duplicate", "quarantined", "rejected", ""]

    private var shownSources: [SourceLedger] { sources + (sources.count == 1 ? [] : [total]) }

    private var accounts: [String] {
        var rows = [["source", "counted"] + LedgerReport.headings]
        for source in shownSources {
            rows.append(row(source.source, "messages", source.messages))
            rows.append(row("", "readings", source.readings))
        }
        return TextTable.aligned(rows, leftColumns: 2)
    }

    /// Each source's name on a line of its own: it is a topic where the source has no name.
    private var stackedAccounts: [String] {
        var rows = [["  counted"] + LedgerReport.headings]
        for source in shownSources {
            for (counted, counts) in [("messages", source.messages), ("readings", source.readings)] {
                rows.append(Array(row("", "  " + counted, counts).dropFirst()))
            }
        }
        let lines = TextTable.aligned(rows, leftColumns: 1)
        return lines.prefix(1)
            + shownSources.enumerated().flatMap { index, source in
                [source.source] + lines[(2 * index + 1)...(2 * index + 2)]
            }
    }

    private func row(_ name: String, _ counted: String, _ counts: LedgerCounts) -> [String] {
        [
            name, counted, String(counts.received), String(counts.stored), String(counts.duplicate),
            String(counts.quarantined), String(counts.rejectedTotal), counts.isBalanced ? "=" : "≠",
        ]
    }
}

extension RemovalRule {
    fileprivate var words: String { self == .quota ? "for the quota" : "by retention" }
}
