import Control
import Testing

@Suite("StatusCoding")
struct StatusCodingTests {
    /// A report in which every part is there, with texts that are hard to carry.
    static var full: StatusReport {
        var report = StatusReport(
            gateway: "stadshagen-01", version: "1.0", isRunning: true, now: "2026-11-23T10:00:00.000Z",
            configuration: .init(
                path: "/etc/poort/poort.toml", fingerprint: "0123456789abcdef", loaded: "2026-11-23T09:00:00.000Z",
                reloadError: "line 3:\n\"quoted\" \\ \u{2028} é😀"),
            storage: .init(path: "/var/lib/poort/poort.db", databaseBytes: 1 << 40, walBytes: 0, freeBytes: .max),
            ledger: .init(
                balanced: true, messages: .init(received: 10, stored: 5, duplicate: 2, quarantined: 2, rejected: 1),
                readings: .init(received: 20, stored: 15, duplicate: 3, quarantined: 2, rejected: 0)))
        report.process = .init(pid: 4711, started: "2026-11-23T09:00:00.000Z", residentBytes: 18_000_000)
        report.broker = .init(
            state: "connected", address: "[::1]:8883", connectedSeconds: 12.5, nextAttemptSeconds: nil, connections: 3,
            failedAttempts: 0, lastError: nil, unacknowledged: 7, receiveMaximum: 2000, subscriptions: ["a/+", "b/#"])
        report.clock = .init(isTrusted: true, undated: 0, lastStep: "t", lastStepSeconds: -3600.5)
        report.ring = .init(depth: 3, capacity: 8192)
        report.rates = .init(
            messagesPerSecond: 0.1, messagesPerSecondFiveMinutes: 1e-9, readingsPerSecond: 50,
            readingsPerSecondFiveMinutes: 49.75)
        report.storage.lastCommitMilliseconds = 1.25
        report.storage.failure = "disk full"
        report.storage.condition = "full"
        report.storage.slowDisk = .init(
            underWaySeconds: 12.5, isSlow: true, slowCommits: 2, slowest: "t", slowestMilliseconds: 3000.5)
        report.wear = .init(
            writtenTodayBytes: 1 << 40, writtenPerDayBytes: 1.5e9, isMeasured: true, budgetBytesPerDay: 2 << 30,
            verdict: "stretched", commitIntervalMilliseconds: 8000, configuredIntervalMilliseconds: 1000,
            remark: "stretched from 1 s to 8 s")
        report.space = .init(
            usedBytes: 1 << 30, quotaBytes: 1 << 30, removalBeginsBytes: 1_046_898_278, condition: "removing",
            readingsSince: "t", windowsSince: [.init(tier: "1m", since: "t")], removedReadings: 7, removedWindows: 8,
            logLimitBytes: 32 << 20)
        report.aggregates = .init(closed: 9, revised: 1, waiting: 0, closedUntil: nil)
        report.sensors = [
            .init(
                device: "aq-0001", type: "air_quality", quantity: "pm2_5", unit: "ug/m3", value: -0.1, time: "t",
                ageSeconds: 3, flag: 1, isLate: nil)
        ]
        return report
    }

    @Test("every field comes back, in snake case on the way")
    func roundTrip() throws {
        let bytes = try StatusCoding.encode(StatusCodingTests.full)
        #expect(try StatusCoding.decode(StatusReport.self, from: bytes) == StatusCodingTests.full)
        let text = String(decoding: bytes, as: UTF8.self)
        for key in [
            "is_running", "resident_bytes", "reload_error", "receive_maximum", "messages_per_second_five_minutes",
            "closed", "age_seconds", "is_trusted", "last_step_seconds", "written_today_bytes", "budget_bytes_per_day",
            "under_way_seconds", "quota_bytes", "windows_since",
        ] {
            #expect(text.contains("\"\(key)\""))
        }
        #expect(!text.contains("\n"), "one line")
    }

    @Test("a report without a daemon comes back too")
    func offline() throws {
        var report = StatusCodingTests.full
        (report.process, report.broker, report.ring, report.rates, report.aggregates) = (nil, nil, nil, nil, nil)
        report.sensors = []
        #expect(try StatusCoding.decode(StatusReport.self, from: StatusCoding.encode(report)) == report)
    }

    @Test("what is not a report is refused", arguments: ["", "{}", "null", "[1]", "{\"gateway\":1}", "nonsense"])
    func refused(text: String) {
        #expect(throws: (any Error).self) { try StatusCoding.decode(StatusReport.self, from: Array(text.utf8)) }
    }

    @Test("knows when somebody should look")
    func problems() {
        var fine = StatusCodingTests.full
        fine.storage.failure = nil
        fine.storage.slowDisk?.isSlow = false
        fine.configuration.reloadError = nil
        #expect(!fine.hasProblem)
        var refused = fine
        refused.configuration.reloadError = "poort.toml:3:1: nonsense"
        #expect(refused.hasProblem, "what was meant is not in force")
        #expect(StatusCodingTests.full.hasProblem, "the storage fails")
        var slow = fine
        slow.storage.slowDisk?.isSlow = true
        #expect(slow.hasProblem, "a commit takes seconds")
        var past = fine
        past.clock?.isTrusted = false
        #expect(past.hasProblem, "its clock is wrong")
        var away = fine
        away.broker?.state = "waiting to reconnect"
        #expect(away.hasProblem)
        var unbalanced = fine
        unbalanced.ledger.balanced = false
        #expect(unbalanced.hasProblem)
        var stopped = fine
        stopped.isRunning = false
        #expect(stopped.hasProblem)
        var bare = fine
        bare.broker = nil
        #expect(bare.hasProblem)
    }
}
