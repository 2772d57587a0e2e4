/// How whole numbers are written: as they are, as differences or as differences of differences, in units of what divides
/// all of them, packed in a fixed width or in Rice codes. Whatever is shortest is chosen by trying it.
///
/// All arithmetic wraps, and so comes out the same both ways, also where differences do not fit.
/// Source: Pelkonen et al., Gorilla, VLDB 2015, 4.1, for differences of differences.
struct IntegerColumn {
    /// How often differences are taken.
    enum Order: UInt8, CaseIterable {
        case numbers = 0
        case differences = 1
        case differencesOfDifferences = 2
    }

    enum Code: Hashable {
        /// So many bits above the least, 0 to 64.
        case packed(width: Int)
        case rice(RiceCode)
    }

    private(set) var unit: UInt64
    private(set) var order = Order.differences
    private(set) var code = Code.packed(width: 0)
    /// What is added to each: the least, or one in the middle.
    private(set) var base: Int64 = 0
    /// What the first difference is taken to follow.
    private(set) var firstDifference: Int64 = 0
    private(set) var bitCount = Int.max
    private var residuals: [Int64] = []

    /// - Parameter numbers: at least one. The first is not written: the reader is told.
    init(_ numbers: [Int64]) {
        unit = IntegerColumn.unit(of: numbers)
        let differences = IntegerColumn.differences(of: numbers, unit: unit)
        // As if it had changed before as it does then, so that the first stands out from nothing.
        if let first = differences.first {
            firstDifference = first &- (differences.dropFirst().first ?? first) &+ first
        }
        var sum: Int64 = 0
        let cumulated = differences.map { difference in
            sum &+= difference
            return sum
        }
        var before = firstDifference
        let second = differences.map { difference in
            defer { before = difference }
            return difference &- before
        }
        offer(differences, .differences)
        offer(cumulated, .numbers)
        offer(second, .differencesOfDifferences)
    }

    /// What divides all differences; 1 where there are none.
    private static func unit(of numbers: [Int64]) -> UInt64 {
        var divisor: UInt64 = 0
        for index in numbers.indices.dropFirst() {
            var rest = (numbers[index] &- numbers[index - 1]).magnitude
            if divisor != 0, rest % divisor == 0 { continue }
            while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
            if divisor == 1 { break }
        }
        return divisor == 0 || divisor > UInt64(Int64.max) ? 1 : divisor
    }

    private static func differences(of numbers: [Int64], unit: UInt64) -> [Int64] {
        let divisor = Int64(unit)
        return (1..<max(numbers.count, 1)).map { index in
            let difference = numbers[index] &- numbers[index - 1]
            return divisor == 1 ? difference : difference / divisor
        }
    }

    private mutating func offer(_ candidate: [Int64], _ order: Order) {
        var least = candidate.first ?? 0
        var greatest = least
        for number in candidate {
            least = min(least, number)
            greatest = max(greatest, number)
        }
        let width = 64 - UInt64(bitPattern: greatest &- least).leadingZeroBitCount
        adopt(candidate, order, .packed(width: width), base: least, bits: width * candidate.count)
        guard width > 1 else { return }
        let center = IntegerColumn.middle(of: candidate)
        let rice = RiceCode(for: candidate, around: center)
        adopt(candidate, order, .rice(rice), base: center, bits: rice.bitCount(candidate, around: center))
    }

    private mutating func adopt(_ candidate: [Int64], _ order: Order, _ code: Code, base: Int64, bits: Int) {
        guard bits < bitCount else { return }
        (residuals, self.order, self.code, self.base, bitCount) = (candidate, order, code, base, bits)
    }

    /// The median of some of them, which a few far off do not move.
    private static func middle(of numbers: [Int64]) -> Int64 {
        let step = max(1, numbers.count / 64)
        let some = stride(from: 0, to: numbers.count, by: step).map { numbers[$0] }.sorted()
        return some.isEmpty ? 0 : some[some.count / 2]
    }

    /// About how much it takes.
    var byteCount: Int { (bitCount + 7) / 8 + 8 }

    /// Which is as long as the bytes go on: the reader must be told where they end.
    func write(to bytes: inout [UInt8]) {
        switch code {
        case .packed(let width):
            bytes.append(order.rawValue)
            bytes.append(UInt8(width))
        case .rice(let rice):
            bytes.append(order.rawValue | IntegerColumn.riceBit)
            bytes.append(UInt8(rice.parameter))
        }
        bytes.append(varint: unit)
        bytes.append(zigzag: base)
        if order == .differencesOfDifferences { bytes.append(zigzag: firstDifference) }
        var writer = BitWriter()
        switch code {
        case .packed(let width):
            for number in residuals { writer.write(UInt64(bitPattern: number &- base), width: width) }
        case .rice(let rice):
            for number in residuals { rice.write(number &- base, to: &writer) }
        }
        bytes += writer.finish()
    }

    /// Set beside the order where Rice codes follow.
    static let riceBit: UInt8 = 0x10
}
