import CSQLite

/// Lets through statements that read, and nothing else: no change, no other file, no code from elsewhere.
/// Source: https://www.sqlite.org/c3ref/set_authorizer.html
final class SQLGuard {
    /// What was refused last, in words.
    private(set) var refused: String?

    /// While the session begins or ends one of its own.
    var allowsTransactions = false

    /// From now on, on this connection. The object must outlive it.
    func watch(_ database: Database) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_set_authorizer(
            database.handle,
            { context, action, first, second, _, _ in
                guard let context else { return SQLITE_DENY }
                let watching = Unmanaged<SQLGuard>.fromOpaque(context).takeUnretainedValue()
                return watching.allows(action, first.map { String(cString: $0) }, second.map { String(cString: $0) })
                    ? SQLITE_OK : SQLITE_DENY
            }, context)
    }

    func forget() { refused = nil }

    private func allows(_ action: Int32, _ first: String?, _ second: String?) -> Bool {
        switch action {
        case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: return true
        case SQLITE_FUNCTION: return second?.lowercased() != "load_extension" || refuse("load_extension")
        case SQLITE_PRAGMA:
            let name = first?.lowercased() ?? ""
            let isKnown = second == nil ? SQLGuard.pragmas.contains(name) : SQLGuard.pragmasOfNames.contains(name)
            return isKnown || refuse("PRAGMA \(name)" + (second == nil ? "" : " with a value"))
        case SQLITE_UPDATE:
            // Said of the declaration of every virtual table; the schema itself is never open to UPDATE here.
            return SQLGuard.schemas.contains(first ?? "") || refuse("a statement that changes something")
        case SQLITE_ATTACH: return refuse("ATTACH")
        case SQLITE_DETACH: return refuse("DETACH")
        case SQLITE_TRANSACTION, SQLITE_SAVEPOINT:
            return allowsTransactions || refuse("a transaction (each statement sees one moment as it is)")
        default: return refuse("a statement that changes something")
        }
    }

    private func refuse(_ what: String) -> Bool {
        refused = what
        return false
    }

    private static let schemas: Set<String> = ["sqlite_master", "sqlite_temp_master"]

    /// Those that only tell.
    private static let pragmas: Set<String> = [
        "application_id", "auto_vacuum", "collation_list", "compile_options", "data_version", "database_list",
        "encoding",
        "freelist_count", "function_list", "integrity_check", "journal_mode", "module_list", "page_count", "page_size",
        "pragma_list", "quick_check", "schema_version", "table_list", "user_version",
    ]

    /// Those whose value is the name of what they tell of, or how many mistakes to list.
    private static let pragmasOfNames: Set<String> = [
        "foreign_key_list", "index_info", "index_list", "index_xinfo", "integrity_check", "quick_check", "table_info",
        "table_list", "table_xinfo",
    ]
}
