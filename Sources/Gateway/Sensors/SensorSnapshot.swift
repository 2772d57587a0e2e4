import Telemetry

/// The latest reading of a series, as it is shown.
struct SensorSnapshot: Sendable {
    var device: String
    var deviceType: String
    var quantity: String
    var unit: String
    var value: Double
    var time: Timestamp
    var flag: QualityFlag
    var storedCount: Int
    var intervalMilliseconds: Int64?
}
