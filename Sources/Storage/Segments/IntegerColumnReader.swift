/// Reads one by one what an ``IntegerColumn`` wrote.
struct IntegerColumnReader {
    private var number: Int64
    private var isFirst = true
    private var difference: Int64 = 0
    private let unit: Int64
    private let order: IntegerColumn.Order
    private let code: IntegerColumn.Code
    private let base: Int64
    private let origin: Int64
    private var bits: BitReader

    /// - Parameter first: the first number, which is not among the bytes.
    /// - Returns: nil where the bytes begin with what no column begins with.
    init?(_ bytes: UnsafeRawBufferPointer, first: Int64) {
        var reader = ByteReader(bytes)
        let kind = reader.byte()
        let parameter = Int(reader.byte())
        guard let order = IntegerColumn.Order(rawValue: kind & ~IntegerColumn.riceBit) else { return nil }
        let isRice = kind & IntegerColumn.riceBit != 0
        guard parameter <= (isRice ? RiceCode.largestParameter : 64) else { return nil }
        self.order = order
        code = isRice ? .rice(RiceCode(parameter: parameter)) : .packed(width: parameter)
        unit = Int64(bitPattern: reader.varint())
        base = reader.zigzag()
        if order == .differencesOfDifferences { difference = reader.zigzag() }
        guard !reader.hasOverrun else { return nil }
        number = first
        origin = first
        bits = BitReader(reader.takeRest())
    }

    /// The first number, or the one after that which was read last. Wrong where ``hasOverrun``.
    @inline(__always)
    mutating func next() -> Int64 {
        guard !isFirst else {
            isFirst = false
            return number
        }
        let residual: Int64 =
            switch code {
            case .packed(let width): Int64(bitPattern: bits.read(width: width)) &+ base
            case .rice(let rice): rice.read(from: &bits) &+ base
            }
        switch order {
        case .numbers: number = origin &+ residual &* unit
        case .differences: number &+= residual &* unit
        case .differencesOfDifferences:
            difference &+= residual
            number &+= difference &* unit
        }
        return number
    }

    var hasOverrun: Bool { bits.hasOverrun }
    var isAtEnd: Bool { bits.isAtEnd }
}
