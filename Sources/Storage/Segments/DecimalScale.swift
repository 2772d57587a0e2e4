/// Values as whole numbers of tenths, hundredths …, where that is exact: dividing gives the same bits again.
///
/// A decimal of at most 15 digits is the quotient of two whole numbers that doubles hold exactly, and division rounds
/// correctly (IEEE 754, 5.1), as reading the decimal did. Nothing relies on that: each value is divided again and compared.
/// Source: Afroozeh, Kuffó and Boncz, ALP, SIGMOD 2024, for the idea, and for values that do not take part.
struct DecimalScale: Hashable {
    /// Digits after the point, 0 to ``mostDigits``.
    let digits: Int
    let divisor: Double

    static let mostDigits = 12
    private static let powers: [Double] = (0...mostDigits).map { digits in
        (0..<digits).reduce(1) { power, _ in power * 10 }
    }
    /// Whole numbers up to here are doubles.
    private static let greatest = 9_007_199_254_740_992.0

    init(digits: Int) {
        self.digits = digits
        divisor = DecimalScale.powers[digits]
    }

    /// Nil where dividing would not give the same bits: also for -0, infinities and what is not a number.
    @inline(__always)
    func number(_ value: Double) -> Int64? {
        let scaled = (value * divisor).rounded()
        guard abs(scaled) <= DecimalScale.greatest else { return nil }
        let number = Int64(scaled)
        return self.value(number).bitPattern == value.bitPattern ? number : nil
    }

    @inline(__always)
    func value(_ number: Int64) -> Double { Double(number) / divisor }

    /// The scales that are worth trying: the one of all values that are decimals, and the one of nearly all values.
    static func candidates(for values: [Double]) -> [DecimalScale] {
        let scales = (0...mostDigits).map { DecimalScale(digits: $0) }
        var counts = [Int](repeating: 0, count: scales.count)
        var others = 0
        let mostOthers = values.count / shareOfExceptions
        var likely = 0
        for value in values {
            // Neighbours mostly have as many digits, or fewer.
            if scales[likely].number(value) != nil, likely == 0 || scales[likely - 1].number(value) == nil {
                counts[likely] += 1
            } else if let digits = scales.firstIndex(where: { $0.number(value) != nil }) {
                counts[digits] += 1
                likely = max(likely, digits)
            } else {
                others += 1
                if others > mostOthers { return [] }
            }
        }
        guard let all = counts.lastIndex(where: { $0 > 0 }) else { return [] }
        var covered = others
        var nearlyAll = all
        while nearlyAll > 0, covered + counts[nearlyAll] <= mostOthers {
            covered += counts[nearlyAll]
            nearlyAll -= 1
        }
        return nearlyAll == all ? [scales[all]] : [scales[all], scales[nearlyAll]]
    }

    /// One in so many values may be written in full.
    private static let shareOfExceptions = 8
}
