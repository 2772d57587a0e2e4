/// The quantities that the gateway knows, by name: the built-in ones and those of the configuration.
public struct QuantityCatalogue: Sendable {
    public private(set) var quantities: [String: Quantity]

    public init(_ quantities: [Quantity] = QuantityCatalogue.builtIn) {
        self.quantities = Dictionary(quantities.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
    }

    public subscript(name: String) -> Quantity? { quantities[name] }

    /// Adds a quantity, or replaces the one of that name.
    public mutating func define(_ quantity: Quantity) {
        quantities[quantity.name] = quantity
    }

    /// Default limits are what an outdoor sensor in north-west Europe can physically report, not what is healthy.
    public static let builtIn: [Quantity] = (air + weather + water + containers + traffic + devices).map {
        var quantity = $0
        quantity.limits = limits[quantity.name] ?? QualityLimits()
        return quantity
    }

    private static let air = [
        gauge("pm1", "ug/m3", fail: 0...1000, suspect: 0...500),
        gauge("pm2_5", "ug/m3", fail: 0...1000, suspect: 0...500),
        gauge("pm4", "ug/m3", fail: 0...1500, suspect: 0...750),
        gauge("pm10", "ug/m3", fail: 0...2000, suspect: 0...1000),
        gauge("no2", "ug/m3", fail: -10...1000, suspect: 0...400),
        gauge("no", "ug/m3", fail: -10...2000, suspect: 0...1000),
        gauge("nox", "ug/m3", fail: -10...4000, suspect: 0...2000),
        gauge("o3", "ug/m3", fail: -10...600, suspect: 0...360),
        gauge("so2", "ug/m3", fail: -10...2000, suspect: 0...500),
        gauge("nh3", "ug/m3", fail: -10...2000, suspect: 0...500),
        gauge("co", "mg/m3", fail: 0...100, suspect: 0...30),
        gauge("co2", "[ppm]", fail: 0...10_000, suspect: 300...5000),
        // Of Sensirion's gas sensors: 100 is the last day's mean.
        gauge("voc_index", "1", fail: 0...500),
        gauge("noise_laeq", "dB[A]", fail: 0...140, suspect: 20...120),
    ]

    private static let weather = [
        gauge("temperature", "Cel", fail: -40...85, suspect: -25...45),
        gauge("humidity", "%", fail: 0...100),
        gauge("pressure", "hPa", fail: 850...1100, suspect: 930...1070),
        interval("rain", "mm", fail: 0...200, suspect: 0...60),
        counter("rain_total", "mm"),
        gauge("wind_speed", "m/s", fail: 0...75, suspect: 0...45),
        Quantity(
            name: "wind_direction", unit: "deg", kind: .circular, grossRange: GrossRangeLimits(fail: 0...360)),
        gauge("illuminance", "lx", fail: 0...200_000),
    ]

    private static let water = [
        // Against the datum that the sensor is set to, in the Netherlands NAP.
        gauge("water_level", "m", fail: -20...100, suspect: -10...50),
        gauge("water_pressure", "kPa", fail: 0...2500, suspect: 0...1200),
    ]

    private static let containers = [
        gauge("fill_level", "%", fail: 0...100),
        gauge("fill_distance", "mm", fail: 0...10_000),
        gauge("bin_temperature", "Cel", fail: -40...125, suspect: -25...70),
        gauge("tilt", "deg", fail: -180...180),
        interval("lid_openings", "1", fail: 0...10_000),
        counter("lid_opening_count", "1"),
        gauge("weight", "kg", fail: 0...20_000),
    ]

    /// Passages by class: a running total (`car_count`) or those since the last report (`car_intensity`, as the Smart Data
    /// Models call it), each also by direction: `_left` and `_right` as seen by the sensor, `_towards` and `_away` from it.
    private static let traffic =
        ["vehicle", "car", "heavy_vehicle", "motorcycle", "bicycle", "pedestrian"].flatMap { passing in
            ["", "_left", "_right", "_towards", "_away"].flatMap { direction in
                [
                    counter("\(passing)_count\(direction)", "1"),
                    interval("\(passing)_intensity\(direction)", "1", fail: 0...100_000),
                ]
            }
        } + [
            gauge("speed", "km/h", fail: 0...300, suspect: 0...200),
            // The speed that 85 of a hundred do not exceed.
            gauge("speed_v85", "km/h", fail: 0...300, suspect: 0...200),
            gauge("occupancy", "%", fail: 0...100),
            gauge("headway", "s", fail: 0...86_400),
        ]

    private static let devices = [
        gauge("battery", "%", fail: 0...100),
        gauge("battery_voltage", "V", fail: 0...60),
        gauge("rssi", "dB[mW]", fail: -200...20),
        gauge("snr", "dB", fail: -60...60),
    ]

    private static func gauge(
        _ name: String, _ unit: String, fail: ClosedRange<Double>, suspect: ClosedRange<Double>? = nil
    ) -> Quantity {
        Quantity(name: name, unit: unit, kind: .gauge, grossRange: GrossRangeLimits(fail: fail, suspect: suspect))
    }

    private static func interval(
        _ name: String, _ unit: String, fail: ClosedRange<Double>, suspect: ClosedRange<Double>? = nil
    ) -> Quantity {
        Quantity(
            name: name, unit: unit, kind: .intervalCount, grossRange: GrossRangeLimits(fail: fail, suspect: suspect))
    }

    private static func counter(_ name: String, _ unit: String) -> Quantity {
        Quantity(name: name, unit: unit, kind: .counter, grossRange: GrossRangeLimits(fail: 0...9_007_199_254_740_992))
    }
}
