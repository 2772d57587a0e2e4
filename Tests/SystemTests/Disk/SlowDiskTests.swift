import Control
import Storage
import Telemetry
import TestKit
import Testing

/// A disk that takes seconds, or half a minute, to make something durable.
@Suite("Slow disks", .serialized)
struct SlowDiskTests {
    init() { #expect(DayCalendar.useTimeZone("Europe/Amsterdam")) }

    @Test(
        "is shown while a commit is under way and until a quick one follows; the broker stays connected",
        .timeLimit(.minutes(3)))
    func slow() async throws {
        let broker = try PrivateBroker()
        let notify = try NotifySocket()
        notify.startReading()
        defer { notify.stopReading() }
        let directory = TemporaryDirectory()
        let disk = try FalteringDisk(in: directory)
        let gateway = GatewayProcess(broker: broker.port)
        try gateway.start(
            environment: disk.environment.merging(
                ["NOTIFY_SOCKET": notify.path, "WATCHDOG_USEC": "400000"], uniquingKeysWith: { $1 }))
        #expect(await gateway.isConnected(), "\(gateway.log)")
        let traffic = Traffic(count: 4000, start: Traffic.recentHour())
        let publication = traffic.publish(to: broker.clientOptions(clientID: "publisher"))
        publication.allow(2000)
        #expect(await eventually { gateway.storedCount >= 1000 })

        disk.be(.blocked)
        publication.allow(traffic.count)
        let isShown = await eventually { gateway.status?.storage.slowDisk?.underWaySeconds ?? 0 >= 3 }
        let status = gateway.status
        #expect(isShown && status?.storage.condition == "slow" && status?.hasProblem == true, "\(gateway.log)")
        #expect(status?.storage.failure == nil && status?.broker?.state == "connected")
        let screen = try gateway.command(["status", "--config", gateway.configurationPath])
        #expect(screen.ending == .exited(1))
        #expect(screen.output.contains("slow disk: a commit has been under way for"), "\(screen.output)")
        let watch = try gateway.command(["watch", "--config", gateway.configurationPath, "--seconds", "1"])
        #expect(watch.output.contains("slow disk"), "\(watch.output)")
        #expect(await eventually { notify.lines.contains { $0.hasPrefix("STATUS=slow disk: a commit") } })

        disk.be(.well)
        #expect(await publication.isFinished())
        let isComplete = await eventually(within: .seconds(60)) { gateway.storedCount >= traffic.count }
        #expect(isComplete, "\(gateway.storedCount)\n\(gateway.log)")
        #expect(await eventually { gateway.status.map { !$0.hasProblem } ?? false })
        let after = try #require(gateway.status)
        #expect(after.storage.condition == "working" && after.storage.slowDisk?.slowCommits ?? 0 >= 1)
        #expect(after.storage.slowDisk?.slowestMilliseconds ?? 0 >= 3000)
        #expect(after.broker?.connections == 1, "the keepalive had room for it")
        #expect(gateway.log.contains("slow disk: a commit took"), "\(gateway.log)")
        #expect(gateway.log.contains("the disk is quick again"))
        let stored = StoredTraffic(traffic: traffic, reader: try gateway.reader())
        #expect(try stored.readingDifferences().isEmpty)
        #expect(try stored.ledgerComplaint() == nil)
        #expect(gateway.stop() == .exited(0))
    }

    @Test(
        "is no reason for the watchdog, and one that outlasts the keepalive costs a connection and no message",
        .timeLimit(.minutes(3)))
    func blockedBeyondAllLimits() async throws {
        let broker = try PrivateBroker()
        let notify = try NotifySocket()
        notify.startReading()
        defer { notify.stopReading() }
        let directory = TemporaryDirectory()
        let disk = try FalteringDisk(in: directory)
        let gateway = GatewayProcess(broker: broker.port, keepAlive: "5s")
        try gateway.start(
            environment: disk.environment.merging(
                ["NOTIFY_SOCKET": notify.path, "WATCHDOG_USEC": "400000"], uniquingKeysWith: { $1 }))
        #expect(await gateway.isConnected(), "\(gateway.log)")
        let traffic = Traffic(count: 4000, start: Traffic.recentHour())
        let publication = traffic.publish(to: broker.clientOptions(clientID: "publisher"))
        publication.allow(1000)
        #expect(await eventually { gateway.storedCount >= 500 })

        disk.be(.blocked)
        publication.allow(traffic.count)
        // The watchdog bears 20 s of silence from a thread that hangs elsewhere, and the broker 7.5 s of ours.
        let isLong = await eventually(within: .seconds(60)) {
            gateway.status?.storage.slowDisk?.underWaySeconds ?? 0 >= 24
        }
        #expect(isLong, "\(gateway.log)")
        let beats = notify.lines.filter { $0 == "WATCHDOG=1" }.count
        #expect(await eventually { notify.lines.filter { $0 == "WATCHDOG=1" }.count > beats })

        disk.be(.well)
        #expect(await publication.isFinished())
        let isComplete = await eventually(within: .seconds(60)) { gateway.storedCount >= traffic.count }
        #expect(isComplete, "\(gateway.storedCount)\n\(gateway.log)")
        #expect(await eventually { gateway.status.map { !$0.hasProblem && $0.broker?.unacknowledged == 0 } ?? false })
        #expect(gateway.status?.broker?.connections ?? 0 >= 2)
        #expect(!gateway.log.contains("no sign of life"), "\(gateway.log)")
        let stored = StoredTraffic(traffic: traffic, reader: try gateway.reader())
        #expect(try stored.readingDifferences().isEmpty)
        #expect(try stored.ledgerComplaint() == nil)
        #expect(gateway.stop() == .exited(0))
    }
}
