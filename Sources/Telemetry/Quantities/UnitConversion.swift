/// From the unit in which a value arrives to its quantity's canonical one.
///
/// `(value + shift) × multiplier ÷ divisor + offset`. Multiplier and divisor are kept apart so that whole ones stay
/// whole: 99 760.89 Pa is 997.6089 hPa when divided by 100, and 997.6089000000001 when multiplied by 0.01.
public struct UnitConversion: Sendable, Hashable {
    public var multiplier: Double
    public var divisor: Double
    /// In the unit of arrival, added first.
    public var shift: Double
    /// In the canonical unit, added last.
    public var offset: Double

    public init(multiplier: Double, divisor: Double = 1, shift: Double = 0, offset: Double = 0) {
        self.multiplier = multiplier
        self.divisor = divisor
        self.shift = shift
        self.offset = offset
    }

    public static let identity = UnitConversion(multiplier: 1)

    @inlinable
    public func apply(_ value: Double) -> Double {
        // No arithmetic for the common case, so that a value stays what the sensor printed.
        if multiplier == divisor, shift == 0, offset == 0 { return value }
        return (value + shift) * multiplier / divisor + offset
    }

    /// - Parameter unit: a UCUM code or one of the spellings that sensors use.
    /// - Returns: nil for a unit that is not known for this quantity: never a guess.
    public static func from(_ unit: String, to quantity: Quantity) -> UnitConversion? {
        let unit = unit.trimmedSpaces
        if unit == quantity.unit || unit.isEmpty { return .identity }
        // A number of things is no share of anything.
        if quantity.unit == "1", quantity.kind != .gauge { return unit == "count" ? .identity : nil }
        if let gas = gasConversion(from: unit, to: quantity) { return gas }
        guard let (dimension, theirs) = known[unit], let (canonical, ours) = known[quantity.unit],
            dimension == canonical
        else { return nil }
        return UnitConversion(
            multiplier: theirs.multiplier * ours.divisor, divisor: theirs.divisor * ours.multiplier,
            shift: theirs.shift, offset: -ours.shift)
    }

    /// A unit by all its spellings, the UCUM code first.
    private struct Unit {
        let dimension: String
        let conversion: UnitConversion
        let spellings: [String]
    }

