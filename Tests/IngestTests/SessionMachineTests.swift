import Ingest
import TestKit
import Testing

@Suite("SessionMachine")
struct SessionMachineTests {
    private let ready = IntakeStatus(committed: 0, failures: 0, isStorageReady: true)
    private let limits = SessionMachine.Limits(window: 100, commitIntervalMilliseconds: 1000)

    private func made(jitter: @escaping () -> Double = { 0.5 }) -> SessionMachine {
        SessionMachine(limits: limits, now: 0, jitter: jitter)
    }

    /// A machine whose connection is up, with the greeting done at 0.
    private func connected() -> SessionMachine {
        var machine = made()
        machine.didConnect(now: 0, failures: 0)
        machine.didOpen(now: 0)
        machine.didGreet(now: 0)
        return machine
    }

    private func next(
        _ machine: inout SessionMachine, at now: Int64, committed: UInt64 = 0, failures: UInt64 = 0, ready: Bool = true
    ) -> SessionMachine.Action {
        machine.next(now: now, storage: IntakeStatus(committed: committed, failures: failures, isStorageReady: ready))
    }

    @Test("connects, greets, reads, commits, acknowledges, says goodbye")
    func wholeLife() {
        var machine = made()
        #expect(next(&machine, at: 0) == .connect)
        machine.didConnect(now: 0, failures: 0)
        #expect(next(&machine, at: 10) == .read(until: 30_000))
        machine.didOpen(now: 20)
        #expect(next(&machine, at: 20) == .greet)
        machine.didGreet(now: 25)
        #expect(next(&machine, at: 30) == .read(until: 1025))
        machine.didReceive(3, now: 40)
        #expect(machine.unacknowledged == 3)
        #expect(next(&machine, at: 50) == .read(until: 1040))
        #expect(next(&machine, at: 1040) == .requestCommit)
        machine.didRequestCommit(1, now: 1040)
        #expect(next(&machine, at: 1041) == .awaitStorage(until: 2041))
        #expect(next(&machine, at: 1050, committed: 1) == .write)
        machine.didWrite(isDrained: true, now: 1051)
        #expect(machine.unacknowledged == 0)
        machine.requestStop(now: 1060)
        #expect(next(&machine, at: 1060, committed: 1) == .sayGoodbye)
        machine.didSayGoodbye()
        #expect(next(&machine, at: 1061, committed: 1) == .stop)
    }

    @Test("commits at once when the broker's window is used up")
    func windowFull() {
        var machine = connected()
        machine.didReceive(99, now: 1)
        #expect(next(&machine, at: 2) == .read(until: 1001))
        machine.didReceive(1, now: 3)
        #expect(next(&machine, at: 3) == .requestCommit)
    }

    @Test("commits a batch an interval after its first message, however many follow")
    func interval() {
        var machine = connected()
        machine.didReceive(1, now: 100)
        machine.didReceive(1, now: 1099)
        #expect(next(&machine, at: 1099) == .read(until: 1100))
        #expect(next(&machine, at: 1100) == .requestCommit)
    }

    @Test("greets only after messages that came with the broker's answer are committed")
    func messagesBeforeGreeting() {
        var machine = made()
        machine.didConnect(now: 0, failures: 0)
        machine.didOpen(now: 1)
        machine.didReceive(2, now: 1)
        #expect(next(&machine, at: 2) == .read(until: 1001))
        #expect(next(&machine, at: 1001) == .requestCommit)
        machine.didRequestCommit(1, now: 1001)
        #expect(next(&machine, at: 1002, committed: 1) == .write)
        machine.didWrite(isDrained: true, now: 1003)
        #expect(next(&machine, at: 1003, committed: 1) == .greet)
    }

