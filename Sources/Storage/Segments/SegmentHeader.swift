public import Telemetry

/// What a segment says of itself before its readings. Its bytes, numbers being of variable length unless said otherwise:
///
/// | bytes | what |
/// |---|---|
/// | 1 | format version |
/// | 4 | CRC-32C of all other bytes, little-endian; in every version here |
/// | | series, count less one, first time (ms, either sign), milliseconds from first to last time |
/// | | length of the times, length of the values |
/// | | times (``IntegerColumn``), values (``ValueColumn``), flags and tests (``VerdictColumn``) |
public struct SegmentHeader: Hashable, Sendable {
    public var series: SeriesID
    /// 1 to ``maximumCount``.
    public var count: Int
    public var firstTime: Timestamp
    /// The time of the last reading, not beyond it.
    public var lastTime: Timestamp

    /// What this software writes, and the newest it reads.
    public static let formatVersion = 1
    /// So that a segment that claims more is damaged, and none takes long to read.
    public static let maximumCount = 65_536

    static let checksumRange = 1..<5

    /// Whether a reading in this stretch of time may be in it: others need not be read.
    public func overlaps(_ range: Range<Timestamp>) -> Bool {
        firstTime < range.upperBound && range.lowerBound <= lastTime && !range.isEmpty
    }

    func write(to bytes: inout [UInt8]) {
        bytes.append(UInt8(SegmentHeader.formatVersion))
        bytes += [0, 0, 0, 0]
        bytes.append(varint: UInt64(UInt32(bitPattern: series)))
        bytes.append(varint: UInt64(count - 1))
        bytes.append(zigzag: firstTime.milliseconds)
        bytes.append(varint: UInt64(bitPattern: lastTime.milliseconds &- firstTime.milliseconds))
    }

    /// Reads what ``write(to:)`` wrote, of which the checksum and the version have been looked at.
    init(_ reader: inout ByteReader) throws(SegmentError) {
        let number = reader.varint()
        let further = reader.varint()
        let first = reader.zigzag()
        let span = reader.varint()
        guard !reader.hasOverrun, let number = UInt32(exactly: number), further < UInt64(SegmentHeader.maximumCount)
        else { throw .damaged(.header) }
        let last = first &+ Int64(bitPattern: span)
        guard further == 0 ? span == 0 : last > first else { throw .damaged(.header) }
        series = SeriesID(bitPattern: number)
        count = Int(further) + 1
        firstTime = Timestamp(milliseconds: first)
        lastTime = Timestamp(milliseconds: last)
    }

    init(series: SeriesID, count: Int, firstTime: Timestamp, lastTime: Timestamp) {
        self.series = series
        self.count = count
        self.firstTime = firstTime
        self.lastTime = lastTime
    }

    /// Of a whole segment, without the bytes of the checksum itself.
    static func checksum(of bytes: UnsafeRawBufferPointer) -> UInt32 {
        let before = CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[..<checksumRange.lowerBound]))
        return CRC32C.checksum(UnsafeRawBufferPointer(rebasing: bytes[checksumRange.upperBound...]), after: before)
    }
}
