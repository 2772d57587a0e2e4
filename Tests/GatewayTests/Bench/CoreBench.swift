import Processing
import Telemetry
import TestKit

@testable import Gateway
@testable import Storage

/// A core on a database in memory, with a clock in the test's hands.
final class CoreBench {
    struct Offer {
        var series: Int
        /// Nil for a payload without one: the time of receipt.
        var time: Timestamp?
        var value: Double
    }

    /// Shortly before the summer time of 2026 ends, so that a long flow crosses a day of 25 hours.
    static let begin = Timestamp(rfc3339: "2026-10-24T10:00:00Z")!
    /// And the day of 23 hours of that year.
    static let beginOfSummerTime = Timestamp(rfc3339: "2026-03-28T10:00:00Z")!

    let start: Timestamp
    private(set) var store: Store!
    private(set) var core: Core!
    private let path: String
    private let options: StoreOptions
    /// To be stepped by tests of a wrong clock.
    let clock: ManualClock
    var settings = CoreSettings()
    private let seed: UInt64
    /// What the configuration says of a series, by number; what a reload has added to their numbers.
    private var configured: @Sendable (Int) -> Quantity = { CoreBench.quantity(of: $0) }
    private var offset = 0
    /// What a test changes about the connection.
    var didOpen: (Database) throws -> Void = { _ in }
    /// A commit has returned, so that the broker gets its acknowledgements.
    var didCommit: () -> Void = {}

    /// - Parameters:
    ///   - path: of a file that others may look into.
    ///   - start: of the flow.
    convenience init(seed: UInt64, path: String = ":memory:", start: Timestamp = CoreBench.begin) throws {
        self.init(closed: path, options: CoreBench.options(), seed: seed, start: start)
        try open()
    }

    /// So that the few readings of a test are sealed.
    static func options(vfs: String? = nil) -> StoreOptions {
        var options = StoreOptions(vfs: vfs)
        options.enoughForSegment = 4
        options.fewestForSegment = 2
        return options
    }

    /// To be opened before anything else is done with it.
    init(closed path: String, options: StoreOptions, seed: UInt64, start: Timestamp = CoreBench.begin) {
        self.seed = seed
        self.start = start
        self.path = path
        self.options = options
        clock = ManualClock(start + 5000)
        settings.latenessMilliseconds = 2000
        settings.lateDelayMilliseconds = 1000
        settings.sealAfterMilliseconds = 20_000
        settings.sealingUnitMilliseconds = 60_000
        settings.quantity = { CoreBench.quantity(of: Int($0.device.dropFirst(2))!) }
    }

    /// As a process that begins.
    func open() throws {
        store = try Store(path: path, options: options)
        try didOpen(store.database)
        core = try Core(store: store, settings: settings, series: SeriesTable(), sources: ["test"], now: clock.now)
        try reload(offset: 0)
    }

    /// As a process that ends, without a commit.
    func close() {
        core = nil
        store = nil
    }

    /// Passes a message on as the ring does.
    /// - Parameter isUndated: whether the clock is wrong, so that nothing of it is looked up.
    func take(_ offers: [Offer], packetID: UInt16 = 0, identity: UInt32 = 0, isUndated: Bool = false) throws {
        try core.take(
            MessageHeader(
                received: clock.now, source: 0, packetID: packetID, identity: identity,
                readingCount: UInt16(offers.count), isUndated: isUndated))
        for offer in offers {
            try core.take(
                Reading(
                    series: SeriesNumber(offset + offer.series), time: offer.time ?? clock.now, value: offer.value,
                    timeOrigin: offer.time == nil ? .receipt : .device))
        }
    }

    /// Passes on a message as the broker delivers it for the first time or again.
    /// - Parameter held: what of it goes to the quarantine, as one reading.
    func take(_ offers: [Offer], held: String?, packetID: UInt16, identity: UInt32) throws {
        try core.take(
            MessageHeader(
                received: clock.now, source: 0, packetID: packetID, identity: identity,
                readingCount: UInt16(offers.count), isQuarantined: held != nil,
                needsIdentity: held != nil || offers.contains { $0.time == nil }))
        for offer in offers {
            try core.take(
                Reading(
                    series: SeriesNumber(offer.series), time: offer.time ?? clock.now, value: offer.value,
                    timeOrigin: offer.time == nil ? .receipt : .device))
        }
        guard let held else { return }
        try core.take(
            QuarantinedMessage(
                received: clock.now, source: "test", topic: Array("t".utf8), payload: Array(held.utf8),
                rejection: Rejection(.unknownDevice, detail: "", readingCount: 1)))
    }

