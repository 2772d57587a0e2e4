/// Who passed in a period, by class, and what share of all each is.
///
/// Made of what was counted in the same windows; whether these are valid is the caller's to see to.
public struct TrafficShares: Hashable, Sendable {
    /// By class; classes that nobody counts are absent.
    public let counts: [Passing]
    public let total: Double

    /// The raw value begins the quantity's name in the catalogue: `car_count`, `car_intensity_left`.
    public enum Class: String, Hashable, Sendable, CaseIterable {
        case car
        case heavyVehicle = "heavy_vehicle"
        case motorcycle
        /// Motor vehicles of no class that is counted by itself.
        case otherVehicle = "other_vehicle"
        case bicycle
        case pedestrian

        static let motorVehicles: [Class] = [.car, .heavyVehicle, .motorcycle]
    }

    public struct Passing: Hashable, Sendable {
        public let kind: Class
        public let count: Double
    }

    /// - Parameters:
    ///   - counted: by class. Negative numbers and those that are not finite count for nothing.
    ///   - motorVehicles: all of them together, where they are counted too: what no class holds is another vehicle.
    ///     Where classes hold more, they are right.
    public init(_ counted: [Class: Double], motorVehicles: Double? = nil) {
        var counts = counted.filter { $0.value.isFinite && $0.value >= 0 }
        if let all = motorVehicles, all.isFinite {
            let classified = Class.motorVehicles.reduce(0) { $0 + (counts[$1] ?? 0) }
            if all > classified { counts[.otherVehicle, default: 0] += all - classified }
        }
        self.counts = Class.allCases.compactMap { kind in counts[kind].map { Passing(kind: kind, count: $0) } }
        total = self.counts.reduce(0) { $0 + $1.count }
    }

    /// 0 to 1; nil where the class is not counted, or nobody passed.
    public func share(of kind: Class) -> Double? {
        guard total > 0, total.isFinite else { return nil }
        return counts.first { $0.kind == kind }.map { $0.count / total }
    }

    /// The share of heavy vehicles among motor vehicles, 0 to 1; nil where they are not counted, or none passed.
    public var heavyShare: Double? {
        guard let heavy = counts.first(where: { $0.kind == .heavyVehicle }) else { return nil }
        let motor = counts.filter { Class.motorVehicles.contains($0.kind) || $0.kind == .otherVehicle }
        let all = motor.reduce(0) { $0 + $1.count }
        return all > 0 && all.isFinite ? heavy.count / all : nil
    }
}
