import Telemetry

/// The partners' part of the ledger.
struct PartnerAccounts {
    let partners: [PartnerLedger]

    private static let headings =
        ["partner", "closed"] + DeliveryOutcome.allCases.map(\.rawValue) + ["pending", ""]

    /// - Parameter columns: how wide a line may be.
    func table(columns: Int?) -> [String] {
        let rows = partners.map { partner in
            [TerminalText.plain(partner.partner), String(partner.closed)]
                + DeliveryOutcome.allCases.map { String(partner.counts[$0]) }
                + [String(partner.pending), partner.isBalanced ? "=" : "≠"]
        }
        let table = TextTable.aligned([PartnerAccounts.headings] + rows, leftColumns: 1)
        guard let columns, table.contains(where: { $0.count > columns }) else { return table }
        return partners.flatMap(stacked)
    }

    /// A line for each number.
    private func stacked(_ partner: PartnerLedger) -> [String] {
        let rows = zip(
            PartnerAccounts.headings.dropFirst().dropLast(),
            [partner.closed] + DeliveryOutcome.allCases.map { partner.counts[$0] } + [partner.pending])
        return [TerminalText.plain(partner.partner) + (partner.isBalanced ? "" : " ≠")]
            + TextTable.aligned(rows.map { ["  " + $0, String($1)] }, leftColumns: 1)
    }
}

extension PartnerLedger {
    var json: JSONLine {
        var line = JSONLine()
        line.add("partner", partner)
        line.add("balanced", isBalanced)
        line.add("closed", closed)
        for outcome in DeliveryOutcome.allCases { line.add(outcome.rawValue, counts[outcome]) }
        line.add("pending", pending)
        line.add("repeated", repeated)
        return line
    }
}
