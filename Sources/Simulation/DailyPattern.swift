import Glibc

/// How busy something is over the day, from 0 to about 1: a floor, with bumps around certain hours.
struct DailyPattern: Sendable {
    let weekday: Curve
    let weekend: Curve

    struct Curve: Sendable {
        let floor: Double
        let bumps: [Bump]
    }

    struct Bump: Sendable {
        let hour: Double
        /// Hours from the top to where it has fallen to 61 %.
        let width: Double
        let height: Double
    }

    func value(at local: LocalTime) -> Double {
        let curve = local.isWeekend ? weekend : weekday
        return curve.bumps.reduce(curve.floor) { sum, bump in
            let direct = abs(local.hour - bump.hour)
            let distance = min(direct, 24 - direct) / bump.width
            return sum + bump.height * exp(-distance * distance / 2)
        }
    }

    private static func curve(_ floor: Double, _ bumps: (Double, Double, Double)...) -> Curve {
        Curve(floor: floor, bumps: bumps.map { Bump(hour: $0.0, width: $0.1, height: $0.2) })
    }

    /// Cars: rush hours 07-09 and 16-18.
    static let cars = DailyPattern(
        weekday: curve(0.03, (8, 0.9, 0.7), (17, 1.1, 0.75), (12.5, 3.5, 0.35), (20, 1.8, 0.15)),
        weekend: curve(0.04, (14, 3.5, 0.55), (20, 2, 0.15)))

    /// Lorries and buses work office hours, and hardly on Sunday.
    static let lorries = DailyPattern(
        weekday: curve(0.04, (8, 2, 0.55), (13, 3, 0.7)), weekend: curve(0.03, (12, 3, 0.15)))

    /// School and work by bicycle, in sharper peaks than by car.
    static let bicycles = DailyPattern(
        weekday: curve(0.02, (8.2, 0.5, 0.9), (16.6, 1.3, 0.6), (13, 2.5, 0.2), (21, 1.5, 0.12)),
        weekend: curve(0.02, (14, 3, 0.45), (1, 1.2, 0.08)))

    /// Shoppers at noon and in the afternoon, a stroll in the evening.
    static let walkers = DailyPattern(
        weekday: curve(0.02, (8.3, 0.7, 0.3), (12.5, 1.5, 0.55), (16, 2, 0.45), (20, 1.5, 0.2)),
        weekend: curve(0.03, (14.5, 2.5, 0.95), (22, 2, 0.2)))

    /// Household waste goes out before work, and after dinner; on Saturday all day.
    static let waste = DailyPattern(
        weekday: curve(0.03, (8, 1, 0.4), (13, 3, 0.25), (19, 1.8, 0.8)),
        weekend: curve(0.05, (12, 3, 0.7), (18, 2.5, 0.6)))

    /// Stoves are lit for the evening.
    static let woodSmoke = DailyPattern(
        weekday: curve(0, (20.5, 1.8, 1)), weekend: curve(0.05, (20.5, 2.3, 1), (15, 2, 0.2)))
}
