import Control
import Storage
import Telemetry
import TestKit
import Testing

@Suite("The flash budget")
struct FlashBudgetTests {
    init() { #expect(DayCalendar.useTimeZone("Europe/Amsterdam")) }

    @Test("what is written is measured and shown, also without a budget", .timeLimit(.minutes(1)))
    func measured() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(broker: broker.port)
        try gateway.start()
        #expect(await gateway.isConnected())
        let isShown = await eventually(within: .seconds(20)) { gateway.status?.wear?.writtenTodayBytes ?? 0 > 0 }
        let wear = try #require(gateway.status?.wear)
        #expect(isShown && wear.isMeasured, "\(wear)")
        #expect(wear.verdict == "none" && wear.budgetBytesPerDay == nil && wear.commitIntervalMilliseconds == 200)
        let screen = try gateway.command(["status", "--config", gateway.configurationPath])
        #expect(screen.output.contains("written today"), "\(screen.output)")
        #expect(gateway.stop() == .exited(0))
    }

    @Test(
        "the day's account outlives a restart: a budget that is used up stretches commits from the start",
        .timeLimit(.minutes(1)))
    func spentBeforeRestart() async throws {
        let broker = try PrivateBroker()
        let gateway = GatewayProcess(
            broker: broker.port, storage: ["flash_budget = \"1GiB/day\""], keepAlive: "20s")
        try gateway.start()
        #expect(await gateway.isConnected())
        #expect(gateway.status?.wear?.verdict == "within")
        #expect(gateway.stop() == .exited(0))
        let store = try Store(path: gateway.databasePath)
        let today = DayCalendar.local.day(holding: .now())
        try store.setState("wear_day", today.lowerBound.milliseconds)
        try store.setState("wear_written", 2 << 30)
        try store.commit()
        withExtendedLifetime(store) {}

        try gateway.start()
        let isStretched = await eventually { gateway.status?.wear?.commitIntervalMilliseconds == 10_000 }
        let wear = try #require(gateway.status?.wear)
        #expect(isStretched && wear.verdict == "spent" && wear.writtenTodayBytes >= 2 << 30, "\(wear)")
        #expect(gateway.log.contains("the flash budget of 1 GiB/day is used up for today"), "\(gateway.log)")
        let screen = try gateway.command(["status", "--config", gateway.configurationPath])
        #expect(screen.output.contains("commits are 10 s apart until midnight"), "\(screen.output)")
        let check = try gateway.command(["check", "--config", gateway.configurationPath])
        #expect(check.output.contains("budget 1GiB/day"), "\(check.output)")

        // With nothing else to wait for, the commit that holds a message comes when the interval in force is over.
        let traffic = Traffic(count: 10, start: Traffic.recentHour())
        let publication = traffic.publish(to: broker.clientOptions(clientID: "publisher"))
        publication.allow(traffic.count)
        #expect(await publication.isFinished())
        #expect(await eventually { gateway.status?.broker?.unacknowledged == traffic.count })
        #expect(await eventually(within: .seconds(30)) { gateway.storedCount == traffic.count })
        #expect(gateway.stop() == .exited(0))
    }
}
