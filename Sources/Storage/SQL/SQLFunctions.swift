import CSQLite
import Telemetry

/// What SQL has no functions for. Source: https://www.sqlite.org/appfunc.html
enum SQLFunctions {
    static func register(on database: Database) throws(StorageError) {
        try add("utc", 1, on: database) { context, _, values in
            guard let value = values?[0] else { return }
            SQLFunctions.utc(context, value)
        }
        try add("ms", 0, isConstant: false, on: database) { context, _, _ in
            sqlite3_result_int64(context, Timestamp.now().milliseconds)
        }
        try add("ms", 1, on: database) { context, _, values in
            guard let value = values?[0] else { return }
            SQLFunctions.milliseconds(context, value)
        }
        try add("tests_json", 1, on: database) { context, _, values in
            guard let value = values?[0], sqlite3_value_type(value) != SQLITE_NULL else { return }
            let tests = QualityTests(bits: sqlite3_value_int64(value))
            SQLFunctions.give(context, JSONLine.tests(tests).finished)
        }
        try add("as_text", 1, on: database) { context, _, values in
            guard let value = values?[0] else { return }
            SQLFunctions.asText(context, value)
        }
    }

    private typealias Function =
        @convention(c) (OpaquePointer?, Int32, UnsafeMutablePointer<OpaquePointer?>?) -> Void

    private static func add(
        _ name: String, _ count: Int32, isConstant: Bool = true, on database: Database, _ function: Function
    ) throws(StorageError) {
        let flags = SQLITE_UTF8 | (isConstant ? SQLITE_DETERMINISTIC : 0)
        let code = sqlite3_create_function_v2(database.handle, name, count, flags, nil, function, nil, nil, nil)
        if code != SQLITE_OK { throw database.error("add a function") }
    }

    private static func give(_ context: OpaquePointer?, _ text: String) {
        sqlite3_result_text(context, text, Int32(text.utf8.count), poort_sqlite_transient())
    }

    private static func utc(_ context: OpaquePointer?, _ value: OpaquePointer) {
        switch sqlite3_value_numeric_type(value) {
        case SQLITE_NULL: break
        case SQLITE_INTEGER: give(context, Timestamp(milliseconds: sqlite3_value_int64(value)).description)
        case SQLITE_FLOAT:
            let number = sqlite3_value_double(value).rounded(.down)
            guard abs(number) < 0x1p62 else { break }
            give(context, Timestamp(milliseconds: Int64(number)).description)
        default: sqlite3_result_error(context, "utc() takes milliseconds since 1970", -1)
        }
    }

    /// A day is its beginning in UTC.
    private static func milliseconds(_ context: OpaquePointer?, _ value: OpaquePointer) {
        guard sqlite3_value_type(value) != SQLITE_NULL, let text = sqlite3_value_text(value) else { return }
        let time = String(cString: text)
        guard let found = Timestamp(rfc3339: time) ?? Timestamp(rfc3339: time + "T00:00:00Z") else {
            let message = "ms() takes a time such as 2026-11-23T10:00:00Z, or a day, not \(time)"
            return sqlite3_result_error(context, message, -1)
        }
        sqlite3_result_int64(context, found.milliseconds)
    }

    /// Bytes that are no text stay as they are.
    private static func asText(_ context: OpaquePointer?, _ value: OpaquePointer) {
        guard sqlite3_value_type(value) == SQLITE_BLOB else { return sqlite3_result_value(context, value) }
        let count = Int(sqlite3_value_bytes(value))
        guard let start = sqlite3_value_blob(value) else { return give(context, "") }
        let bytes = UnsafeRawBufferPointer(start: start, count: count)
        guard !bytes.contains(0), String(validating: bytes, as: UTF8.self) != nil else {
            return sqlite3_result_value(context, value)
        }
        sqlite3_result_text(
            context, start.assumingMemoryBound(to: CChar.self), Int32(count), poort_sqlite_transient())
    }
}
