import Decoding
import Processing
import Storage
import Synchronization
import Telemetry
import TestKit

@testable import Gateway

/// Gate, ring and core on one thread, on a box whose clock is in the test's hands.
final class ClockBench {
    private let path: String
    let clock: ManualClock
    private let bootIdentity = Mutex("boot-1")
    private var gatewayClock: GatewayClock!
    private var gate: IntakeGate!
    private var consumer: Ring<IntakeItem>.Consumer
    private(set) var keeper: ClockKeeper
    private(set) var store: Store
    private(set) var core: Core
    private var settings: CoreSettings
    private var unacknowledged: [(topic: [UInt8], payload: [UInt8], packetID: UInt16)] = []
    private var nextPacketID: UInt16 = 1
    /// How many readings are filed in one go.
    var limit = 1000

    static let day: Int64 = 86_400_000
    /// When the database was last written, in tests that begin with one.
    static let evening = Timestamp(rfc3339: "2026-11-22T20:00:00Z")!
    static let morning = Timestamp(rfc3339: "2026-11-23T08:00:00Z")!

    private static func options(acceptsUnknown: Bool) -> DecoderOptions {
        DecoderOptions(
            sources: [
                Source(
                    name: "street", topic: TopicTemplate("s/{device}/{quantity}")!, format: .json,
                    paths: PayloadPaths(value: JSONPath("v"), time: JSONPath("t"))),
                Source(name: "pack", topic: TopicTemplate("pack/{device}")!, format: .senML),
            ], devices: [], unknownDevices: acceptsUnknown ? .accept : .quarantine)
    }

    /// - Parameters:
    ///   - floor: up to when a database that is there already is complete; nil for a new one.
    ///   - acceptsUnknown: false for a configuration that knows no device, until the first restart.
    init(
        path: String, wall: Timestamp, floor: Timestamp? = ClockBench.evening, acceptsUnknown: Bool = true
    ) throws {
        self.path = path
        clock = ManualClock(wall, monotonicMilliseconds: 20_000)
        settings = CoreSettings()
        settings.latenessMilliseconds = 2000
        settings.lateDelayMilliseconds = 1000
        settings.clockAheadMilliseconds = 60_000
        settings.rawRetentionMilliseconds = 30 * ClockBench.day
        settings.quantity = { QuantityCatalogue()[$0.quantity] }
        if let floor {
            let earlier = try Store(path: path)
            try earlier.setState(Core.closedUntilState, floor.milliseconds)
            try earlier.commit()
        }
        store = try Store(path: path)
        let ends = Ring<IntakeItem>.make(capacity: 4096)
        consumer = ends.consumer
        core = try Core(
            store: store, settings: settings, series: SeriesTable(), sources: ["street", "pack"], now: clock.now)
        keeper = ClockKeeper(GatewayClock())
        gatewayClock = ClockBench.clock(of: self)
        keeper = ClockKeeper(gatewayClock)
        gate = Self.gate(producer: HandOver(ends.producer), clock: gatewayClock, acceptsUnknown: acceptsUnknown)
        look()
    }

    private static func clock(of bench: ClockBench) -> GatewayClock {
        GatewayClock(
            .init(
                wall: { [clock = bench.clock] in clock.now },
                sinceBoot: { [clock = bench.clock] in clock.monotonicMilliseconds },
                synchronisation: { .unknown }, bootIdentity: bench.bootIdentity.withLock { $0 }))
    }

    private static func gate(
        producer: HandOver<Ring<IntakeItem>.Producer>, clock: GatewayClock, acceptsUnknown: Bool = true
    ) -> IntakeGate {
        IntakeGate(
            decoder: Decoder(options(acceptsUnknown: acceptsUnknown)),
            timeGate: TimeGate(aheadToleranceMilliseconds: 60_000, retentionMilliseconds: 30 * day),
            producer: producer, state: IntakeState(), wakeUp: WakeUp(), replacement: IntakeReplacement(), clock: clock)
    }

    // MARK: - Messages

    func deliver(_ topic: String, _ payload: String) throws {
        let sent = (topic: Array(topic.utf8), payload: Array(payload.utf8), packetID: nextPacketID)
        nextPacketID += 1
        unacknowledged.append(sent)
        try accept(sent)
    }

    /// A reading of device d.
    func deliver(_ value: Int, time: Timestamp? = nil, quantity: String = "temperature") throws {
        let own = time.map { ",\"t\":\($0.milliseconds)" } ?? ""
        try deliver("s/d/\(quantity)", "{\"v\":\(value)\(own)}")
    }

    private func accept(_ sent: (topic: [UInt8], payload: [UInt8], packetID: UInt16)) throws {
        sent.topic.withUnsafeBytes { topic in
            sent.payload.withUnsafeBytes { payload in
                gate.accept(topic: topic, payload: payload, packetID: sent.packetID, isRetained: false)
            }
        }
        gate.publishBurst()
        while let item = consumer.pop() { try core.take(item) }
    }

