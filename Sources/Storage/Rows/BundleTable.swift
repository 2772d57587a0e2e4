import CSQLite
import Telemetry

/// The bundles of a file, for the one who writes them.
final class BundleTable {
    private let database: Database
    private let insert: Statement
    private let update: Statement
    private let delete: Statement
    private let lastID: Statement
    private let select: Statement

    init(_ database: Database) throws(StorageError) {
        self.database = database
        insert = try database.prepare("INSERT INTO bundles(id, data) VALUES(?1, ?2)")
        update = try database.prepare("UPDATE bundles SET data = ?2 WHERE id = ?1")
        delete = try database.prepare("DELETE FROM bundles WHERE id = ?1")
        lastID = try database.prepare("SELECT max(id) FROM bundles WHERE id BETWEEN ?1 AND ?2")
        select = try database.prepare("SELECT id, data FROM bundles WHERE id BETWEEN ?1 AND ?2 ORDER BY id")
    }

    /// - Parameter readings: sorted, as ``Bundle/cut(_:)`` gives them.
    func add(_ readings: ArraySlice<BundledReading>) throws(StorageError) {
        guard let start = readings.first?.time else { return }
        let id = try freeID(from: start)
        let records = readings.map { BundleRecord($0, offset: $0.time - start).bits }.sorted()
        insert.bind(1, id)
        insert.bind(2, blob: Bundle(id: id, records: records).bytes)
        try insert.run("write readings")
    }

    private func freeID(from start: Timestamp) throws(StorageError) -> Int64 {
        lastID.bind(1, HotRow.id(start, 0))
        lastID.bind(2, HotRow.id(start, HotRow.greatestSeries))
        defer { lastID.reset() }
        return try lastID.step("number readings") && !lastID.isNull(0) ? lastID.integer(0) + 1 : HotRow.id(start, 0)
    }

    /// Those that may hold readings of a stretch of time, until `visit` says false.
    func visit(_ range: Range<Timestamp>, _ visit: (Bundle) throws(StorageError) -> Bool) throws(StorageError) {
        guard let ids = Bundle.ids(range) else { return }
        select.bind(1, ids.lowerBound)
        select.bind(2, ids.upperBound)
        defer { select.reset() }
        while try select.step("read readings"), try visit(try select.bundle(of: database)) {}
    }

    /// As ``visit(_:_:)``, for who changes them meanwhile.
    func all(in range: Range<Timestamp>) throws(StorageError) -> [Bundle] {
        var found: [Bundle] = []
        try visit(range) {
            found.append($0)
            return true
        }
        return found
    }

    /// The bundle that holds a series' reading at a time, and the reading's place in it.
    func find(_ series: SeriesID, at time: Timestamp) throws(StorageError) -> (bundle: Bundle, index: Int)? {
        var found: (bundle: Bundle, index: Int)?
        try visit(time..<(time + 1)) { bundle throws(StorageError) in
            found = bundle.index(of: series, at: time).map { (bundle, $0) }
            return found == nil
        }
        return found
    }

    /// Writes one byte of a bundle's data, and so one page. Source: https://www.sqlite.org/c3ref/blob_write.html
    func setCode(_ code: UInt8, at index: Int, of bundle: Bundle) throws(StorageError) {
        var blob: OpaquePointer?
        defer { sqlite3_blob_close(blob) }
        var byte = code
        let place = Int32((index + 1) * BundleRecord.byteCount - 1)
        guard sqlite3_blob_open(database.handle, "main", "bundles", "data", bundle.id, 1, &blob) == SQLITE_OK,
            sqlite3_blob_write(blob, &byte, 1, place) == SQLITE_OK
        else { throw database.error("write a reading's tests") }
    }

    /// Leaves of a bundle only some of its readings.
    func keep(_ kept: [UInt64], of bundle: Bundle) throws(StorageError) {
        if kept.isEmpty {
            delete.bind(1, bundle.id)
            return try delete.run("remove readings")
        }
        update.bind(1, bundle.id)
        update.bind(2, blob: Bundle(id: bundle.id, records: kept).bytes)
        try update.run("remove readings of several")
    }
}

extension Statement {
    /// Reads `id, data`.
    func bundle(of database: Database) throws(StorageError) -> Bundle {
        let id = integer(0)
        if let bundle = Bundle(id: id, bytes(1)) { return bundle }
        throw StorageError(
            operation: "read readings", path: database.path, code: SQLITE_CORRUPT,
            cause: "row \(id) of the table `bundles` is none that was written so")
    }
}
