/// The Dutch Luchtkwaliteitsindex (LKI) of one hour at one site, 1 to 11.
///
/// Source: RIVM report 2014-0050. The index is the highest of its pollutants', one higher where all of them are equal; a
/// concentration on an edge is above it. Where pollutants are missing the index is that of the others, as
/// implementations have it, and says that the air is at least so bad; a single pollutant raises nothing. 11 is the end
/// of the scale, also where all are 11.
public struct DutchAirQualityIndex: Hashable, Sendable {
    /// 1 to 11.
    public let value: Int
    /// The worst pollutant; the first in the order of ``Pollutant`` where several are.
    public let decisive: Pollutant
    public let indices: [Pollutant: Int]

    public static let pollutants: [Pollutant] = [.pm25, .pm10, .no2, .o3]

    /// - Returns: nil where no pollutant is known.
    public init?(_ hour: SiteHour) {
        var indices: [Pollutant: Int] = [:]
        var worst: (pollutant: Pollutant, index: Int)?
        for pollutant in DutchAirQualityIndex.pollutants {
            guard let index = hour[pollutant].flatMap({ DutchAirQualityIndex.index(of: $0, pollutant) }) else {
                continue
            }
            indices[pollutant] = index
            if worst.map({ $0.index < index }) ?? true { worst = (pollutant, index) }
        }
        guard let worst else { return nil }
        let isRaised = indices.count > 1 && indices.values.allSatisfy { $0 == worst.index }
        value = isRaised ? min(11, worst.index + 1) : worst.index
        decisive = worst.pollutant
        self.indices = indices
    }

    public var missing: [Pollutant] { DutchAirQualityIndex.pollutants.filter { indices[$0] == nil } }

    public var category: Category {
        switch value {
        case ...3: .goed
        case 4...6: .matig
        case 7...8: .onvoldoende
        case 9...10: .slecht
        default: .zeerSlecht
        }
    }

    /// As it is called in the Netherlands; the raw value is for output.
    public enum Category: String, Hashable, Sendable {
        case goed
        case matig
        case onvoldoende
        case slecht
        case zeerSlecht = "zeer_slecht"
    }

    /// - Parameter concentration: µg/m³, a one-hour mean; finite. Below 0 it is noise in clean air: 1.
    /// - Returns: nil for a pollutant that the index does not know.
    public static func index(of concentration: Double, _ pollutant: Pollutant) -> Int? {
        edges(pollutant).map { edges in 1 + edges.count { concentration >= $0 } }
    }

    private static func edges(_ pollutant: Pollutant) -> [Double]? {
        switch pollutant {
        case .pm25: [10, 15, 20, 30, 40, 50, 70, 90, 100, 140]
        case .pm10, .no2: [10, 20, 30, 45, 60, 75, 100, 125, 150, 200]
        case .o3: [15, 30, 40, 60, 80, 100, 140, 180, 200, 240]
        case .so2: nil
        }
    }
}
