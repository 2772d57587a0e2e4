import CSQLite

extension Store {
    /// About how many bytes this connection has had written since it was opened: pages into the log, each with its header,
    /// and once more into the database.
    ///
    /// An estimate for where the kernel does not count: a page that went into the log twice goes into the database once,
    /// and the file may have been made with another page size. Source: https://www.sqlite.org/c3ref/c_dbstatus_options.html, `SQLITE_DBSTATUS_CACHE_WRITE`;
    /// https://www.sqlite.org/fileformat2.html#walformat
    public func writtenBytes() -> Int64 {
        var pages: Int32 = 0
        var highest: Int32 = 0
        guard sqlite3_db_status(database.handle, SQLITE_DBSTATUS_CACHE_WRITE, &pages, &highest, 0) == SQLITE_OK else {
            return 0
        }
        return Int64(pages) * Int64(2 * options.pageSize + 24)
    }
}
