import Control
import Storage
import Telemetry
import TestKit
import Testing

/// What SIGHUP makes of partners.
@Suite("Partners over a reload", .serialized)
struct PartnerReloadTests {
    init() { #expect(DayCalendar.useTimeZone("Europe/Amsterdam")) }

    private func partner(_ name: String, _ directory: TemporaryDirectory, tier: String = "1m") -> String {
        """
        [[partner]]
        name = "\(name)"
        sink = "file"
        directory = "\(directory.path)"
        share = [{ tier = ["\(tier)"] }]

        """
    }

    @Test("come, change, go and come back to where they were", .timeLimit(.minutes(3)))
    func reload() async throws {
        let street = try PrivateBroker()
        let (first, second) = (TemporaryDirectory(), TemporaryDirectory())
        let gateway = GatewayProcess(broker: street.port, extra: partner("first", first))
        try gateway.start()
        #expect(await gateway.isConnected(), "\(gateway.log)")
        let base = try #require(TemporaryDirectory.read(gateway.configurationPath))
        func reload(_ text: String) async throws {
            let before = gateway.status?.configuration.loaded
            gateway.directory.write(text, to: "poort.toml")
            gateway.send(1)
            #expect(await eventually { gateway.status?.configuration.loaded != before }, "\(gateway.log.suffix(1000))")
        }
        var traffic = Traffic(count: 6000, start: Traffic.recentHour())
        traffic.timelessEvery = 0
        let publication = traffic.publish(to: street.clientOptions(clientID: "publisher"))
        publication.allow(2000)
        #expect(
            await eventually { gateway.status?.partners.first.map { $0.delivered > 200 && $0.pending == 0 } ?? false })

        try await reload(base + partner("second", second, tier: "15m"))
        #expect(await eventually { gateway.status?.partners.count == 2 })
        publication.allow(4000)
        #expect(
            await eventually { gateway.status?.partners.last.map { $0.delivered > 20 && $0.pending == 0 } ?? false })

        // Without the first: what is closed meanwhile waits for it.
        let header = base.replacing(partner("first", first), with: "")
        try await reload(header + partner("second", second, tier: "15m"))
        publication.allow(6000)
        #expect(await publication.isFinished())
        #expect(
            await eventually { (gateway.status?.partners.first).map { $0.pending > 200 && $0.sink == nil } ?? false })
        try await reload(base + partner("second", second, tier: "15m"))
        #expect(
            await eventually { gateway.status?.partners.allSatisfy { $0.pending == 0 && $0.sink != nil } ?? false },
            "\(gateway.status?.partners ?? [])")
        try await Task.sleep(for: .seconds(2))
        #expect(await eventually { gateway.status?.partners.allSatisfy { $0.pending == 0 } ?? false })
        #expect(gateway.stop() == .exited(0), "\(gateway.log.suffix(2000))")

        let figures = try PartnerFigures(reader: try gateway.reader()).windows([.minute])
        let rows = try HeldByServers.rows(lines(first))
        #expect(Set(rows.windows.keys) == Set(figures.keys) && rows.repeats == 0 && rows.wentBack == 0)
        #expect(rows.windows.allSatisfy { figures[$0.key]?.revision == $0.value.revision })
        #expect(try gateway.reader().partnerLedgers().allSatisfy { $0.isBalanced })
    }

    private func lines(_ directory: TemporaryDirectory) -> [[UInt8]] {
        TemporaryDirectory.names(in: directory.path).filter { $0.hasSuffix(".ndjson") }.sorted().flatMap { name in
            (TemporaryDirectory.bytes(of: directory.file(name)) ?? []).split(separator: UInt8(ascii: "\n")).map(
                Array.init)
        }
    }
}
