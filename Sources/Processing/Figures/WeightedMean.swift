/// A mean in which each value counts by its weight: mean speeds by the number of vehicles, shares by what they are of.
///
/// Follows West (1979): no sum of products that could overflow or lose digits.
public struct WeightedMean: Hashable, Sendable {
    /// All weights together.
    public private(set) var weight = 0.0
    /// Nil while nothing has any weight.
    public private(set) var value: Double?

    public init() {}

    /// Values and weights that are not finite, and weights that are not positive, count for nothing.
    public mutating func add(_ added: Double, weight more: Double) {
        guard added.isFinite, more.isFinite, more > 0, (weight + more).isFinite else { return }
        weight += more
        guard let mean = value else {
            value = added
            return
        }
        let distance = added - mean
        let share = more / weight
        value = distance.isFinite ? mean + distance * share : mean * (1 - share) + added * share
    }
}
