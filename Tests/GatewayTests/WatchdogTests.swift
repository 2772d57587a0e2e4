import Testing

@testable import Gateway

@Suite("Watchdog")
struct WatchdogTests {
    private let watchdog = Watchdog(hearts: [
        .init(name: "broker", lastBeat: { 1000 }, limitMilliseconds: 500),
        .init(name: "core", lastBeat: { 1200 }, limitMilliseconds: 500),
    ])

    @Test(
        "names every thread that has not had its turn in time",
        arguments: [(1500, []), (1501, ["broker"]), (1701, ["broker", "core"])] as [(Int64, [String])])
    func overdue(now: Int64, names: [String]) {
        #expect(watchdog.overdue(at: now) == names)
    }
}
