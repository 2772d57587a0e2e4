import Glibc
import Telemetry
import TestKit
import Testing

@testable import Gateway
@testable import Storage

/// A gateway on a file, in processes that are killed one after the other, and a broker that delivers again what was not
/// acknowledged.
final class KillRun {
    let seed: UInt64
    private let directory = TemporaryDirectory()
    private let delivery: CutDelivery
    private let isThinned: Bool
    private var random: SeededGenerator
    /// What was acknowledged, and that with what was taken since.
    private var committed = CutAccount()
    private var pending = CutAccount()
    /// The first message that was not acknowledged, and the first whose acknowledgement the broker may not have: it never
    /// delivers again what lies before that.
    private var (acknowledged, inFlight) = (0, 0)
    /// How many processes were killed before they had taken everything in.
    private(set) var kills = 0

    /// Where a process is to be killed.
    enum Death: Sendable {
        /// When a fault point is reached for the n-th time.
        case at(String, time: Int)
        /// Whatever it does then.
        case after(microseconds: Int)

        fileprivate var text: String {
            switch self {
            case .at(let point, let time): "\(point):\(time)"
            case .after(let microseconds): "\(microseconds)"
            }
        }
    }

    struct Complaint: Error, CustomStringConvertible {
        var description: String
    }

    init(seed: UInt64) {
        self.seed = seed
        random = SeededGenerator(seed: seed ^ 0xDEAD)
        isThinned = KillRun.isThinned(seed)
        delivery = KillRun.delivery(seed)
    }

    static func isThinned(_ seed: UInt64) -> Bool { seed % 2 == 0 }

    fileprivate static func delivery(_ seed: UInt64) -> CutDelivery {
        CutDelivery(
            seed: seed, start: CoreBench.begin, count: isThinned(seed) ? 400 : 200, lateShare: 2,
            greatestDelay: 3_600_000)
    }

    fileprivate static func bench(seed: UInt64, directory: String) -> CoreBench {
        let bench = CoreBench(closed: directory + "/poort.db", options: CoreBench.options(), seed: seed)
        if isThinned(seed) { bench.keep(raw: 7_200_000) }
        // Far fewer pages than the daemon waits for, so that what is killed is often in a checkpoint.
        bench.didOpen = { try $0.execute("PRAGMA wal_autocheckpoint = 8", operation: "set up") }
        return bench
    }

    /// Lets a process for each of these deaths take messages in until it dies, and then delivers what is left.
    /// - Returns: what is wrong after a death or in the end, in words; nil when nothing is.
    func complaint(_ deaths: [Death]) async -> String? {
        do {
            for death in deaths {
                try await live(until: death)
                try settle()
            }
            try deliverRest()
            return nil
        } catch {
            return "seed \(seed), \(deaths), after \(kills) deaths: \(error)"
        }
    }

    // MARK: - One life

    private func live(until death: Death) async throws {
        inFlight = max(inFlight, acknowledged - Int.random(in: 0...8, using: &random))
        let choices = random.next()
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [
                seed = seed as UInt64, directory = directory.path as String, first = inFlight as Int,
                choices = choices as UInt64, death = death.text as String
            ] in
            try KillLife(seed: seed, directory: directory, first: first, choices: choices, death: death).run()
        }
        let journal = KillJournal(directory: directory.path)
        for entry in journal.takeAll() {
            switch entry {
            case .taken(let number): pending.take(delivery.messages[number], number: number)
            case .committed(let next): (committed, acknowledged) = (pending, next)
            case .finished: kills -= 1
            }
        }
        kills += 1
    }

    // MARK: - After a death

    private func opened() throws -> CoreBench {
        let bench = KillRun.bench(seed: seed, directory: directory.path)
        let last = delivery.messages[max(0, acknowledged - 1)].time
        bench.clock.advance(milliseconds: max(0, last - bench.clock.now))
        try bench.open()
        return bench
    }

    /// Finds out which of the two states that are right the file is in, and whether it is whole.
    private func settle() throws {
        let bench = try opened()
        let messages = try bench.messages().received
        if messages != committed.messages {
            guard messages == pending.messages else {
                throw Complaint(
                    description: "\(messages) messages are there, \(committed.messages) were acknowledged, "
                        + "\(pending.messages) taken")
            }
            committed = pending
        }
        pending = committed
        try check(bench)
        bench.close()
    }

    private func check(_ bench: CoreBench) throws {
        let problems =
            try [try bench.integrity()].filter { $0 != "ok" } + [try bench.imbalance()].compactMap { $0 }
            + bench.store.brokenInvariants()
            + [try committed.difference(from: bench, isThinned: isThinned)].compactMap { $0 }
        if let problem = problems.first { throw Complaint(description: problem) }
    }

    private func deliverRest() throws {
        let bench = try opened()
        try bench.connect(isResumed: true)
        for number in max(inFlight, acknowledged - 3)..<delivery.messages.count {
            try bench.deliver(delivery.messages[number], number: number)
            committed.take(delivery.messages[number], number: number)
            if number % 10 == 0 { try bench.closeWindows() }
            if number % 50 == 0 { try bench.seal(rowsInOneGo: 60) }
        }
        try bench.finish()
        try check(bench)
        if let difference = try committed.finalDifferences(from: bench, isThinned: isThinned).first {
            throw Complaint(description: difference)
        }
        bench.close()
    }
}

