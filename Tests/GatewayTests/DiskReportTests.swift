import Control
import Storage
import Telemetry
import Testing

@testable import Gateway

@Suite("What is said of the disk")
struct DiskReportTests {
    private let now = Timestamp(rfc3339: "2026-11-24T12:00:00Z")!

    private func report(_ snapshot: CoreSnapshot, underWay: Int64? = nil) -> (DiskReport, StatusReport.Storage) {
        let report = DiskReport(snapshot: snapshot, underWay: underWay)
        var storage = StatusReport.Storage(path: "/p", databaseBytes: 0, walBytes: 0, freeBytes: 0)
        report.fill(&storage)
        return (report, storage)
    }

    @Test("a slow commit is slow until a quick one follows; the slowest is remembered")
    func commitTimes() {
        var snapshot = CoreSnapshot()
        #expect(report(snapshot).0.statusLine == nil && report(snapshot).1.condition == "working")
        #expect(snapshot.commits.note(milliseconds: 1999, at: now) == nil)
        #expect(report(snapshot).1.condition == "working")
        #expect(snapshot.commits.note(milliseconds: 12_340, at: now).map { "\($0)" } == "becameSlow")
        #expect(snapshot.commits.note(milliseconds: 3000, at: now + 1) == nil, "said once")
        let (slow, storage) = report(snapshot)
        #expect(slow.statusLine == "slow disk: the last commit took 3 s")
        #expect(storage.condition == "slow" && storage.slowDisk?.isSlow == true && storage.slowDisk?.slowCommits == 2)
        #expect(storage.slowDisk?.slowestMilliseconds == 12_340 && storage.slowDisk?.slowest == now.description)
        #expect(snapshot.commits.note(milliseconds: 5, at: now).map { "\($0)" } == "becameQuick(after: 2)")
        #expect(report(snapshot).0.statusLine == nil && report(snapshot).1.slowDisk?.slowestMilliseconds == 12_340)
    }

    @Test("a commit that is under way shows before it is over")
    func underWay() {
        let (report, storage) = report(CoreSnapshot(), underWay: 12_900)
        #expect(report.statusLine == "slow disk: a commit has been under way for 12 s")
        #expect(storage.condition == "slow" && storage.slowDisk?.underWaySeconds == 12.9)
    }

    @Test("only commits are slow: upkeep, and opening a large file, take their time on a good disk")
    func positions() {
        let disk = DiskWatch()
        let before = disk.enter(.upkeep, at: 1000)
        #expect(disk.slowMilliseconds(at: 100_000) == nil && disk.position == .init(work: .upkeep, since: 1000))
        let upkeep = disk.enter(.commit, at: 100_000)
        #expect(disk.slowMilliseconds(at: 101_999) == nil)
        #expect(disk.slowMilliseconds(at: 102_000) == 2000)
        disk.leave(to: upkeep, at: 103_000)
        #expect(disk.position == .init(work: .upkeep, since: 1000) && disk.slowMilliseconds(at: 110_000) == nil)
        disk.leave(to: before, at: 104_000)
        #expect(disk.position.work == .none && disk.lastReturn == 104_000)
    }

    @Test(
        "each way to fail has its word",
        arguments: [
            (13, "full"), (8, "read-only"), (778, "failing"), (14, "unreachable"), (5, "locked"), (11, "damaged"),
            (8 | 4 << 8, "gone"), (26, "damaged"),
        ] as [(Int32, String)])
    func conditions(code: Int32, word: String) {
        var snapshot = CoreSnapshot()
        snapshot.failure = (StorageError(operation: "commit", path: "/p", code: code, cause: "so"), now)
        let (report, storage) = report(snapshot, underWay: 5000)
        #expect(report.statusLine == "storage failing (\(word)): so")
        #expect(storage.condition == word && storage.failure?.contains("so") == true)
    }
}
