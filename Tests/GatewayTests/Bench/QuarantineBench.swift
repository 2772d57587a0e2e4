import Decoding
import Processing
import Storage
import Telemetry
import TestKit

@testable import Gateway

/// Gate, ring and core on one thread, with a broker that delivers again what was not committed.
final class QuarantineBench {
    private let path: String
    private let gate: IntakeGate
    private let replacement = IntakeReplacement()
    private var consumer: Ring<IntakeItem>.Consumer
    private(set) var store: Store
    private(set) var core: Core
    private var unacknowledged: [Sent] = []
    private var nextPacketID: UInt16 = 1
    let clock = ManualClock(CoreBench.begin)

    private struct Sent {
        var topic: [UInt8]
        var payload: [UInt8]
        var packetID: UInt16
    }

    /// What a configuration may get wrong: it knows one device of all, and takes humidity for a temperature.
    static let wrong = options(devices: ["known"], unknown: .quarantine, units: ["humidity": "Cel"])
    static let right = options(devices: ["known"], unknown: .accept, units: [:])

    static let wider: DecoderOptions = {
        var options = right
        options.sources.append(
            Source(
                name: "new", topic: TopicTemplate("new/{device}")!, format: .json,
                values: [NamedPath(quantity: "temperature", path: JSONPath("temperature")!)]))
        return options
    }()

    private static func options(
        devices: [String], unknown: UnknownDevicePolicy, units: [String: String]
    ) -> DecoderOptions {
        DecoderOptions(
            sources: [
                Source(
                    name: "street", topic: TopicTemplate("s/{device}")!, format: .json,
                    paths: PayloadPaths(time: JSONPath("ts")),
                    values: ["temperature", "humidity"].map { NamedPath(quantity: $0, path: JSONPath($0)!) },
                    units: units),
                Source(
                    name: "lines", topic: TopicTemplate("lines")!, format: .lineProtocol,
                    paths: PayloadPaths(device: JSONPath("dev")), units: units),
                Source(name: "uplinks", topic: TopicTemplate("v3/{device}/up")!, format: .theThingsStackV3),
            ], devices: devices.map { DeviceOptions(id: $0) }, unknownDevices: unknown)
    }

    init(path: String) throws {
        self.path = path
        let ends = Ring<IntakeItem>.make(capacity: 4096)
        consumer = ends.consumer
        gate = IntakeGate(
            decoder: Decoder(QuarantineBench.wrong),
            timeGate: TimeGate(aheadToleranceMilliseconds: 60_000, retentionMilliseconds: 86_400_000),
            producer: HandOver(ends.producer), state: IntakeState(), wakeUp: WakeUp(), replacement: replacement)
        store = try Store(path: path)
        core = try Core(
            store: store, settings: CoreSettings(), series: SeriesTable(), sources: ["street", "lines", "uplinks"],
            now: clock.now)
    }

    func reload(_ options: DecoderOptions) {
        replacement.put(
            .init(
                decoder: options,
                timeGate: TimeGate(aheadToleranceMilliseconds: 60_000, retentionMilliseconds: 86_400_000)))
    }

    func deliver(_ topic: String, _ payload: String) throws {
        let sent = Sent(topic: Array(topic.utf8), payload: Array(payload.utf8), packetID: nextPacketID)
        nextPacketID = nextPacketID % 60_000 + 1
        unacknowledged.append(sent)
        try accept(sent)
    }

    private func accept(_ sent: Sent) throws {
        sent.topic.withUnsafeBytes { topic in
            sent.payload.withUnsafeBytes { payload in
                gate.accept(topic: topic, payload: payload, packetID: sent.packetID, received: clock.now)
            }
        }
        try pump()
    }

    private func pump() throws {
        gate.publishBurst()
        while let item = consumer.pop() { try core.take(item) }
    }

    /// Sends quarantined messages through again, without a commit.
    func replay(_ selection: QuarantineSelection = QuarantineSelection(), limit: Int = .max) throws {
        try replay(try store.reader.heldMessages(selection, limit: limit))
    }

    func replay(_ messages: [HeldMessage]) throws {
        gate.adoptReplacement()
        for held in messages {
            held.message.topic.withUnsafeBytes { topic in
                held.message.payload.withUnsafeBytes { payload in
                    gate.accept(
                        topic: topic, payload: payload, packetID: 0, received: held.message.received, now: clock.now,
                        row: held.id)
                }
            }
            try pump()
        }
    }

    func commit() throws {
        try core.commit()
        unacknowledged = []
    }

    /// Loses what is not committed; the broker delivers it again.
    func crash() throws {
        store.rollback()
        store = try Store(path: path)
        core = try Core(
            store: store, settings: CoreSettings(), series: core.series, sources: ["street", "lines", "uplinks"],
            now: clock.now)
        gate.connectionOpened(isResumed: true)
        try pump()
        for sent in unacknowledged { try accept(sent) }
    }

    /// Every stored reading as `device/quantity=value`, in order.
    func stored() throws -> [String] {
        let series = Dictionary(uniqueKeysWithValues: try store.reader.series().map { ($0.id, $0) })
        var found: [String] = []
        try store.reader.readings(in: .distantPast..<(.distantFuture)) { row in
            let series = series[row.series]!
            found.append("\(series.device)/\(series.quantity)=\(JSONLine.number(row.value))")
            return true
        }
        return found.sorted()
    }

    func ledger() throws -> SourceLedger {
        var total = SourceLedger(source: "total")
        for source in try store.ledger() {
            total.messages.add(source.messages)
            total.readings.add(source.readings)
        }
        return total
    }

    var isBalanced: Bool {
        get throws {
            let holdings = try store.reader.holdings()
            let ledger = try ledger()
            return try store.ledger().allSatisfy(\.isBalanced) && ledger.readings.stored == holdings.readings
                && ledger.messages.quarantined == holdings.quarantined + holdings.removedQuarantined
        }
    }
}
