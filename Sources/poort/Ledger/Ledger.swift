import ArgumentParser
import Storage
import Telemetry

struct Ledger: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Account for every message, and for every window that partners were to get.",
        discussion: """
            received = stored + duplicate + quarantined + rejected. For each partner: closed = delivered + refused + \
            outside the contract + withheld + replaced by a newer revision + expired + pending.

            Works with the daemon running or not. Messages and readings are counted apart, since a message may hold \
            several readings. A message counts as quarantined when any part of it was, as stored when any of its \
            readings is new, and as duplicate when all of them were there already. --verify also counts the rows in \
            the file, which takes a second for each few million readings.

            Exit code 0 when everything balances, 1 when not.

            Example:
              poort ledger --json | jq .balanced
            """)

    @OptionGroup var location: DatabaseLocation

    @Flag(help: "Print one JSON object.")
    var json = false

    @Flag(help: "Compare with the rows that are in the file.")
    var verify = false

    func run() throws {
        let reader = try location.openReader()
        let report = try reader.atOneMoment { () throws(StorageError) in
            LedgerReport(
                sources: try reader.ledger(), partners: try reader.partnerLedgers(),
                holdings: verify ? try reader.holdings() : nil)
        }
        if json {
            OutputBuffer.show(report.json.finished)
        } else {
            OutputBuffer.show(report.table(columns: Terminal.size?.columns))
        }
        if !report.isBalanced { throw ExitCode(1) }
    }
}
