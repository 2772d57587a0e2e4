import Storage
import Telemetry

/// What somebody holds of a window: its revision and some figures, by their names.
struct HeldWindow: Hashable, CustomStringConvertible {
    var revision: Int
    var figures: [String: Double]

    var description: String { "revision \(revision) \(figures.sorted { $0.key < $1.key })" }

    /// Whether they are the same as far as figures of that many digits can be told apart.
    func agrees(with other: HeldWindow, relative: Double) -> Bool {
        revision == other.revision && figures.keys == other.figures.keys
            && figures.allSatisfy { name, value in
                guard let theirs = other.figures[name] else { return false }
                return abs(value - theirs) <= relative * max(1, abs(value))
            }
    }
}

/// Windows by what they are of: `d-1|pm2_5|15m|1795899360000`.
typealias HeldWindows = [String: HeldWindow]

/// The gateway's own aggregates, told without what shares them: what partners hold is compared with it.
struct PartnerFigures {
    static let fields = ["count", "mean", "min", "max", "increase"]

    let reader: StoreReader

    static func key(_ device: String, _ quantity: String, _ tier: String, _ start: Int64) -> String {
        "\(device)|\(quantity)|\(tier)|\(start)"
    }

    /// Those of some tiers whose series `isShared` picks.
    func windows(
        _ tiers: [Tier], where isShared: (StoreReader.SeriesRow) -> Bool = { _ in true }
    ) throws -> HeldWindows {
        let series = Dictionary(uniqueKeysWithValues: try reader.series().map { ($0.id, $0) })
        var windows: HeldWindows = [:]
        for tier in tiers {
            try reader.aggregates(tier, in: .distantPast ..< .distantFuture) { stored in
                guard let row = series[stored.series], isShared(row) else { return true }
                let key = PartnerFigures.key(
                    row.device, row.quantity, tier.name, stored.aggregate.window.start.milliseconds)
                windows[key] = HeldWindow(
                    revision: stored.revision, figures: PartnerFigures.figures(of: stored.aggregate))
                return true
            }
        }
        return windows
    }

    private static func figures(of aggregate: Aggregate) -> [String: Double] {
        var figures = ["count": Double(aggregate.count)]
        figures["mean"] = aggregate.statistics?.mean
        figures["min"] = aggregate.statistics?.minimum
        figures["max"] = aggregate.statistics?.maximum
        figures["increase"] = aggregate.increase?.total
        return figures
    }

    /// The first differences between what is expected and what is held; none where they agree.
    static func differences(_ expected: HeldWindows, _ held: HeldWindows, relative: Double = 0) -> [String] {
        var differences: [String] = []
        for (key, window) in expected {
            guard let theirs = held[key] else {
                differences.append("\(key) is missing: \(window)")
                continue
            }
            if !window.agrees(with: theirs, relative: relative) {
                differences.append("\(key) is \(theirs), expected \(window)")
            }
        }
        for (key, window) in held where expected[key] == nil {
            differences.append("\(key) is outside the contract: \(window)")
        }
        return differences.sorted()
    }
}
