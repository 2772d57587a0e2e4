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
    public static let builtIn: [Quantity] = [
        gauge("pm1", "ug/m3", fail: 0...1000, suspect: 0...500),
        gauge("pm2_5", "ug/m3", fail: 0...1000, suspect: 0...500),
        gauge("pm4", "ug/m3", fail: 0...1500, suspect: 0...750),
        gauge("pm10", "ug/m3", fail: 0...2000, suspect: 0...1000),
        gauge("no2", "ug/m3", fail: -10...1000, suspect: 0...400),
        gauge("no", "ug/m3", fail: -10...2000, suspect: 0...1000),
        gauge("o3", "ug/m3", fail: -10...600, suspect: 0...360),
        gauge("so2", "ug/m3", fail: -10...2000, suspect: 0...500),
        gauge("co", "mg/m3", fail: 0...100, suspect: 0...30),
        gauge("co2", "[ppm]", fail: 0...10_000, suspect: 300...5000),
        gauge("temperature", "Cel", fail: -40...85, suspect: -25...45),
        gauge("humidity", "%", fail: 0...100),
        gauge("pressure", "hPa", fail: 850...1100, suspect: 930...1070),
        gauge("noise_laeq", "dB[A]", fail: 0...140, suspect: 20...120),
        gauge("fill_level", "%", fail: 0...100),
        gauge("fill_distance", "mm", fail: 0...10_000),
        counter("vehicle_count"),
        counter("heavy_vehicle_count"),
        counter("bicycle_count"),
        counter("pedestrian_count"),
        gauge("speed", "km/h", fail: 0...300, suspect: 0...200),
        gauge("occupancy", "%", fail: 0...100),
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

    private static func counter(_ name: String) -> Quantity {
        Quantity(name: name, unit: "1", kind: .counter, grossRange: GrossRangeLimits(fail: 0...9_007_199_254_740_992))
    }
}
