/// The European Air Quality Index of one hour at one site, in the bands of its revision of 2024.
///
/// Source: ETC HE Report 2024/17. The index is that of the worst pollutant; the upper edge of a band belongs to it. The
/// EEA shows it only for stations that measure nitrogen dioxide, ozone and one kind of particles, at traffic sites
/// without ozone: see ``isComplete`` and ``isCompleteAtTraffic``. With less it is given as well, and says that the air is
/// at least so bad. A concentration below 0, the noise of a sensor in clean air, is in the lowest band.
public struct EuropeanAirQualityIndex: Hashable, Sendable {
    public let level: Level
    /// The worst pollutant; the first in the order of ``Pollutant`` where several are.
    public let decisive: Pollutant
    public let levels: [Pollutant: Level]

    /// - Returns: nil where no pollutant is known.
    public init?(_ hour: SiteHour) {
        var levels: [Pollutant: Level] = [:]
        var worst: (pollutant: Pollutant, level: Level)?
        for pollutant in Pollutant.allCases {
            guard let level = hour[pollutant].map({ EuropeanAirQualityIndex.level(of: $0, pollutant) }) else {
                continue
            }
            levels[pollutant] = level
            if worst.map({ $0.level < level }) ?? true { worst = (pollutant, level) }
        }
        guard let worst else { return nil }
        level = worst.level
        decisive = worst.pollutant
        self.levels = levels
    }

    public var missing: [Pollutant] { Pollutant.allCases.filter { levels[$0] == nil } }

    /// Whether the pollutants are there without which the EEA shows no index.
    public var isComplete: Bool { isCompleteAtTraffic && levels[.o3] != nil }

    /// The same for a site whose air is that of the traffic beside it.
    public var isCompleteAtTraffic: Bool { levels[.no2] != nil && (levels[.pm25] ?? levels[.pm10]) != nil }

    /// The raw value is the index as a number.
    public enum Level: Int, Hashable, Sendable, CaseIterable, Comparable {
        case good = 1
        case fair
        case moderate
        case poor
        case veryPoor
        case extremelyPoor

        /// As in output.
        public var name: String {
            switch self {
            case .good: "good"
            case .fair: "fair"
            case .moderate: "moderate"
            case .poor: "poor"
            case .veryPoor: "very_poor"
            case .extremelyPoor: "extremely_poor"
            }
        }

        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    /// - Parameter concentration: µg/m³, a one-hour mean; finite.
    public static func level(of concentration: Double, _ pollutant: Pollutant) -> Level {
        let passed = upperEdges(pollutant).count { concentration > $0 }
        return Level.allCases[passed]
    }

    private static func upperEdges(_ pollutant: Pollutant) -> [Double] {
        switch pollutant {
        case .pm25: [5, 15, 50, 90, 140]
        case .pm10: [15, 45, 120, 195, 270]
        case .no2: [10, 25, 60, 100, 150]
        case .o3: [60, 100, 120, 160, 180]
        case .so2: [20, 40, 125, 190, 275]
        }
    }
}
