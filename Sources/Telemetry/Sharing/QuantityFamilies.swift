/// Which quantities of a device add up to which: cars and lorries to vehicles, left and right to both.
///
/// What is counted under a total's name includes what is counted under its parts'. So a small part that is withheld could be
/// computed from the total and the other parts.
public struct QuantityFamilies: Hashable, Sendable {
    /// Of the configuration: a total for each part.
    private var totals: [String: String]

    public init(totals: [String: String] = [:]) {
        self.totals = totals
    }

    /// Whether `total` counts all that `part` counts, or as good as tells it: a running total and the counts of intervals are
    /// of the same passings, and so are left and right, and towards and away.
    public func includes(_ part: String, in total: String) -> Bool {
        if part == total { return true }
        var known: Set<String> = [part]
        var next = totals[part]
        while let name = next, known.insert(name).inserted {
            if name == total { return true }
            next = totals[name]
        }
        if let part = Passing(part), let total = Passing(total) { return total.includes(part) }
        return QuantityFamilies.openings.contains(part) && QuantityFamilies.openings.contains(total)
    }

    private static let openings: Set = ["lid_openings", "lid_opening_count"]

    /// A quantity that counts passings: `car_count`, `bicycle_intensity_left`.
    private struct Passing {
        let passer: Substring
        let direction: Substring

        init?(_ name: String) {
            guard let range = name.firstRange(of: "_count") ?? name.firstRange(of: "_intensity") else { return nil }
            passer = name[..<range.lowerBound]
            direction = name[range.upperBound...]
            guard !passer.isEmpty, Passing.axes[direction] != nil else { return nil }
        }

        /// Left and right are seen by the sensor across the road, towards and away along it.
        private static let axes: [Substring: Int] = ["": 0, "_left": 1, "_right": 1, "_towards": 2, "_away": 2]
        private static let vehicles: Set<Substring> = ["car", "heavy_vehicle", "motorcycle", "bicycle"]

        func includes(_ part: Passing) -> Bool {
            let isOfAll = passer == part.passer || passer == "vehicle" && Passing.vehicles.contains(part.passer)
            let (axis, partAxis) = (Passing.axes[direction] ?? 0, Passing.axes[part.direction] ?? 0)
            // Where both ways of telling directions are shared, one could be computed from the other.
            return isOfAll && (axis == 0 || direction == part.direction || partAxis != 0 && axis != partAxis)
        }
    }
}
