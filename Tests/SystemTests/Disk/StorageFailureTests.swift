import Control
import CSQLite
import Storage
import Telemetry
import TestKit
import Testing

/// When the disk gives out nothing is acknowledged, so nothing is lost; and the daemon gets over it by itself.
@Suite("Storage failures", .serialized)
struct StorageFailureTests {
    init() { #expect(DayCalendar.useTimeZone("Europe/Amsterdam")) }

    @Test(
        "a disk that fills up amid the flow and is freed again loses nothing", .timeLimit(.minutes(4)),
        .enabled(if: SmallDisk.isPossible, "mounting a small disk takes root"))
    func fullDisk() async throws {
        let disk = try SmallDisk(megabytes: 24)
        try await fail(databaseDirectory: disk.path, expecting: "full", condition: ["full"]) { _ in
            disk.fill()
        } recover: { _ in
            disk.free()
        }
    }

    @Test("a limit on the file's size, reached and lifted again, loses nothing", .timeLimit(.minutes(4)))
    func sizeLimit() async throws {
        try await fail(expecting: "disk I/O error", condition: ["failing"]) { gateway in
            limitFileSize(of: gateway, to: "300000")
        } recover: { gateway in
            limitFileSize(of: gateway, to: "unlimited")
        }
    }

    @Test("a database that another program has locked is waited for", .timeLimit(.minutes(4)))
    func lockedDatabase() async throws {
        let lock = ForeignLock()
        try await fail(expecting: "locked", condition: ["locked"]) { gateway in
            lock.take(gateway.databasePath)
        } recover: { _ in
            lock.release()
        }
    }

    /// Lets readings flow, breaks the storage amid them, mends it, and looks at what is stored at the end.
    /// - Parameter conditions: one of the words by which status tells it.
    func fail(
        databaseDirectory: String? = nil, expecting words: String, condition conditions: Set<String>,
        environment: [String: String] = [:], _ breakStorage: (GatewayProcess) -> Void,
        recover: (GatewayProcess) async -> Void
    ) async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port, databaseDirectory: databaseDirectory)
        let notify = try NotifySocket()
        notify.startReading()
        defer { notify.stopReading() }
        try gateway.start(
            environment: environment.merging(
                ["NOTIFY_SOCKET": notify.path, "WATCHDOG_USEC": "1000000"], uniquingKeysWith: { $1 }))
        #expect(await gateway.isConnected(), "\(gateway.log)")
        let traffic = Traffic(count: 30_000, start: Traffic.recentHour())
        let publication = traffic.publish(to: broker.clientOptions(clientID: "publisher"))
        publication.allow(10_000)
        #expect(await eventually { gateway.storedCount >= 1000 })

        breakStorage(gateway)
        publication.allow(20_000)
        var failing = gateway.status
        let isShown = await eventually(within: .seconds(60)) {
            failing = gateway.status
            // The first words are those of the call that failed; what there is to do shows at the next attempt.
            // The connection is shut by another thread, which hears of it a moment later.
            return failing.map {
                $0.storage.failure?.contains(words) ?? false && conditions.contains($0.storage.condition ?? "")
                    && $0.broker?.state != "connected"
            } ?? false
        }
        #expect(isShown, "\(gateway.log.suffix(2000))")
        #expect(failing?.storage.failure?.contains(words) == true, "\(failing?.storage.failure ?? "no failure")")
        #expect(failing?.broker?.state != "connected")
        #expect(
            await eventually {
                notify.lines.contains { line in conditions.contains { line.hasPrefix("STATUS=storage failing (\($0))") }
                }
            })
        #expect(failing?.hasProblem == true)
        #expect(gateway.isRunning)

        await recover(gateway)
        publication.allow(traffic.count)
        #expect(await publication.isFinished())
        let isComplete = await eventually(within: .seconds(90)) { gateway.storedCount >= traffic.count }
        #expect(isComplete, "\(gateway.storedCount) stored\n\(gateway.log.suffix(3000))")
        #expect(await eventually { gateway.status.map { !$0.hasProblem && $0.broker?.unacknowledged == 0 } ?? false })
        let stored = StoredTraffic(traffic: traffic, reader: try gateway.reader())
        _ = await eventually(within: .seconds(60)) { (try? stored.aggregateDifferences().isEmpty) ?? false }
        #expect(try stored.aggregateDifferences().prefix(5).isEmpty)
        #expect(try stored.readingDifferences().isEmpty)
        #expect(try stored.ledgerComplaint() == nil)
        #expect(gateway.stop() == .exited(0))
    }

    private func limitFileSize(of gateway: GatewayProcess, to bytes: String) {
        let setting = try? ChildProcess("prlimit", ["--pid", "\(gateway.processID)", "--fsize=\(bytes):unlimited"])
        #expect(setting?.wait() == .exited(0))
    }
}

/// A program that holds the database's write lock.
private final class ForeignLock {
    private var handle: OpaquePointer?

    func take(_ path: String) {
        #expect(sqlite3_open(path, &handle) == SQLITE_OK)
        sqlite3_busy_timeout(handle, 10_000)
        #expect(sqlite3_exec(handle, "BEGIN IMMEDIATE", nil, nil, nil) == SQLITE_OK)
    }

    func release() {
        sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
        sqlite3_close(handle)
        handle = nil
    }
}