    /// Passes on a message that carries no time of its own, as the broker delivers it for the first time or again.
    func take(_ value: Double, packetID: UInt16, identity: UInt32) throws {
        try core.take(
            MessageHeader(
                received: clock.now, source: 0, packetID: packetID, identity: identity, readingCount: 1,
                needsIdentity: true))
        try core.take(Reading(series: 2, time: clock.now, value: value, timeOrigin: .receipt))
    }

    func connect(isResumed: Bool) throws {
        try core.take(.connectionOpened(isResumed: isResumed))
    }

    /// Announces the series anew, as the decoder of a reloaded configuration does.
    /// - Parameter offset: what is added to their numbers.
    func reload(offset: Int) throws {
        for number in 0..<CoreBench.seriesCount {
            let announced = CoreBench.series(number, as: SeriesNumber(offset + number), configured(number))
            try core.take(.series(Boxed(announced)))
        }
    }

    /// Gives the series other limits.
    /// - Parameter atOnce: whether the core hears of them before the first reading under them comes.
    func reload(atOnce: Bool, _ quantity: @escaping @Sendable (Int) -> Quantity) throws {
        configured = quantity
        settings.quantity = { quantity(Int($0.device.dropFirst(2))!) }
        core.settings = settings
        if atOnce { try core.equipHistories(of: try store.storedSeries()) }
        offset = core.series.live.count
        try reload(offset: offset)
    }

    func commit() throws {
        try core.commit()
        didCommit()
        if let complaint = try imbalance() { throw Imbalance(description: "seed \(seed): \(complaint)") }
    }

    struct Imbalance: Error {
        var description: String
    }

    /// Loses what is not committed and starts anew from the file.
    func crash() throws {
        store.rollback()
        core = try Core(store: store, settings: settings, series: core.series, sources: ["test"], now: clock.now)
    }

    /// As a process that is started anew, which knows of the series what the file and the configuration tell.
    func restart() throws {
        store.rollback()
        core = try Core(store: store, settings: settings, series: SeriesTable(), sources: ["test"], now: clock.now)
        offset = 0
        try reload(offset: 0)
    }

    /// As with a configuration that knows none of the series any more.
    func restartKnowingNothing() throws {
        store.rollback()
        var other = settings
        other.quantity = { _ in nil }
        core = try Core(store: store, settings: other, series: SeriesTable(), sources: ["test"], now: clock.now)
    }

    func advance(milliseconds: Int64) throws {
        clock.advance(milliseconds: milliseconds)
        try closeWindows()
    }

    /// Tells the core the time and lets it compute what is due.
    func closeWindows() throws {
        core.tell(now: clock.now)
        try core.closeWindows()
        try commit()
    }

    /// How long readings are kept, and aggregates by tier, in milliseconds; what is not named for ever.
    func keep(raw: Int64, tiers: [Tier: Int64] = [:]) {
        settings.rawRetentionMilliseconds = raw
        settings.tierRetentionMilliseconds = tiers
        core?.settings = settings
    }

    /// How many readings a window may have for its percentiles to be looked for in them.
    func searchPercentiles(amongAtMost limit: Int) {
        settings.readingsInOneSearch = limit
        core.settings = settings
    }

    /// How many readings the reviews of one closing may pass over before the rest of them waits.
    func review(inOneGoAtMost rows: Int) {
        settings.reviewRowsInOneGo = rows
        core.settings = settings
    }

    /// Lets retention take all that it may.
    func removeExpired() throws {
        while try core.removeExpired(monotonic: clock.monotonicMilliseconds) {}
        try commit()
    }

    /// Seals what is old enough, in portions of a few rows.
    /// - Parameter rowsOfSeries: of each series at least so many.
    func seal(rowsInOneGo: Int = 100, rowsOfSeries: Int = 0) throws {
        core.tell(now: clock.now)
        core.settings.rowsOfSeriesInOneSealing = rowsOfSeries
        core.settings.rowsInOneSealing = rowsInOneGo
        var isMoreLeft = true
        while isMoreLeft {
            isMoreLeft = try core.seal()
            try commit()
        }
    }

    var hasToSeal: Bool { core.hasToSeal }
    /// How many readings the core says it has sealed.
    var sealedFigures: Int { core.figures.sealedReadings }

    /// How many readings are in segments.
    func sealedCount() throws -> Int { Int(try store.database.integer("SELECT sum(count) FROM segments") ?? 0) }

