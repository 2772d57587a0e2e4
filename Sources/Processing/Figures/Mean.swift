extension Collection<Double> {
    /// The arithmetic mean of finite numbers, even where their sum is none; nil of nothing.
    var mean: Double? {
        if isEmpty { return nil }
        let sum = reduce(0, +)
        return sum.isFinite ? sum / Double(count) : reduce(0) { $0 + $1 / Double(count) }
    }

    /// The middle one in order, or the mean of the middle two; nil of nothing.
    var median: Double? { sorted().middle }
}

extension [Double] {
    /// The median of what is in ascending order.
    var middle: Double? {
        if isEmpty { return nil }
        let (low, high) = (self[(count - 1) / 2], self[count / 2])
        return (low + high).isFinite ? (low + high) / 2 : low / 2 + high / 2
    }
}
