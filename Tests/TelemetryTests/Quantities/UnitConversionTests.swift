import Telemetry
import TestKit
import Testing

@Suite("UnitConversion")
struct UnitConversionTests {
    private func convert(_ value: Double, _ unit: String, to quantity: String) -> Double? {
        QuantityCatalogue()[quantity].flatMap { UnitConversion.from(unit, to: $0) }?.apply(value)
    }

    @Test(
        "turns what sensors send into the canonical unit",
        arguments: [
            (100_535.97, "Pa", "pressure", 1005.3597), (101.3, "kPa", "pressure", 1013),
            (1.013, "bar", "pressure", 1013),
            (1013.0, "mbar", "pressure", 1013),
            (77.0, "°F", "temperature", 25), (-40, "[degF]", "temperature", -40), (32, "F", "temperature", 0),
            (273.15, "K", "temperature", 0), (21.5, "℃", "temperature", 21.5),
            (60.0, "mph", "speed", 96.56064), (10, "m/s", "speed", 36), (50, "km/h", "speed", 50),
            (0.012, "mg/m3", "pm2_5", 12), (12, "µg/m³", "pm2_5", 12), (12, "μg/m³", "pm2_5", 12),
            (0.45, "1", "humidity", 45), (45, "%RH", "humidity", 45),
            (2.0, "m", "fill_distance", 2000), (200, "cm", "fill_distance", 2000),
            (3300.0, "mV", "battery_voltage", 3.3), (55, "dBA", "noise_laeq", 55), (-59, "dBm", "rssi", -59),
            (400_000.0, "ppb", "co2", 400), (7, "0-10", "fill_level", 70), (0.7, "0-1", "fill_level", 70),
            (10, "[in_i]", "fill_distance", 254), (2, "ft", "fill_distance", 609.6), (1500, "g", "weight", 1.5),
            (10, "kn", "wind_speed", 5.144444444444444), (.pi, "rad", "wind_direction", 180),
            (2, "min", "headway", 120), (1, "psi", "water_pressure", 6.894757293168361),
        ])
    func known(value: Double, unit: String, quantity: String, expected: Double) throws {
        let converted = try #require(convert(value, unit, to: quantity))
        #expect(abs(converted - expected) <= 1e-9 * max(1, abs(expected)), "\(converted)")
    }

    /// RFC 8428, 12.1 and RFC 8798, 3; and what Tasmota offers.
    @Test(
        "knows SenML's units, secondary ones too, and Tasmota's",
        arguments: [
            (45.0, "%RH", "humidity", 45.0), (98, "%EL", "battery", 98), (0.45, "/", "humidity", 45),
            (45, "/100", "humidity", 45), (450, "/1000", "humidity", 45), (21.5, "Cel", "temperature", 21.5),
            (294.65, "K", "temperature", 21.5), (2, "m", "water_level", 2), (0.002, "km", "water_level", 2),
            (200, "cm", "water_level", 2), (150, "lx", "illuminance", 150), (-71, "dBm", "rssi", -71),
            (-101, "dBW", "rssi", -71), (10, "m/s", "wind_speed", 10), (36, "km/h", "wind_speed", 10),
            (101_300, "Pa", "pressure", 1013), (1013, "hPa", "pressure", 1013), (8, "ug/m3", "pm2_5", 8),
            (412, "ppm", "co2", 412), (12, "count", "car_intensity", 12), (12, "count", "car_count", 12),
            (5.5, "Bspl", "noise_laeq", 55), (1.5, "kg", "weight", 1.5), (1500, "g", "weight", 1.5),
            (3.3, "V", "battery_voltage", 3.3), (3300, "mV", "battery_voltage", 3.3), (90, "deg", "wind_direction", 90),
            (2, "min", "headway", 120), (2000, "ms", "headway", 2), (5, "dB", "snr", 5),
            (760, "mmHg", "pressure", 1013.250144354), (30, "inHg", "pressure", 1015.9165921),
            (10, "ft/s", "wind_speed", 3.048),
            (10, "yd/s", "wind_speed", 9.144),
        ])
    func exchanged(value: Double, unit: String, quantity: String, expected: Double) throws {
        let converted = try #require(convert(value, unit, to: quantity))
        #expect(abs(converted - expected) <= 1e-7 * max(1, abs(expected)), "\(converted)")
    }

