import CSQLite
@testable import Storage
import Telemetry
import TestKit

/// A file with readings of a few series, most of them in segments and some as rows between and behind them, and a list of
/// all that is in it.
final class SealedFile {
    let directory = TemporaryDirectory()
    var path: String { directory.file("poort.db") }
    private(set) var readings: [ReadingsRow] = []
    private(set) var names: [SeriesID: (device: String, quantity: String, unit: String)] = [:]
    private let database: Database
    private let insertSegment: Statement
    private let insertRow: Statement
    private let verdicts: Verdicts

    static let start: Int64 = 1_795_000_000_000
    static let hour: Int64 = 3_600_000

    /// - Parameter devices: each with three quantities.
    init(devices: Int = 3) throws {
        let store = try Store(path: directory.path + "/poort.db")
        for device in 0..<devices {
            for quantity in ["no2", "pm10", "temperature"] {
                let found = QuantityCatalogue()[quantity]!
                let series = Series(
                    number: 0, device: "d\(device)", quantity: found, deviceType: "air_quality", site: "s\(device / 2)")
                names[try store.identify(series).id] = ("d\(device)", quantity, found.unit)
            }
        }
        try store.commit()
        database = try Database(path: directory.path + "/poort.db", mode: .readWrite, busyTimeoutMilliseconds: 1000)
        insertSegment = try database.prepare("INSERT INTO segments VALUES(?1, ?2, ?3, ?4, ?5, ?6)")
        insertRow = try database.prepare(
            "INSERT INTO hot(id, value, code) VALUES(?1, ?2, ?3)")
        verdicts = try Verdicts(database)
    }

    var series: [SeriesID] { names.keys.sorted() }

    func execute(_ sql: String) throws { try database.execute(sql, operation: "test") }

    /// Seals readings of one series; within a day, as all segments are.
    @discardableResult
    func seal(_ series: SeriesID, _ sealed: [SealedReading], number: Int = 0) throws -> Int64 {
        let data = try sealed.sealed(series: series)
        let (first, last) = (sealed[0].time, sealed[sealed.count - 1].time)
        let id = SegmentID(hour: SegmentID.hour(of: first), series: series, number: number).rawValue
        insertSegment.bind(1, id)
        insertSegment.bind(2, series)
        insertSegment.bind(3, first)
        insertSegment.bind(4, last)
        insertSegment.bind(5, sealed.count)
        insertSegment.bind(6, blob: data)
        try insertSegment.run("seal")
        readings += sealed.map { ReadingsRow(series: series, $0) }
        return id
    }

    func insert(_ series: SeriesID, _ reading: SealedReading) throws {
        insertRow.bind(1, HotRow.id(reading.time, series))
        let verdict = try verdicts.number(of: Verdict(flag: reading.flag, tests: reading.tests))
        HotRow.bind(reading.value, verdict: verdict, to: insertRow, at: 2)
        try insertRow.run("insert")
        readings.append(ReadingsRow(series: series, reading))
    }

    /// Some days of every series, with gaps and rows left between the segments, and some rows far off.
    func fill(days: Int, _ random: inout SeededGenerator) throws {
        try database.execute("BEGIN", operation: "test")
        for id in series {
            var time = SealedFile.start + .random(in: 0..<SealedFile.hour, using: &random)
            let end = SealedFile.start + Int64(days) * 24 * SealedFile.hour
            var hours: [Int64: Int] = [:]
            while time < end {
                let part = RandomPart(from: time, &random)
                time = part.next
                if Int.random(in: 0..<5, using: &random) == 0 {
                    for reading in part.readings.prefix(20) { try insert(id, reading) }
                } else {
                    let hour = part.readings[0].time.milliseconds / SealedFile.hour
                    try seal(id, part.readings, number: hours[hour, default: 0])
                    hours[hour, default: 0] += 1
                }
            }
        }
        for far in [-5_000_000, 0, 4_102_444_800_000, 4_102_444_800_001] as [Int64] {
            try insert(
                series[0], SealedReading(time: Timestamp(milliseconds: far), value: 1, flag: .good, tests: .init()))
        }
        try database.execute("COMMIT", operation: "test")
    }

    /// Flips a bit in the middle of a segment.
    func damage(_ id: Int64) throws {
        try database.execute(
            """
            UPDATE segments SET data = CAST(substr(data, 1, length(data) / 2) || x'A5' || substr(data, length(data) / 2 + 2)
            AS BLOB) WHERE id = \(id)
            """, operation: "test")
    }
}

/// Readings for one segment, and where the next may begin.
private struct RandomPart {
    var readings: [SealedReading]
    var next: Int64

    init(from time: Int64, _ random: inout SeededGenerator) {
        let step: Int64 = [1, 1000, 10_000, 900_000].randomElement(using: &random)!
        let most = min(24 * SealedFile.hour / (step * 2), 120)
        let count = Int64.random(in: 1...most, using: &random)
        let kinds = RandomSeries.Values.allCases.filter { $0 != .notNumbers }
        let values = RandomSeries.readings(
            .regular, kinds.randomElement(using: &random)!,
            RandomSeries.Verdicts.allCases.randomElement(using: &random)!,
            count: Int(count), &random)
        var moment = time
        readings = values.map { reading in
            var reading = reading
            reading.time = Timestamp(milliseconds: moment)
            moment += .random(in: 1...step * 2, using: &random)
            // SQLite has no NaN, and -0 only where it was sealed.
            if reading.value.isNaN || reading.value == 0 { reading.value = 0.5 }
            return reading
        }
        let gap = Int.random(in: 0..<6, using: &random) == 0 ? 30 * SealedFile.hour : SealedFile.hour
        next = moment + .random(in: 1...gap, using: &random)
    }
}

extension ReadingsRow {
    init(series: SeriesID, _ reading: SealedReading) {
        self.init(
            time: reading.time.milliseconds, value: reading.value, tests: reading.tests.bits, series: series,
            flag: reading.flag.rawValue)
    }

    func isIdentical(to other: ReadingsRow) -> Bool {
        time == other.time && series == other.series && value.bitPattern == other.value.bitPattern && flag == other.flag
            && tests == other.tests
    }
}

extension SQLSession {
    /// All rows of a statement, as text.
    func rows(_ sql: String) throws -> [[String]] {
        var found: [[String]] = []
        try run(prepare(sql)) { statement in
            found.append(
                statement.columns.indices.map { column in
                    switch statement.value(column) {
                    case .null: "NULL"
                    case .integer(let number): "\(number)"
                    case .real(let number): "\(number)"
                    case .text(let bytes): String(decoding: bytes, as: UTF8.self)
                    case .blob(let bytes): "\(bytes.count) bytes"
                    }
                })
            return true
        }
        return found
    }

    /// Rows of `series, time, value, flag, tests`.
    func readings(_ sql: String) throws -> [ReadingsRow] {
        var found: [ReadingsRow] = []
        try run(prepare(sql)) { row in
            found.append(
                ReadingsRow(
                    time: row.integer(1), value: row.real(2), tests: row.integer(4), series: SeriesID(row.integer(0)),
                    flag: UInt8(row.integer(3))))
            return true
        }
        return found
    }

    func plan(_ sql: String) throws -> String {
        try rows("EXPLAIN QUERY PLAN " + sql).map { $0[3] }.joined(separator: "; ")
    }
}
