import Testing

@testable import Gateway

@Suite("WakeUp")
struct WakeUpTests {
    private func time(_ work: () -> Void) -> Duration { ContinuousClock().measure(work) }

    @Test("that comes between the announcement of a sleep and the sleep is not missed")
    func betweenAnnouncementAndSleep() {
        let wakeUp = WakeUp()
        for _ in 0..<3 {
            wakeUp.announceSleep()
            wakeUp.wake()
            #expect(time { wakeUp.sleep(milliseconds: 3000) } < .seconds(2))
        }
    }

    @Test("while awake costs nothing later: the next sleep is a whole one")
    func whileAwake() {
        let wakeUp = WakeUp()
        wakeUp.wake()
        wakeUp.announceSleep()
        #expect(time { wakeUp.sleep(milliseconds: 50) } >= .milliseconds(49))
    }
}
