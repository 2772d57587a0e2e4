import Control
import Storage
import Telemetry
import TestKit
import Testing

/// Eight partners, whatever happens: what their servers hold is what the gateway has computed, under each contract.
@Suite("Partners in chaos", .serialized)
struct PartnerChaosTests {
    init() { #expect(DayCalendar.useTimeZone("Europe/Amsterdam")) }

    @Test(
        "20 kills, servers that go and come, connections that are cut: nothing is missing, doubled or outside the contract",
        .timeLimit(.minutes(12)))
    func chaos() async throws {
        var random = SeededGenerator.fromEnvironment()
        let street = try PrivateBroker()
        let servers = try ChaosServers()
        let subscriber = CentralSubscriber(
            servers.broker.clientOptions(clientID: "collector"), filter: "central/#")
        #expect(await subscriber.isSubscribed())
        let passwords = TemporaryDirectory()
        let password = passwords.write(PostgreSQL.Options().password, to: "password", mode: 0o640)
        let gateway = GatewayProcess(
            broker: street.port, extra: servers.configuration(passwordFile: password))
        try gateway.start()
        #expect(await gateway.isConnected(), "\(gateway.log)")

        var traffic = Traffic(count: 24_000, start: Traffic.recentHour())
        traffic.timelessEvery = 0
        let publication = traffic.publish(to: street.clientOptions(clientID: "publisher"))
        let kills = 20
        for round in 1...kills {
            for step in 1...4 {
                publication.allow(traffic.count * (round * 4 - 4 + step) / (kills * 4))
                try await servers.disturb(&random)
                try await Task.sleep(for: .milliseconds(Int.random(in: 100...1500, using: &random)))
            }
            gateway.kill()
            try gateway.start()
        }
        #expect(await publication.isFinished())
        let isStored = await eventually(within: .seconds(60)) { gateway.storedCount >= traffic.count }
        #expect(isStored, "seed \(random.seed): \(gateway.log.suffix(3000))")
        // Pauses of before the last kill are over with it; late windows take a second or two more.
        let isDelivered = await eventually(within: .seconds(240)) { isAtRest(gateway) }
        #expect(isDelivered, "seed \(random.seed): \(gateway.status?.partners ?? [])\n\(gateway.log.suffix(3000))")
        try await Task.sleep(for: .seconds(2))
        #expect(await eventually(within: .seconds(60)) { isAtRest(gateway) })
        let ledger = try gateway.command(["ledger", "--config", gateway.configurationPath])
        #expect(ledger.ending == .exited(0), "seed \(random.seed): \(ledger.output)")
        #expect(gateway.stop() == .exited(0), "\(gateway.log.suffix(2000))")

        let figures = PartnerFigures(reader: try gateway.reader())
        try compare(figures, servers, subscriber, kills: kills, seed: random.seed)
        subscriber.stop()
    }

    /// Whether no window is waiting, neither to be computed nor for a partner.
    private func isAtRest(_ gateway: GatewayProcess) -> Bool {
        guard let status = gateway.status, status.partners.count == ChaosServers.partners.count else { return false }
        return status.partners.allSatisfy { $0.pending == 0 && $0.closed > 0 }
    }

    private func compare(
        _ figures: PartnerFigures, _ servers: ChaosServers, _ subscriber: CentralSubscriber, kills: Int, seed: UInt64
    ) throws {
        func expect(_ partner: String, _ expected: HeldWindows, _ held: HeldWindows, relative: Double = 0) {
            let differences = PartnerFigures.differences(expected, held, relative: relative)
            #expect(
                differences.isEmpty,
                "seed \(seed), \(partner): \(differences.count) of \(expected.count), \(differences.prefix(5))")
            #expect(expected.count > 20, "\(partner) has too little to compare")
        }
        let ledgers = Dictionary(uniqueKeysWithValues: try figures.reader.partnerLedgers().map { ($0.partner, $0) })
        #expect(ledgers.count == ChaosServers.partners.count && ledgers.values.allSatisfy { $0.isBalanced })
        #expect(ledgers.values.allSatisfy { $0.counts.refused == 0 && $0.counts.expired == 0 }, "\(ledgers)")

        let messages = try HeldByServers.rows(subscriber.payloads)
        expect("city", try figures.windows([.minute, .quarter, .hour]), messages.windows)
        // What was on its way when the gateway was killed, and what came twice from the central broker, has no other count.
        let mostRepeats = (ledgers["city"]?.repeated ?? 0) + kills * 500
        #expect(messages.repeats <= mostRepeats && messages.wentBack == 0, "seed \(seed): \(messages.repeats)")
        let lines = try HeldByServers.rows(servers.stickLines)
        expect("stick", try figures.windows([.minute]), lines.windows)
        #expect(lines.repeats == 0 && lines.wentBack == 0, "seed \(seed): \(lines.repeats) lines twice")

        // It keeps eleven digits.
        expect(
            "metrics", try figures.windows([.minute, .hour]), try HeldByServers.windows(of: servers.metrics),
            relative: 1e-9)
        expect(
            "air", try figures.windows([.minute, .quarter]) { ["pm2_5", "temperature"].contains($0.quantity) },
            try HeldByServers.windows(of: servers.influx, database: "poort"))
        expect(
            "late", try figures.windows([.quarter, .hour]) { ["d-0", "d-1", "d-2"].contains($0.device) },
            try HeldByServers.windows(of: servers.influx, database: "late"))
        expect(
            "all", try figures.windows([.minute, .quarter, .hour]),
            try HeldByServers.windows(of: servers.postgres, table: "all_windows"))
        expect(
            "slow", try figures.windows([.quarter]),
            try HeldByServers.windows(of: servers.postgres, table: "slow_windows"))
        let counts = try figures.windows([.minute, .hour]) { $0.quantity == "vehicle_count" }
        try compareCounts(counts, try HeldByServers.windows(of: servers.postgres, table: "traffic_windows"), seed: seed)
    }

    /// What counts few stays as it was when it counted more, if it was ever shared; nothing else may differ.
    private func compareCounts(_ counts: HeldWindows, _ held: HeldWindows, seed: UInt64) throws {
        func increase(_ window: HeldWindow?) -> Double { window?.figures["increase"] ?? 0 }
        func isSmall(_ window: HeldWindow) -> Bool { increase(window) != 0 && increase(window) < 16 }
        func hour(of key: String) -> String {
            let parts = key.split(separator: "|")
            let start = (Int64(parts[3]) ?? 0) / 3_600_000 * 3_600_000
            return PartnerFigures.key(String(parts[0]), String(parts[1]), "1h", start)
        }
        var withheld = Set(counts.filter { isSmall($0.value) }.keys)
        withheld.formUnion(withheld.filter { $0.contains("|1m|") }.map(hour))
        #expect(withheld.count > 10 && withheld.count < counts.count, "\(withheld.count) of \(counts.count)")
        for (key, window) in held {
            #expect(!isSmall(window), "seed \(seed): \(key) is \(window)")
            // Of a counter that may count few only what was counted is shared, and how many readings there were.
            let expected = counts[key].map { whole in
                HeldWindow(
                    revision: whole.revision, figures: whole.figures.filter { ["count", "increase"].contains($0.key) })
            }
            if !withheld.contains(key) { #expect(expected == window, "seed \(seed): \(key)") }
        }
        let missing = counts.keys.filter { !withheld.contains($0) && held[$0] == nil }
        #expect(missing.isEmpty, "seed \(seed): \(missing.prefix(5))")
    }
}
