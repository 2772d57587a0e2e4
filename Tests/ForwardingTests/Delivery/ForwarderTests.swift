@testable import Forwarding
import Logging
import Synchronization
import Telemetry
import TestKit
import Testing

@Suite("Forwarder", .timeLimit(.minutes(3)))
struct ForwarderTests {
    private let store = MemoryStore()
    private let ten = Timestamp(rfc3339: "2026-11-28T10:00:00Z")!

    init() {
        store.state.withLock { state in
            state.series = (1...20).map {
                SeriesFacts(id: $0, device: "d\($0)", quantity: "pm10", unit: "ug/m3", kind: .gauge)
            }
        }
    }

    private func minute(_ number: Int) -> Window {
        Window(.minute, holding: ten + Int64(number) * 60_000, days: .utc)
    }

    private func forwarder(_ server: MemoryServer, rate: Int? = nil, delay: Int64 = 0) -> Forwarder {
        var options = PartnerOptions(
            name: "rova", gateway: "g",
            contract: Contract(rules: [ShareRule(tiers: [.minute])], delayMilliseconds: delay), rowsPerSecond: rate,
            makeSink: { () throws(SinkFailure) in MemorySink(server) })
        options.backoff.shortestMilliseconds = 2
        options.backoff.longestMilliseconds = 10
        var logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        logger.logLevel = .critical
        let forwarder = Forwarder(options, store: store, logger: logger)
        store.signals.withLock { $0 = [forwarder.signal] }
        forwarder.start()
        return forwarder
    }

    private var isSettled: Bool { store.state.withLock { $0.pending.count(before: $0.next) == 0 } }

    @Test("delivers what changes, and tells how it is")
    func delivers() async throws {
        let server = MemoryServer()
        let forwarder = forwarder(server)
        for number in 0..<5 { store.write(minute(number), Array(1...20)) }
        #expect(await eventually { isSettled })
        #expect(server.newest.count == 100 && server.rows.count == 100)
        #expect(store.state.withLock { $0.counts } == DeliveryCounts(delivered: 100))
        let status = forwarder.status
        #expect(status.state == .connected && status.deliveredSinceStart == 100 && status.failingSince == nil)
        store.write(minute(2), [7], count: 2)
        #expect(await eventually { isSettled })
        #expect(server.newest["d7 \(minute(2).start)"] == 2)
        forwarder.stop()
        #expect(forwarder.join(milliseconds: 2000) && forwarder.status.state == .stopped)
    }

    @Test("sets aside what the server does not want, with its words, and delivers all else")
    func refused() async throws {
        let server = MemoryServer()
        server.settings.withLock { $0.unwanted = ["d3", "d17"] }
        let forwarder = forwarder(server)
        for number in 0..<10 { store.write(minute(number), Array(1...20)) }
        #expect(await eventually { isSettled })
        forwarder.stop()
        let (counts, refusals) = store.state.withLock { ($0.counts, $0.refusals) }
        #expect(counts == DeliveryCounts(delivered: 180, refused: 20))
        #expect(refusals.allSatisfy { $0.reason == "will not have it" } && Set(refusals.map(\.series)) == [3, 17])
        #expect(server.newest.count == 180)
    }

    @Test("sets few aside while a server wants nothing, and goes on with all once it takes something")
    func nothingWanted() async throws {
        let server = MemoryServer()
        server.settings.withLock { $0.unwanted = Set((1...20).map { "d\($0)" }) }
        let forwarder = forwarder(server)
        for number in 0..<10 { store.write(minute(number), Array(1...20)) }
        #expect(await eventually { forwarder.status.failingSince != nil })
        try await Task.sleep(for: .milliseconds(100))
        #expect(store.state.withLock { $0.counts.refused } <= 20 && server.rows.isEmpty)
        server.settings.withLock { $0.unwanted = ["d3"] }
        #expect(await eventually { isSettled })
        forwarder.stop()
        let counts = store.state.withLock { $0.counts }
        #expect(counts.refused <= 20 + 10 && counts.delivered == 200 - counts.refused)
    }

