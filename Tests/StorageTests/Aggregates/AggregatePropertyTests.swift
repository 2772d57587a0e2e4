import CSQLite
@testable import Storage
import Telemetry
import TestKit
import Testing

@Suite("Aggregates of all kinds")
struct AggregatePropertyTests {
    private let directory = TemporaryDirectory()
    private let random = SeededGenerator.fromEnvironment()

    private func written(
        _ count: Int, hasSignedZero: Bool = true, to store: Store
    ) throws -> [StoredAggregate] {
        var aggregates = RandomAggregates(random: random, hasSignedZero: hasSignedZero)
        var written: [StoredAggregate] = []
        var taken: Set<String> = []
        for number in 0..<count {
            let tier = Tier.allCases[number % Tier.allCases.count]
            let series = SeriesID([1, 2, 77, 1_048_575][number / Tier.allCases.count % 4])
            let aggregate = aggregates.next(tier)
            let id = AggregateKeys(tier).id(aggregate.window.start, series)
            guard taken.insert("\(tier) \(id)").inserted else { continue }
            #expect(try store.write(aggregate, series: series) == 1)
            written.append(StoredAggregate(series: series, aggregate: aggregate, revision: 1))
        }
        return written
    }

    private func expectSame(_ found: StoredAggregate?, _ expected: StoredAggregate) {
        #expect(found == expected, "seed \(random.seed)")
        #expect(found?.aggregate.bits == expected.aggregate.bits, "seed \(random.seed)")
    }

    @Test("are read bit for bit as they were written, one by one and all together")
    func same() throws {
        let store = try Store(path: directory.file("poort.db"))
        let all = try written(4000, to: store)
        #expect(all.count > 3900)
        for stored in all {
            expectSame(try store.aggregate(stored.aggregate.window, series: stored.series), stored)
        }
        try store.commit()
        let reader = try StoreReader(path: store.path)
        for tier in Tier.allCases {
            let expected = all.filter { $0.aggregate.window.tier == tier }.sorted {
                ($0.aggregate.window.start, $0.series) < ($1.aggregate.window.start, $1.series)
            }
            var index = 0
            try reader.aggregates(tier, in: .distantPast ..< .distantFuture) { found in
                expectSame(found, expected[index])
                index += 1
                return index < expected.count
            }
            #expect(index == expected.count)
            let starts = expected.map(\.aggregate.window.start)
            for _ in 0..<20 {
                let bounds = [starts.randomElement()!, starts.randomElement()! + Int64.random(in: -1...1)].sorted()
                let within = expected.filter { (bounds[0]..<bounds[1]).contains($0.aggregate.window.start) }
                var found: [StoredAggregate] = []
                try reader.aggregates(tier, in: bounds[0]..<bounds[1]) {
                    found.append($0)
                    return true
                }
                #expect(found == within)
            }
        }
    }

    @Test("replace each other without a trace")
    func replaced() throws {
        let store = try Store(path: ":memory:")
        var aggregates = RandomAggregates(random: random)
        for tier in Tier.allCases {
            let window = aggregates.next(tier).window
            for number in 0..<300 {
                var aggregate = aggregates.next(tier)
                // Times need not lie in the window.
                aggregate.window = window
                let revision = try store.write(aggregate, series: 3)
                guard let revision else { continue }
                expectSame(
                    try store.aggregate(window, series: 3),
                    StoredAggregate(series: 3, aggregate: aggregate, revision: revision))
                #expect(revision > 1 || number == 0)
            }
        }
    }

    @Test("go with their tier when they are too old, and nothing of them stays")
    func removed() throws {
        let store = try Store(path: ":memory:")
        let all = try written(1000, to: store)
        let border = all[500].aggregate.window.start
        let kept = all.filter { $0.aggregate.window.tier != .minute || $0.aggregate.window.start >= border }
        var removed = 0
        while true {
            let step = try store.removeAggregates(.minute, before: border, limit: 10)
            removed += step
            if step < 10 { break }
        }
        #expect(removed == all.count - kept.count)
        for stored in all {
            let found = try store.aggregate(stored.aggregate.window, series: stored.series)
            #expect((found != nil) == kept.contains(stored))
        }
        let orphans = "SELECT count(*) FROM minutes_more WHERE id NOT IN (SELECT id FROM minutes)"
        #expect(try store.database.integer(orphans) == 0)
        #expect(try store.database.integer("SELECT count(*) FROM minutes_more") ?? 0 > 0)
    }

