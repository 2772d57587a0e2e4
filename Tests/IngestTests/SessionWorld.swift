import Ingest
import TestKit
import Testing

/// A broker with a queue, a storage, and a clock, which fail at random; all in model time.
final class World: CustomStringConvertible {
    private(set) var now: Int64 = 0
    private var generator: SeededGenerator
    var failurePercent = 8
    var total = 1000
    var window: Int
    var interval: Int64
    /// How many messages the broker has in flight at most.
    var brokerWindow: Int
    /// Whether every read brings all that may be in flight, at once.
    var isSteady = false

    // The broker.
    /// Connected and greeted.
    private(set) var isUp = false
    private var answersAt: Int64?
    private(set) var acknowledged = 0
    /// Sent to the machine and not acknowledged; of these, so many are not committed.
    private var inFlight = 0
    private var uncommitted = 0

    // The storage.
    private var storage = IntakeStatus(committed: 0, failures: 0, isStorageReady: true)
    private(set) var requested: UInt64 = 0
    private var covered = 0
    private var commitAt: Int64?
    private var repairedAt: Int64?

    var stopRequested: Int64?
    private(set) var isStopped = false
    private(set) var saidGoodbye = false
    private var idleSteps = 0
    private var last: SessionMachine.Action?

    init(seed: UInt64) {
        generator = SeededGenerator(seed: seed)
        window = Int.random(in: 1...300, using: &generator)
        interval = Int64.random(in: 100...5000, using: &generator)
        brokerWindow = Int.random(in: 1...400, using: &generator)
    }

    var description: String {
        "seed \(generator.seed), \(now) ms, \(acknowledged) of \(total), \(inFlight) in flight, last \(String(describing: last))"
    }

    func random(_ limit: Int64) -> Int64 { Int64.random(in: 0..<max(1, limit), using: &generator) }
    private func fails() -> Bool { failurePercent > 0 && random(100) < Int64(failurePercent) }

    func makeMachine() -> SessionMachine {
        SessionMachine(
            limits: SessionMachine.Limits(window: window, commitIntervalMilliseconds: interval), now: 0,
            jitter: { [unowned self] in Double(random(1000)) / 1000 })
    }

    /// Carries out what the machine says.
    /// - Returns: false when a rule was broken, so that one failure is not reported a thousand times.
    func step(_ machine: inout SessionMachine) -> Bool {
        settleStorage()
        let before = now
        let action = machine.next(now: now, storage: storage)
        last = action
        let isRight = carryOut(action, &machine)
        #expect(machine.unacknowledged == inFlight, "\(self)")
        idleSteps = now == before ? idleSteps + 1 : 0
        if idleSteps > 20 * (total + 10) {
            Issue.record("goes round and round: \(self)")
            return false
        }
        return isRight && machine.unacknowledged == inFlight
    }

    private func carryOut(_ action: SessionMachine.Action, _ machine: inout SessionMachine) -> Bool {
        switch action {
        case .connect: connect(&machine)
        case .read(let until): read(until: until, &machine)
        case .greet:
            guard mayWrite() else { return false }
            if fails() { return lose(&machine) }
            machine.didGreet(now: now)
            isUp = true
        case .requestCommit:
            guard inFlight > 0, commitAt == nil || storage.committed < requested else {
                return broken("a commit of nothing")
            }
            requested += 1
            covered = uncommitted
            commitAt = now + random(fails() ? 20_000 : 50)
            machine.didRequestCommit(requested, now: now)
        case .awaitStorage(let until):
            now = max(now + 1, min(until, [commitAt, repairedAt].compactMap(\.self).min() ?? until))
        case .write:
            guard mayWrite() else { return false }
            if fails() { return lose(&machine) }
            let isDrained = !fails()
            if isDrained {
                acknowledged += inFlight
                inFlight = 0
            }
            machine.didWrite(isDrained: isDrained, now: now)
        case .awaitWritable(let until):
            if fails() { now = max(until, now + 1) } else { machine.becameWritable() }
        case .drop: return lose(&machine)
        case .pause(let until):
            guard until > now else { return broken("a pause into the past") }
            now = until
        case .sayGoodbye:
            guard mayWrite() else { return false }
            if fails() { return lose(&machine) }
            saidGoodbye = true
            machine.didSayGoodbye()
        case .stop:
            guard stopRequested != nil else { return broken("stops unasked") }
            isStopped = true
        }
        return true
    }

    /// The one rule: writing sends the acknowledgement of everything that was read.
    private func mayWrite() -> Bool {
        uncommitted == 0 ? true : broken("\(uncommitted) messages would be acknowledged that are not committed")
    }

    private func broken(_ rule: String) -> Bool {
        Issue.record("\(rule): \(self)")
        return false
    }

    private func connect(_ machine: inout SessionMachine) {
        if fails() {
            now += random(5000)
            machine.didFail(now: now)
            return
        }
        answersAt = now + random(fails() ? 60_000 : 20)
        machine.didConnect(now: now, failures: storage.failures)
    }

    private func read(until: Int64, _ machine: inout SessionMachine) {
        if fails() {
            now += random(100)
            _ = lose(&machine)
            return
        }
        if let answer = answersAt {
            now = max(now + 1, min(until, answer))
            guard now >= answer else { return }
            answersAt = nil
            machine.didOpen(now: now)
            // Messages of a resumed session can come with the answer.
            if random(2) == 0 { return }
        }
        let waiting = min(total - acknowledged, brokerWindow) - inFlight
        if waiting <= 0 || (!isSteady && random(4) == 0) {
            now = max(now, until)
            return
        }
        now += isSteady ? 1 : min(random(200), max(0, until - now))
        let room = max(1, window - inFlight)
        let count = isSteady ? min(waiting, room) : 1 + Int(random(Int64(min(waiting, room))))
        inFlight += count
        uncommitted += count
        machine.didReceive(count, now: now)
    }

    private func lose(_ machine: inout SessionMachine) -> Bool {
        isUp = false
        answersAt = nil
        inFlight = 0
        uncommitted = 0
        covered = 0
        machine.didFail(now: now)
        return true
    }

    private func settleStorage() {
        if let repaired = repairedAt, now >= repaired {
            repairedAt = nil
            storage.isStorageReady = true
        }
        guard let due = commitAt, now >= due else { return }
        commitAt = nil
        if fails() {
            storage.failures += 1
            storage.isStorageReady = random(2) == 0
            if !storage.isStorageReady { repairedAt = now + random(10_000) }
            // A number is confirmed only by a commit that went through, of this or of a later request.
            return
        }
        storage.committed = requested
        uncommitted -= covered
        covered = 0
    }
}
