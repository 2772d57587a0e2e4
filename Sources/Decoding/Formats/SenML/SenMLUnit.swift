import Telemetry

/// A SenML unit that says by itself what is measured. Source: RFC 8428, 12.1.
enum SenMLUnit {
    /// Degrees of longitude or latitude: where the thing is, and no reading of it.
    case position
    case relativeHumidity
    case batteryCharge
    case celsius
    case lux

    init?(_ unit: UnsafeRawBufferPointer) {
        switch unit.count {
        case 2 where unit.hasSameBytes(as: "lx"): self = .lux
        case 3 where unit.hasSameBytes(as: "lon") || unit.hasSameBytes(as: "lat"): self = .position
        case 3 where unit.hasSameBytes(as: "%RH"): self = .relativeHumidity
        case 3 where unit.hasSameBytes(as: "%EL"): self = .batteryCharge
        case 3 where unit.hasSameBytes(as: "Cel"): self = .celsius
        default: return nil
        }
    }

    var meaning: FieldMeaning? {
        switch self {
        case .position: nil
        case .relativeHumidity: SenMLUnit.humidity
        case .batteryCharge: SenMLUnit.battery
        case .celsius: SenMLUnit.temperature
        case .lux: SenMLUnit.illuminance
        }
    }

    /// A device's humidity and its battery may come under one name, both in per cent (RFC 8428, 5.1.3).
    func contradicts(_ meaning: FieldMeaning) -> Bool {
        switch self {
        case .relativeHumidity: meaning.quantity == SenMLUnit.battery.quantity
        case .batteryCharge: meaning.quantity == SenMLUnit.humidity.quantity
        default: false
        }
    }

    private static let humidity = FieldMeaning(quantity: "humidity", unit: "%", isExplicit: false)
    private static let battery = FieldMeaning(quantity: "battery", unit: "%", isExplicit: false)
    private static let temperature = FieldMeaning(quantity: "temperature", unit: "Cel", isExplicit: false)
    private static let illuminance = FieldMeaning(quantity: "illuminance", unit: "lx", isExplicit: false)
}
