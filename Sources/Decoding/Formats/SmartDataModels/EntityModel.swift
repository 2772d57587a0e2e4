import Telemetry

/// A model of the Smart Data Models programme, and what its attributes are in the catalogue.
///
/// State (`status`, `dateLastEmptying`, `congested`), configuration (`binFullnessThreshold`) and what is said about the
/// data (`reliability`, `airQualityIndex`) are no readings. Source: each model's schema.json.
struct EntityModel {
    let type: StaticString
    let conventions: [String: FieldConvention]

    static let all = [
        EntityModel(type: "AirQualityObserved", conventions: common.merging(air) { _, own in own }),
        EntityModel(type: "WasteContainer", conventions: common.merging(container) { _, own in own }),
        EntityModel(type: "TrafficFlowObserved", conventions: common.merging(traffic) { _, own in own }),
        EntityModel(type: "CrowdFlowObserved", conventions: common.merging(crowd) { _, own in own }),
    ]

    /// In whatever model; shares are parts of one. Source: dataModel.Device, dataModel.Weather.
    private static let common: [String: FieldConvention] = [
        "batteryLevel": FieldConvention("battery", "1"),
        "relativeHumidity": FieldConvention("humidity", "1"),
        "atmosphericPressure": FieldConvention("pressure", "hPa"),
        "precipitation": FieldConvention("rain", "mm"),
        "windSpeed": FieldConvention("wind_speed", "m/s"),
        "windDirection": FieldConvention("wind_direction", "deg"),
        "illuminance": FieldConvention("illuminance", "lx"),
    ]

    /// Pollutants carry their own unit; they are also written as the formula is.
    private static let air: [String: FieldConvention] = {
        var fields: [String: FieldConvention] = [:]
        let formulas = [
            ("pm1", "pm1"), ("pm25", "pm2_5"), ("pm4", "pm4"), ("pm10", "pm10"), ("no", "no"), ("no2", "no2"),
            ("nox", "nox"), ("o3", "o3"), ("so2", "so2"), ("nh3", "nh3"), ("co", "co"), ("co2", "co2"),
        ]
        for (formula, quantity) in formulas {
            fields[formula] = FieldConvention(quantity)
            fields[formula.uppercased()] = FieldConvention(quantity)
        }
        fields["NOx"] = FieldConvention("nox")
        fields["PM2.5"] = FieldConvention("pm2_5")
        return fields
    }()

    private static let container: [String: FieldConvention] = [
        "fillingLevel": FieldConvention("fill_level", "1"),
        "cargoWeight": FieldConvention("weight", "kg"),
        // Inside the container.
        "temperature": FieldConvention("bin_temperature", "Cel"),
    ]

    private static let traffic: [String: FieldConvention] = [
        // Of the class that `vehicleType` names.
        "intensity": FieldConvention("vehicle_intensity"),
        "occupancy": FieldConvention("occupancy", "1"),
        "averageVehicleSpeed": FieldConvention("speed", "km/h"),
        "averageHeadwayTime": FieldConvention("headway", "s"),
    ]

    private static let crowd: [String: FieldConvention] = [
        "peopleCount": FieldConvention("pedestrian_intensity"),
        "peopleCountTowards": FieldConvention("pedestrian_intensity_towards"),
        "peopleCountAway": FieldConvention("pedestrian_intensity_away"),
        "occupancy": FieldConvention("occupancy", "1"),
        "averageCrowdSpeed": FieldConvention("speed", "km/h"),
        "averageHeadwayTime": FieldConvention("headway", "s"),
    ]

    // MARK: - Vehicles

    /// The quantity that counts vehicles of a `vehicleType`; nil for one that is of no class of the catalogue, such as
    /// a van, which is counted with the cars here and with the lorries there.
    static func intensity(of vehicleType: UnsafeRawBufferPointer) -> StaticString? {
        classes.first { $0.types.contains { vehicleType.isWord($0) } }?.quantity
    }

    private static let classes: [(quantity: StaticString, types: [StaticString])] = [
        ("car_intensity", ["car", "carwithcaravan", "carwithtrailer"]),
        ("bicycle_intensity", ["bicycle"]),
        ("motorcycle_intensity", ["motorcycle", "motorcyclewithsidecar", "motorscooter", "moped"]),
        ("heavy_vehicle_intensity", ["lorry", "truck", "tanker", "bus"]),
    ]
}
