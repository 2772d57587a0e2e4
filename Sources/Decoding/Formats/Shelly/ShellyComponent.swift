import Telemetry

/// A component of a Shelly that measures, by its key: `temperature:100`.
struct ShellyComponent {
    private let kind: Kind
    /// A wired probe before the device's own.
    let rank: Int

    fileprivate enum Kind {
        case temperature
        case humidity
        case illuminance
        case power
        case radio
    }

    /// - Returns: nil for what does not measure, and for the second and further components of a kind.
    init?(_ key: UnsafeRawBufferPointer) {
        let colon = key.firstIndex(of: UInt8(ascii: ":")) ?? key.count
        let name = key.part(..<colon)
        let identifier = key.part(min(colon + 1, key.count)...)
        guard let kind = Kind(name) else { return nil }
        if identifier.hasSameBytes(as: "100") {
            rank = 0
        } else if identifier.isEmpty || identifier.hasSameBytes(as: "0") {
            rank = 1
        } else {
            return nil
        }
        self.kind = kind
    }

    func forEachValue(in status: JSONValue, _ visit: (JSONValue, FieldMeaning) -> Void) {
        switch kind {
        case .temperature:
            if let celsius = status.field("tC") {
                visit(celsius, ShellyComponent.celsius)
            } else if let fahrenheit = status.field("tF") {
                visit(fahrenheit, ShellyComponent.fahrenheit)
            }
        case .humidity: status.field("rh").map { visit($0, ShellyComponent.humidity) }
        case .illuminance: status.field("lux").map { visit($0, ShellyComponent.illuminance) }
        case .power:
            guard let battery = status.field("battery") else { return }
            battery.field("percent").map { visit($0, ShellyComponent.battery) }
            battery.field("V").map { visit($0, ShellyComponent.voltage) }
        case .radio: status.field("rssi").map { visit($0, ShellyComponent.strength) }
        }
    }

    private static let celsius = FieldMeaning(quantity: "temperature", unit: "Cel", isExplicit: false)
    private static let fahrenheit = FieldMeaning(quantity: "temperature", unit: "[degF]", isExplicit: false)
    private static let humidity = FieldMeaning(quantity: "humidity", unit: "%", isExplicit: false)
    private static let illuminance = FieldMeaning(quantity: "illuminance", unit: "lx", isExplicit: false)
    private static let battery = FieldMeaning(quantity: "battery", unit: "%", isExplicit: false)
    private static let voltage = FieldMeaning(quantity: "battery_voltage", unit: "V", isExplicit: false)
    private static let strength = FieldMeaning(quantity: "rssi", unit: "dB[mW]", isExplicit: false)
}

extension ShellyComponent.Kind {
    fileprivate init?(_ name: UnsafeRawBufferPointer) {
        if name.hasSameBytes(as: "temperature") {
            self = .temperature
        } else if name.hasSameBytes(as: "humidity") {
            self = .humidity
        } else if name.hasSameBytes(as: "illuminance") {
            self = .illuminance
        } else if name.hasSameBytes(as: "devicepower") {
            self = .power
        } else if name.hasSameBytes(as: "wifi") {
            self = .radio
        } else {
            return nil
        }
    }
}