    @Test("sets aside many rows in a row where the server takes others")
    func manyUnwanted() async throws {
        let server = MemoryServer()
        server.settings.withLock { $0.unwanted = Set((1...19).map { "d\($0)" }) }
        let forwarder = forwarder(server)
        for number in 0..<10 { store.write(minute(number), Array(1...20)) }
        #expect(await eventually { isSettled })
        forwarder.stop()
        #expect(store.state.withLock { $0.counts } == DeliveryCounts(delivered: 10, refused: 190))
    }

    @Test("sends smaller parts to a server that takes no large ones")
    func tooLarge() async throws {
        let server = MemoryServer()
        server.settings.withLock { $0.mostRows = 7 }
        let forwarder = forwarder(server)
        for number in 0..<10 { store.write(minute(number), Array(1...20)) }
        #expect(await eventually { isSettled })
        forwarder.stop()
        #expect(store.state.withLock { $0.counts } == DeliveryCounts(delivered: 200) && server.newest.count == 200)
    }

    @Test("waits for what is to be shared later")
    func delayed() async throws {
        let server = MemoryServer()
        store.state.withLock { $0.clock = ten + 60_000 }
        let forwarder = forwarder(server, delay: 600_000)
        store.write(minute(0), [1, 2])
        try await Task.sleep(for: .milliseconds(200))
        #expect(server.rows.isEmpty)
        store.state.withLock { $0.clock = ten + 660_000 }
        store.wake()
        #expect(await eventually { isSettled })
        #expect(server.rows.count == 2)
        forwarder.stop()
    }

    @Test("sends what is new before an old backlog, both within the rate")
    func paced() async throws {
        let server = MemoryServer()
        let old = ten - 3 * 86_400_000
        store.state.withLock { $0.clock = old }
        for number in 0..<1000 { store.write(minute(number), Array(1...20)) }
        store.state.withLock { $0.clock = ten + 3_600_000 }
        store.write(minute(2000), Array(1...20))
        let began = ContinuousClock.now
        let forwarder = forwarder(server, rate: 400)
        #expect(await eventually { server.newest["d20 \(minute(2000).start)"] != nil })
        #expect(server.rows.count < 5000)
        // What is written while the backlog goes does not wait for it either.
        store.write(minute(2001), Array(1...20))
        #expect(await eventually { server.newest["d20 \(minute(2001).start)"] != nil })
        #expect(store.state.withLock { $0.pending.count(before: $0.next) } > 10_000)
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        #expect(Double(server.rows.count) <= 400 * (seconds + 2))
        forwarder.stop()
        _ = forwarder.join(milliseconds: 2000)
    }

    @Test("leaves each newest revision at the server, whatever fails, and accounts for all")
    func anyFailures() async throws {
        var random = SeededGenerator.fromEnvironment()
        for round in 0..<8 {
            let test = ForwarderTests()
            let server = MemoryServer(seed: random.next())
            server.settings.withLock {
                $0.failures = 0.4
                $0.unwanted = round % 2 == 0 ? ["d5"] : []
                $0.mostRows = Int.random(in: 3...60, using: &random)
                $0.isIdempotent = round % 3 != 0
            }
            var forwarder = test.forwarder(server)
            for _ in 0..<60 {
                let number = Int.random(in: 0..<30, using: &random)
                let series = (1...20 as ClosedRange<SeriesID>).filter { _ in Bool.random(using: &random) }
                test.store.write(test.minute(number), series, count: Int.random(in: 1...9, using: &random))
                switch Int.random(in: 0..<8, using: &random) {
                case 0: test.store.state.withLock { $0.losesNext = true }
                case 1:
                    forwarder.stop()
                    _ = forwarder.join(milliseconds: 2000)
                    forwarder = test.forwarder(server)
                case 2:
                    test.store.state.withLock { $0.isOpen = false }
                    try await Task.sleep(for: .milliseconds(3))
                    test.store.state.withLock {
                        $0.isOpen = true
                        $0.era += 1
                    }
                    test.store.wake()
                default: try await Task.sleep(for: .milliseconds(2))
                }
            }
            server.settings.withLock { $0.failures = 0.1 }
            #expect(await eventually { test.isSettled })
            forwarder.stop()
            _ = forwarder.join(milliseconds: 2000)
            let state = test.store.state.withLock { $0 }
            var expected: [String: Int] = [:]
            for (start, window) in state.aggregates[.minute] ?? [:] {
                for (id, stored) in window where !(round % 2 == 0 && id == 5) {
                    expected["d\(id) \(start)"] = stored.revision
                }
            }
            #expect(server.newest == expected, "round \(round), seed \(random.seed)")
            #expect(state.counts.total == Int(state.next) - 1, "round \(round), seed \(random.seed)")
            #expect(server.wentBack.isEmpty, "an older revision after a newer one: \(server.wentBack)")
        }
    }
}

