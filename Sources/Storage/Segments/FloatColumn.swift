/// Values of any kind, each by the bits in which it differs from the one before.
///
/// A 0 says that none do. 1 and 0: they lie where they lay before. 1 and 1: their place follows, six bits for the zeros
/// above and six for their count less one. Source: Pelkonen et al., Gorilla, VLDB 2015, 4.2; six bits instead of five.
struct FloatColumn {
    private let first: UInt64
    private var writer = BitWriter()
    private let bits: [UInt8]

    init(_ values: [Double]) {
        first = values.first?.bitPattern ?? 0
        var place = Place(leading: 0, count: 64)
        var before = first
        for value in values.dropFirst() {
            let difference = value.bitPattern ^ before
            before = value.bitPattern
            guard difference != 0 else {
                writer.write(0, width: 1)
                continue
            }
            let narrow = Place(of: difference)
            if place.holds(difference), place.count <= narrow.count + 2 * FloatColumn.fieldBits {
                writer.write(0b01, width: 2)
            } else {
                place = narrow
                writer.write(0b11, width: 2)
                writer.write(UInt64(place.leading), width: FloatColumn.fieldBits)
                writer.write(UInt64(place.count - 1), width: FloatColumn.fieldBits)
            }
            writer.write(difference >> UInt64(place.shift), width: place.count)
        }
        bits = writer.finish()
    }

    fileprivate static let fieldBits = 6

    var byteCount: Int { bits.count + 8 }

    func write(to bytes: inout [UInt8]) {
        bytes.append(word: first)
        bytes += bits
    }

    /// Where in 64 bits something lies.
    fileprivate struct Place {
        /// Zeros above it.
        var leading: Int
        /// 1 to 64.
        var count: Int

        init(leading: Int, count: Int) {
            self.leading = leading
            self.count = count
        }

        init(of bits: UInt64) {
            leading = bits.leadingZeroBitCount
            count = 64 - leading - bits.trailingZeroBitCount
        }

        /// Zeros below it; below 0 where bytes are damaged.
        var shift: Int { 64 - leading - count }

        func holds(_ bits: UInt64) -> Bool {
            bits.leadingZeroBitCount >= leading && bits.trailingZeroBitCount >= shift
        }
    }
}

/// Reads one by one what a ``FloatColumn`` wrote.
struct FloatColumnReader {
    private var before: UInt64
    private var isFirst = true
    private var place = FloatColumn.Place(leading: 0, count: 64)
    private var bits: BitReader

    init?(_ bytes: UnsafeRawBufferPointer) {
        var reader = ByteReader(bytes)
        before = reader.word()
        guard !reader.hasOverrun else { return nil }
        bits = BitReader(reader.takeRest())
    }

    @inline(__always)
    mutating func next() -> Double {
        if isFirst {
            isFirst = false
        } else if bits.read(width: 1) != 0 {
            if bits.read(width: 1) != 0 {
                place.leading = Int(bits.read(width: FloatColumn.fieldBits))
                place.count = Int(bits.read(width: FloatColumn.fieldBits)) + 1
            }
            // Damaged bytes may ask for a shift below 0, which shifts the other way and stops nothing.
            before ^= bits.read(width: place.count) << place.shift
        }
        return Double(bitPattern: before)
    }

    var hasOverrun: Bool { bits.hasOverrun }
    var isAtEnd: Bool { bits.isAtEnd }
}
