public import Telemetry

/// Collects readings of one series and seals them into a segment.
public struct SegmentBuilder: Sendable {
    private let series: SeriesID
    private var times: [Int64] = []
    private var values: [Double] = []
    private var verdicts: [Verdict] = []

    public init(series: SeriesID) {
        self.series = series
    }

    public var count: Int { times.count }

    /// Takes one reading more.
    /// - Throws: ``SegmentError/outOfOrder(_:)`` where it is not later than the one before, ``SegmentError/full``.
    public mutating func append(_ reading: SealedReading) throws(SegmentError) {
        if let last = times.last, reading.time.milliseconds <= last { throw .outOfOrder(reading.time) }
        guard times.count < SegmentHeader.maximumCount else { throw .full }
        times.append(reading.time.milliseconds)
        values.append(reading.value)
        verdicts.append(Verdict(flag: reading.flag, tests: reading.tests))
    }

    /// The segment of all that was appended since the last one, as bytes; begins anew.
    /// - Throws: ``SegmentError/empty``.
    public mutating func seal() throws(SegmentError) -> [UInt8] {
        guard let first = times.first, let last = times.last else { throw .empty }
        let header = SegmentHeader(
            series: series, count: times.count, firstTime: Timestamp(milliseconds: first),
            lastTime: Timestamp(milliseconds: last))
        var timeBytes: [UInt8] = []
        var valueBytes: [UInt8] = []
        IntegerColumn(times).write(to: &timeBytes)
        ValueColumn.write(values, to: &valueBytes)
        var bytes: [UInt8] = []
        header.write(to: &bytes)
        bytes.append(varint: UInt64(timeBytes.count))
        bytes.append(varint: UInt64(valueBytes.count))
        bytes += timeBytes
        bytes += valueBytes
        VerdictColumn.write(verdicts, to: &bytes)
        let checksum = bytes.withUnsafeBytes { SegmentHeader.checksum(of: $0) }
        for (index, place) in SegmentHeader.checksumRange.enumerated() {
            bytes[place] = UInt8(truncatingIfNeeded: checksum >> UInt32(index * 8))
        }
        times.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        verdicts.removeAll(keepingCapacity: true)
        return bytes
    }
}
