/// The values of a segment, in whichever way is shortest.
enum ValueColumn {
    /// The first byte; up to ``DecimalScale/mostDigits`` it says how many digits decimals have.
    fileprivate static let bitPatterns: UInt8 = 0x20
    fileprivate static let floats: UInt8 = 0x21

    static func write(_ values: [Double], to bytes: inout [UInt8]) {
        let floats = FloatColumn(values)
        let decimals = DecimalScale.candidates(for: values).map { DecimalColumn(values, scale: $0) }
            .min { $0.byteCount < $1.byteCount }
        if let decimals {
            if decimals.byteCount <= floats.byteCount { return decimals.write(to: &bytes) }
        } else {
            let patterns = values.map { Int64(bitPattern: $0.bitPattern) }
            let whole = IntegerColumn(patterns)
            if whole.byteCount < floats.byteCount {
                bytes.append(ValueColumn.bitPatterns)
                bytes.append(word: UInt64(bitPattern: patterns.first ?? 0))
                return whole.write(to: &bytes)
            }
        }
        bytes.append(ValueColumn.floats)
        floats.write(to: &bytes)
    }
}

/// Reads one by one what a ``ValueColumn`` wrote. One of the three is there; not an enumeration, whose content would have
/// to be copied out and in again for each value.
struct ValueColumnReader {
    private var decimals: DecimalColumnReader?
    private var floats: FloatColumnReader?
    private var patterns: IntegerColumnReader?

    init?(_ bytes: UnsafeRawBufferPointer) {
        var reader = ByteReader(bytes)
        let kind = reader.byte()
        switch kind {
        case ValueColumn.bitPatterns:
            let first = Int64(bitPattern: reader.word())
            patterns = IntegerColumnReader(reader.takeRest(), first: first)
        case ValueColumn.floats: floats = FloatColumnReader(reader.takeRest())
        default: decimals = DecimalColumnReader(reader.takeRest(), digits: Int(kind))
        }
        guard !reader.hasOverrun, decimals != nil || floats != nil || patterns != nil else { return nil }
    }

    @inline(__always)
    mutating func next() -> Double {
        if let value = decimals?.next() { return value }
        if let value = floats?.next() { return value }
        return Double(bitPattern: UInt64(bitPattern: patterns?.next() ?? 0))
    }

    var hasOverrun: Bool {
        decimals?.hasOverrun ?? floats?.hasOverrun ?? patterns?.hasOverrun ?? true
    }

    var isAtEnd: Bool {
        decimals?.isAtEnd ?? floats?.isAtEnd ?? patterns?.isAtEnd ?? false
    }
}
