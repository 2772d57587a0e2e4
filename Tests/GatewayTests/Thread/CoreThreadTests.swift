import CSQLite
import Glibc
import Ingest
import Logging
import Processing
import Storage
import Telemetry
import TestKit
import Testing

@testable import Gateway

@Suite("The core's thread", .timeLimit(.minutes(1)))
struct CoreThreadTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.file("poort.db") }
    private let ten = Timestamp.now()

    private func header(_ readings: UInt16) -> IntakeItem {
        .message(MessageHeader(received: ten, source: 0, packetID: 1, identity: 0, readingCount: readings))
    }

    private func reading(_ offset: Int64) -> IntakeItem {
        .reading(Reading(series: 0, time: ten + offset, value: 1))
    }

    private func series() -> IntakeItem {
        .series(Boxed(Series(number: 0, device: "d", quantity: QuantityCatalogue()["pm10"]!)))
    }

    /// The thread with the writing end of its ring in the test's hands.
    private final class RunningCore {
        let thread = CoreThread()
        private var producer: Ring<IntakeItem>.Producer

        init(path: String) {
            let (producer, _) = thread.start(
                ringCapacity: 64, path: path, storeOptions: StoreOptions(busyTimeoutMilliseconds: 20),
                settings: CoreSettings(), sources: ["test"],
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            self.producer = producer.take()
        }

        func push(_ item: consuming IntakeItem) {
            while !producer.hasRoom() {}
            producer.push(item)
            producer.publish()
            thread.wakeUp.wake()
        }

        var status: IntakeStatus { thread.intake.status }

        /// Returns once everything pushed before has been taken. The first snapshot may come from a turn that had looked
        /// into the ring already; the second comes from a later one.
        func settle() async {
            for _ in 0..<2 { _ = await thread.snapshots.fresh() }
        }

        func stop() -> Bool {
            thread.stop()
            return thread.join(milliseconds: 10_000)
        }
    }

    @Test("commits when asked, and not before")
    func commits() async throws {
        let core = RunningCore(path: path)
        #expect(await eventually { core.status.isStorageReady })
        // Its first turn removes what is expired, and commits that with whatever it has taken by then.
        await core.settle()
        core.push(.connectionOpened(isResumed: false))
        core.push(series())
        core.push(header(1))
        core.push(reading(0))
        await core.settle()
        #expect(try StoreReader(path: path).holdings().readings == 0)
        core.push(.commit(7))
        #expect(await eventually { core.status.committed == 7 })
        #expect(try StoreReader(path: path).holdings().readings == 1)
        #expect(core.stop())
    }

    @Test("after a failure lets go what is left of the connection, and takes in the next one")
    func discardsTheRest() async throws {
        let core = RunningCore(path: path)
        #expect(await eventually { core.status.isStorageReady })
        core.push(.connectionOpened(isResumed: false))
        core.push(series())

        let lock = ForeignLock(on: path)
        core.push(header(2))
        #expect(await eventually { core.status.failures == 1 })
        #expect(!core.status.isStorageReady)
        lock.release()
        #expect(await eventually { core.status.isStorageReady })

        // The rest of the message whose beginning is lost, another one, and a request that must not be confirmed.
        core.push(reading(0))
        core.push(reading(1))
        core.push(header(1))
        core.push(reading(2))
        core.push(.commit(1))
        await core.settle()
        #expect(core.status.committed == 0, "what was let go must not be acknowledged")
        try await expectNextConnectionAlone(in: core)
    }

    @Test("lets go a connection that comes while the store does not work, its rest included")
    func connectionAmidFailure() async throws {
        let core = RunningCore(path: path)
        #expect(await eventually { core.status.isStorageReady })
        core.push(.connectionOpened(isResumed: false))
        core.push(series())
        let lock = ForeignLock(on: path)
        core.push(header(2))
        #expect(await eventually { core.status.failures == 1 })
        core.push(.connectionOpened(isResumed: true))
        core.push(header(2))
        core.push(reading(0))
        await core.settle()
        lock.release()
        #expect(await eventually { core.status.isStorageReady })
        core.push(reading(1))
        core.push(.commit(1))
        await core.settle()
        #expect(core.status.committed == 0, "half of it was never seen")
        try await expectNextConnectionAlone(in: core)
    }

    /// Lets a reading come over a new connection, and expects it and nothing else in the file.
    private func expectNextConnectionAlone(in core: RunningCore) async throws {
        core.push(.connectionOpened(isResumed: true))
        core.push(header(1))
        core.push(reading(3))
        core.push(.commit(2))
        #expect(await eventually { core.status.committed == 2 })
        var times: [Timestamp] = []
        try StoreReader(path: path).readings(in: .distantPast..<(.distantFuture)) {
            times.append($0.time)
            return true
        }
        #expect(times == [ten + 3])
        #expect(core.stop())
    }

    @Test("confirms nothing that went into a file which was taken away, and goes on with a new one")
    func fileTakenAway() async throws {
        let core = RunningCore(path: path)
        #expect(await eventually { core.status.isStorageReady })
        await core.settle()
        core.push(.connectionOpened(isResumed: false))
        core.push(series())
        core.push(header(1))
        core.push(reading(0))
        core.push(.commit(1))
        #expect(await eventually { core.status.committed == 1 })
        #expect(rename(path, path + ".old") == 0)
        core.push(header(1))
        core.push(reading(3))
        core.push(.commit(2))
        #expect(await eventually { core.status.failures == 1 })
        #expect(core.status.committed == 1)
        #expect(await eventually { core.status.isStorageReady })
        try await expectNextConnectionAlone(in: core)
        #expect(try StoreReader(path: path + ".old").holdings().readings == 1, "what was confirmed went with the file")
    }

    @Test("goes on showing sensors and accounts while the store does not work, beside the failure")
    func shownAmidFailure() async throws {
        let core = RunningCore(path: path)
        #expect(await eventually { core.status.isStorageReady })
        core.push(.connectionOpened(isResumed: false))
        core.push(series())
        core.push(header(1))
        core.push(reading(0))
        core.push(.commit(1))
        await core.settle()
        let lock = ForeignLock(on: path)
        core.push(header(1))
        #expect(await eventually { core.status.failures == 1 })
        await core.settle()
        let shown = await core.thread.snapshots.fresh()
        lock.release()
        #expect(shown.failure != nil)
        #expect(shown.sensors.map(\.device) == ["d"])
        #expect(shown.ledger.map(\.messages.received) == [1])
        #expect(shown.databaseBytes > 0)
        #expect(core.stop())
    }

    @Test("computes windows by the clock, and commits them unasked")
    func commitsWindows() async throws {
        let core = RunningCore(path: path)
        #expect(await eventually { core.status.isStorageReady })
        core.push(.connectionOpened(isResumed: false))
        core.push(series())
        core.push(header(1))
        core.push(reading(-3_600_000))
        core.push(.commit(1))
        #expect(await eventually(within: .seconds(20)) { (try? minutes().count) == 1 })
        #expect(core.stop())
    }

    private func minutes() throws -> [Timestamp] {
        var starts: [Timestamp] = []
        try StoreReader(path: path).aggregates(.minute, in: .distantPast..<(.distantFuture)) {
            starts.append($0.aggregate.window.start)
            return true
        }
        return starts
    }
}

/// Another program that holds the database's write lock.
private final class ForeignLock {
    private var handle: OpaquePointer?

    init(on path: String) {
        #expect(sqlite3_open(path, &handle) == SQLITE_OK)
        sqlite3_busy_timeout(handle, 10_000)
        #expect(sqlite3_exec(handle, "BEGIN IMMEDIATE", nil, nil, nil) == SQLITE_OK)
    }

    func release() {
        sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
        sqlite3_close(handle)
    }
}
