import Ingest
import Testing

/// When a batch is committed: by age, by size, by the broker's window, and before the broker wonders.
@Suite("SessionMachine's batches")
struct SessionMachineBatchTests {
    private func connected(_ change: (inout SessionMachine.Limits) -> Void = { _ in }) -> SessionMachine {
        var limits = SessionMachine.Limits(window: 100, commitIntervalMilliseconds: 1000)
        change(&limits)
        var machine = SessionMachine(limits: limits, now: 0, jitter: { 0.5 })
        machine.didConnect(now: 0, failures: 0)
        machine.didOpen(now: 0)
        machine.didGreet(now: 0)
        return machine
    }

    private func next(
        _ machine: inout SessionMachine, at now: Int64, committed: UInt64 = 0, interval: Int64 = 0
    ) -> SessionMachine.Action {
        machine.next(
            now: now,
            storage: IntakeStatus(
                committed: committed, failures: 0, isStorageReady: true, commitIntervalMilliseconds: interval))
    }

    @Test("a batch that has grown large is committed, however young, and the next one begins empty")
    func bytes() {
        var machine = connected { $0.batchBytes = 1000 }
        machine.didReceive(1, bytes: 999, now: 10)
        #expect(machine.roomBytes == 1)
        #expect(next(&machine, at: 10) == .read(until: 1010))
        machine.didReceive(1, bytes: 1, now: 11)
        #expect(next(&machine, at: 11) == .requestCommit)
        machine.didRequestCommit(1, now: 11)
        machine.didWrite(isDrained: true, now: 12)
        #expect(machine.roomBytes == 1000)
        machine.didReceive(1, bytes: 5000, now: 13)
        machine.didFail(now: 14)
        #expect(machine.roomBytes == 1000, "what was let go does not count")
    }

    @Test("the storage may ask for a longer interval than is configured, at any time, and never for a shorter one")
    func stretched() {
        var machine = connected()
        machine.didReceive(1, now: 100)
        #expect(next(&machine, at: 1100, interval: 8000) == .read(until: 8100))
        #expect(next(&machine, at: 1200, interval: 1100) == .requestCommit)
        var second = connected()
        second.didReceive(1, now: 100)
        #expect(next(&second, at: 200, interval: 10) == .read(until: 1100))
        second.didReceive(99, now: 300)
        #expect(next(&second, at: 300, interval: 8000) == .requestCommit, "the broker would wait for nothing")
    }

    @Test("a batch that begins after a silence is committed before the broker has heard nothing for a keepalive")
    func keepAlive() {
        var machine = connected {
            $0.keepAliveMilliseconds = 60_000
            $0.commitIntervalMilliseconds = 30_000
        }
        // Each second there is a chance to ping, which libmosquitto takes once in a keepalive.
        machine.didWrite(isDrained: true, hasSent: false, now: 58_000)
        machine.didReceive(1, now: 59_000)
        #expect(next(&machine, at: 59_000) == .read(until: 60_000))
        #expect(next(&machine, at: 60_000) == .requestCommit)
        machine.didRequestCommit(1, now: 60_000)
        machine.didWrite(isDrained: true, hasSent: true, now: 60_500)
        machine.didReceive(1, now: 61_000)
        #expect(next(&machine, at: 61_000, committed: 1) == .read(until: 91_000), "heard of a moment ago")
    }

    @Test("tells how many messages a broker sends that has fewer in flight than it may")
    func shownWindow() {
        var machine = connected()
        #expect(machine.window == 100)
        var now: Int64 = 0
        for number in UInt64(1)...2 {
            machine.didReceive(20, now: now + 1)
            now += 1001
            #expect(next(&machine, at: now, committed: number - 1) == .requestCommit)
            machine.didRequestCommit(number, now: now)
            machine.didWrite(isDrained: true, now: now)
        }
        #expect(machine.window == 20)
        machine.didReceive(20, now: now + 1)
        #expect(next(&machine, at: now + 1, committed: 2) == .requestCommit)
    }
}
