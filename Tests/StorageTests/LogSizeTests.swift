import Glibc
@testable import Storage
import Telemetry
import TestKit
import Testing

@Suite("The write-ahead log")
struct LogSizeTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.file("poort.db") }
    private static let limit: Int64 = 256 << 10
    /// What a transaction below writes, and the frame headers.
    private static let transaction: Int64 = 64 << 10

    private var logBytes: Int64 {
        var file = stat()
        return stat(path + "-wal", &file) == 0 ? Int64(file.st_size) : 0
    }

    private func opened() throws -> (Store, SeriesID) {
        var options = StoreOptions()
        options.logLimitBytes = LogSizeTests.limit
        let store = try Store(path: path, options: options)
        return (store, try store.identify(Series(number: 0, device: "d", quantity: QuantityCatalogue()["pm10"]!)).id)
    }

    private func write(_ count: Int, into store: Store, _ series: SeriesID, at time: inout Timestamp) throws {
        for _ in 0..<count {
            for _ in 0..<200 {
                _ = try store.insert(Reading(series: 0, time: time, value: 1.5), series: series)
                time = time + 1000
            }
            try store.commit()
        }
    }

    @Test("stays about as short as it is to be while readers come and go")
    func bounded() throws {
        let (store, series) = try opened()
        var time = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!
        var longest: Int64 = 0
        for round in 0..<300 {
            try write(1, into: store, series, at: &time)
            longest = max(longest, logBytes)
            if round % 3 == 0 {
                let reader = try StoreReader(path: path)
                try reader.atOneMoment { () throws(StorageError) in _ = try reader.series() }
            }
        }
        #expect(longest <= LogSizeTests.limit + LogSizeTests.transaction, "\(longest)")
        #expect(longest >= LogSizeTests.limit / 2, "it was filled at all")
        let pages = try store.sizeBytes()
        #expect(pages > 2 * LogSizeTests.limit, "more was written than it holds: \(pages)")
    }

    @Test("grows while somebody reads at one moment, and is as short as before when they have done")
    func held() throws {
        let (store, series) = try opened()
        var time = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!
        try write(10, into: store, series, at: &time)
        let reader = try StoreReader(path: path)
        try reader.database.execute("BEGIN", operation: "begin to read")
        let before = try reader.holdings().readings
        try write(200, into: store, series, at: &time)
        #expect(logBytes > LogSizeTests.limit + LogSizeTests.transaction)
        #expect(try reader.holdings().readings == before)
        try reader.database.execute("COMMIT", operation: "end reading")
        try write(3, into: store, series, at: &time)
        #expect(logBytes <= LogSizeTests.limit + LogSizeTests.transaction, "\(logBytes)")
        #expect(try reader.holdings().readings == before + 203 * 200)
    }
}
