import Control
import Telemetry

/// Partners as a technician reads them: a row for each, and below it what is wrong.
struct PartnerLines {
    let report: StatusReport
    let columns: Int?

    var lines: [String] {
        guard !report.partners.isEmpty else {
            return ["no partner is configured; a [[partner]] in the configuration says who gets what"]
        }
        let rows = report.partners.map(cells)
        let headings = ["partner", "sink", "state", "behind", "oldest", "delivered", "refused", "last"]
        let table = TextTable.aligned([headings] + rows, leftColumns: [0, 1, 2], columns: columns)
        return [Emphasis.quiet.applied(to: table[0])]
            + zip(report.partners, table.dropFirst()).flatMap { partner, line in
                [emphasis(of: partner)?.applied(to: line) ?? line] + remarks(on: partner)
            }
    }

    private func cells(of partner: StatusReport.Partner) -> [String] {
        [
            TerminalText.plain(partner.name), partner.sink ?? "–",
            partner.sink == nil ? "not configured" : partner.state ?? "–", Grouped.text(partner.pending),
            partner.pending == 0 ? "–" : partner.behindSeconds.map { Age.text(seconds: $0) } ?? "–",
            Grouped.text(partner.delivered), Grouped.text(partner.refused),
            partner.lastDelivery.map(ago) ?? "never",
        ]
    }

    private func emphasis(of partner: StatusReport.Partner) -> Emphasis? {
        if partner.failure != nil || !partner.balanced { return .bad }
        return partner.refused > 0 || partner.expired > 0 ? .warning : nil
    }

    private func remarks(on partner: StatusReport.Partner) -> [String] {
        var remarks: [String] = []
        if let failure = partner.failure {
            var text = failure
            if let since = partner.failingSince { text += " (for \(ago(since)))" }
            if let seconds = partner.nextAttemptSeconds { text += "; next attempt in \(Age.text(seconds: seconds))" }
            remarks.append(text)
        } else if let error = partner.lastError {
            remarks.append("last error, which is over: \(error)")
        }
        if partner.expired > 0 {
            remarks.append("\(Grouped.text(partner.expired)) waited longer than is kept, and went")
        }
        if partner.refused > 0 {
            remarks.append("refused, with the server's words: poort partners refused \(partner.name)")
        }
        if !partner.balanced { remarks.append("NOT BALANCED: poort ledger") }
        return remarks.flatMap { remark in
            TextWrap.lines(of: TerminalText.plain(remark), columns: (columns ?? .max) - 2).map { "  " + $0 }
        }
    }

    private func ago(_ time: String) -> String {
        guard let time = Timestamp(rfc3339: time), let now = Timestamp(rfc3339: report.now) else { return time }
        return Age.text(seconds: Double(now - time) / 1000)
    }
}
