import CSQLite

/// What the tables of ours have in common.
enum VirtualTable {
    /// `SQLITE_CORRUPT_VTAB`, which does not reach Swift.
    static let damaged = SQLITE_CORRUPT | 1 << 8

    /// Leaves the error with the table, for SQLite to hand on.
    static func fail(_ table: UnsafeMutablePointer<sqlite3_vtab>?, _ error: any Error) -> Int32 {
        let (code, message) =
            switch error {
            case let error as DamagedSegment: (damaged, error.description)
            case let error as TableArguments.Mistake: (SQLITE_ERROR, error.message)
            case let error as StorageError: (error.code, error.cause)
            default: (SQLITE_ERROR, "\(error)")
            }
        guard let table else { return code }
        sqlite3_free(table.pointee.zErrMsg)
        table.pointee.zErrMsg = copy(message)
        return code
    }

    /// A text that SQLite frees.
    static func copy(_ text: String) -> UnsafeMutablePointer<CChar>? {
        let bytes = Array(text.utf8CString)
        guard let copy = sqlite3_malloc(Int32(bytes.count)) else { return nil }
        bytes.withUnsafeBytes { copy.copyMemory(from: $0.baseAddress!, byteCount: bytes.count) }
        return copy.assumingMemoryBound(to: CChar.self)
    }
}
