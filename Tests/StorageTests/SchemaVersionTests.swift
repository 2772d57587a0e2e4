import CSQLite
@testable import Storage
import Telemetry
import TestKit
import Testing

/// A file of the version before becomes one of this version, and nothing in it changes its meaning.
@Suite("A file of schema version 2")
struct SchemaVersionTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.path + "/poort.db" }
    private let ten = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    private func execute(_ sql: String) {
        var handle: OpaquePointer?
        #expect(sqlite3_open(path, &handle) == SQLITE_OK)
        #expect(sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK, "\(String(cString: sqlite3_errmsg(handle)))")
        sqlite3_close(handle)
    }

    /// As the version before wrote it: a counter with a usable and an empty minute, and a direction.
    private func writeOldFile() {
        for step in SchemaVersions.migrations[..<2] { execute(step) }
        execute(
            """
            PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = 2;
            INSERT INTO series VALUES(1, 'd', 'vehicle_count', '1', 'counter', 'traffic', 10000, \(ten.milliseconds));
            INSERT INTO series VALUES(2, 'd', 'wind_direction', 'deg', 'circular', 'air', NULL, \(ten.milliseconds));
            INSERT INTO aggregates VALUES(60, \(ten.milliseconds), 1, \((ten + 60_000).milliseconds), 3, 1, 2, 6,
                5, 8, 3, 7, 3, \((ten + 1).milliseconds), 7, \((ten + 2).milliseconds), 4, 1, 2);
            INSERT INTO aggregates VALUES(60, \((ten + 60_000).milliseconds), 1, \((ten + 120_000).milliseconds), 0, 1, 0,
                6, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1);
            INSERT INTO aggregates VALUES(60, \(ten.milliseconds), 2, \((ten + 60_000).milliseconds), 2, 0, 0, NULL,
                180, 57800, 10, 350, 350, \((ten + 1).milliseconds), 10, \((ten + 2).milliseconds), NULL, NULL, 1);
            INSERT INTO quarantine VALUES(1, \(ten.milliseconds), 's', x'61', x'62', 'undecodable', '', '', 0, x'');
            INSERT INTO readings VALUES(\((ten + 1).milliseconds), 1, 3, 1, 1);
            """)
    }

    private func minute(_ number: Int64) -> Window { Window(.minute, holding: ten + number * 60_000, days: .utc) }

    private var counter: Aggregate {
        var aggregate = Aggregate(window: minute(0), count: 3, suspectCount: 1, failCount: 2, expected: 6)
        aggregate.statistics = .init(
            mean: 5, squaredDeviations: 8, minimum: 3, maximum: 7, first: 3, firstTime: ten + 1, last: 7,
            lastTime: ten + 2)
        aggregate.increase = .init(total: 4, resets: 1)
        return aggregate
    }

    private func aggregates(_ reader: StoreReader) throws -> [StoredAggregate] {
        var found: [StoredAggregate] = []
        try reader.aggregates(.minute, in: .distantPast..<(.distantFuture)) { row in
            found.append(row)
            return true
        }
        return found
    }

    private func expectUnchanged(_ found: [StoredAggregate]) {
        #expect(found.map(\.series) == [1, 2, 1])
        #expect(found.map(\.revision) == [2, 1, 1])
        #expect(found.first?.aggregate == counter)
        #expect(found.last?.aggregate == Aggregate(window: minute(1), suspectCount: 1, expected: 6))
        // What was wrong of directions stays so in windows that are closed; it is not made a vector mean.
        let direction = found.first { $0.series == 2 }?.aggregate
        #expect(direction?.mean == 180 && direction?.direction == nil && direction?.isValid == false)
    }

    @Test("is read as it was, before and after it is brought up to date")
    func sameFigures() throws {
        writeOldFile()
        expectUnchanged(try aggregates(StoreReader(path: path)))
        #expect(try StoreReader(path: path).holdings().undated == 0)
        #expect(try StoreReader(path: path).heldMessages(limit: 2).map(\.message.boot) == [nil])
        let store = try Store(path: path)
        expectUnchanged(try aggregates(StoreReader(path: path)))
        #expect(try store.reader.holdings().readings == 1)
        #expect(try store.lastCount(of: 1, in: ten..<(ten + 60_000)).map { $0.value } == 7)
        #expect(try store.lastCount(of: 1, in: ten..<(ten + 60_000)).map { $0.time } == ten + 2)
    }

    @Test("has the usual rules for its series until these are announced anew")
    func rules() throws {
        writeOldFile()
        let store = try Store(path: path)
        #expect(
            try store.storedSeries().map(\.rules) == [
                AggregationRules(kind: .counter, intervalMilliseconds: 10_000), AggregationRules(kind: .circular),
            ])
        var quantity = Quantity(name: "vehicle_count", unit: "1", kind: .counter)
        quantity.requiredCoverage = 0.9
        quantity.counterWidth = CounterWidth(bits: 16, maximumPerSecond: 2.5)
        let announced = Series(number: 0, device: "d", quantity: quantity, intervalMilliseconds: 10_000)
        #expect(try store.identify(announced).rules == AggregationRules(of: quantity, intervalMilliseconds: 10_000))
        try store.commit()
        #expect(try Store(path: path).storedSeries().first?.rules.counterWidth == quantity.counterWidth)
    }

    @Test("takes what is computed anew, with a higher revision where it says more")
    func computedAnew() throws {
        writeOldFile()
        let store = try Store(path: path)
        #expect(try store.write(counter, series: 1) == nil)
        var complete = counter
        complete.statistics?.minimumTime = ten + 1
        complete.statistics?.maximumTime = ten + 2
        #expect(try store.write(complete, series: 1) == 3)
        #expect(try store.aggregate(complete.window, series: 1)?.aggregate == complete)
    }
}
