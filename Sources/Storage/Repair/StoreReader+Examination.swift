import CSQLite

/// What `poort doctor` asks of a file, with the daemon at work on it or not. All of it reads the whole file.
extension StoreReader {
    /// The schema version of the file, and the newest that is known.
    public var schemaVersions: (file: Int, newest: Int) { (Int(schemaVersion), Int(Schema.currentVersion)) }

    /// What SQLite finds wrong with the order of the file, in its words; at most so many.
    /// Source: https://www.sqlite.org/pragma.html#pragma_quick_check
    public func structuralFaults(limit: Int = 5) throws(StorageError) -> [String] {
        let check = try database.prepare("PRAGMA quick_check(\(limit))")
        var faults: [String] = []
        while try check.step("check the file") { faults.append(check.text(0)) }
        return faults == ["ok"] ? [] : faults
    }

    public struct SegmentCensus: Sendable {
        public var count = 0
        public var readings = 0
        /// Segments that cannot be read, and the readings that were in them.
        public var damaged = 0
        public var lostReadings = 0
        /// What is wrong with the first of them.
        public var complaint: String?
    }

    /// Reads every segment from beginning to end.
    public func segmentCensus(progress: (_ segments: Int) -> Void = { _ in }) throws(StorageError) -> SegmentCensus {
        var census = SegmentCensus()
        guard schemaVersion >= 4 else { return census }
        let select = try database.prepare("SELECT id, count, data FROM segments")
        while try select.step("read the segments") {
            let count = Int(select.integer(1))
            census.count += 1
            if census.count % 1000 == 0 { progress(census.count) }
            if let complaint = StoreReader.complaint(aboutSegment: select.blob(2), count: count) {
                census.damaged += 1
                census.lostReadings += count
                census.complaint = census.complaint ?? "segment \(select.integer(0)): \(complaint)"
            } else {
                census.readings += count
            }
        }
        return census
    }

    private static func complaint(aboutSegment data: [UInt8], count: Int) -> String? {
        data.withUnsafeBytes { bytes in
            do throws(SegmentError) {
                var segment = try SegmentReader(bytes)
                var found = 0
                while try segment.next() != nil { found += 1 }
                return found == count ? nil : "it holds \(found) readings, and its row says \(count)"
            } catch {
                return "\(error)"
            }
        }
    }
}
