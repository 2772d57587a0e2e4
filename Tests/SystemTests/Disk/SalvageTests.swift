import Control
import Glibc
import Storage
import Telemetry
import TestKit
import Testing

/// The daemon over a file that is damaged at its start, or becomes so: it goes on, and says so.
@Suite("A damaged database", .serialized)
struct SalvageTests {
    init() { #expect(DayCalendar.useTimeZone("Europe/Amsterdam")) }

    private static let count = 6000

    @Test("is set aside at the start and salvaged, and what comes meanwhile is stored", .timeLimit(.minutes(4)))
    func atStart() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port)
        let traffic = Traffic(count: SalvageTests.count, start: Traffic.recentHour())
        let publication = try await fill(gateway, broker, traffic, upTo: SalvageTests.count / 2)
        #expect(gateway.stop() == .exited(0))
        let stored = gateway.storedCount
        SalvageTests.damage(gateway.databasePath, pages: 2)

        try gateway.start()
        #expect(await gateway.isConnected(), "\(gateway.log)")
        publication.allow(traffic.count)
        #expect(await publication.isFinished())
        try await expectSalvaged(gateway, traffic: traffic, storedBefore: stored)

        let doctor = try gateway.command(["doctor", "--config", gateway.configurationPath])
        #expect(doctor.ending == .exited(1), "\(doctor.output)\(doctor.errors)")
        #expect(doctor.output.contains(".damaged-"), "\(doctor.output)")
        for file in SetAside(path: gateway.databasePath).files {
            for suffix in ["", "-wal", "-shm"] { unlink(file + suffix) }
        }
        #expect(await eventually { gateway.status?.hasProblem == false })
        let healthy = try gateway.command(["doctor", "--config", gateway.configurationPath])
        #expect(healthy.ending == .exited(0), "\(healthy.output)\(healthy.errors)")
        #expect(gateway.stop() == .exited(0))
    }

    @Test("that becomes so while the daemon is at work is set aside and salvaged", .timeLimit(.minutes(4)))
    func whileRunning() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port)
        let traffic = Traffic(count: SalvageTests.count, start: Traffic.recentHour())
        let publication = try await fill(gateway, broker, traffic, upTo: SalvageTests.count / 2)
        // A page that is in the log as well is mended when that is copied: so the log is copied first.
        #expect(gateway.stop() == .exited(0))
        try gateway.start()
        #expect(await gateway.isConnected(), "\(gateway.log)")
        let stored = gateway.storedCount
        SalvageTests.damage(gateway.databasePath, pages: 20)
        // Pages that were read before are not read again so soon.
        gateway.send(SIGHUP)
        #expect(await eventually(within: .seconds(60)) { !SetAside(path: gateway.databasePath).files.isEmpty })
        publication.allow(traffic.count)
        #expect(await publication.isFinished())
        try await expectSalvaged(gateway, traffic: traffic, storedBefore: stored)
        #expect(gateway.log.contains("the database is damaged"))
        #expect(gateway.stop() == .exited(0))
    }

    @Test(
        "is salvaged also when the daemon is killed at any step of it", .timeLimit(.minutes(4)),
        arguments: [
            "salvage.marked", "salvage.aside-wal", "salvage.aside", "salvage.built", "salvage.placed", "salvage.piece",
            "salvage.finished", "salvage.unmarked",
        ])
    func killed(step: String) async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port)
        let traffic = Traffic(count: SalvageTests.count, start: Traffic.recentHour())
        let publication = try await fill(gateway, broker, traffic, upTo: SalvageTests.count / 2)
        // With its log.
        gateway.kill()
        let stored = gateway.storedCount
        #expect(stored > 0)
        SalvageTests.damage(gateway.databasePath + "-wal", pages: 2)
        try gateway.start(environment: ["POORT_FAULT_POINT": step])
        #expect(
            await eventually(within: .seconds(30)) { !gateway.isRunning }, "\(step) was not reached\n\(gateway.log)")
        try gateway.start()
        #expect(await gateway.isConnected(), "\(gateway.log)")
        publication.allow(traffic.count)
        #expect(await publication.isFinished())
        try await expectSalvaged(gateway, traffic: traffic, storedBefore: nil)
        #expect(SetAside(path: gateway.databasePath).files.count == 1)
        #expect(gateway.stop() == .exited(0))
    }

    // MARK: -

    private func fill(
        _ gateway: GatewayProcess, _ broker: PrivateBroker, _ traffic: Traffic, upTo count: Int
    ) async throws -> Traffic.Publication {
        try gateway.start()
        #expect(await gateway.isConnected(), "\(gateway.log)")
        let publication = traffic.publish(to: broker.clientOptions(clientID: "publisher"))
        publication.allow(count)
        #expect(await eventually(within: .seconds(60)) { gateway.storedCount >= count })
        #expect(await eventually { gateway.status?.broker?.unacknowledged == 0 })
        return publication
    }

    /// Every reading is there or counted as lost, none is there twice, and none has another value.
    private func expectSalvaged(_ gateway: GatewayProcess, traffic: Traffic, storedBefore: Int?) async throws {
        let isDone = await eventually(within: .seconds(60)) {
            guard let status = gateway.status else { return false }
            return status.storage.salvageProgress == nil && status.broker?.unacknowledged == 0
                && gateway.storedCount + status.storage.lostReadings >= traffic.count
        }
        let status = try #require(gateway.status)
        #expect(isDone, "\(gateway.storedCount) + \(status.storage.lostReadings) lost\n\(gateway.log.suffix(3000))")
        #expect(status.hasProblem && status.storage.damagedFiles.count == 1)
        let shown = try gateway.command(["status", "--config", gateway.configurationPath])
        #expect(shown.ending == .exited(1) && shown.output.contains("DAMAGED and set aside"), "\(shown.output)")
        let ledger = try gateway.command(["ledger", "--verify", "--config", gateway.configurationPath])
        #expect(ledger.ending == .exited(0), "\(ledger.output)")
        #expect(gateway.storedCount + status.storage.lostReadings == traffic.count)
        if let storedBefore { #expect(status.storage.lostReadings < storedBefore, "\(gateway.log.suffix(3000))") }
        try expectStored(traffic, gateway)
    }

    private func expectStored(_ traffic: Traffic, _ gateway: GatewayProcess) throws {
        var values: [String: Double] = [:]
        var timeless: [String: Set<Double>] = [:]
        for index in 0..<traffic.count {
            let item = traffic[index]
            if let time = item.time {
                values["\(item.device) \(time)"] = item.value
            } else {
                timeless[item.device, default: []].insert(item.value)
            }
        }
        let reader = try gateway.reader()
        let devices = Dictionary(uniqueKeysWithValues: try reader.series().map { ($0.id, $0.device) })
        var wrong = 0
        try reader.readings(in: .distantPast..<(.distantFuture)) { row in
            let device = devices[row.series] ?? ""
            let isRight =
                timeless[device]?.contains(row.value) ?? (values["\(device) \(row.time)"] == row.value)
                || device.hasPrefix("unknown-")
            if !isRight { wrong += 1 }
            return true
        }
        #expect(wrong == 0)
    }

    /// Flips a bit in some pages, all over the file but not in the first quarter of it.
    private static func damage(_ file: String, pages: Int) {
        let descriptor = open(file, O_RDWR | O_CLOEXEC)
        #expect(descriptor >= 0)
        defer { close(descriptor) }
        var information = stat()
        fstat(descriptor, &information)
        for index in 1...pages {
            let place = Int(information.st_size) / 4 + Int(information.st_size) / 2 * index / pages - 1000
            var byte: UInt8 = 0
            pread(descriptor, &byte, 1, place)
            byte ^= 8
            pwrite(descriptor, &byte, 1, place)
        }
    }
}
