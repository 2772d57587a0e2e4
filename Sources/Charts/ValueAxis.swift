import Glibc

/// An axis of values from one round number to another, with ticks at round numbers between them.
///
/// Steps are 1, 2, 2.5 or 5 times a power of ten, the smallest with which no more ticks are needed than there is room for.
public struct ValueAxis: Hashable, Sendable {
    public let low: Double
    /// Above ``low``.
    public let high: Double
    /// Ascending, from ``low`` to ``high``.
    public let ticks: [Double]
    /// How many digits the ticks have behind the point.
    public let decimals: Int

    /// - Parameters:
    ///   - values: what must lie on it; those that are not finite are left out.
    ///   - mostTicks: at least 2; 3 where values lie on both sides of zero, which is always a tick.
    ///   - includesZero: for bars, whose length says how much; where all are whole, so are their ticks.
    public init(of values: some Sequence<Double>, mostTicks: Int, includesZero: Bool = false) {
        var (least, most) = (Double.infinity, -Double.infinity)
        var isWhole = includesZero
        for value in values where value.isFinite {
            isWhole = isWhole && value == value.rounded()
            least = min(least, value)
            most = max(most, value)
        }
        if least > most { (least, most) = (0, 1) }
        if includesZero { (least, most) = (min(least, 0), max(most, 0)) }
        // So that the span of both is a number, and no two ticks are the same.
        (least, most) = (max(least, -ValueAxis.largest), min(most, ValueAxis.largest))
        let smallest = max(max(abs(least), abs(most)) * 1e-12, 1e-300)
        if most - least <= smallest {
            let room = max(abs(least) * 0.05, abs(least) < 1e-9 ? 1 : 0)
            (least, most) = includesZero ? (0, 1) : (least - room, most + room)
        }
        self.init(
            from: least, to: most, mostTicks: max(least < 0 && most > 0 ? 3 : 2, mostTicks),
            isWhole: isWhole)
    }

    private static let largest = 1e300

    private init(from least: Double, to most: Double, mostTicks: Int, isWhole: Bool) {
        var power = Int(log10((most - least) / Double(mostTicks)).rounded(.down)) - 1
        if isWhole { power = max(0, power) }
        while true {
            for (factor, digits) in [(1.0, 0), (2, 0), (2.5, 1), (5, 0)] where !isWhole || digits <= power {
                let step = factor * ValueAxis.power(power)
                let (first, last) = ((least / step).roundedDown, (most / step).roundedUp)
                guard last - first < Double(mostTicks) else { continue }
                ticks = (0...Int(last - first)).map { ValueAxis.multiple(first + Double($0), factor, power) }
                low = ticks[0]
                high = ticks[ticks.count - 1]
                decimals = max(0, digits - power)
                return
            }
            power += 1
        }
    }

    /// An axis with given ends and ticks, as the points of the compass.
    public init(ticks: [Double]) {
        precondition(ticks.count >= 2 && zip(ticks, ticks.dropFirst()).allSatisfy(<), "ticks ascend")
        self.ticks = ticks
        low = ticks[0]
        high = ticks[ticks.count - 1]
        decimals = 0
    }

    /// Where a value lies: 0 at the low end, 1 at the high one, beyond these outside.
    public func share(of value: Double) -> Double { (value - low) / (high - low) }

    public func holds(_ value: Double) -> Bool { (-1e-6...1 + 1e-6).contains(share(of: value)) }

    /// What stands at a tick.
    public func label(_ tick: Double) -> String { NumberText.text(tick, decimals: decimals) }

    private static func power(_ exponent: Int) -> Double { pow(10, Double(exponent)) }

    /// Divides where that gives the nearest number: 3 × 0.1 is not 0.3, and 3 / 10 is.
    private static func multiple(_ count: Double, _ factor: Double, _ exponent: Int) -> Double {
        let value = exponent < 0 ? count * factor / power(-exponent) : count * factor * power(exponent)
        return value == 0 ? 0 : value
    }
}

extension Double {
    /// Forgives what the division has lost: 0.3 / 0.1 is a hair below 3.
    fileprivate var roundedDown: Double { (self - rounded()).magnitude < 1e-9 ? rounded() : rounded(.down) }
    fileprivate var roundedUp: Double { (self - rounded()).magnitude < 1e-9 ? rounded() : rounded(.up) }
}
