import ArgumentParser
import Telemetry

/// Which stretch of time is meant.
struct RangeOptions: ParsableArguments {
    @Option(help: "From this time on (RFC 3339).", transform: TimeText.time)
    var from: Timestamp?

    @Option(help: "Before this time (RFC 3339); until now when not given.", transform: TimeText.time)
    var to: Timestamp?

    @Option(
        help: "From so long ago until now, such as 24h, which is usual, 7d or 3y (365.25 d each).",
        transform: DurationText.milliseconds)
    var last: Int64?

    private static let day: Int64 = 86_400_000

    func validate() throws {
        if last != nil, from != nil || to != nil {
            throw ValidationError("--last goes without --from and --to")
        }
        if let from, let to, from >= to { throw ValidationError("--from \(from) does not lie before --to \(to)") }
    }

    /// What is asked for, until now at the latest.
    func range(now: Timestamp) throws(CommandFailure) -> Range<Timestamp> {
        let end = min(to ?? now, now)
        let begin = from ?? end - (last ?? RangeOptions.day)
        guard begin < end else {
            throw CommandFailure(
                "--from \(begin) lies in the future: there is nothing to show yet", exitCode: CommandFailure.usage)
        }
        return begin..<end
    }

    /// The same until the last whole minute, so that no more is expected than could have come; until now where that
    /// would leave out most of what is asked for.
    func wholeRange(now: Timestamp) throws(CommandFailure) -> Range<Timestamp> {
        let asked = try range(now: now)
        let closed = Window(.minute, holding: now, days: .utc).start
        guard asked.upperBound > closed, asked.milliseconds >= 120_000 else { return asked }
        return (from ?? closed - asked.milliseconds)..<closed
    }
}