/// What a server does, and what it holds. Any thread.
final class MemoryServer: Sendable {
    struct Settings {
        var failures = 0.0
        var unwanted: Set<String> = []
        var mostRows = Int.max
        var isIdempotent = true
    }

    let settings = Mutex(Settings())
    private let held = Mutex<(rows: [String], newest: [String: Int], wentBack: [String])>(([], [:], []))
    private let random: Mutex<SeededGenerator>

    init(seed: UInt64 = 1) {
        random = Mutex(SeededGenerator(seed: seed))
    }

    var rows: [String] { held.withLock { $0.rows } }
    var newest: [String: Int] { held.withLock { $0.newest } }
    var wentBack: [String] { held.withLock { $0.wentBack } }

    func chance() -> Double { random.withLock { Double.random(in: 0..<1, using: &$0) } }

    func store(_ row: SharedAggregate) {
        let key = "\(row.series.device) \(row.window.start)"
        held.withLock {
            $0.rows.append(key)
            if $0.newest[key, default: 0] > row.revision { $0.wentBack.append(key) }
            $0.newest[key] = row.revision
        }
    }
}

private final class MemorySink: Sink {
    private let server: MemoryServer
    private let isCancelled = Atomic<Bool>(false)
    let traits: SinkTraits

    init(_ server: MemoryServer) {
        self.server = server
        traits = SinkTraits(mostRows: 50, isIdempotent: server.settings.withLock { $0.isIdempotent })
    }

    func resume(at bookmark: String?) throws(SinkFailure) {}

    func deliver(_ rows: [SharedAggregate]) throws(SinkFailure) -> Delivery {
        let settings = server.settings.withLock { $0 }
        func failure(_ kind: SinkFailure.Kind, _ cause: String, mayHaveArrived: Bool = false) -> SinkFailure {
            SinkFailure(
                kind, operation: "deliver", place: "memory", cause: cause, mayHaveArrived: mayHaveArrived)
        }
        if isCancelled.load(ordering: .relaxed) { throw failure(.unavailable, "cancelled") }
        if rows.count > settings.mostRows { throw failure(.tooLarge, "too much") }
        if rows.contains(where: { settings.unwanted.contains($0.series.device) }) {
            throw failure(.refused, "will not have it")
        }
        guard server.chance() < settings.failures else {
            for row in rows { server.store(row) }
            return .allTaken
        }
        switch server.chance() {
        case ..<0.3: throw failure(.unavailable, "away")
        case ..<0.6:
            for row in rows { server.store(row) }
            throw failure(.unavailable, "cut off", mayHaveArrived: true)
        default:
            var outcomes: [Delivery.Outcome] = []
            for row in rows {
                if server.chance() < 0.3 {
                    outcomes.append(.again("busy"))
                } else {
                    server.store(row)
                    outcomes.append(.taken)
                }
            }
            return Delivery(outcomes)
        }
    }

    func preview(_ rows: [SharedAggregate]) -> String { "" }
    func disconnect() {}
    func cancel() { isCancelled.store(true, ordering: .relaxed) }
}
