import Control
import Glibc
import MQTT
import Storage
import Telemetry
import TestKit
import Testing

/// The daemon as systemd and a technician meet it.
@Suite("The service", .serialized)
struct ServiceTests {
    @Test("tells systemd that it is ready, alive and stopping", .timeLimit(.minutes(1)))
    func notifications() async throws {
        let broker = try PrivateBroker()
        let notify = try NotifySocket()
        let gateway = GatewayProcess(broker: broker.port)
        try gateway.start(environment: ["NOTIFY_SOCKET": notify.path, "WATCHDOG_USEC": "400000"])
        #expect(await eventually { notify.lines.filter { $0 == "WATCHDOG=1" }.count >= 3 }, "\(notify.lines)")
        #expect(notify.lines.first == "READY=1")
        #expect(await eventually { notify.lines.contains { $0.hasPrefix("STATUS=connected") } }, "\(notify.lines)")
        gateway.send(SIGHUP)
        #expect(await eventually { notify.lines.contains("RELOADING=1") })
        #expect(
            await eventually { notify.lines.last(where: { $0.hasSuffix("=1") && $0 != "WATCHDOG=1" }) == "READY=1" })
        #expect(notify.lines.contains { $0.hasPrefix("MONOTONIC_USEC=") })
        #expect(gateway.stop() == .exited(0))
        #expect(notify.lines.contains("STOPPING=1"))
    }

    @Test("commits, acknowledges and ends within 5 s of SIGTERM amid a flow", .timeLimit(.minutes(2)))
    func stopsInTime() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port)
        try gateway.start()
        #expect(await gateway.isConnected())
        let traffic = Traffic(count: 20_000, start: Traffic.recentHour())
        let publication = traffic.publish(to: broker.clientOptions(clientID: "publisher"))
        publication.allow(traffic.count)
        #expect(await eventually { gateway.storedCount > 100 })
        #expect(gateway.stop(within: 5000) == .exited(0), "\(gateway.log)")

        try gateway.start()
        #expect(await publication.isFinished())
        #expect(await eventually(within: .seconds(60)) { gateway.storedCount >= traffic.count })
        let stored = StoredTraffic(traffic: traffic, reader: try gateway.reader())
        #expect(try stored.readingDifferences().isEmpty)
        let duplicates = try gateway.reader().ledger().reduce(0) { $0 + $1.messages.duplicate }
        #expect(duplicates == 0, "what was stored before the end had been acknowledged, so it does not come again")
        #expect(gateway.stop() == .exited(0))
    }

    @Test("waits for a broker that is away, says so, and connects when it comes", .timeLimit(.minutes(2)))
    func brokerAway() async throws {
        let broker = try PrivateBroker()
        broker.stop()
        let gateway = GatewayProcess(broker: broker.port)
        try gateway.start()
        #expect(await eventually { gateway.status?.broker?.lastError != nil })
        let status = try #require(gateway.status)
        #expect(status.broker?.state != "connected")
        #expect(
            status.broker?.lastError?.contains("is the broker running") == true, "\(status.broker?.lastError ?? "")")
        #expect(status.hasProblem)
        try broker.start()
        #expect(await eventually(within: .seconds(60)) { gateway.status?.broker?.state == "connected" })
        broker.stop()
        #expect(await eventually { gateway.status?.broker?.state != "connected" })
        #expect(gateway.stop() == .exited(0))
    }

    @Test("takes a new configuration at SIGHUP, and keeps the old one when it is wrong", .timeLimit(.minutes(2)))
    func reload() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port)
        try gateway.start()
        #expect(await gateway.isConnected())
        let publisher = try MQTTPublisher(broker.clientOptions(clientID: "publisher"))
        try publisher.publish("sensors/a/d-1/pm10", payload: Array(#"{"value":1}"#.utf8))
        try publisher.drain()
        #expect(await eventually { gateway.storedCount == 1 })

        let old = try #require(TemporaryDirectory.read(gateway.configurationPath))
        gateway.directory.write(old + "\n[[source]]\nformat = \"jsom\"\n", to: "poort.toml")
        gateway.send(SIGHUP)
        #expect(await eventually { gateway.status?.configuration.reloadError != nil })
        #expect(gateway.status?.configuration.reloadError?.contains("json") == true)
        let asked = try ChildProcess(
            GatewayProcess.executable,
            ["status", "--config", gateway.configurationPath, "--socket", gateway.socketPath]
        )
        #expect(asked.wait() == .exited(1), "\(asked.standardError)")
        let second = asked.standardOutput.split(separator: "\n").dropFirst().first
        #expect(second?.contains("RELOAD REFUSED") == true, "\(asked.standardOutput)")
        try publisher.publish("sensors/a/d-1/pm10", payload: Array(#"{"value":2}"#.utf8))
        try publisher.drain()
        #expect(await eventually { gateway.storedCount == 2 })

        let fingerprint = gateway.status?.configuration.fingerprint
        let more = "\n[[source]]\ntopic = \"more/{device}/{quantity}\"\nvalue = \"v\"\n"
        gateway.directory.write(old + more, to: "poort.toml")
        gateway.send(SIGHUP)
        #expect(await eventually { gateway.status?.configuration.reloadError == nil })
        #expect(gateway.status?.configuration.fingerprint != fingerprint)
        #expect(await eventually { gateway.status?.broker?.subscriptions.contains("more/+/+") == true })
        #expect(await gateway.isConnected())
        try publisher.publish("more/d-2/pm10", payload: Array(#"{"v":3}"#.utf8))
        try publisher.publish("sensors/a/d-1/pm10", payload: Array(#"{"value":3}"#.utf8))
        try publisher.drain()
        #expect(await eventually { gateway.storedCount == 4 }, "\(gateway.log)")
        publisher.close()
        #expect(gateway.stop() == .exited(0))
    }

    @Test(
        "still shows a sensor that has been silent since before the start, and what it knows when stopped",
        .timeLimit(.minutes(1)))
    func silentSensor() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port)
        try gateway.start()
        #expect(await gateway.isConnected())
        let publisher = try MQTTPublisher(broker.clientOptions(clientID: "publisher"))
        try publisher.publish("sensors/air/quiet/pm10", payload: Array(#"{"value":12.5}"#.utf8))
        try publisher.drain()
        #expect(await eventually { gateway.storedCount == 1 })
        #expect(gateway.stop() == .exited(0))

        let backwards = ["--from", "2026-11-24T10:00:00Z", "--to", "2026-11-24T09:00:00Z"]
        let query = try gateway.command(["query", "--config", gateway.configurationPath] + backwards)
        #expect(query.ending == .exited(64))
        #expect(query.errors.contains("lies after --to"))
        let offline = try gateway.command(["status", "--config", gateway.configurationPath])
        #expect(offline.ending == .exited(69))
        #expect(offline.errors.contains("the daemon is not running"))
        #expect(offline.output.contains("quiet") && offline.output.contains("12.5"), "\(offline.output)")

        try gateway.start()
        #expect(await gateway.isConnected())
        #expect(gateway.status?.sensors.map(\.device) == ["quiet"])
        try publisher.publish("sensors/air/loud/pm10", payload: Array(#"{"value":1}"#.utf8))
        try publisher.publish("sensors/air/quiet/pm10", payload: Array(#"{"value":2}"#.utf8))
        try publisher.drain()
        publisher.close()
        #expect(await eventually { gateway.status?.sensors.map(\.value) == [1, 2] })
        #expect(gateway.stop() == .exited(0))
    }

    @Test(
        "lets a user read the database who may not write beside it, running or stopped", .timeLimit(.minutes(1)),
        .enabled(if: geteuid() == 0, "it takes root to be another user"))
    func readerWithoutRights() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port)
        chmod(gateway.directory.path, 0o755)
        func ledgerAsNobody() throws -> ChildProcess.Ending? {
            let user = ["--reuid=nobody", "--regid=nogroup", "--clear-groups", GatewayProcess.executable]
            let run = try ChildProcess("setpriv", user + ["ledger", "--config", gateway.configurationPath])
            return run.wait()
        }
        try gateway.start()
        #expect(await gateway.isConnected())
        #expect(try ledgerAsNobody() == .exited(1), "it is for its own user and group")
        // As if nobody were in the group.
        for suffix in ["", "-wal", "-shm"] { chmod(gateway.databasePath + suffix, 0o644) }
        #expect(try ledgerAsNobody() == .exited(0))
        #expect(gateway.stop() == .exited(0))
        #expect(try ledgerAsNobody() == .exited(0))
    }

    @Test("takes back a subscription that went from the configuration while it was stopped", .timeLimit(.minutes(1)))
    func abandonedSubscription() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(
            broker: broker.port, extra: "[[source]]\ntopic = \"old/{device}/{quantity}\"\nvalue = \"value\"")
        try gateway.start()
        #expect(await gateway.isConnected())
        #expect(await eventually { (try? gateway.reader().subscriptions().contains("old/+/+")) ?? false })
        #expect(gateway.stop() == .exited(0))
        let text = try #require(TemporaryDirectory.read(gateway.configurationPath))
        gateway.directory.write(text.replacing("old/{device}", with: "new/{device}"), to: "poort.toml")
        try gateway.start()
        #expect(await eventually { (try? gateway.reader().subscriptions().contains("new/+/+")) ?? false })
        let publisher = try MQTTPublisher(broker.clientOptions(clientID: "publisher"))
        for topic in ["old", "new"] { try publisher.publish("\(topic)/d/pm10", payload: Array(#"{"value":1}"#.utf8)) }
        try publisher.drain()
        publisher.close()
        #expect(await eventually { gateway.storedCount == 1 })
        #expect(gateway.stop() == .exited(0))
        #expect(try gateway.reader().ledger().map(\.messages.received) == [1], "the old topic no longer comes")
    }

    @Test("does not start on a wrong configuration, or on a database in use", .timeLimit(.minutes(1)))
    func refusals() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port, extra: "interval = 10\ntopik = \"x\"")
        let run = try gateway.command(["run", "--config", gateway.configurationPath])
        #expect(run.ending == .exited(78))
        #expect(run.errors.contains("poort.toml:"), "\(run.errors)")
        #expect(run.errors.contains("topik") && run.errors.contains("interval"), "both mistakes: \(run.errors)")

        let first = GatewayProcess(broker: broker.port)
        try first.start()
        #expect(await first.isConnected())
        let second = try first.command(["run", "--config", first.configurationPath])
        #expect(second.ending == .exited(1))
        #expect(second.errors.contains("another poort"), "\(second.errors)")
        #expect(first.status != nil)
        #expect(first.stop() == .exited(0))
    }
}
