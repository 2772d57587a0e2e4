import CPageChecksums
import CSQLite
import Glibc
@testable import Storage
import Telemetry
import TestKit
import Testing

@Suite("Page checksums")
struct PageChecksumTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.file("poort.db") }

    @Test("are CRC-32C, with the processor's instruction and without")
    func checksum() {
        // RFC 3720, B.4.
        let bytes = Array("123456789".utf8)
        #expect(poort_crc(bytes, bytes.count) == 0xE306_9283)
        #expect(poort_crc_by_table(bytes, bytes.count) == 0xE306_9283)
        let ascending = (0..<UInt8(32)).map { $0 }
        #expect(poort_crc(ascending, 32) == 0x46DD_794E)
        #expect(poort_crc_by_table(ascending, 32) == 0x46DD_794E)
    }

    @Test("stand at the end of every page, and sqlite3 reads the file all the same", arguments: [512, 4096, 65_536])
    func everyPage(pageBytes: Int) throws {
        let file = try StoredFile(pageBytes: pageBytes)
        try file.store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)", operation: "copy the log")
        let bytes = try #require(file.files[""])
        for index in 0..<(bytes.count / pageBytes) {
            let page = Array(bytes[(index * pageBytes)..<((index + 1) * pageBytes)])
            #expect(poort_page_judge(page, Int32(pageBytes), UInt32(index + 1)) == poort_page_good)
            // As another page they would not be believed.
            #expect(poort_page_judge(page, Int32(pageBytes), UInt32(index + 2)) == poort_page_damaged)
        }
        var handle: OpaquePointer?
        #expect(sqlite3_open_v2(file.path, &handle, SQLITE_OPEN_READONLY, nil) == SQLITE_OK)
        defer { sqlite3_close(handle) }
        #expect(
            sqlite3_exec(handle, "PRAGMA integrity_check; SELECT count(*) FROM hot_readings", nil, nil, nil)
                == SQLITE_OK)
    }

    @Test("a flipped bit in a page of the file is an error that names the page, for the writer and for readers")
    func flippedBit() throws {
        let file = try StoredFile()
        try file.store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)", operation: "copy the log")
        var bytes = try #require(file.files[""])
        // A value of a hot row.
        let root = try #require(
            try file.store.database.integer("SELECT rootpage FROM sqlite_schema WHERE name = 'hot'"))
        let source = try #require(try SalvageSource(path: file.path, reference: Salvage.reference))
        let page = try #require(source.tree(of: "hot").pages.first { $0 != UInt32(root) })
        bytes[Int(page) * 1024 - 40] ^= 0x10
        RepairFiles.write(["": bytes], to: path)
        let reader = try StoreReader(path: path)
        let error = #expect(throws: StorageError.self) { _ = try StoredContent(reader) }
        #expect(error?.isDamage == true)
        #expect(error?.cause == "page \(page) of the file is damaged")
        #expect(error?.hint.contains("poort doctor") == true)
        // The writer looks at all of that table when it begins.
        let atStart = #expect(throws: StorageError.self) { _ = try Store(path: path) }
        #expect(atStart?.cause == error?.cause)
        var scrub = PageScrub(path: path)
        let found = #expect(throws: StorageError.self) { while try !scrub.look(atPages: 7) {} }
        #expect(found?.cause == error?.cause)
    }

    @Test("what lies behind the last page is no damage, as long as the number of pages can be believed")
    func tail() throws {
        let file = try StoredFile()
        try file.store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)", operation: "copy the log")
        var bytes = try #require(file.files[""])
        let pageCount = bytes.count / 1024
        bytes += [UInt8](repeating: 0xA5, count: 3 * 1024)
        RepairFiles.write(["": bytes], to: path)
        var scrub = PageScrub(path: path)
        #expect(throws: Never.self) { while try !scrub.look(atPages: 7) {} }
        #expect(PageCensus(path: path).damaged.isEmpty)
        #expect(try StoredContent(StoreReader(path: path)) == StoredContent(file.store.reader))
        // One page fewer, as the header tells.
        bytes[31] &-= 1
        RepairFiles.write(["": bytes], to: path)
        #expect(PageCensus(path: path).damaged == [1] + (1...3).map { pageCount + $0 })
    }

    @Test("a flipped bit in the log is an error, too, and never copied into the file")
    func flippedBitInLog() throws {
        let file = try StoredFile()
        try file.addReadings(turns: 30)
        try file.store.commit()
        // Behind SQLite's back, as the medium does it while the daemon is at work.
        let descriptor = open(file.path + "-wal", O_RDWR | O_CLOEXEC)
        defer { close(descriptor) }
        let size = try #require(file.files["-wal"]?.count)
        for frame in 0..<((size - 32) / 1048) {
            var byte: UInt8 = 0
            let place = 32 + frame * 1048 + 24 + 700
            pread(descriptor, &byte, 1, place)
            byte ^= 4
            pwrite(descriptor, &byte, 1, place)
        }
        file.store.reader.database.forgetPages()
        let error = #expect(throws: StorageError.self) { _ = try StoredContent(file.store.reader) }
        #expect(error?.isDamage == true)
        #expect(error?.cause.contains("in the write-ahead log") == true)
        let copying = #expect(throws: StorageError.self) {
            try file.store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)", operation: "copy the log")
        }
        #expect(copying?.isDamage == true)
    }

    @Test("a transaction that is larger than the cache reads again what it wrote", .timeLimit(.minutes(1)))
    func largeTransaction() throws {
        let file = try StoredFile()
        try file.store.database.execute("PRAGMA cache_size = 10", operation: "have a small cache")
        try file.addReadings(turns: 100)
        try file.store.database.execute("UPDATE hot SET value = value + 1", operation: "write all anew")
        try file.store.database.execute("UPDATE hot SET value = value - 1", operation: "write all anew")
        let before = try StoredContent(file.store.reader)
        try file.store.commit()
        #expect(try StoredContent(file.store.reader) == before)
        #expect(try StoredContent(StoreReader(path: file.path)) == before)
        try file.addReadings(turns: 50)
        try file.store.database.execute("UPDATE hot SET value = value + 1", operation: "write all anew")
        file.store.rollback()
        #expect(try StoredContent(file.store.reader) == before)
    }

    @Test("a file of before has none, and gets them when it is written anew")
    func withoutChecksums() throws {
        var handle: OpaquePointer?
        #expect(sqlite3_open(path, &handle) == SQLITE_OK)
        #expect(sqlite3_exec(handle, "PRAGMA auto_vacuum = 2", nil, nil, nil) == SQLITE_OK)
        for step in SchemaVersions.migrations { #expect(sqlite3_exec(handle, step, nil, nil, nil) == SQLITE_OK) }
        let identity =
            "PRAGMA application_id = \(Schema.applicationID); PRAGMA user_version = \(SchemaVersions.migrations.count)"
        #expect(sqlite3_exec(handle, identity, nil, nil, nil) == SQLITE_OK)
        sqlite3_close(handle)
        #expect(DatabasePages(path: path)?.isSealed == false)
        let store = try Store(path: path)
        try store.setState("x", 1)
        try store.commit()
        try store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)", operation: "copy the log")
        #expect(DatabasePages(path: path)?.isSealed == false)
        store.database.reserveChecksums()
        try store.database.execute("VACUUM", operation: "write the file anew")
        try store.setState("x", 2)
        try store.commit()
        try store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)", operation: "copy the log")
        let pages = try #require(DatabasePages(path: path))
        #expect(pages.isSealed)
        for number in 1...pages.pageCount { #expect(pages.condition(number) == .good) }
        #expect(try StoreReader(path: path).state("x") == 2)
    }

    @Test("pages that another program copies out of the log cannot be verified, and do not seem damaged")
    func foreignCheckpoint() throws {
        let file = try StoredFile()
        // Read anew, as after a restart.
        try file.store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)", operation: "copy the log")
        file.store.database.forgetPages()
        _ = try StoredContent(file.store.reader)
        try file.store.database.execute("UPDATE hot SET value = value + 1", operation: "write rows anew")
        // Pages that were not there.
        try file.addReadings(turns: 40)
        try file.store.commit()
        let content = try StoredContent(file.store.reader)
        RepairFiles.write(file.files, to: path)
        var handle: OpaquePointer?
        #expect(sqlite3_open(path, &handle) == SQLITE_OK)
        #expect(sqlite3_exec(handle, "PRAGMA wal_checkpoint(TRUNCATE)", nil, nil, nil) == SQLITE_OK)
        sqlite3_close(handle)
        let pages = try #require(DatabasePages(path: path))
        let conditions = (1...pages.pageCount).map(pages.condition)
        #expect(conditions.contains(.unverified) && !conditions.contains(.damaged))
        #expect(try StoredContent(StoreReader(path: path)) == content)
    }
}

extension Database {
    /// Has pages be read anew.
    func forgetPages() { sqlite3_db_release_memory(handle) }
}

/// Files of a database, by what follows its name.
enum RepairFiles {
    static func write(_ files: [String: [UInt8]], to path: String) {
        for suffix in ["", "-wal", "-shm"] {
            unlink(path + suffix)
            guard let bytes = files[suffix] else { continue }
            let descriptor = open(path + suffix, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            precondition(count == bytes.count)
            close(descriptor)
        }
    }
}