    // MARK: - As a table of SQL

    /// All rows of `aggregates` with the types of their columns, reals by their bits.
    private func rows(_ path: String, _ filter: String = "") throws -> [String] {
        let database = try Database(path: path, mode: .readOnly, busyTimeoutMilliseconds: 1000)
        var statement: OpaquePointer?
        let sql = "SELECT * FROM aggregates \(filter) ORDER BY tier, start, series"
        #expect(sqlite3_prepare_v2(database.handle, sql, -1, &statement, nil) == SQLITE_OK)
        defer { sqlite3_finalize(statement) }
        var rows: [String] = []
        while sqlite3_step(statement) == SQLITE_ROW {
            rows.append(
                (0..<sqlite3_column_count(statement)).map { column in
                    let name = String(cString: sqlite3_column_name(statement, column))
                    switch sqlite3_column_type(statement, column) {
                    case SQLITE_FLOAT: return "\(name) \(sqlite3_column_double(statement, column).bitPattern)"
                    case SQLITE_NULL: return name
                    default: return "\(name) " + String(cString: sqlite3_column_text(statement, column))
                    }
                }.joined(separator: ", "))
        }
        return rows
    }

    /// A row of `poort sql`, reals by their bits.
    private func row(_ statement: SQLStatement) -> [String] {
        statement.columns.indices.map { column in
            switch statement.value(column) {
            case .null: "-"
            case .integer(let number): "\(number)"
            case .real(let number): "\(number.bitPattern)"
            case .text(let bytes): String(decoding: bytes, as: UTF8.self)
            case .blob(let bytes): "\(bytes.count) bytes"
            }
        }
    }

    /// What `poort sql` is to show of a window.
    private func shown(_ stored: StoredAggregate) -> [String] {
        let (aggregate, statistics) = (stored.aggregate, stored.aggregate.statistics)
        let (increase, percentiles) = (aggregate.increase, aggregate.percentiles)
        func real(_ value: Double?) -> String { value.map { "\($0.bitPattern)" } ?? "-" }
        func integer(_ value: Int64?) -> String { value.map { "\($0)" } ?? "-" }
        return [
            "\(stored.series)", aggregate.window.tier.name, integer(aggregate.window.start.milliseconds),
            integer(aggregate.window.end.milliseconds), "\(aggregate.count)", real(aggregate.mean),
            real(statistics?.minimum), real(statistics?.maximum), real(aggregate.standardDeviation),
            real(aggregate.first), real(aggregate.last), real(aggregate.coverage), aggregate.isValid ? "1" : "0",
            "\(stored.revision)", "\(aggregate.suspectCount)", "\(aggregate.failCount)",
            integer(aggregate.expected.map(Int64.init)), real(increase?.total),
            integer(increase.map { Int64($0.resets) }), integer(increase.map { Int64($0.wraps) }),
            integer(increase?.since?.milliseconds), real(aggregate.sum),
            integer(statistics?.minimumTime?.milliseconds), integer(statistics?.maximumTime?.milliseconds),
            real(percentiles?.p50), real(percentiles?.p85), real(percentiles?.p95), real(aggregate.resultantLength),
        ]
    }

