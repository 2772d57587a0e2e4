import Control
import Glibc
import MQTT
import Storage
import Telemetry
import TestKit
import Testing

/// The real daemon under a clock that lies.
@Suite("A clock that is wrong")
struct ClockTests {
    @Test("boots in 1970, loses nothing, and files everything where it came once it is set", .timeLimit(.minutes(2)))
    func bootIn1970() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port)
        let clock = try LyingClock(in: gateway.directory)
        clock.show(Timestamp(seconds: 30))
        try gateway.start(environment: clock.environment)
        #expect(await gateway.isConnected(), "\(gateway.log)")
        #expect(gateway.log.contains("the clock says 1970-01-01T00:00:3"), "\(gateway.log)")
        let status = try #require(gateway.status)
        #expect(status.clock?.isTrusted == false && status.hasProblem)

        let publisher = try MQTTPublisher(broker.clientOptions(clientID: "publisher"))
        let began = Timestamp.now()
        for value in 1...20 {
            try publisher.publish("sensors/test/d/pm10", payload: Array("{\"value\":\(value)}".utf8))
        }
        let own = "{\"value\":21,\"ts\":\(began.milliseconds - 60_000)}"
        try publisher.publish("sensors/test/d/pm10", payload: Array(own.utf8))
        try publisher.drain()
        #expect(await eventually { (try? gateway.reader().holdings().undated) == 21 }, "\(gateway.log)")
        let ended = Timestamp.now()
        #expect(
            try gateway.command(["ledger", "--verify", "--config", gateway.configurationPath]).ending == .exited(0))
        #expect(
            try gateway.command(["status", "--config", gateway.configurationPath]).output.contains("21 readings wait"))

        // A crash changes nothing: it is the same boot.
        gateway.kill()
        try gateway.start(environment: clock.environment)
        #expect(await gateway.isConnected(), "\(gateway.log)")
        #expect(gateway.status?.clock?.undated == 21)
        clock.showTruth()
        #expect(await eventually { gateway.storedCount == 21 }, "\(gateway.log)")
        publisher.close()

        var found: [StoreReader.ReadingRow] = []
        try gateway.reader().readings(in: .distantPast..<(.distantFuture)) {
            found.append($0)
            return true
        }
        #expect(found.map(\.value) == [21] + (1...20).map(Double.init))
        #expect(found.first?.time == began - 60_000)
        #expect(
            found.dropFirst().allSatisfy { $0.time >= began - 100 && $0.time <= ended + 100 },
            "\(found.map(\.time)) between \(began) and \(ended)")
        #expect(
            try gateway.command(["ledger", "--verify", "--config", gateway.configurationPath]).ending == .exited(0))
        #expect(await eventually { gateway.status.map { $0.clock?.isTrusted == true && !$0.hasProblem } ?? false })
        #expect(gateway.log.contains("the clock was set forward by"))
        #expect(gateway.stop() == .exited(0))
    }

    @Test(
        "is set back by an hour while the daemon runs: it is logged, shown, and what comes is filed by it",
        .timeLimit(.minutes(2)))
    func setBack() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port)
        let clock = try LyingClock(in: gateway.directory)
        clock.show(.now() + 3_600_000)
        try gateway.start(environment: clock.environment)
        #expect(await gateway.isConnected(), "\(gateway.log)")
        let publisher = try MQTTPublisher(broker.clientOptions(clientID: "publisher"))
        try publisher.publish("sensors/test/d/pm10", payload: Array(#"{"value":1}"#.utf8))
        try publisher.drain()
        #expect(await eventually { gateway.storedCount == 1 })
        clock.showTruth()
        #expect(await eventually { gateway.log.contains("the clock was set back by 3") }, "\(gateway.log)")
        let began = Timestamp.now()
        try publisher.publish("sensors/test/d/pm10", payload: Array(#"{"value":2}"#.utf8))
        try publisher.drain()
        #expect(await eventually { gateway.storedCount == 2 })
        publisher.close()
        var times: [Timestamp] = []
        try gateway.reader().readings(in: .distantPast..<(.distantFuture)) {
            times.append($0.time)
            return true
        }
        #expect(times[0] >= began - 100 && times[0] - began < 60_000)
        #expect(times[1] - began > 3_500_000)
        let step = try #require(gateway.status?.clock?.lastStepSeconds)
        #expect(step < -3590 && step > -3610)
        #expect(gateway.stop() == .exited(0))
    }
}
