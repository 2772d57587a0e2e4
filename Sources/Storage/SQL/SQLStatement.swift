import CSQLite

/// A value of a row. Texts and bytes lie where SQLite has them, until the next row.
public enum SQLValue {
    case null
    case integer(Int64)
    case real(Double)
    /// UTF-8, unless a statement made it of something else.
    case text(UnsafeRawBufferPointer)
    case blob(UnsafeRawBufferPointer)
}

/// Statements one behind the other, and how far they were read.
public struct SQLText: Sendable {
    let bytes: [UInt8]
    /// Where the next statement begins.
    var position = 0

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes + [0]
    }

    public init(_ text: String) {
        self.init(Array(text.utf8))
    }

    /// The line that holds a place, in two parts.
    /// - Parameter offset: in bytes.
    public func line(at offset: Int) -> (number: Int, before: String, after: String, isOneOfMany: Bool) {
        let text = bytes.dropLast()
        let place = min(max(offset, 0), text.count)
        let begin = text[..<place].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let end = text[place...].firstIndex(of: 0x0A) ?? text.count
        return (
            text[..<place].count { $0 == 0x0A } + 1, String(decoding: text[begin..<place], as: UTF8.self),
            String(decoding: text[place..<end], as: UTF8.self), text.dropLast().contains(0x0A)
        )
    }
}

/// A statement that gives rows. One thread, that of its ``SQLSession``.
public final class SQLStatement {
    private let handle: OpaquePointer
    private let database: Database
    /// Where it begins in its text.
    let base: Int
    /// What the columns are called, in their order; names may occur twice.
    public let columns: [String]

    init(_ handle: OpaquePointer, of database: Database, base: Int) {
        self.handle = handle
        self.database = database
        self.base = base
        columns = (0..<sqlite3_column_count(handle)).map { column in
            sqlite3_column_name(handle, column).map { String(cString: $0) } ?? ""
        }
    }

    deinit { sqlite3_finalize(handle) }

    /// - Returns: SQLite's result code.
    func step() -> Int32 { sqlite3_step(handle) }

    func reset() { sqlite3_reset(handle) }

    /// - Parameter parameter: from 1.
    public func bind(_ parameter: Int, _ value: Int64) { sqlite3_bind_int64(handle, Int32(parameter), value) }

    /// Of the current row.
    /// - Parameter column: from 0.
    public func value(_ column: Int) -> SQLValue {
        let column = Int32(column)
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(handle, column))
        case SQLITE_TEXT: return .text(bytes(sqlite3_column_text(handle, column).map { UnsafeRawPointer($0) }, column))
        case SQLITE_BLOB: return .blob(bytes(sqlite3_column_blob(handle, column), column))
        default: return .null
        }
    }

    /// Of the current row; 0 where there is none.
    public func integer(_ column: Int) -> Int64 { sqlite3_column_int64(handle, Int32(column)) }
    public func real(_ column: Int) -> Double { sqlite3_column_double(handle, Int32(column)) }

    private func bytes(_ start: UnsafeRawPointer?, _ column: Int32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(handle, column)))
    }
}
