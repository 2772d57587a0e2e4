import Control
import GatewayConfiguration
import Glibc
import Storage
import Telemetry
import TestKit
import Testing

@Suite("The quota")
struct QuotaTests {
    init() { #expect(DayCalendar.useTimeZone("Europe/Amsterdam")) }

    private static let sixteen = "quota = \"16MiB\"\nquarantine_limit = \"1MiB\""

    @Test("is shown with what the file uses, and how far back it reaches, also when it is given by a reload")
    func reload() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(
            broker: broker.port, storage: [#"retention = { raw = "1y", "1m" = "2y" }"#, "# quota"])
        try QuotaTests.fill(gateway.databasePath, minutes: 500_000)
        try gateway.start()
        #expect(await gateway.isConnected())
        #expect(await eventually { gateway.status?.space != nil })
        let before = try #require(gateway.status?.space)
        #expect(before.condition == "none" && before.quotaBytes == nil && before.usedBytes > 16 << 20, "\(before)")
        let text = try #require(TemporaryDirectory.read(gateway.configurationPath))
        _ = gateway.directory.write(text.replacing("# quota", with: QuotaTests.sixteen), to: "poort.toml")
        gateway.send(SIGHUP)
        let isWithin = await eventually(within: .seconds(30)) {
            gateway.status?.space.map { $0.condition == "within" && $0.removedReadings > 0 } ?? false
        }
        #expect(await eventually { gateway.status?.storage.databaseBytes ?? .max <= 16 << 20 })
        let space = try #require(gateway.status?.space)
        #expect(isWithin && space.usedBytes <= 16 << 20 && space.quotaBytes == 16 << 20, "\(space)")
        let screen = try gateway.command(["status", "--config", gateway.configurationPath])
        #expect(screen.output.contains("used of 16.8 MB, the oldest goes from 16.4 MB on"), "\(screen.output)")
        #expect(screen.output.contains("windows have gone for it"), "\(screen.output)")
        #expect(screen.output.contains("reaches    back 1m"), "\(screen.output)")
        #expect(gateway.log.contains("the database has nearly reached its quota of 16 MiB"), "\(gateway.log)")
        let ledger = try gateway.command(["ledger", "--verify", "--database", gateway.databasePath])
        #expect(ledger.ending == .exited(0) && ledger.output.contains("for the quota"), "\(ledger.output)")
        let json = try gateway.command(["ledger", "--verify", "--json", "--database", gateway.databasePath])
        #expect(json.output.contains("\"removed_for_quota\":\(space.removedReadings)"), "\(json.output)")
        #expect(json.output.contains("\"removed_windows\":{\"1m\":{\"retention\":"), "\(json.output)")
        #expect(gateway.stop() == .exited(0))
        var file = stat()
        #expect(stat(gateway.databasePath, &file) == 0 && Int64(file.st_size) <= 16 << 20)
        let offline = try gateway.command(["status", "--config", gateway.configurationPath])
        #expect(offline.output.contains("used of 16.8 MB"), "\(offline.output)")
    }

    @Test("that is too small for what must stay is said, and the daemon goes on", .timeLimit(.minutes(1)))
    func tooSmall() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port, storage: ["quota = \"16MiB\""])
        try QuotaTests.fillQuarantine(gateway.databasePath, megabytes: 20)
        try gateway.start()
        #expect(await gateway.isConnected())
        #expect(await eventually { gateway.status?.space?.condition == "too_small" })
        let screen = try gateway.command(["status", "--config", gateway.configurationPath])
        #expect(screen.ending == .exited(1) && screen.output.contains("TOO SMALL"), "\(screen.output)")
        #expect(gateway.log.contains("the quota of 16 MiB is too small"), "\(gateway.log)")
        #expect(gateway.stop() == .exited(0))
    }

    /// Of it nothing goes for the quota.
    private static func fillQuarantine(_ path: String, megabytes: Int) throws {
        let store = try Store(path: path)
        for number in 0..<megabytes {
            let message = QuarantinedMessage(
                received: .now(), source: "s", topic: Array("t/\(number)".utf8),
                payload: [UInt8](repeating: 7, count: 1_000_000), rejection: Rejection(.undecodable, detail: ""))
            #expect(try store.quarantine(message, configuration: ""))
        }
        try store.commit()
    }

    /// Readings and minutes of one series that end five days ago, a reading a minute.
    private static func fill(_ path: String, minutes: Int) throws {
        let store = try Store(path: path)
        let id = try store.identify(Series(number: 0, device: "d", quantity: QuantityCatalogue()["pm10"]!)).id
        let today = DayCalendar.local.day(holding: .now()).lowerBound
        let start = today - 5 * 86_400_000 - Int64(minutes) * 60_000
        var account = SourceLedger(source: "s")
        account.readings.received = minutes
        account.readings.stored = minutes
        try store.add(account)
        for index in 0..<minutes {
            let time = start + Int64(index) * 60_000
            _ = try store.insert(Reading(series: 0, time: time, value: Double(index % 100)), series: id)
            var aggregate = Aggregate(window: Window(.minute, holding: time, days: .local), count: 1)
            aggregate.statistics = .init(
                mean: Double(index), squaredDeviations: 0, minimum: Double(index), minimumTime: time,
                maximum: Double(index), maximumTime: time, first: Double(index), firstTime: time, last: Double(index),
                lastTime: time)
            _ = try store.write(aggregate, series: id)
        }
        try store.commit()
    }
}
