import CSQLite
import Glibc
@testable import Storage
import Telemetry
import TestKit
import Testing

@Suite("Opening a store")
struct StoreOpeningTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.path + "/poort.db" }

    private func execute(_ sql: String) {
        var handle: OpaquePointer?
        #expect(sqlite3_open(path, &handle) == SQLITE_OK)
        #expect(sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK)
        sqlite3_close(handle)
    }

    /// As a newer poort leaves it: with checksums, which sqlite3 would not write.
    private func makeNewer() throws {
        let database = try Database(path: path, mode: .readWrite, busyTimeoutMilliseconds: 0)
        try database.execute("PRAGMA user_version = 9999", operation: "make the file newer")
    }

    @Test("refuses a foreign SQLite file and leaves it untouched")
    func foreignFile() throws {
        execute("CREATE TABLE mine(x); INSERT INTO mine VALUES(1)")
        let error = #expect(throws: StorageError.self) { try Store(path: path) }
        #expect(error?.description.contains("not a Poort database") == true)
        execute("SELECT x FROM mine")
        #expect(throws: StorageError.self) { try StoreReader(path: path) }
    }

    @Test("refuses a file from a newer version")
    func newerFile() throws {
        _ = try Store(path: path)
        try makeNewer()
        let error = #expect(throws: StorageError.self) { try Store(path: path) }
        #expect(error?.description.contains("newer") == true)
    }

    @Test("commits nothing into a file that is no longer in its place", arguments: ["poort.db", ""])
    func renamed(name: String) throws {
        let home = directory.file("home")
        mkdir(home, 0o755)
        let path = home + "/poort.db"
        let store = try Store(path: path)
        try store.setState("x", 1)
        try store.commit()
        let renamed = name.isEmpty ? home : path
        #expect(rename(renamed, renamed + ".old") == 0)
        try store.setState("x", 2)
        let error = #expect(throws: StorageError.self) { try store.commit() }
        #expect(error?.hint.contains("stop poort") == true)
        let moved = name.isEmpty ? home + ".old/poort.db" : path + ".old"
        #expect(try StoreReader(path: moved).state("x") == 1, "what was committed before went with the file")
    }

    @Test("looks at a file before it writes to it, and refuses what will never be a database of Poort's")
    func inspection() throws {
        func refusal() -> StorageError? {
            do throws(StorageError) {
                try Store.inspect(path: path)
                return nil
            } catch {
                return error
            }
        }
        #expect(refusal() == nil, "nothing is there yet")
        directory.write("", to: "poort.db")
        #expect(refusal() == nil, "an empty file becomes a database")
        directory.write(
            "a text, and long enough to be no header of SQLite's. " + String(repeating: "x", count: 100), to: "poort.db"
        )
        #expect(refusal()?.description.contains("not a Poort database") == true)
        unlink(path)
        #expect(mkdir(path, 0o755) == 0)
        #expect(refusal()?.description.contains("it is a directory") == true)
        rmdir(path)
        execute("CREATE TABLE mine(x)")
        #expect(refusal()?.cause == "it is not a Poort database")
        unlink(path)
        _ = try Store(path: path)
        #expect(refusal() == nil)
        try makeNewer()
        #expect(refusal()?.cause.contains("newer") == true)
    }

    @Test("says why there is nothing to read")
    func nothingToRead() {
        let error = #expect(throws: StorageError.self) { try StoreReader(path: directory.path + "/none/poort.db") }
        #expect(error?.cause == "No such file or directory")
        #expect(error?.hint.contains("--database") == true)
    }

    @Test("says what to do when the directory is not there")
    func noDirectory() {
        let error = #expect(throws: StorageError.self) { try Store(path: directory.path + "/none/poort.db") }
        #expect(error?.hint.contains("directory") == true)
    }

    @Test("fails clearly while another program holds the lock", .timeLimit(.minutes(1)))
    func locked() throws {
        let store = try Store(path: path, options: StoreOptions(busyTimeoutMilliseconds: 50))
        var handle: OpaquePointer?
        sqlite3_open(path, &handle)
        #expect(sqlite3_exec(handle, "BEGIN IMMEDIATE", nil, nil, nil) == SQLITE_OK)
        let error = #expect(throws: StorageError.self) { try store.begin() }
        #expect(error.map { $0.code & 0xFF } == SQLITE_BUSY)
        #expect(error?.hint.contains("another program") == true)
        sqlite3_exec(handle, "COMMIT", nil, nil, nil)
        sqlite3_close(handle)
        try store.begin()
    }

    @Test("writes to the disk at every commit, through a write-ahead log")
    func pragmas() throws {
        let store = try Store(path: path, options: StoreOptions(pageSize: 1024))
        // Of the connection, not of the file: FULL.
        #expect(try store.database.integer("PRAGMA synchronous") == 2)
        var handle: OpaquePointer?
        sqlite3_open(path, &handle)
        defer { sqlite3_close(handle) }
        func pragma(_ name: String) -> String {
            var statement: OpaquePointer?
            sqlite3_prepare_v2(handle, "PRAGMA \(name)", -1, &statement, nil)
            defer { sqlite3_finalize(statement) }
            sqlite3_step(statement)
            return String(cString: sqlite3_column_text(statement, 0))
        }
        #expect(pragma("journal_mode") == "wal")
        #expect(pragma("page_size") == "1024")
        #expect(pragma("auto_vacuum") == "2")
        #expect(pragma("user_version") == "5")
    }
}
