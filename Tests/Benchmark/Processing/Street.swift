import CAllocations
import CSQLite
import Processing
import Telemetry

/// What a reading passes through, in this order.
enum Step: Int, CaseIterable {
    case ring
    case duplicates
    case tests
    case downsampling
}

/// Dust sensors that report every ten seconds, in neighbourhoods of twelve: the quantity that most tests are run on.
struct Street {
    let seriesCount: Int
    private let quantity = QuantityCatalogue()["pm2_5"]!
    private static let interval: Int64 = 10_000
    private static let burst = 256
    private static let start = Timestamp(milliseconds: 1_790_000_040_000)

    /// The least of several rounds: what others take from this machine is no cost of ours.
    func leastNanoseconds(through last: Step, readings: Int, rounds: Int) -> Double {
        (0..<rounds).map { _ in nanoseconds(through: last, readings: readings) }.min() ?? 0
    }

    /// What the histories of all series take, once they are full.
    func bytesInSeries() -> Int {
        let before = poort_allocated_bytes()
        var histories = makeHistories()
        for index in 0..<(seriesCount * 64) {
            let reading = self.reading(index)
            _ = histories.append(
                SeriesPoint(time: reading.time, value: reading.value), to: SeriesID(reading.series) + 1)
        }
        let used = Int(poort_allocated_bytes()) - Int(before)
        return withExtendedLifetime(histories) { used / seriesCount }
    }

    private func reading(_ index: Int) -> Reading {
        // No two in a row are the same, and none is a spike.
        let wave = Double((index &* 2_654_435_761) >> 7 & 0xFF) / 64
        return Reading(
            series: SeriesNumber(index % seriesCount),
            time: Street.start + Int64(index / seriesCount) * Street.interval, value: 10 + wave)
    }

    private func makeHistories() -> SeriesHistories {
        var histories = SeriesHistories()
        let control = QualityControl(of: quantity, intervalMilliseconds: Street.interval)
        for index in 0..<seriesCount {
            let id = SeriesID(index + 1)
            histories.enter(
                id,
                at: SeriesPlace(
                    device: "aq-\(index)", quantity: quantity.name, unit: quantity.unit,
                    neighbourhood: "n-\(index / 12)"))
            histories.adopt(SeriesHistory(), isWhole: true, under: control, of: id)
        }
        return histories
    }

    private func nanoseconds(through last: Step, readings: Int) -> Double {
        var ends = Ring<IntakeItem>.make(capacity: 1024)
        var histories = makeHistories()
        var minutes = Minutes(seriesCount: seriesCount, start: Street.start)
        // The first readings make room for all that follow.
        let warmUp = seriesCount * 8
        var began = ContinuousClock.now
        var index = 0
        while index < warmUp + readings {
            if index >= warmUp, index - warmUp < Street.burst { began = .now }
            for _ in 0..<Street.burst where ends.producer.hasRoom() {
                ends.producer.push(.reading(reading(index)))
                index += 1
            }
            ends.producer.publish()
            while let item = ends.consumer.pop() {
                guard case .reading(let reading) = consume item else { continue }
                process(reading, through: last, &histories, &minutes)
            }
        }
        let elapsed = ContinuousClock.now - began
        precondition(minutes.isPlausible || last != .downsampling, "nothing was aggregated")
        return nanoseconds(elapsed, readings: readings)
    }

    @inline(__always)
    private func process(
        _ offered: Reading, through last: Step, _ histories: inout SeriesHistories, _ minutes: inout Minutes
    ) {
        if last == .ring { return }
        var reading = offered
        let id = SeriesID(reading.series) + 1
        guard histories.newestTime(id).map({ $0 < reading.time }) ?? true || last == .duplicates else { return }
        if last == .duplicates { return }
        let judgement = histories.append(SeriesPoint(time: reading.time, value: reading.value), to: id)
        reading.tests = judgement.tests
        reading.flag = judgement.tests.combined
        for revision in histories.revisions(after: reading.time, of: id) { minutes.note(revision.time, id) }
        if last == .tests { return }
        minutes.add(reading, id: id)
    }

