import Ingest
import TestKit
import Testing

/// The machine against a model of broker and storage in which everything fails now and then.
@Suite("SessionMachine under random failures")
struct SessionMachinePropertyTests {
    @Test("never writes what is not committed, loses nothing, comes through and stops in time", arguments: 0..<300)
    func oneRule(round: UInt64) {
        let world = World(seed: 0x5E55 + round)
        var machine = world.makeMachine()
        for _ in 0..<400 { if !world.step(&machine) { return } }
        if world.random(10) < 3 {
            machine.requestStop(now: world.now)
            world.stopRequested = world.now
        }
        for _ in 0..<100 { if !world.step(&machine) { return } }
        world.failurePercent = 0
        guard world.stopRequested == nil else {
            for _ in 0..<2000 where !world.isStopped { if !world.step(&machine) { return } }
            #expect(world.isStopped, "\(world)")
            return
        }
        for _ in 0..<200_000 where world.acknowledged < world.total { if !world.step(&machine) { return } }
        #expect(world.acknowledged == world.total, "all messages come through once failures cease: \(world)")
        for _ in 0..<2000 where !world.isUp { if !world.step(&machine) { return } }
        machine.requestStop(now: world.now)
        world.stopRequested = world.now
        for _ in 0..<2000 where !world.isStopped { if !world.step(&machine) { return } }
        #expect(world.isStopped && world.saidGoodbye, "\(world)")
        #expect(world.now - (world.stopRequested ?? 0) <= 3100, "\(world)")
    }

    /// How many commits and milliseconds it takes to bring in `total` messages of a waiting queue.
    private func drain(_ total: Int, brokerWindow: Int) -> (commits: UInt64, milliseconds: Int64) {
        let world = World(seed: 1)
        world.failurePercent = 0
        world.total = total
        world.brokerWindow = brokerWindow
        world.window = 2000
        world.interval = 1000
        world.isSteady = true
        var machine = world.makeMachine()
        for _ in 0..<1_000_000 where world.acknowledged < total { if !world.step(&machine) { break } }
        return (world.requested, world.now)
    }

    @Test("does not wait for the interval each time with a broker that has fewer messages in flight than we offer")
    func smallerWindow() {
        let drained = drain(10_000, brokerWindow: 20)
        #expect(drained.commits == 500)
        #expect(drained.milliseconds < 250_000, "500 batches at an interval each would take 500 s: \(drained)")
        let full = drain(10_000, brokerWindow: 5000)
        #expect(full.commits <= 6)
    }

    @Test("does not take a slow trickle for a small window for ever: commits stay an interval apart")
    func trickle() {
        let limits = SessionMachine.Limits(window: 2000, commitIntervalMilliseconds: 1000)
        var machine = SessionMachine(limits: limits, now: 0, jitter: { 0 })
        machine.didConnect(now: 0, failures: 0)
        machine.didOpen(now: 0)
        machine.didGreet(now: 0)
        var now: Int64 = 0
        var commits: UInt64 = 0
        /// Messages come at these times, each read at once; as many commits as the machine asks for.
        func receive(every period: Int64, until end: Int64) {
            var arrival = now + period
            while now < end {
                let storage = IntakeStatus(committed: commits, failures: 0, isStorageReady: true)
                switch machine.next(now: now, storage: storage) {
                case .read(let until):
                    now = min(until, arrival)
                    if now == arrival {
                        machine.didReceive(1, now: now)
                        arrival += period
                    }
                case .requestCommit:
                    commits += 1
                    machine.didRequestCommit(commits, now: now)
                case .write: machine.didWrite(isDrained: true, now: now)
                case let other:
                    Issue.record("\(other)")
                    return
                }
            }
        }
        // One message an interval, each shortly after the commit before: it looks like a window of 1.
        receive(every: 1050, until: 60_000)
        let before = commits
        receive(every: 20, until: 360_000)
        // 300 s at an interval of 1 s. Fifty commits a second would wear out an SD card.
        #expect(commits - before < 450 + 1500, "\(commits - before)")
        let settled = commits
        receive(every: 20, until: 660_000)
        #expect(commits - settled <= 300, "\(commits - settled)")
    }
}
