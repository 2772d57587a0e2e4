/// What payload decoders call the quantities of the catalogue; keys in lower case.
///
/// Only names that leave one meaning. `bat` and `batt` are volts in one decoder (TheThingsNetwork/lorawan-devices,
/// dragino/ldds75.js) and per cent in another, `voc` is an index here and parts by volume there: these are for `values`.
enum QuantityAliases {
    static let canonical: [String: String] = [
        "temp": "temperature", "airtemperature": "temperature", "air_temperature": "temperature",
        "relativehumidity": "humidity", "relative_humidity": "humidity", "hum": "humidity", "rh": "humidity",
        "airpressure": "pressure", "barometricpressure": "pressure", "barometric_pressure": "pressure",
        "pm25": "pm2_5", "pm2.5": "pm2_5", "pm_2_5": "pm2_5", "pm02": "pm2_5",
        "pm1.0": "pm1", "pm1_0": "pm1", "pm10.0": "pm10", "pm_10": "pm10", "pm4.0": "pm4",
        "filllevel": "fill_level", "fillinglevel": "fill_level", "filling_level": "fill_level",
        "distance": "fill_distance",
        "batteryvoltage": "battery_voltage", "batv": "battery_voltage", "vbat": "battery_voltage",
        "batterylevel": "battery", "battery_level": "battery",
        "laeq": "noise_laeq", "noise": "noise_laeq", "laeq_db": "noise_laeq",
        "pm4_0": "pm4", "ozone": "o3", "carbon_dioxide": "co2", "vocindex": "voc_index",
        "rainfall": "rain", "precipitation": "rain", "windspeed": "wind_speed", "winddirection": "wind_direction",
        "waterlevel": "water_level", "waterpressure": "water_pressure", "illumination": "illuminance",
        "illuminance_lux": "illuminance", "cargoweight": "weight", "v85": "speed_v85",
    ]
}
