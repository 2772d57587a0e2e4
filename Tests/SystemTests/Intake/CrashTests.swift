import Control
import Storage
import Synchronization
import Telemetry
import TestKit
import Testing

/// The promises under power failures: every acknowledged reading is stored, once, and counted; aggregates are exact.
@Suite("Crashes", .serialized)
struct CrashTests {
    init() { #expect(DayCalendar.useTimeZone("Europe/Amsterdam")) }

    @Test("100 000 readings over 30 kills of the daemon are stored exactly once", .timeLimit(.minutes(6)))
    func killedDaemon() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port)
        var random = SeededGenerator.fromEnvironment()
        try gateway.start()
        #expect(await gateway.isConnected(), "\(gateway.log)")

        let traffic = Traffic(count: 100_000, start: Traffic.recentHour())
        let publication = traffic.publish(to: broker.clientOptions(clientID: "publisher"))
        var killsAmidReadings = 0
        for round in 1...30 {
            await flow(publication, round: round, of: traffic, steps: Int.random(in: 2...50, using: &random))
            gateway.kill()
            if gateway.storedCount < traffic.count * round / 30 { killsAmidReadings += 1 }
            try gateway.start()
        }
        #expect(killsAmidReadings >= 15, "seed \(random.seed): only these kills fell into the flow")
        try await verify(traffic, publication: publication, gateway: gateway, seed: random.seed)
    }

    @Test("restarts of the broker as well lose and double nothing", .timeLimit(.minutes(6)))
    func restartedBroker() async throws {
        var options = PrivateBroker.Options()
        options.isPersistent = true
        let broker = try PrivateBroker(options)
        let gateway = GatewayProcess(broker: broker.port)
        var random = SeededGenerator.fromEnvironment()
        try gateway.start()
        #expect(await gateway.isConnected(), "\(gateway.log)")

        // A publisher that loses its connection sends again what was not acknowledged: only a time tells these apart.
        var traffic = Traffic(count: 100_000, start: Traffic.recentHour())
        traffic.timelessEvery = 0
        let publication = traffic.publish(to: broker.clientOptions(clientID: "publisher"))
        for round in 1...30 {
            await flow(publication, round: round, of: traffic, steps: Int.random(in: 2...50, using: &random))
            if round % 3 == 0 { try broker.restart() }
            gateway.kill()
            try gateway.start()
        }
        try await verify(traffic, publication: publication, gateway: gateway, seed: random.seed)
    }

    /// Lets a thirtieth of the readings go out, little by little, so that what follows falls among the last of them.
    private func flow(_ publication: Traffic.Publication, round: Int, of traffic: Traffic, steps: Int) async {
        let portion = traffic.count / 30
        for step in 1...steps {
            let rest = round == 30 && step == steps ? traffic.count : portion * (round - 1) + portion * step / steps
            publication.allow(rest)
            try? await Task.sleep(for: .milliseconds(10))
        }
    }

    private func verify(
        _ traffic: Traffic, publication: Traffic.Publication, gateway: GatewayProcess, seed: UInt64
    ) async throws {
        #expect(await publication.isFinished())
        #expect(publication.failure.withLock { $0 } == nil)
        let reconnections = publication.reconnections.load(ordering: .relaxed)
        #expect(
            traffic.timelessEvery == 0 || reconnections == 0,
            "the publisher itself has sent readings twice that carry no time: the test says nothing")
        let isComplete = await eventually(within: .seconds(120)) { gateway.storedCount >= traffic.count }
        #expect(isComplete, "seed \(seed): \(gateway.storedCount) of \(traffic.count)\n\(gateway.log.suffix(2000))")
        // Once everything is acknowledged nothing can come again.
        #expect(await eventually { gateway.status?.broker?.unacknowledged == 0 })
        let stored = StoredTraffic(traffic: traffic, reader: try gateway.reader())
        _ = await eventually(within: .seconds(60)) { (try? stored.aggregateDifferences().isEmpty) ?? false }
        #expect(try stored.aggregateDifferences().prefix(5).isEmpty, "seed \(seed)")
        let differences = try stored.readingDifferences()
        #expect(differences.isEmpty, "seed \(seed): \(differences.prefix(5))")
        #expect(try stored.ledgerComplaint() == nil, "seed \(seed)")
        #expect(gateway.stop() == .exited(0), "\(gateway.log.suffix(2000))")
        #expect(try stored.readingDifferences().isEmpty, "seed \(seed), after the end")
    }
}