    /// The time of bare inserts, in memory, keyed as the gateway's own are: the least that storing a reading takes.
    func insertNanoseconds(readings: Int) -> Double {
        var database: OpaquePointer?
        var insert: OpaquePointer?
        sqlite3_open(":memory:", &database)
        defer { sqlite3_close_v2(database) }
        sqlite3_exec(
            database,
            "CREATE TABLE r(time INTEGER, series INTEGER, value REAL, PRIMARY KEY(time, series)) WITHOUT ROWID; BEGIN",
            nil, nil, nil)
        sqlite3_prepare_v2(database, "INSERT INTO r VALUES(?1, ?2, ?3) ON CONFLICT DO NOTHING", -1, &insert, nil)
        defer { sqlite3_finalize(insert) }
        let began = ContinuousClock.now
        for index in 0..<readings {
            let reading = self.reading(index)
            sqlite3_bind_int64(insert, 1, reading.time.milliseconds)
            sqlite3_bind_int64(insert, 2, Int64(reading.series))
            sqlite3_bind_double(insert, 3, reading.value)
            sqlite3_step(insert)
            sqlite3_reset(insert)
        }
        precondition(sqlite3_total_changes64(database) == readings, "not every reading was inserted")
        return nanoseconds(ContinuousClock.now - began, readings: readings)
    }

    private func nanoseconds(_ elapsed: Duration, readings: Int) -> Double {
        let (seconds, attoseconds) = elapsed.components
        return (Double(seconds) * 1e9 + Double(attoseconds) / 1e9) / Double(readings)
    }
}

/// The windows of all series as the core computes them: noted when a reading comes, computed when they close, and merged.
private struct Minutes {
    private var schedule: WindowSchedule
    private var accumulators: [WindowAccumulator]
    private var mergers: [WindowMerger]
    private var minute: Window
    private var quarter: Window
    private let rules: AggregationRules
    private var aggregated = 0

    init(seriesCount: Int, start: Timestamp) {
        schedule = WindowSchedule(
            closedUntil: start, latenessMilliseconds: 10_000, lateDelayMilliseconds: 5000, calendar: .local)
        rules = AggregationRules(kind: .gauge, intervalMilliseconds: 10_000)
        minute = Window(.minute, holding: start, days: .local)
        quarter = Window(.quarter, holding: start, days: .local)
        let (window, larger, rules) = (minute, quarter, rules)
        accumulators = (0..<seriesCount).map { _ in WindowAccumulator(window: window, rules: rules) }
        mergers = (0..<seriesCount).map { _ in WindowMerger(window: larger, rules: rules) }
    }

    var isPlausible: Bool { aggregated > 0 }

    mutating func note(_ time: Timestamp, _ id: SeriesID) { _ = schedule.note(id, at: time, now: time) }

    mutating func add(_ reading: Reading, id: SeriesID) {
        if reading.time >= minute.end { close(at: reading.time) }
        note(reading.time, id)
        accumulators[Int(reading.series)].add(time: reading.time, value: reading.value, flag: reading.flag)
    }

    private mutating func close(at time: Timestamp) {
        let isQuarterOver = time >= quarter.end
        schedule.advance(to: time + 10_000)
        for due in schedule.takeDueMinutes(now: time + 10_000, limit: .max) {
            schedule.noteWritten(due.window, series: due.series)
        }
        let next = Window(.minute, holding: time, days: .local)
        if isQuarterOver { quarter = Window(.quarter, holding: time, days: .local) }
        for index in accumulators.indices {
            mergers[index].add(accumulators[index].result)
            accumulators[index] = WindowAccumulator(window: next, rules: rules)
            if isQuarterOver {
                aggregated += mergers[index].result.count
                mergers[index] = WindowMerger(window: quarter, rules: rules)
            }
        }
        minute = next
    }
}
