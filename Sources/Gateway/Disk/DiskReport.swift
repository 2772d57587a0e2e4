import Control
import Processing
import Storage
import Telemetry

/// How the disk is, as far as the core shows it and the clock tells.
struct DiskReport {
    let snapshot: CoreSnapshot
    /// For how long a commit has been under way, in milliseconds, where that is long.
    let underWay: Int64?

    /// For `systemctl status`; nil while all is well.
    var statusLine: String? {
        if let failure = snapshot.failure { return "storage failing (\(condition)): \(failure.error.cause)" }
        if let underWay { return "slow disk: a commit has been under way for \(underWay / 1000) s" }
        guard isSlow, let last = snapshot.commits.last else { return nil }
        return "slow disk: the last commit took \(MeasureWords.text(Int64(last.milliseconds)))"
    }

    /// In a word: `working`, `slow`, or what ``StorageError/condition`` says.
    var condition: String {
        snapshot.failure?.error.condition.rawValue ?? (isSlow ? "slow" : "working")
    }

    private var isSlow: Bool { underWay != nil || snapshot.commits.slowRun > 0 }

    func fill(_ storage: inout StatusReport.Storage) {
        storage.condition = condition
        storage.failure = snapshot.failure.map { $0.error.description }
        storage.failingSince = snapshot.failure.map { $0.since.description }
        storage.lastCommit = snapshot.commits.last?.at.description
        storage.lastCommitMilliseconds = snapshot.commits.last?.milliseconds
        storage.nextRetention = snapshot.nextRetention?.description
        storage.slowDisk = StatusReport.SlowDisk(
            underWaySeconds: underWay.map { Double($0) / 1000 }, isSlow: isSlow,
            slowCommits: snapshot.commits.slowCount, slowest: snapshot.commits.slowest?.at.description,
            slowestMilliseconds: snapshot.commits.slowest?.milliseconds)
    }
}

extension StatusReport.Wear {
    init(_ wear: WearSnapshot) {
        self.init(
            writtenTodayBytes: wear.writtenToday, writtenPerDayBytes: wear.perDay, isMeasured: wear.isMeasured,
            budgetBytesPerDay: wear.budget, verdict: wear.verdict.rawValue, commitIntervalMilliseconds: wear.interval,
            configuredIntervalMilliseconds: wear.configuredInterval, remark: wear.remark)
    }
}
