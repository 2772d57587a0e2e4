import CSQLite

extension Store {
    /// Ends the account of what was lost with a damaged file. Where more rows were found than the ledger knows of, it is the
    /// ledger that lost something: they get an account of their own.
    func settleLostReadings() throws(StorageError) {
        let lost = try reader.lostReadings()
        guard lost < 0 else { return }
        try begin()
        try database.addLostReadings(-lost)
        for outcome in [LedgerEntry.received, LedgerEntry.stored] {
            try addToLedger(source: "(salvaged)", counted: .readings, outcome: outcome, count: -lost)
        }
    }

    func forgetState(_ names: [String]) throws(StorageError) {
        try begin()
        let list = names.map { "'\($0)'" }.joined(separator: ", ")
        try database.execute("DELETE FROM state WHERE name IN (\(list))", operation: "forget a state")
    }

    /// Rows have come into the quarantine by another way.
    func recountQuarantine() throws(StorageError) {
        quarantinedBytes = try database.integer("SELECT sum(\(Store.quarantinedLength)) FROM quarantine") ?? 0
    }

    /// - Throws: for a file that is none of Poort's, or of a newer one, however damaged it is. So it is left untouched.
    static func expectOurs(path: String) throws(StorageError) {
        guard let header = DatabasePages(path: path)?.page(1) else {
            // Without its first page a file is ours if others bear our checksum, or if its log shows it.
            let isOurs = RawFile(path: path).flatMap(PageShape.init)?.isSealed ?? true
            if isOurs { return }
            throw Schema.foreignFile(path)
        }
        try expectOurs(header, path: path)
    }

    /// - Parameter header: the first page.
    static func expectOurs(_ header: [UInt8], path: String) throws(StorageError) {
        guard Int64(header.bigEndian32(at: 68)) == Schema.applicationID else { throw Schema.foreignFile(path) }
        let version = Int64(header.bigEndian32(at: 60))
        if version > Schema.currentVersion { throw Schema.newerFile(path, version: version) }
    }
}

extension StoreReader {
    /// Readings that were lost with a damaged file.
    public func lostReadings() throws(StorageError) -> Int {
        Int(
            try database.integer(
                "SELECT sum(count) FROM ledger WHERE counted = 'removed' AND outcome = '\(LedgerEntry.damaged)'") ?? 0)
    }
}
