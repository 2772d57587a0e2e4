import Control
import Telemetry

extension StatusReport.Ledger {
    init(_ sources: [SourceLedger]) {
        var messages = LedgerCounts()
        var readings = LedgerCounts()
        for source in sources {
            messages.add(source.messages)
            readings.add(source.readings)
        }
        self.init(
            balanced: sources.allSatisfy(\.isBalanced), messages: .init(messages), readings: .init(readings))
    }
}

extension StatusReport.Ledger.Counts {
    init(_ counts: LedgerCounts) {
        self.init(
            received: counts.received, stored: counts.stored, duplicate: counts.duplicate,
            quarantined: counts.quarantined, rejected: counts.rejectedTotal)
    }
}