    func replay() throws {
        for held in try store.reader.heldMessages(limit: .max) where held.isReplayable {
            held.message.topic.withUnsafeBytes { topic in
                held.message.payload.withUnsafeBytes { payload in
                    gate.accept(
                        topic: topic, payload: payload, packetID: 0, received: held.message.received, now: clock.now,
                        row: held.id, boot: held.message.boot)
                }
            }
            gate.publishBurst()
            while let item = consumer.pop() { try core.take(item) }
        }
        try commit()
    }

    func commit() throws {
        try core.commit()
        unacknowledged = []
        if let complaint = try imbalance() { throw Imbalance(description: complaint) }
    }

    struct Imbalance: Error {
        var description: String
    }

    // MARK: - The clock

    /// Looks at the clock as the core's loop does each second.
    @discardableResult
    func look() -> ClockTrust.Change { keeper.look(for: core, wasSet: false) }

    /// Lets time pass, with what the core's loop does each second.
    func pass(milliseconds: Int64) throws {
        clock.advance(milliseconds: milliseconds)
        try tick()
    }

    func tick() throws {
        look()
        if core.clock.isTrusted, core.mayHaveUndated {
            try core.dateUndated(limit: limit)
            keeper.publish(core)
            try commit()
        }
        guard core.clock.isTrusted else {
            try core.removeLongUndated(sinceBoot: clock.monotonicMilliseconds)
            try commit()
            return
        }
        guard core.undatedCount == 0 else { return }
        try core.closeWindows()
        while try core.removeExpired(monotonic: clock.monotonicMilliseconds) {}
        try commit()
    }

    /// Loses what is not committed; the broker delivers it again.
    /// - Parameter boot: of a box that was off meanwhile, with what it shows then.
    func crash(boot: (identity: String, wall: Timestamp)? = nil) throws {
        store.rollback()
        if let boot {
            bootIdentity.withLock { $0 = boot.identity }
            clock.step(to: boot.wall)
        }
        store = try Store(path: path)
        // Another process knows nothing of what its decoder announced.
        core = try Core(
            store: store, settings: settings, series: SeriesTable(), sources: ["street", "pack"], now: clock.now)
        gatewayClock = ClockBench.clock(of: self)
        keeper = ClockKeeper(gatewayClock)
        let ends = Ring<IntakeItem>.make(capacity: 4096)
        consumer = ends.consumer
        gate = Self.gate(producer: HandOver(ends.producer), clock: gatewayClock)
        look()
        gate.connectionOpened(isResumed: true)
        while let item = consumer.pop() { try core.take(item) }
        for sent in unacknowledged { try accept(sent) }
    }

    // MARK: - What is in the file

    struct Stored: Hashable {
        var time: Timestamp
        var value: Double
    }

    func stored(_ quantity: String = "temperature") throws -> [Stored] {
        let ids = Set(try store.reader.series().filter { $0.quantity == quantity }.map(\.id))
        var found: [Stored] = []
        try store.reader.readings(in: .distantPast..<(.distantFuture)) { row in
            if ids.contains(row.series) { found.append(Stored(time: row.time, value: row.value)) }
            return true
        }
        return found
    }

    func minute(_ start: Timestamp) throws -> Aggregate? {
        guard let id = try store.reader.series().first?.id else { return nil }
        return try store.aggregate(.minute, start: start, series: id)?.aggregate
    }

    /// Numbers of series by name, whichever came first.
    private func numbers() throws -> [SeriesID: SeriesID] {
        let series = try store.reader.series()
        return Dictionary(uniqueKeysWithValues: zip(series.map(\.id), 0...))
    }

    /// Of all series, by tier and start.
    func aggregates() throws -> [StoredAggregate] {
        let numbers = try numbers()
        var found: [StoredAggregate] = []
        for tier in Tier.allCases {
            try store.reader.aggregates(tier, in: .distantPast..<(.distantFuture)) { row in
                var figures = row
                // How often it was corrected depends on when what came.
                figures.revision = 0
                figures.series = numbers[row.series]!
                found.append(figures)
                return true
            }
        }
        return found.sorted {
            ($0.aggregate.window.tier, $0.aggregate.window.start, $0.series)
                < ($1.aggregate.window.tier, $1.aggregate.window.start, $1.series)
        }
    }

    /// All readings with their tests.
    func rows() throws -> [StoreReader.ReadingRow] {
        let numbers = try numbers()
        var found: [StoreReader.ReadingRow] = []
        try store.reader.readings(in: .distantPast..<(.distantFuture)) { row in
            var row = row
            row.series = numbers[row.series]!
            found.append(row)
            return true
        }
        return found.sorted { ($0.time, $0.series) < ($1.time, $1.series) }
    }

    func held() throws -> [HeldMessage] { try store.reader.heldMessages(limit: .max) }

    func readings() throws -> LedgerCounts { try store.ledger().reduce(into: LedgerCounts()) { $0.add($1.readings) } }

    private func imbalance() throws -> String? {
        for account in try store.ledger() where !account.isBalanced { return "\(account)" }
        let (holdings, readings) = (try store.reader.holdings(), try readings())
        if holdings.undated != core.undatedCount { return "\(holdings.undated) wait, not \(core.undatedCount)" }
        return readings.stored == holdings.readings + holdings.undated + holdings.removedReadings
            ? nil : "\(readings.stored) counted, \(holdings) there"
    }
}