/// What a process does until it dies.
private final class KillLife {
    private let seed: UInt64
    private let first: Int
    private let bench: CoreBench
    private let journal: KillJournal
    private var random: SeededGenerator

    init(seed: UInt64, directory: String, first: Int, choices: UInt64, death: String) {
        precondition(DayCalendar.useTimeZone("Europe/Amsterdam"))
        self.seed = seed
        self.first = first
        if let microseconds = UInt32(death) {
            KillLife.die(after: microseconds)
        } else {
            setenv(FaultPoint.variable, death, 1)
        }
        bench = KillRun.bench(seed: seed, directory: directory)
        journal = KillJournal(directory: directory)
        random = SeededGenerator(seed: choices)
    }

    private static func die(after microseconds: UInt32) {
        var thread = pthread_t()
        let time = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
        time.initialize(to: microseconds)
        pthread_create(
            &thread, nil,
            { time in
                usleep(time!.load(as: UInt32.self))
                kill(getpid(), SIGKILL)
                return nil
            }, time)
    }

    func run() throws {
        let messages = KillRun.delivery(seed).messages
        bench.clock.advance(milliseconds: max(0, messages[max(0, first - 1)].time - bench.clock.now))
        var position = first
        bench.didCommit = { [journal] in journal.append("c \(position)") }
        try bench.open()
        try bench.connect(isResumed: true)
        while position < messages.count {
            try bench.deliver(messages[position], number: position)
            journal.append("t \(position)")
            position += 1
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<5: try bench.commit()
            case 5..<9: try bench.closeWindows()
            case 9..<11: if KillRun.isThinned(seed) { try bench.removeExpired() }
            case 11..<14: try bench.seal(rowsInOneGo: 20)
            default: break
            }
        }
        try bench.commit()
        journal.append("e")
        kill(getpid(), SIGKILL)
    }
}

/// What a process tells of itself, line by line, so that it is known when it has died.
private struct KillJournal {
    enum Entry {
        case taken(Int)
        /// With the number of the first message that is not.
        case committed(Int)
        case finished
    }

    let path: String

    init(directory: String) { path = directory + "/journal" }

    func append(_ line: String) {
        let file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let bytes = Array((line + "\n").utf8)
        precondition(write(file, bytes, bytes.count) == bytes.count)
        close(file)
    }

    func takeAll() -> [Entry] {
        guard let file = fopen(path, "r") else { return [] }
        defer {
            fclose(file)
            unlink(path)
        }
        var entries: [Entry] = []
        var line = [CChar](repeating: 0, count: 64)
        while fgets(&line, 64, file) != nil {
            let words = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
                .split(whereSeparator: { $0 == " " || $0 == "\n" })
            switch words[0] {
            case "t": entries.append(.taken(Int(words[1])!))
            case "c": entries.append(.committed(Int(words[1])!))
            default: entries.append(.finished)
            }
        }
        return entries
    }
}

extension CoreBench {
    /// As the broker delivers a message for the first time or again, at its time or later.
    func deliver(_ message: CutDelivery.Message, number: Int) throws {
        if message.time > clock.now { clock.advance(milliseconds: message.time - clock.now) }
        try take(
            message.offers, held: message.held, packetID: UInt16(number + 1),
            identity: UInt32(number) &* 2_654_435_761)
    }
}
