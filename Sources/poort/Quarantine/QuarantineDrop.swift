import ArgumentParser
import Control
import Telemetry

struct QuarantineDrop: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Remove quarantined messages for good. They stay counted as quarantined in the ledger.",
        discussion: """
            Needs the running daemon, which owns the database. On a terminal it asks before, unless messages are given by \
            their numbers.

            Exit code 0, 1 when the answer was no, or 69 without a daemon.

            Example:
              poort quarantine drop --reason undecodable
            """)

    @OptionGroup var work: QuarantineWork

    @Flag(help: "Do not ask.")
    var yes = false

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        if work.numbers.isEmpty, !yes, !Question.isConfirmed("remove \(work.description) for good?") {
            throw CommandFailure("nothing was removed", exitCode: CommandFailure.problem)
        }
        let outcome = try work.carryOut(.drop)
        if json {
            OutputBuffer.show(String(decoding: try StatusCoding.encode(outcome), as: UTF8.self))
        } else {
            OutputBuffer.show("\(Grouped.text(outcome.dropped)) removed from quarantine")
        }
    }
}
