import CSQLite
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

        func stop() -> Bool {
            thread.stop()
            return thread.join(milliseconds: 10_000)
        }
    }

    @Test("commits when asked, and not before")
    func commits() async throws {
        let core = RunningCore(path: path)
        #expect(await eventually { core.status.isStorageReady })
        core.push(.connectionOpened(isResumed: false))
        core.push(series())
        core.push(header(1))
        core.push(reading(0))
        _ = await core.thread.snapshots.fresh()
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

        var lock: OpaquePointer?
        #expect(sqlite3_open(path, &lock) == SQLITE_OK)
        sqlite3_busy_timeout(lock, 10_000)
        #expect(sqlite3_exec(lock, "BEGIN IMMEDIATE", nil, nil, nil) == SQLITE_OK)
        core.push(header(2))
        #expect(await eventually { core.status.failures == 1 })
        #expect(!core.status.isStorageReady)
        sqlite3_exec(lock, "ROLLBACK", nil, nil, nil)
        sqlite3_close(lock)
        #expect(await eventually { core.status.isStorageReady })

        // The rest of the message whose beginning is lost, another one, and a request that must not be confirmed.
        core.push(reading(0))
        core.push(reading(1))
        core.push(header(1))
        core.push(reading(2))
        core.push(.commit(1))
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
}
