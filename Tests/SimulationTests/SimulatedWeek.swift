import Gateway
import GatewayConfiguration
import Glibc
import Simulation
import Storage
import Telemetry
import TestKit

/// A week on a street on which everything goes wrong that the simulator knows, as a gateway has stored it: through
/// decoder, gate, core and storage. The truth is the simulator's list of faults, the verdicts are the file's.
struct SimulatedWeek {
    typealias Row = StoreReader.ReadingRow

    let faults: [InjectedFault]
    let sentCount: Int
    let ledger: [SourceLedger]
    /// In the order of time.
    private(set) var rows: [SeriesIdentity: [Row]] = [:]
    /// The reasons for which messages of a device were put aside.
    private(set) var quarantined: [String: [RejectionReason: Int]] = [:]
    /// Falls of counters, by minute.
    private(set) var increases: [SeriesIdentity: [Timestamp: Aggregate.CounterIncrease]] = [:]

    static let end = Street.monday + 7 * 86_400_000

    /// The tables in Docs/quality.md are of this street.
    static let seed = getenv("POORT_TEST_SEED") == nil ? 2 : SeededGenerator.fromEnvironment().seed

    /// Stations in two neighbourhoods of five.
    static var street: Street {
        var street = Street.of(air: 10, traffic: 4, bins: 2, seed: seed)
        street.neighbourhoodCount = 2
        street.intervals = [.air: 300_000, .traffic: 600_000, .bin: 900_000]
        street.faults.spikes = 0.001
        street.faults.outOfRange = 0.0005
        street.faults.missing = 0.002
        street.faults.broken = 0.002
        street.faults.clocksAhead = 0.001
        street.faults.clocksBehind = 0.001
        street.faults.duplicates = 0.005
        street.faults.late = 0.03
        street.faults.stuck = 0.08
        street.faults.damped = 0.06
        street.faults.drift = 0.1
        street.faults.steps = 0.03
        street.faults.fog = 0.03
        street.faults.gaps = 0.03
        street.faults.resets = 0.002
        street.faults.narrowCounters = 1
        return street
    }

    init() throws {
        let directory = TemporaryDirectory()
        let path = directory.file("week.db")
        let configuration = try ConfigurationFile.load(
            text: StreetConfiguration(street: SimulatedWeek.street).text, name: "street.toml")
        let replay = try Replay(configuration: configuration, database: path)
        var messages = SimulatedWeek.street.messages(from: Street.monday, to: SimulatedWeek.end)
        messages.listsFaults = true
        var count = 0
        while let message = messages.next() {
            count += 1
            try replay.take(
                CapturedMessage(received: message.published, topic: Array(message.topic.utf8), payload: message.payload)
            )
        }
        try replay.commit()
        sentCount = count
        faults = messages.takeFaults() + messages.ongoingFaults
        let reader = try StoreReader(path: path)
        ledger = try reader.ledger()
        try read(reader)
    }

    private mutating func read(_ reader: StoreReader) throws {
        let series = Dictionary(
            uniqueKeysWithValues: try reader.series().map {
                ($0.id, SeriesIdentity(device: $0.device, quantity: $0.quantity))
            })
        var found: [SeriesID: [Row]] = [:]
        try reader.readings(in: .distantPast ..< .distantFuture) { row in
            found[row.series, default: []].append(row)
            return true
        }
        for (id, readings) in found { rows[series[id]!] = readings }
        var falls: [(SeriesID, Timestamp, Aggregate.CounterIncrease)] = []
        try reader.aggregates(.minute, in: .distantPast ..< .distantFuture) { stored in
            if let increase = stored.aggregate.increase {
                falls.append((stored.series, stored.aggregate.window.start, increase))
            }
            return true
        }
        for (id, minute, increase) in falls { increases[series[id]!, default: [:]][minute] = increase }
        let devices = SimulatedWeek.street.devices.map(\.id)
        var held: [(String, RejectionReason)] = []
        try reader.forEachHeldMessage { row in
            let topic = String(decoding: row.message.topic, as: UTF8.self)
            held.append((devices.first { topic.contains($0) } ?? "", row.message.rejection.reason))
            return true
        }
        for (device, reason) in held { quarantined[device, default: [:]][reason, default: 0] += 1 }
    }