    /// Closes every window, four days later.
    func finish() throws {
        try advance(milliseconds: 4 * 86_400_000)
        while core.schedule.waitingCount > 0 { try advance(milliseconds: 60_000) }
    }

    /// Windows for which the file keeps a mark that they must be computed again.
    func lateMarkCount() throws -> Int {
        var count = 0
        try store.lateWindows { _, _, _ in count += 1 }
        return count
    }

    /// Messages that the file remembers to recognise them when they come again.
    func rememberedCount() throws -> Int { try store.unacknowledged().reduce(0) { $0 + $1.entries.count } }

    func messages() throws -> LedgerCounts {
        try store.ledger().reduce(into: LedgerCounts()) { $0.add($1.messages) }
    }

    func readings() throws -> LedgerCounts {
        try store.ledger().reduce(into: LedgerCounts()) { $0.add($1.readings) }
    }

    /// Of what stands in quarantine: the payloads, and how many conflicts besides.
    func held() throws -> (payloads: [String], conflicts: Int) {
        let held = try store.reader.heldMessages(limit: .max).map(\.message)
        let payloads = held.filter { $0.rejection.reason != .conflict }.map {
            String(decoding: $0.payload, as: UTF8.self)
        }
        return (payloads.sorted(), held.count - payloads.count)
    }

    /// What SQLite finds wrong with the file; "ok" when nothing.
    func integrity() throws -> String {
        let check = try store.database.prepare("PRAGMA integrity_check(1)")
        return try check.step("check the file") ? check.text(0) : "no answer"
    }

    /// By series and time; -1 for a series that the file does not know.
    func storedValues() throws -> [Int: [Timestamp: Double]] {
        var values: [Int: [Timestamp: Double]] = [:]
        let numbers = try numbers()
        try store.reader.readings(in: .distantPast..<(.distantFuture)) { row in
            values[numbers[row.series] ?? -1, default: [:]][row.time] = row.value
            return true
        }
        return values
    }

    /// What the ledger and the rows disagree on; nil when all balances.
    func imbalance() throws -> String? {
        let holdings = try store.reader.holdings()
        for account in try store.ledger() where !account.isBalanced { return "\(account)" }
        let readings = try store.ledger().reduce(into: LedgerCounts()) { $0.add($1.readings) }
        if readings.stored != holdings.readings + holdings.removedReadings + (try store.undatedCount()) {
            return "\(readings.stored) counted, \(holdings.readings) stored, \(holdings.removedReadings) removed"
        }
        if readings.quarantined != holdings.quarantined {
            return "\(readings.quarantined) counted in quarantine, \(holdings.quarantined) there"
        }
        return nil
    }

    func storedPoints() throws -> [(series: Int, points: [BatchWindow.Point])] {
        var points: [[BatchWindow.Point]] = Array(repeating: [], count: CoreBench.seriesCount)
        let numbers = try numbers()
        try store.reader.readings(in: .distantPast..<(.distantFuture)) { row in
            points[numbers[row.series]!].append(.init(time: row.time, value: row.value, flag: row.flag))
            return true
        }
        return points.enumerated().map { ($0.offset, $0.element) }
    }

    /// The tests of each series' readings as they stand in the file.
    func storedTests() throws -> [[Timestamp: QualityTests]] {
        var tests: [[Timestamp: QualityTests]] = Array(repeating: [:], count: CoreBench.seriesCount)
        let numbers = try numbers()
        try store.reader.readings(in: .distantPast..<(.distantFuture)) { row in
            tests[numbers[row.series]!][row.time] = row.tests
            return true
        }
        return tests
    }

    /// Minutes whose late readings have not been judged.
    func unjudgedCount() throws -> Int {
        var count = 0
        try store.unjudgedMinutes { _, _ in count += 1 }
        return count
    }

    func aggregates(of series: Int, tier: Tier) throws -> [Timestamp: Aggregate] {
        var found: [Timestamp: Aggregate] = [:]
        let numbers = try numbers()
        try store.reader.aggregates(tier, in: .distantPast..<(.distantFuture)) { row in
            if numbers[row.series] == series { found[row.aggregate.window.start] = row.aggregate }
            return true
        }
        return found
    }

    func revision(of series: Int, tier: Tier, start: Timestamp) throws -> Int? {
        guard let id = try numbers().first(where: { $0.value == series })?.key else { return nil }
        return try store.aggregate(tier, start: start, series: id)?.revision
    }

    private func numbers() throws -> [SeriesID: Int] {
        Dictionary(uniqueKeysWithValues: try store.reader.series().map { ($0.id, Int($0.device.dropFirst(2))!) })
    }
}
