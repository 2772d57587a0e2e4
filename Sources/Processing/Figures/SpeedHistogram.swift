/// How many vehicles drove how fast, by classes of speed, over any period: classes of the same edges add up.
///
/// V85s of parts do not: that of a period follows from its speeds, as a percentile of single speeds
/// (``Distribution/percentile(_:)``) or from this. Mean speeds of intervals have no V85.
public struct SpeedHistogram: Hashable, Sendable {
    /// Where each class begins, ascending, in km/h; the last has no end.
    public let edges: [Double]
    /// The vehicles of each class.
    public private(set) var vehicles: [Double]

    /// Telraam's `car_speed_hist_0to70plus` and `car_speed_hist_0to120plus`. Source: its API, `/v1/reports/traffic`.
    public static let telraamEdges = (coarse: steps(of: 10, count: 8), fine: steps(of: 5, count: 25))

    /// - Returns: nil unless there is a class and edges ascend and are finite.
    public init?(edges: [Double]) {
        guard !edges.isEmpty, edges.allSatisfy(\.isFinite), zip(edges, edges.dropFirst()).allSatisfy(<) else {
            return nil
        }
        self.edges = edges
        vehicles = Array(repeating: 0, count: edges.count)
    }

    /// Adds vehicles by class.
    /// - Returns: false, with nothing added, unless there is a number for each class, none negative.
    @discardableResult
    public mutating func add(_ counts: [Double]) -> Bool {
        guard counts.count == edges.count, counts.allSatisfy({ $0.isFinite && $0 >= 0 }) else { return false }
        for (index, count) in counts.enumerated() { vehicles[index] += count }
        return true
    }

    /// Adds vehicles whose shares by class are known.
    /// - Parameters:
    ///   - shares: of any whole, such as per cent.
    ///   - count: how many vehicles they are shares of. What few say counts little, what nobody says nothing.
    /// - Returns: false, with nothing added, unless there is a share for each class, none negative and not all 0.
    @discardableResult
    public mutating func add(shares: [Double], ofVehicles count: Double) -> Bool {
        let whole = shares.reduce(0, +)
        guard whole > 0, whole.isFinite, count.isFinite, count >= 0 else { return false }
        return add(shares.map { $0 / whole * count })
    }

    public var total: Double { vehicles.reduce(0, +) }

    /// A speed that is known, or one that the last class has no upper edge for.
    public enum Speed: Hashable, Sendable {
        case at(Double)
        case above(Double)
    }

    /// The speed that 85 of a hundred do not exceed; nil without vehicles.
    public var v85: Speed? { percentile(85) }

    /// Vehicles are taken as spread evenly over their class.
    /// - Parameter percent: 1 to 99.
    public func percentile(_ percent: Int) -> Speed? {
        let wanted = total * Double(percent) / 100
        guard wanted > 0, wanted.isFinite else { return nil }
        var below = 0.0
        for index in vehicles.indices.dropLast() where vehicles[index] > 0 {
            if below + vehicles[index] >= wanted {
                let width = edges[index + 1] - edges[index]
                return .at(edges[index] + width * ((wanted - below) / vehicles[index]))
            }
            below += vehicles[index]
        }
        return .above(edges[edges.count - 1])
    }

    private static func steps(of width: Double, count: Int) -> [Double] { (0..<count).map { Double($0) * width } }
}
