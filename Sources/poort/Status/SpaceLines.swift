import Control
import Telemetry

/// What the status screen says of the file's size: what bounds it, and how far back it reaches.
struct SpaceLines {
    let report: StatusReport

    /// That the write-ahead log has outgrown its bound; none while it has not.
    var log: [String] {
        guard let limit = report.space?.logLimitBytes, report.storage.walBytes > limit + limit / 4 else { return [] }
        let text =
            "the log is beyond its \(Bytes.text(limit)): a program has been reading the database for long, and the log "
            + "cannot begin anew before it ends (fuser -v \(report.storage.path))"
        return [Emphasis.warning.applied(to: text)]
    }

    var quota: [String] {
        guard let space = report.space, let quota = space.quotaBytes else { return [] }
        var text = "\(Bytes.text(space.usedBytes)) used of \(Bytes.text(quota))"
        switch space.condition {
        case "removing": text += Emphasis.warning.applied(to: ", what is oldest goes now")
        case "too_small":
            text += Emphasis.bad.applied(
                to: ": TOO SMALL, all that may go has gone; raise [storage] quota, or lower quarantine_limit")
        default:
            if let begins = space.removalBeginsBytes { text += ", the oldest goes from \(Bytes.text(begins)) on" }
        }
        guard space.removedReadings + space.removedWindows > 0 else { return [text] }
        return [
            text,
            "\(Grouped.text(space.removedReadings)) readings and \(Grouped.text(space.removedWindows)) windows have gone "
                + "for it",
        ]
    }

    /// How old the first of each is.
    var reach: String? {
        guard let space = report.space else { return nil }
        let parts =
            (space.readingsSince.map { ["readings \(age($0))"] } ?? [])
            + space.windowsSince.map { "\($0.tier) \(age($0.since))" }
        return parts.isEmpty ? nil : "back " + parts.joined(separator: ", ")
    }

    private func age(_ time: String) -> String {
        guard let time = Timestamp(rfc3339: time), let now = Timestamp(rfc3339: report.now) else { return time }
        return Age.text(seconds: Double(now - time) / 1000)
    }
}