    @Test("are shown by poort sql as they were written, in the order that it is asked for")
    func sql() throws {
        let store = try Store(path: directory.file("poort.db"))
        let all = try written(2000, to: store)
        try store.commit()
        let session = try SQLSession(path: store.path)
        for tier in Tier.allCases {
            let expected = all.filter { $0.aggregate.window.tier == tier }.sorted {
                ($0.aggregate.window.start, $0.series) < ($1.aggregate.window.start, $1.series)
            }.map(shown)
            for order in ["start, series", "start DESC, series DESC", "tier"] {
                let statement = try session.prepare(
                    """
                    SELECT series, tier, start, "end", count, mean, min, max, stddev, first, last, coverage, valid, revision,
                    suspect, fail, expected, increase, resets, wraps, increase_since, sum, min_time, max_time, p50, p85, p95,
                    resultant FROM aggregates WHERE tier = '\(tier.name)' ORDER BY \(order)
                    """)
                var found: [[String]] = []
                try session.run(statement) {
                    found.append(row($0))
                    return true
                }
                switch order {
                case "start, series": #expect(found == expected, "seed \(random.seed)")
                case "tier": #expect(found.count == expected.count && Set(found) == Set(expected))
                default: #expect(found == expected.reversed(), "seed \(random.seed)")
                }
            }
        }
    }

    private func executeInOldFile(_ path: String, _ sql: [String]) {
        var handle: OpaquePointer?
        #expect(sqlite3_open(path, &handle) == SQLITE_OK)
        for sql in sql {
            #expect(sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK, "\(String(cString: sqlite3_errmsg(handle)))")
        }
        sqlite3_close(handle)
    }

    @Test("of schema version 3 stay what they were, for SQL and for Poort, before and after they are moved")
    func moved() throws {
        let (new, old) = (directory.file("new.db"), directory.file("old.db"))
        var store = try Store(path: new)
        let all = try written(3000, hasSignedZero: false, to: store)
        try store.commit()
        // The view has the columns that the table had, in their order.
        executeInOldFile(
            old,
            SchemaVersions.migrations[..<3] + [
                "PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = 3", "ATTACH '\(new)' AS new",
                "INSERT INTO aggregates SELECT * FROM new.aggregates",
                "INSERT INTO series(id, device, quantity, unit, kind, device_type) VALUES(77, 'd', 'q', 'u', 'counter', 't')",
            ])
        let shown = try rows(new)
        #expect(shown.count == all.count)
        #expect(try rows(old) == shown, "seed \(random.seed)")
        try expectAll(all, StoreReader(path: old))
        store = try Store(path: old)
        #expect(try rows(old) == shown, "seed \(random.seed)")
        try expectAll(all, StoreReader(path: old))
        let minutes = all.filter {
            $0.aggregate.window.tier == .minute && $0.series == 77 && $0.aggregate.increase != nil
        }
        let last = try #require(minutes.max { $0.aggregate.window.start < $1.aggregate.window.start }).aggregate
        #expect(
            try store.database.integer("SELECT counted FROM series WHERE id = 77") == last.window.start.milliseconds)
    }

    private func expectAll(_ all: [StoredAggregate], _ reader: StoreReader) throws {
        var found: [StoredAggregate] = []
        for tier in Tier.allCases {
            try reader.aggregates(tier, in: .distantPast ..< .distantFuture) {
                found.append($0)
                return true
            }
        }
        #expect(Set(found) == Set(all) && found.count == all.count, "seed \(random.seed)")
        let hours = all.filter { $0.aggregate.window.tier == .hour && $0.series == 77 }
        let looked = try reader.windows(.hour, in: .distantPast ..< .distantFuture, of: 77)
        #expect(Set(looked) == Set(hours) && looked.count == hours.count)
    }

    @Test("are found by SQL by their tier and start")
    func conditions() throws {
        let store = try Store(path: directory.file("poort.db"))
        let all = try written(400, to: store)
        try store.commit()
        let hours = all.filter { $0.aggregate.window.tier == .hour }
        #expect(try rows(store.path, "WHERE tier = 3600").count == hours.count)
        let start = hours[0].aggregate.window.start
        let later = hours.filter { $0.aggregate.window.start >= start }
        let found = try rows(store.path, "WHERE tier = 3600 AND start >= \(start.milliseconds)")
        #expect(found.count == later.count)
    }
}
