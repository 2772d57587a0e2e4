extension Store {
    /// What recognises redeliveries, oldest first: committed messages as packet id and identity, by commit. Packet id 0
    /// stands for messages that need none.
    public func unacknowledged() throws(StorageError) -> [(
        batch: Int64, entries: [(packetID: UInt16, identity: UInt32)]
    )] {
        let select = try database.prepare("SELECT batch, entries FROM unacknowledged ORDER BY batch")
        var batches: [(batch: Int64, entries: [(packetID: UInt16, identity: UInt32)])] = []
        while try select.step("read the unacknowledged messages") {
            batches.append((batch: select.integer(0), entries: UnacknowledgedEntries.decode(select.blob(1))))
        }
        return batches
    }

    /// Notes the messages of a commit by which to recognise them when they come again, in the same transaction.
    /// - Parameter batch: higher than any before.
    public func addUnacknowledged(
        batch: Int64, entries: [(packetID: UInt16, identity: UInt32)]
    ) throws(StorageError) {
        try begin()
        statements.insertUnacknowledged.bind(1, batch)
        statements.insertUnacknowledged.bind(2, blob: UnacknowledgedEntries.encode(entries))
        try statements.insertUnacknowledged.run("note unacknowledged messages")
    }

    /// Forgets the messages of all commits up to this one: the broker cannot send them again.
    public func removeUnacknowledged(through batch: Int64) throws(StorageError) {
        try begin()
        statements.deleteUnacknowledged.bind(1, batch)
        try statements.deleteUnacknowledged.run("forget acknowledged messages")
    }
}

/// Six bytes an entry, little-endian: packet id, identity.
private enum UnacknowledgedEntries {
    static func encode(_ entries: [(packetID: UInt16, identity: UInt32)]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.count * 6)
        for entry in entries {
            withUnsafeBytes(of: entry.packetID.littleEndian) { bytes.append(contentsOf: $0) }
            withUnsafeBytes(of: entry.identity.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    static func decode(_ bytes: [UInt8]) -> [(packetID: UInt16, identity: UInt32)] {
        stride(from: 0, to: bytes.count - bytes.count % 6, by: 6).map { start in
            let packetID = UInt16(bytes[start]) | UInt16(bytes[start + 1]) << 8
            let identity = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + 2 + $1]) << (8 * UInt32($1)) }
            return (packetID, identity)
        }
    }
}
