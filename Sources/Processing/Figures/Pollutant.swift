/// What air quality indexes are made of. The raw value is the quantity's name in the catalogue.
public enum Pollutant: String, Hashable, Sendable, CaseIterable {
    case pm25 = "pm2_5"
    case pm10
    case no2
    case o3
    case so2

    /// The unit of the indexes' limits; a UCUM code.
    public static let unit = "ug/m3"
}