    // MARK: - Faults

    /// Those that had the time to show.
    var complete: [InjectedFault] {
        faults.filter { $0.end != nil && $0.start < SimulatedWeek.end - 2 * 3_600_000 }
    }

    private func series(of fault: InjectedFault) -> [(identity: SeriesIdentity, rows: [Row])] {
        fault.quantities.map { quantity in
            let identity = SeriesIdentity(device: fault.device, quantity: quantity)
            return (identity, rows[identity] ?? [])
        }
    }

    /// Of what was measured between two times: a bin's readings are dated by the network server, which has them later.
    private static func span(_ start: Timestamp, _ end: Timestamp) -> ClosedRange<Timestamp> { start...end + 1000 }

    /// When the test that should find a fault has first flagged a reading for it; nil when it never has.
    func finding(of fault: InjectedFault, by test: QualityTest) -> Timestamp? {
        let end = fault.end ?? .distantFuture
        let flagged = series(of: fault).compactMap { _, rows -> Timestamp? in
            // The reading after a gap is the one that shows it.
            if fault.kind == .gap {
                return rows.first { $0.time > end + 1000 }.flatMap { $0.tests.isFlagged(by: test) ? $0.time : nil }
            }
            let span = SimulatedWeek.span(fault.start, end)
            return rows.first { span.contains($0.time) && $0.tests.isFlagged(by: test) }?.time
        }
        return flagged.min()
    }

    /// Whether a counter's fall shows in its minute as what it is.
    func shows(_ fault: InjectedFault) -> Bool {
        series(of: fault).contains { identity, rows in
            guard let first = rows.first(where: { $0.time >= fault.start }),
                let increase = increases[identity]?[Window(.minute, holding: first.time, days: .utc).start]
            else { return false }
            return fault.kind == .wrap ? increase.wraps > 0 : increase.resets > 0
        }
    }

    /// Whether the first and the last report of an outage are there.
    func isStored(_ fault: InjectedFault) -> Bool {
        [fault.start, fault.end].allSatisfy { time in
            guard let time else { return false }
            let span = SimulatedWeek.span(time, time)
            return series(of: fault).contains { _, rows in rows.contains { span.contains($0.time) } }
        }
    }

    /// Whether there is no reading of what a sensor had no value for.
    func isLetGo(_ fault: InjectedFault) -> Bool {
        let span = SimulatedWeek.span(fault.start, fault.start)
        return series(of: fault).allSatisfy { _, rows in !rows.contains { span.contains($0.time) } }
    }

    // MARK: - Clean readings

    /// Faults that make values wrong, and not only their way or their absence.
    private static let spoilingValues: Set<FaultKind> = [.spike, .outOfRange, .stuck, .damped, .drift, .step, .fog]

    /// The readings that no fault has spoiled, by quantity.
    func clean() -> [String: [Row]] {
        var spoiled: [SeriesIdentity: [ClosedRange<Timestamp>]] = [:]
        for fault in faults where SimulatedWeek.spoilingValues.contains(fault.kind) || fault.kind == .gap {
            for (identity, rows) in series(of: fault) {
                var end = fault.end ?? .distantFuture
                // The first reading after it is the finding, not an alarm.
                if fault.kind == .gap { end = rows.first { $0.time > end + 1000 }?.time ?? end }
                spoiled[identity, default: []].append(SimulatedWeek.span(fault.start, end))
            }
        }
        return rows.reduce(into: [:]) { clean, series in
            let ranges = spoiled[series.key] ?? []
            clean[series.key.quantity, default: []] += series.value.filter { row in
                !ranges.contains { $0.contains(row.time) }
            }
        }
    }
}

extension QualityTests {
    func isFlagged(by test: QualityTest) -> Bool { self[test].map { !$0.isUsable } ?? false }
}
