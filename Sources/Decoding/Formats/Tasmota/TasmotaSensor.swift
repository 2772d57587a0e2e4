import Telemetry

/// What Tasmota calls a sensor, and what its values are worth. Source: the drivers `xsns_…` of arendst/Tasmota.
struct TasmotaSensor {
    /// Electricity is no quantity of a street, and the temperature of the ESP32 is its chip's.
    let isRead: Bool
    /// The lower the better; of equals the first in the message is taken.
    let rank: Int
    /// `"Speed":{"Act":…}` and `"Dir":{"Deg":…}`, or `Speed` and `Degree` in older firmware.
    private let isWindGauge: Bool
    private let distanceUnit: StaticString?

    init(name: String) {
        isRead = name != "ENERGY" && name != "ESP32"
        rank = name.hasPrefix("DS18") ? 1 : name.hasPrefix("ANALOG") ? 2 : 0
        isWindGauge = name.hasPrefix("TX2") || name.hasPrefix("WindMeter")
        distanceUnit =
            if name.hasPrefix("VL53L") || name.hasPrefix("TOF10120") {
                "mm"
            } else if name.hasPrefix("SR04") || name.hasPrefix("HRXL") || name.hasPrefix("GY-US42")
                || name.hasPrefix("TFmini")
            {
                "cm"
            } else {
                nil
            }
    }

    /// Whether a field of that kind is what its name says: fans have a `Speed` too, and a `Distance` has no unit.
    func tells(_ kind: TasmotaUnits.Kind?) -> Bool {
        switch kind {
        case .speed, .direction: isWindGauge
        case .distance: distanceUnit != nil
        case .temperature, .pressure, nil: true
        }
    }

    /// The unit that goes with the sensor. Valid for ever.
    func unit(of kind: TasmotaUnits.Kind?) -> UnsafeRawBufferPointer? {
        guard kind == .distance, let distanceUnit else { return nil }
        return UnsafeRawBufferPointer(start: distanceUnit.utf8Start, count: distanceUnit.utf8CodeUnitCount)
    }

    /// What is measured now, among averages and extremes.
    func value(in object: JSONValue) -> JSONValue? {
        isWindGauge ? object.field("Act") ?? object.field("Deg") : nil
    }
}

/// The units that a message gives at its root.
struct TasmotaUnits {
    private let temperature: UnsafeRawBufferPointer?
    private let pressure: UnsafeRawBufferPointer?
    private let speed: UnsafeRawBufferPointer?

    enum Kind {
        case temperature
        case pressure
        case speed
        case direction
        case distance

        init?(field name: String) {
            if name.contains("Temperature") || name == "DewPoint" {
                self = .temperature
            } else if name.contains("Pressure") {
                self = .pressure
            } else if name.hasPrefix("Speed") {
                self = .speed
            } else if name == "Dir" || name == "Degree" {
                self = .direction
            } else if name == "Distance" {
                self = .distance
            } else {
                return nil
            }
        }
    }

    init(_ root: JSONValue) {
        temperature = root.field("TempUnit")?.string
        pressure = root.field("PressureUnit")?.string
        speed = root.field("SpeedUnit")?.string
    }

    subscript(kind: Kind) -> UnsafeRawBufferPointer? {
        switch kind {
        case .temperature: temperature
        case .pressure: pressure
        case .speed: speed
        case .direction, .distance: nil
        }
    }
}