    /// Units that measure the same, each in terms of one of them.
    private static let units: [Unit] = {
        var table: [Unit] = []
        func add(
            _ dimension: String, _ multiplier: Double, per divisor: Double = 1, shift: Double = 0,
            _ spellings: String...
        ) {
            let conversion = UnitConversion(multiplier: multiplier, divisor: divisor, shift: shift)
            table.append(Unit(dimension: dimension, conversion: conversion, spellings: spellings))
        }
        add("concentration", 1, "ug/m3", "µg/m³", "μg/m³", "µg/m3", "μg/m3", "ug/m^3", "µg/m^3", "ugm3")
        add("concentration", 1000, "mg/m3", "mg/m³", "mg/m^3")
        add("temperature", 1, "Cel", "°C", "℃", "C", "degC", "celsius")
        add("temperature", 5, per: 9, shift: -32, "[degF]", "°F", "℉", "F", "degF", "fahrenheit")
        add("temperature", 1, shift: -273.15, "K")
        // SenML's `%RH`, `%EL`, `/`, `/100` and `/1000`: RFC 8428, 12.1 and RFC 8798, 3.
        add("share", 1, "%", "%RH", "%EL", "/100", "percent", "pct")
        add("share", 1, per: 10, "/1000")
        add("share", 100, "1", "/", "ratio", "0-1")
        add("share", 10, "10*-1", "0-10")
        add("pressure", 1, "hPa", "mbar", "hpa")
        add("pressure", 1, per: 100, "Pa")
        add("pressure", 10, "kPa")
        add("pressure", 1000, "bar")
        add("pressure", 1000, per: 14.503773773, "[psi]", "psi")
        add("pressure", 1.33322387415, "mm[Hg]", "mmHg")
        add("pressure", 33.86388640341, "[in_i'Hg]", "inHg")
        add("length", 1, "mm")
        add("length", 10, "cm")
        add("length", 1000, "m")
        add("length", 1_000_000, "km")
        add("length", 25.4, "[in_i]", "in", "inch")
        add("length", 304.8, "[ft_i]", "ft")
        add("mass", 1, "kg")
        add("mass", 1, per: 1000, "g")
        add("mass", 1000, "t")
        add("time", 1, "s", "sec")
        add("time", 1, per: 1000, "ms")
        add("time", 60, "min")
        add("time", 3600, "h")
        add("angle", 1, "deg", "°", "degrees")
        add("angle", 180, per: .pi, "rad")
        add("illuminance", 1, "lx", "lux")
        add("speed", 1, "km/h", "kmh", "kph", "KMH")
        add("speed", 3.6, "m/s", "MTS")
        add("speed", 1.609344, "[mi_i]/h", "mph")
        add("speed", 1.852, "[kn_i]", "kn", "kt")
        add("speed", 1.09728, "[ft_i]/s", "ft/s")
        add("speed", 3.29184, "[yd_i]/s", "yd/s")
        add("voltage", 1, "V")
        add("voltage", 1, per: 1000, "mV")
        add("sound", 1, "dB[A]", "dB(A)", "dBA", "dB[SPL]")
        add("sound", 10, "B[SPL]", "Bspl")
        add("level", 1, "dB")
        add("power level", 1, "dB[mW]", "dBm")
        add("power level", 1, shift: 30, "dB[W]", "dBW")
        add("parts", 1, "[ppm]", "ppm")
        add("parts", 1, per: 1000, "[ppb]", "ppb")
        return table
    }()

    private static let known: [String: (dimension: String, UnitConversion)] = Dictionary(
        units.flatMap { unit in unit.spellings.map { ($0, (unit.dimension, unit.conversion)) } },
        uniquingKeysWith: { _, last in last })

    /// Whether anything can be converted to it.
    public static func isKnown(_ unit: String) -> Bool { known[unit] != nil }

    /// The units that are understood for a quantity, each by all its spellings, the UCUM code first.
    public static func spellings(for quantity: Quantity) -> [[String]] {
        let understood = units.map { $0.spellings.filter { from($0, to: quantity) != nil } }.filter { !$0.isEmpty }
        return understood.contains { $0.contains(quantity.unit) } ? understood : [[quantity.unit]] + understood
    }

    /// Gases in parts by volume, at the 293 K and 101.3 kPa to which EU concentrations refer (2008/50/EC Annex VI):
    /// µg/m³ = ppb × molar mass / 24.04 l.
    private static func gasConversion(from unit: String, to quantity: Quantity) -> UnitConversion? {
        guard let molarMass = molarMasses[quantity.name], let (dimension, parts) = known[unit], dimension == "parts",
            let (concentration, canonical) = known[quantity.unit], concentration == "concentration"
        else { return nil }
        let microgramsPerPPM = 1000 * molarMass / molarLitres
        return UnitConversion(
            multiplier: parts.multiplier * canonical.divisor * microgramsPerPPM,
            divisor: parts.divisor * canonical.multiplier)
    }

    /// R·T/p = 8.314 462 618 · 293 K / 101.3 kPa.
    private static let molarLitres = 8.314462618 * 293 / 101.3

    /// g/mol.
    private static let molarMasses: [String: Double] = [
        // Nitrogen oxides are reported as nitrogen dioxide (2008/50/EC, article 2).
        "no2": 46.0055, "nox": 46.0055, "no": 30.0061, "o3": 47.9982, "so2": 64.066, "co": 28.0101, "nh3": 17.0305,
    ]
}

extension String {
    fileprivate var trimmedSpaces: String {
        guard first == " " || last == " " else { return self }
        return String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
