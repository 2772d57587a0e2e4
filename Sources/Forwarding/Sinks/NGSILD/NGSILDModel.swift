import Telemetry

/// A Smart Data Model, and how quantities are called in it. Source: smart-data-models, `<Model>/schema.json`.
enum NGSILDModel: String, Sendable {
    case airQuality = "AirQualityObserved"
    case traffic = "TrafficFlowObserved"
    case weather = "WeatherObserved"
    /// For what no other model is for.
    case measurement = "DeviceMeasurement"
    /// A thing, and no observation: there is one entity for each, with what is newest.
    case wasteContainer = "WasteContainer"

    /// By the quantity, and where that may be measured anywhere, by the device's type.
    init(_ series: SharedSeries) {
        let quantity = series.quantity
        if NGSILDModel.containerQuantities.contains(quantity) {
            self = .wasteContainer
        } else if NGSILDModel.airQuantities.contains(quantity) {
            self = .airQuality
        } else if NGSILDModel.isTraffic(quantity) {
            self = .traffic
        } else {
            self =
                switch series.deviceType {
                case let type where type.hasPrefix("air"): .airQuality
                case let type where type.hasPrefix("waste") || type.hasPrefix("bin"): .wasteContainer
                case let type where type.hasPrefix("traffic"): .traffic
                case let type where type.hasPrefix("weather") || NGSILDModel.weatherQuantities.contains(quantity):
                    .weather
                default: .measurement
                }
        }
    }

    var isThing: Bool { self == .wasteContainer }

    private static let airQuantities: Set<String> = [
        "pm1", "pm2_5", "pm4", "pm10", "no2", "no", "nox", "o3", "so2", "nh3", "co", "co2", "voc_index",
    ]
    private static let weatherQuantities: Set<String> = [
        "temperature", "humidity", "pressure", "rain", "rain_total", "wind_speed", "wind_direction", "illuminance",
    ]
    private static let containerQuantities: Set<String> = [
        "fill_level", "fill_distance", "bin_temperature", "lid_openings", "lid_opening_count",
    ]

    private static func isTraffic(_ quantity: String) -> Bool {
        ["speed", "speed_v85", "occupancy", "headway"].contains(quantity)
            || ["vehicle", "car", "heavy_vehicle", "motorcycle", "bicycle", "pedestrian"].contains {
                quantity.hasPrefix("\($0)_count") || quantity.hasPrefix("\($0)_intensity")
            }
    }

    /// The property in which a quantity goes: by its own name where the model has none.
    func property(_ series: SharedSeries) -> NGSILDProperty {
        let isTaken = NGSILDModel.takenNames.contains(series.quantity)
        let own = NGSILDProperty(
            isTaken ? "\(series.quantity)_" : series.quantity, unitCode: NGSILDModel.unitCode(series.unit))
        guard let name = names[series.quantity] else { return own }
        switch (series.quantity, series.unit) {
        case ("humidity", "%"), ("fill_level", "%"), ("occupancy", "%"):
            // The models want 0 to 1, for which there is no unit.
            return NGSILDProperty(name, unitCode: "C62", scale: .hundredth)
        case ("wind_direction", "deg"): return NGSILDProperty(name, unitCode: "DD", scale: .halfCircles)
        default: return NGSILDProperty(name, unitCode: own.unitCode)
        }
    }

    /// What a quantity of one's own might be called, and means something else in the core context or in ours.
    /// Source: ETSI GS CIM 009, annex B.
    private static let takenNames: Set<String> = [
        "id", "type", "value", "object", "json", "vocab", "key", "entity", "dataset", "coordinates", "location",
        "scope",
        "avg", "min", "max", "sum", "stddev", "name", "source", "tier",
    ]

    private var names: [String: String] {
        switch self {
        case .airQuality, .weather:
            [
                "pm1": "pm1", "pm2_5": "pm25", "pm4": "pm4", "pm10": "pm10", "no": "no", "no2": "no2", "nox": "nox",
                "o3": "o3", "so2": "so2", "nh3": "nh3", "co": "co", "co2": "co2", "temperature": "temperature",
                "humidity": "relativeHumidity", "pressure": "atmosphericPressure", "wind_speed": "windSpeed",
                "wind_direction": "windDirection", "rain": "precipitation", "rain_total": "precipitation",
                "illuminance": "illuminance",
            ]
        case .traffic:
            [
                "vehicle_count": "intensity", "vehicle_intensity": "intensity", "speed": "averageVehicleSpeed",
                "occupancy": "occupancy", "headway": "averageHeadwayTime",
            ]
        case .wasteContainer:
            [
                "fill_level": "fillingLevel", "bin_temperature": "temperature", "temperature": "temperature",
                "weight": "cargoWeight",
            ]
        case .measurement: [:]
        }
    }

    /// Of UN/CEFACT's recommendation 20, by UCUM code; nil where it has none that we know.
    static func unitCode(_ unit: String) -> String? { unitCodes[unit] }

    private static let unitCodes = [
        "ug/m3": "GQ", "mg/m3": "GP", "[ppm]": "59", "1": "C62", "%": "P1", "Cel": "CEL", "K": "KEL", "hPa": "A97",
        "kPa": "KPA", "Pa": "PAL", "mm": "MMT", "cm": "CMT", "m": "MTR", "km": "KMT", "m/s": "MTS", "km/h": "KMH",
        "deg": "DD", "lx": "LUX", "kg": "KGM", "g": "GRM", "s": "SEC", "min": "MIN", "h": "HUR", "V": "VLT",
        "mV": "2Z", "A": "AMP", "W": "WTT", "kW.h": "KWH", "dB": "2N", "dB[A]": "2N", "L": "LTR", "m3": "MTQ",
    ]
}

/// How a quantity stands in an entity.
struct NGSILDProperty: Sendable, Hashable {
    var name: String
    var unitCode: String?
    var scale: Scale

    enum Scale: Sendable, Hashable {
        case asItIs
        case hundredth
        /// 0 to 360 becomes -180 to 180.
        case halfCircles
    }

    init(_ name: String, unitCode: String?, scale: Scale = .asItIs) {
        self.name = name
        self.unitCode = unitCode
        self.scale = scale
    }

    /// A figure in the model's unit. Of angles, spreads are no angles.
    func scaled(_ value: Double, _ field: SharedField) -> Double {
        switch (scale, field) {
        case (.asItIs, _): value
        case (.hundredth, .mean), (.hundredth, .minimum), (.hundredth, .maximum), (.hundredth, .standardDeviation),
            (.hundredth, .first), (.hundredth, .last), (.hundredth, .p50), (.hundredth, .p85), (.hundredth, .p95):
            value / 100
        case (.halfCircles, .mean), (.halfCircles, .first), (.halfCircles, .last): value > 180 ? value - 360 : value
        default: value
        }
    }
}
