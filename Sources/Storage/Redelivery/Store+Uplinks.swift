extension Store {
    /// The network's identities of the last uplinks, oldest first, by commit.
    public func uplinks() throws(StorageError) -> [(batch: Int64, identities: [UInt64])] {
        let select = try database.prepare("SELECT batch, identities FROM uplinks ORDER BY batch")
        var batches: [(batch: Int64, identities: [UInt64])] = []
        while try select.step("read the uplinks' identities") {
            batches.append((batch: select.integer(0), identities: PackedIntegers.decode(select.blob(1))))
        }
        return batches
    }

    /// Notes the uplinks of a commit, in the same transaction, and forgets those of the oldest.
    /// - Parameters:
    ///   - batch: higher than any before.
    ///   - forgotten: batches up to this number are not needed any more.
    public func addUplinks(batch: Int64, identities: [UInt64], forgotten: Int64?) throws(StorageError) {
        try begin()
        statements.insertUplinks.bind(1, batch)
        statements.insertUplinks.bind(2, blob: PackedIntegers.encode(identities))
        try statements.insertUplinks.run("note uplinks")
        guard let forgotten else { return }
        statements.deleteUplinks.bind(1, forgotten)
        try statements.deleteUplinks.run("forget old uplinks")
    }
}
