import Control
import MQTT
import Storage
import Telemetry
import TestKit
import Testing

/// Three days without a connection to a partner: what is new does not wait for what is old, and the server is spared.
@Suite("Partners after an outage", .serialized)
struct OutageTests {
    private static let seriesCount = 30
    private static let rate = 1000
    private static let minutes = 3 * 24 * 60

    init() { #expect(DayCalendar.useTimeZone("Europe/Amsterdam")) }

    @Test(
        "a backlog of three days goes at the rate that was set, and new windows arrive within a minute of their end",
        .timeLimit(.minutes(8)))
    func threeDays() async throws {
        let street = try PrivateBroker()
        let metrics = try VictoriaMetrics()
        let gateway = GatewayProcess(
            broker: street.port,
            extra: """
                [[partner]]
                name = "metrics"
                sink = "line-protocol"
                url = "\(metrics.writeURL)"
                max_rate = \(OutageTests.rate)
                fields = ["count", "mean"]
                share = [{ tier = ["1m"] }]
                """)
        let backlog = try fill(gateway.databasePath)
        try gateway.start()
        #expect(await gateway.isConnected(), "\(gateway.log)")
        let began = ContinuousClock.now
        let publisher = try MQTTPublisher(street.clientOptions(clientID: "street"))

        // Readings come each second; the windows of two minutes are looked for from their ends on.
        var arrivals: [Duration] = []
        let firstEnd = Timestamp(milliseconds: (Timestamp.now().milliseconds / 60_000 + 1) * 60_000)
        for minute in 0..<2 {
            let end = firstEnd + Int64(minute) * 60_000
            while Timestamp.now() < end {
                try publish(to: publisher)
                try await Task.sleep(for: .milliseconds(500))
            }
            let closed = ContinuousClock.now
            let arrived = await eventually(within: .seconds(58)) {
                (try? publish(to: publisher)) != nil && isThere(end - 60_000, metrics)
            }
            #expect(arrived, "window \(minute)\n\(gateway.status?.partners ?? [])\n\(gateway.log.suffix(2000))")
            arrivals.append(ContinuousClock.now - closed)
        }
        try publisher.drain()
        publisher.close()
        #expect(arrivals.allSatisfy { $0 < .seconds(60) })
        // All that while the backlog went on, no faster than it may.
        let partner = try #require(gateway.status?.partners.first)
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        #expect(partner.pending > 0, "the backlog was gone before the test had begun")
        #expect(Double(partner.delivered) <= Double(OutageTests.rate) * (seconds + 3), "\(partner.delivered)")
        #expect(Double(partner.delivered) > Double(OutageTests.rate) * seconds / 3, "\(partner.delivered)")

        let isDrained = await eventually(within: .seconds(240)) {
            gateway.status?.partners.first.map { $0.pending == 0 } ?? false
        }
        #expect(isDrained, "\(gateway.status?.partners ?? [])")
        #expect(gateway.stop() == .exited(0))
        let held = try metrics.export("pm10_count{device=~\"old-.*\"}")
        #expect(held.count == backlog, "\(held.count) of \(backlog) are there, each once")
        let ledger = try #require(try gateway.reader().partnerLedgers().first)
        #expect(ledger.isBalanced && ledger.counts.delivered >= backlog && ledger.repeated == 0)
    }

    /// A database in which three days of windows wait, each noted when it was closed.
    private func fill(_ path: String) throws -> Int {
        let store = try Store(path: path)
        try store.enterPartner("metrics", backlogMilliseconds: nil)
        let quantity = try #require(QuantityCatalogue()["pm10"])
        let ids = try (0..<OutageTests.seriesCount).map { number in
            try store.identify(
                Series(number: SeriesNumber(number), device: "old-\(number)", quantity: quantity)
            ).id
        }
        let now = Timestamp.now().milliseconds / 60_000 * 60_000
        for minute in 0..<OutageTests.minutes {
            let start = Timestamp(milliseconds: now - Int64(OutageTests.minutes + 5 - minute) * 60_000)
            let window = Window(.minute, holding: start, days: .utc)
            for id in ids {
                var aggregate = Aggregate(window: window, count: 6, expected: 6)
                let value = Double(minute % 100) / 10
                aggregate.statistics = .init(
                    mean: value, squaredDeviations: 0, minimum: value, maximum: value, first: value,
                    firstTime: window.start, last: value, lastTime: window.start + 50_000)
                _ = try store.write(aggregate, series: id)
            }
            try store.recordChanges(now: window.end)
            if minute % 60 == 59 { try store.commit() }
        }
        try store.setState("closed_until", now)
        try store.commit()
        return OutageTests.minutes * OutageTests.seriesCount
    }

    private func publish(to publisher: MQTTPublisher) throws {
        for device in 0..<5 {
            try publisher.publish(
                "sensors/air/new-\(device)/pm10",
                payload: Array("{\"value\":\(10 + device),\"ts\":\(Timestamp.now().milliseconds)}".utf8))
        }
    }

    /// Whether the windows of all devices that begin at a time are at the server.
    private func isThere(_ start: Timestamp, _ metrics: VictoriaMetrics) -> Bool {
        let samples = (try? metrics.export("pm10_count{device=~\"new-.*\"}")) ?? []
        return samples.count { $0.milliseconds == start.milliseconds } == 5
    }
}
