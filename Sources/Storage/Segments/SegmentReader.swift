import Telemetry

/// Reads a segment's readings one by one, in the order of time, without making a list of them.
///
/// Any bytes may be given. It borrows them: they must stay as they are, where they are, while it is used, as a BLOB of
/// SQLite does until the next step of its statement.
public struct SegmentReader {
    /// To be believed once the reader is made: the checksum covers it.
    public let header: SegmentHeader
    private var left: Int
    private var lastTime: Int64?
    var times: IntegerColumnReader
    var values: ValueColumnReader
    var verdicts: VerdictColumnReader

    /// Looks at the version, the checksum and the header.
    /// - Throws: ``SegmentError/newerFormat(_:)``, ``SegmentError/damaged(_:)``.
    public init(_ bytes: UnsafeRawBufferPointer) throws(SegmentError) {
        guard bytes.count > SegmentHeader.checksumRange.upperBound else { throw .damaged(.tooShort) }
        let checksum = UInt32(
            littleEndian: bytes.loadUnaligned(
                fromByteOffset: SegmentHeader.checksumRange.lowerBound, as: UInt32.self))
        // First, so that a flipped version is damage and not a newer Poort's.
        guard checksum == SegmentHeader.checksum(of: bytes) else { throw .damaged(.checksum) }
        let version = Int(bytes[0])
        guard version <= SegmentHeader.formatVersion else { throw .newerFormat(version) }
        guard version > 0 else { throw .damaged(.header) }
        var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes[SegmentHeader.checksumRange.upperBound...]))
        header = try SegmentHeader(&reader)
        guard let timeCount = Int(exactly: reader.varint()), let valueCount = Int(exactly: reader.varint()),
            let timeBytes = reader.take(timeCount), let valueBytes = reader.take(valueCount)
        else { throw .damaged(.header) }
        guard let times = IntegerColumnReader(timeBytes, first: header.firstTime.milliseconds) else {
            throw .damaged(.times)
        }
        guard let values = ValueColumnReader(valueBytes) else { throw .damaged(.values) }
        guard let verdicts = VerdictColumnReader(reader.takeRest()) else { throw .damaged(.verdicts) }
        (self.times, self.values, self.verdicts) = (times, values, verdicts)
        left = header.count
    }

    /// The next reading; nil behind the last.
    /// - Throws: ``SegmentError/damaged(_:)`` where bytes with a good checksum make no sense.
    public mutating func next() throws(SegmentError) -> SealedReading? {
        guard left > 0 else { return nil }
        left -= 1
        let time = times.next()
        let value = values.next()
        let verdict = verdicts.next()
        if let lastTime, time <= lastTime { throw .damaged(.times) }
        lastTime = time
        guard !times.hasOverrun else { throw .damaged(.times) }
        guard !values.hasOverrun else { throw .damaged(.values) }
        guard !verdicts.hasOverrun else { throw .damaged(.verdicts) }
        if left == 0 { try checkEnd(time) }
        return SealedReading(
            time: Timestamp(milliseconds: time), value: value, flag: verdict.flag, tests: verdict.tests)
    }

    private func checkEnd(_ time: Int64) throws(SegmentError) {
        guard time == header.lastTime.milliseconds, times.isAtEnd else { throw .damaged(.times) }
        guard values.isAtEnd else { throw .damaged(.values) }
        guard verdicts.isAtEnd else { throw .damaged(.verdicts) }
    }
}
