import ArgumentParser
import Telemetry

/// Which stretch of time is meant, for commands that print all that there is unless they are told otherwise.
struct OpenRange: ParsableArguments {
    @Option(help: "From this time on (RFC 3339).", transform: TimeText.time)
    var from: Timestamp?

    @Option(help: "Before this time (RFC 3339).", transform: TimeText.time)
    var to: Timestamp?

    @Option(help: "From so long ago until now: 90s, 30m, 24h, 7d, 3y.", transform: DurationText.milliseconds)
    var last: Int64?

    func validate() throws {
        if last != nil, from != nil || to != nil {
            throw ValidationError("--last goes without --from and --to")
        }
        if (from ?? .distantPast) > (to ?? .distantFuture) {
            throw ValidationError("--from \(from ?? .distantPast) lies after --to \(to ?? .distantFuture)")
        }
    }

    var range: Range<Timestamp> {
        (last.map { Timestamp.now() - $0 } ?? from ?? .distantPast)..<(to ?? .distantFuture)
    }
}