    @Test("drops the connection when the storage fails, even where a later commit has gone through")
    func storageFails() {
        var reading = connected()
        #expect(next(&reading, at: 1, ready: false) == .drop(.storageFailed))
        #expect(next(&reading, at: 1, failures: 1) == .drop(.storageFailed))
        var committing = connected()
        committing.didReceive(1, now: 1)
        committing.didRequestCommit(1, now: 2)
        #expect(next(&committing, at: 3, ready: false) == .drop(.storageFailed))
        #expect(next(&committing, at: 3, committed: 5, failures: 1) == .drop(.storageFailed))
        committing.didFail(now: 3)
        #expect(committing.unacknowledged == 0)
        #expect(
            next(&committing, at: 5000, ready: false) == .awaitStorage(until: 6000), "no connection without storage")
    }

    @Test("gives up on a broker that does not answer, or takes nothing")
    func noAnswer() {
        var greeting = made()
        greeting.didConnect(now: 0, failures: 0)
        #expect(next(&greeting, at: 30_000) == .drop(.noAnswer))
        var blocked = connected()
        blocked.didWrite(isDrained: false, now: 1000)
        #expect(next(&blocked, at: 1001) == .awaitWritable(until: 2001))
        blocked.didWrite(isDrained: false, now: 20_000)
        #expect(next(&blocked, at: 30_999) == .awaitWritable(until: 31_999))
        #expect(next(&blocked, at: 31_000) == .drop(.noAnswer))
    }

    @Test("writes on when the socket takes more, and reads nothing before")
    func blockedSocket() {
        var machine = connected()
        machine.didReceive(1, now: 1)
        machine.didRequestCommit(1, now: 1)
        #expect(next(&machine, at: 2, committed: 1) == .write)
        machine.didWrite(isDrained: false, now: 2)
        #expect(machine.unacknowledged == 1)
        #expect(next(&machine, at: 3, committed: 1) == .awaitWritable(until: 1003))
        machine.becameWritable()
        #expect(next(&machine, at: 4, committed: 1) == .write)
        machine.didWrite(isDrained: true, now: 4)
        #expect(machine.unacknowledged == 0)
    }

    @Test("waits twice as long after each failure, a minute at most, with jitter; a commit starts it anew")
    func backoff() {
        var share = 0.999_999
        var machine = made(jitter: { share })
        func delay(after failure: Int64) -> Int64 {
            machine.didFail(now: failure)
            guard case .pause(let until) = machine.next(now: failure, storage: ready) else { return -1 }
            return until - failure
        }
        #expect((0..<9).map { _ in (Double(delay(after: 0)) / 1000).rounded() } == [1, 2, 4, 8, 16, 32, 60, 60, 60])
        for _ in 0..<200 { #expect(delay(after: 0) < 60_000) }
        share = 0.25
        #expect(delay(after: 0) == 15_000)
        #expect(machine.failedAttempts == 210)
        machine.didConnect(now: 0, failures: 0)
        machine.didOpen(now: 0)
        machine.didGreet(now: 0)
        machine.didReceive(1, now: 1)
        machine.didRequestCommit(1, now: 2)
        machine.didWrite(isDrained: true, now: 3)
        #expect(machine.failedAttempts == 0)
        #expect(delay(after: 4) == 250)
    }

    @Test("a connection that is only made does not count as success; one that holds for a minute does")
    func flapping() {
        var machine = made()
        for attempt in 1...3 {
            machine.didConnect(now: 0, failures: 0)
            machine.didOpen(now: 0)
            machine.didGreet(now: 0)
            machine.didWrite(isDrained: true, now: 10)
            machine.didFail(now: 20)
            #expect(machine.failedAttempts == attempt)
        }
        machine.didConnect(now: 0, failures: 0)
        machine.didOpen(now: 0)
        machine.didGreet(now: 0)
        machine.didWrite(isDrained: true, now: 60_000)
        #expect(machine.failedAttempts == 0)
    }

    @Test("commits and acknowledges before it stops, within its limit")
    func stopping() {
        var machine = connected()
        machine.didReceive(1, now: 1)
        machine.requestStop(now: 2)
        machine.requestStop(now: 2000)
        #expect(next(&machine, at: 2) == .requestCommit)
        machine.didRequestCommit(1, now: 2)
        #expect(next(&machine, at: 3) == .awaitStorage(until: 1003))
        #expect(next(&machine, at: 2500) == .awaitStorage(until: 3002), "asking twice does not give more time")
        var inTime = connected()
        inTime.didReceive(1, now: 1)
        inTime.didRequestCommit(1, now: 2)
        inTime.requestStop(now: 3)
        #expect(next(&inTime, at: 9000, committed: 1) == .write, "what is committed is acknowledged")
        #expect(next(&machine, at: 3002) == .drop(.stopping))
        machine.didFail(now: 3002)
        #expect(next(&machine, at: 3002) == .stop)
    }

    @Test("stops at once where nothing is at stake")
    func stopsWhileDown() {
        var down = made()
        down.requestStop(now: 0)
        #expect(next(&down, at: 0) == .stop)
        #expect(next(&down, at: 0, ready: false) == .stop)
        var greeting = made()
        greeting.didConnect(now: 0, failures: 0)
        greeting.requestStop(now: 1)
        #expect(next(&greeting, at: 1) == .drop(.stopping))
    }
}
