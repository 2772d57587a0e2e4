import Telemetry

/// Readings that were committed together and came in the order of time, in one row of the table `bundles`: some eight bytes
/// each, where a row of their own takes twenty and a page is written for each fifty.
///
/// | column | what |
/// |---|---|
/// | id | the time of the first reading in milliseconds since 1970 × 2^20 + a running number |
/// | data | a ``BundleRecord`` for each, sorted |
///
/// All are of one hour, so that whole bundles are sealed. A reading lies in a bundle, in a row of the table `hot` or in a
/// segment, never in two of them.
struct Bundle {
    let id: Int64
    let records: [UInt64]

    /// So that none takes long to be written anew.
    static let most = 1024
    /// Of fewer, each is a row: a bundle takes as much besides.
    static let fewest = 4

    var start: Timestamp { HotRow.time(id) }
    var readings: some Sequence<BundledReading> {
        records.lazy.map { [start] in BundleRecord(bits: $0).reading(from: start) }
    }

    init(id: Int64, records: [UInt64]) {
        self.id = id
        self.records = records
    }

    /// - Parameter bytes: of its data.
    /// - Returns: nil where they cannot have been written so: the file is damaged.
    init?(id: Int64, _ bytes: UnsafeRawBufferPointer) {
        guard bytes.count % BundleRecord.byteCount == 0, bytes.count <= Bundle.most * BundleRecord.byteCount,
            HotRow.times.contains(HotRow.time(id))
        else { return nil }
        let count = bytes.count / BundleRecord.byteCount
        records = [UInt64](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count {
                let bits = bytes.loadUnaligned(fromByteOffset: index * BundleRecord.byteCount, as: UInt64.self)
                buffer[index] = UInt64(bigEndian: bits)
            }
            initialized = count
        }
        self.id = id
    }

    var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: records.count * BundleRecord.byteCount) { buffer, initialized in
            let raw = UnsafeMutableRawBufferPointer(buffer)
            for (index, bits) in records.enumerated() {
                raw.storeBytes(of: bits.bigEndian, toByteOffset: index * BundleRecord.byteCount, as: UInt64.self)
            }
            initialized = raw.count
        }
    }

    /// Where the first record lies that is not below a key.
    func index(from key: UInt64) -> Int {
        var low = 0
        var high = records.count
        while low < high {
            let middle = (low + high) / 2
            if records[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The place of a series' reading at a time.
    func index(of series: SeriesID, at time: Timestamp) -> Int? {
        let offset = time - start
        guard series <= BundleRecord.greatestSeries, 0...BundleRecord.greatestOffset ~= offset else { return nil }
        let key = BundleRecord.key(series, offset: offset)
        let index = index(from: key)
        return index < records.count && records[index] >> 32 == key >> 32 ? index : nil
    }

    subscript(index: Int) -> BundledReading { BundleRecord(bits: records[index]).reading(from: start) }

    /// The bundles that may hold readings of a stretch of time, by number; nil for none.
    static func ids(_ range: Range<Timestamp>) -> ClosedRange<Int64>? {
        let range = range.clamped(to: HotRow.times)
        guard !range.isEmpty else { return nil }
        let first = max(HotRow.times.lowerBound, range.lowerBound - BundleRecord.greatestOffset)
        return HotRow.ids(first..<range.upperBound)
    }

    /// Cuts readings into what may be bundles, each with the time from which it counts.
    static func cut(_ readings: [BundledReading]) -> [ArraySlice<BundledReading>] {
        var parts: [ArraySlice<BundledReading>] = []
        var rest = readings.sorted { $0.id < $1.id }[...]
        while let first = rest.first {
            let nextHour = first.time.milliseconds.flooredQuotient(SegmentID.hourMilliseconds) + 1
            let end = min(
                first.time + BundleRecord.greatestOffset,
                Timestamp(milliseconds: nextHour * SegmentID.hourMilliseconds) - 1)
            let last = HotRow.id(end, HotRow.greatestSeries)
            let part = rest.prefix(most).prefix { $0.id <= last }
            parts.append(part)
            rest = rest.dropFirst(part.count)
        }
        return parts
    }
}
