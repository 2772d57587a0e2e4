/// How the values of a distribution stand as whole numbers, in the same order.
enum DistributionScale {
    /// Whole numbers of a decimal digit: value = number ÷ 10^digits, correctly rounded.
    case decimal(digits: Int)
    /// The order of finite floating-point numbers is that of their bits, negative ones turned round.
    case bits

    /// The key of 0, halfway.
    static let zeroKey: UInt64 = 1 << 63
    private static let bitsCode: UInt64 = 255
    private static let powers: [Double] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000]
    /// Far below 2^53, so that different numbers are different values.
    private static let largestNumber = 0x1p51

    /// The shortest decimals that are exactly these values, or their bits.
    init(holding values: [Double]) {
        var digits = 0
        for value in values {
            while digits < DistributionScale.powers.count, DistributionScale.number(value, digits: digits) == nil {
                digits += 1
            }
        }
        // What a shorter decimal holds a longer one holds as well, unless it grows too long.
        let isDecimal =
            digits < DistributionScale.powers.count
            && values.allSatisfy { DistributionScale.number($0, digits: digits) != nil }
        self = isDecimal ? .decimal(digits: digits) : .bits
    }

    init?(code: UInt64) {
        if code == DistributionScale.bitsCode {
            self = .bits
        } else if code < UInt64(DistributionScale.powers.count) {
            self = .decimal(digits: Int(code))
        } else {
            return nil
        }
    }

    var code: UInt64 {
        switch self {
        case .decimal(let digits): UInt64(digits)
        case .bits: DistributionScale.bitsCode
        }
    }

    /// - Parameter value: one of those that the scale was made for.
    func key(_ value: Double) -> UInt64 {
        switch self {
        case .decimal(let digits):
            DistributionScale.zeroKey &+ UInt64(bitPattern: DistributionScale.number(value, digits: digits) ?? 0)
        case .bits:
            value.sign == .minus ? ~value.bitPattern : value.bitPattern | DistributionScale.zeroKey
        }
    }

    /// - Returns: nil for what is no value's key.
    func value(_ key: UInt64) -> Double? {
        switch self {
        case .decimal(let digits):
            let number = Double(Int64(bitPattern: key &- DistributionScale.zeroKey))
            return abs(number) <= DistributionScale.largestNumber ? number / DistributionScale.powers[digits] : nil
        case .bits:
            let isPositive = key >= DistributionScale.zeroKey
            let value = Double(bitPattern: isPositive ? key & ~DistributionScale.zeroKey : ~key)
            return value.isFinite && (value != 0 || isPositive) ? value : nil
        }
    }

    private static func number(_ value: Double, digits: Int) -> Int64? {
        let number = (value * powers[digits]).rounded()
        guard abs(number) <= largestNumber, number / powers[digits] == value else { return nil }
        return Int64(number)
    }
}
