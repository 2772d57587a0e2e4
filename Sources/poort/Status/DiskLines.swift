import Control
import Telemetry

/// What the status screen says of the disk: whether it works, and how much is written to it.
struct DiskLines {
    let report: StatusReport

    /// How the storage fails or lags; none while all is well.
    var trouble: [String] {
        var lines: [String] = []
        if let failure = report.storage.failure {
            let since = report.storage.failingSince.map { "since \(ago($0)): " } ?? ""
            lines.append(Emphasis.bad.applied(to: since + failure))
        }
        guard let slow = report.storage.slowDisk else { return lines }
        if let seconds = slow.underWaySeconds {
            lines.append(
                Emphasis.bad.applied(
                    to: "slow disk: a commit has been under way for \(Age.text(seconds: seconds)); messages wait in "
                        + "the broker"))
        } else if slow.isSlow {
            lines.append(Emphasis.bad.applied(to: "slow disk: the last commit took \(lastCommit)"))
        }
        if slow.slowCommits > 0, let slowest = slow.slowest, let milliseconds = slow.slowestMilliseconds {
            lines.append(
                "\(Grouped.text(slow.slowCommits)) slow commit\(slow.slowCommits == 1 ? "" : "s") since the start, the "
                    + "slowest \(Age.text(seconds: milliseconds / 1000)), \(ago(slowest)) ago")
        }
        return lines
    }

    /// What was written, and how far apart commits are for that.
    var wear: [String] {
        guard let wear = report.wear else { return [] }
        var text = "\(Bytes.text(wear.writtenTodayBytes)) written today"
        if let pace = wear.writtenPerDayBytes { text += ", \(Bytes.text(Int64(pace))) a day at this pace" }
        if let budget = wear.budgetBytesPerDay { text += ", budget \(Bytes.text(budget)) a day" }
        if !wear.isMeasured { text += " (estimated)" }
        guard let remark = wear.remark else { return [text] }
        return [text, (wear.verdict == "stretched" ? Emphasis.quiet : .warning).applied(to: remark)]
    }

    private var lastCommit: String {
        report.storage.lastCommitMilliseconds.map { Age.text(seconds: $0 / 1000) } ?? "long"
    }

    private func ago(_ time: String) -> String {
        guard let time = Timestamp(rfc3339: time), let now = Timestamp(rfc3339: report.now) else { return time }
        return Age.text(seconds: Double(now - time) / 1000)
    }
}
