import Telemetry

/// A reading in a bundle: eight bytes, big-endian, so that the records of a series lie together and in the order of time.
///
/// | bits | what |
/// |---|---|
/// | 63–48 | series, up to 65 535 |
/// | 47–32 | milliseconds since the bundle's first reading |
/// | 31–8 | the value as a whole number of tenths, hundredths … plus 2^23 |
/// | 7–3 | verdict, up to 31 |
/// | 2–0 | digits after the point, up to 6 |
///
/// What does not fit is a row of the table `hot`: that is rare.
struct BundleRecord: Hashable {
    var bits: UInt64

    static let byteCount = 8
    /// The first and the last reading of a bundle are at most so far from each other, in milliseconds.
    static let greatestOffset: Int64 = 1 << 16 - 1
    static let greatestSeries: SeriesID = 1 << 16 - 1
    private static let greatestVerdict: Int64 = 31
    private static let middle: Int64 = 1 << 23

    init(bits: UInt64) { self.bits = bits }

    /// - Parameter offset: 0 to ``greatestOffset``.
    init(_ reading: BundledReading, offset: Int64) {
        bits =
            UInt64(reading.series) << 48 | UInt64(offset) << 32
            | UInt64(Int64(reading.number) + BundleRecord.middle) << 8 | UInt64(reading.code)
    }

    /// The lowest record that a series can have at an offset.
    static func key(_ series: SeriesID, offset: Int64) -> UInt64 { UInt64(series) << 48 | UInt64(offset) << 32 }

    var series: SeriesID { SeriesID(bits >> 48) }
    var offset: Int64 { Int64(bits >> 32 & 0xFFFF) }
    var code: UInt8 { UInt8(truncatingIfNeeded: bits) }

    func reading(from start: Timestamp) -> BundledReading {
        BundledReading(
            id: HotRow.id(start + offset, series), number: Int32(Int64(bits >> 8 & 0xFF_FFFF) - BundleRecord.middle),
            code: code)
    }

    /// - Returns: nil for a verdict that is too high for a record.
    static func code(verdict: Int64, digits: Int) -> UInt8? {
        guard 0...greatestVerdict ~= verdict, digits <= HotRow.mostDigits else { return nil }
        return UInt8(verdict << 3) | UInt8(digits)
    }

    static func holds(_ number: Int64) -> Bool { -middle..<middle ~= number }
}

/// A reading of a bundle, or on its way into one, under the number that it would have as a row of the table `hot`.
struct BundledReading: Hashable {
    var id: Int64
    var number: Int32
    var code: UInt8

    var series: SeriesID { HotRow.series(id) }
    var time: Timestamp { HotRow.time(id) }
    var verdict: Int64 { Int64(code >> 3) }
    var digits: Int { Int(code & 7) }
    var value: Double { DecimalScale(digits: digits).value(Int64(number)) }
    /// - Returns: nil for a verdict that is too high for a record.
    func code(with verdict: Int64) -> UInt8? { BundleRecord.code(verdict: verdict, digits: digits) }
    /// Whether it has the digits of a code that is written.
    var isPlausible: Bool { digits <= HotRow.mostDigits }
}

extension BundledReading {
    /// - Returns: nil for what has to be a row.
    init?(_ value: Double, verdict: Int64, at time: Timestamp, of series: SeriesID) {
        guard series <= BundleRecord.greatestSeries, let (number, digits) = HotRow.decimal(value),
            BundleRecord.holds(number), let code = BundleRecord.code(verdict: verdict, digits: digits)
        else { return nil }
        self.init(id: HotRow.id(time, series), number: Int32(number), code: code)
    }
}