    /// 2008/50/EC Annex VI: 293 K and 101.3 kPa. The factors that are quoted everywhere: 1.91, 2.00, 1.25, 2.66, 1.16.
    @Test(
        "turns parts of a gas by volume into mass, at the temperature and pressure of the EU's limits",
        arguments: [
            ("no2", "ppb", 1.91), ("o3", "ppb", 2.00), ("no", "ppb", 1.25), ("so2", "ppb", 2.66), ("co", "ppm", 1.16),
            ("nox", "ppb", 1.91), ("nh3", "ppb", 0.708),
        ])
    func gases(quantity: String, unit: String, factor: Double) throws {
        let converted = try #require(convert(100, unit, to: quantity))
        #expect(abs(converted / 100 - factor) < 0.006, "\(converted)")
        let other = unit == "ppb" ? "ppm" : "ppb"
        let scaled = try #require(convert(unit == "ppb" ? 0.1 : 100_000, other, to: quantity))
        #expect(abs(scaled - converted) < 1e-9)
    }

    @Test("leaves every bit of a value in its canonical unit alone", arguments: 0..<4)
    func identity(round: UInt64) throws {
        var random = SeededGenerator(seed: 0x1DE7 + round)
        let quantity = try #require(QuantityCatalogue()["pm2_5"])
        for unit in ["ug/m3", "", " ug/m3 ", "µg/m³"] {
            let conversion = try #require(UnitConversion.from(unit, to: quantity))
            for _ in 0..<500 {
                let value = Double(bitPattern: random.next())
                #expect(conversion.apply(value).bitPattern == value.bitPattern, "\(unit)")
            }
            #expect(conversion.apply(-0.0).sign == .minus)
        }
    }

    @Test(
        "has no guess for a unit that does not fit the quantity",
        arguments: [
            ("ppb", "pm2_5"), ("ppb", "temperature"), ("Pa", "temperature"), ("Cel", "humidity"), ("dB", "rssi"),
            ("furlong", "fill_distance"), ("%", "temperature"), ("UG/M3", "pm10"), ("dBm", "noise_laeq"),
            ("ug/m3", "co2"), ("/", "car_intensity"), ("count", "humidity"), ("lon", "humidity"),
        ])
    func refused(unit: String, quantity: String) {
        #expect(convert(1, unit, to: quantity) == nil)
    }

    @Test("goes there and back for a quantity in a unit of one's own")
    func inverse() throws {
        let fahrenheit = Quantity(name: "temperature", unit: "[degF]", kind: .gauge)
        let celsius = Quantity(name: "temperature", unit: "Cel", kind: .gauge)
        let there = try #require(UnitConversion.from("Cel", to: fahrenheit))
        let back = try #require(UnitConversion.from("[degF]", to: celsius))
        #expect(abs(there.apply(25) - 77) < 1e-9)
        #expect(abs(back.apply(there.apply(-12.34)) + 12.34) < 1e-9)
        #expect(UnitConversion.from("vehicles", to: Quantity(name: "x", unit: "vehicles", kind: .counter)) == .identity)
    }

    @Test("names the units that it understands for a quantity, and no others")
    func spellings() throws {
        for quantity in QuantityCatalogue.builtIn {
            let spellings = UnitConversion.spellings(for: quantity)
            #expect(spellings.contains { $0.contains(quantity.unit) }, "\(quantity.name)")
            for spelling in spellings.flatMap({ $0 }) {
                #expect(UnitConversion.from(spelling, to: quantity) != nil, "\(spelling) for \(quantity.name)")
            }
        }
        let catalogue = QuantityCatalogue()
        let temperature = UnitConversion.spellings(for: try #require(catalogue["temperature"])).map { $0[0] }
        #expect(temperature == ["Cel", "[degF]", "K"])
        let ozone = UnitConversion.spellings(for: try #require(catalogue["o3"])).map { $0[0] }
        #expect(ozone == ["ug/m3", "mg/m3", "[ppm]", "[ppb]"], "a gas also comes in parts")
        #expect(UnitConversion.spellings(for: Quantity(name: "x", unit: "widgets", kind: .gauge)) == [["widgets"]])
        #expect(UnitConversion.isKnown("µg/m³") && !UnitConversion.isKnown("widgets"))
    }
}
