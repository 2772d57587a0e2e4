public import GatewayConfiguration
public import Storage
public import Telemetry

/// Every device that the configuration or the database knows of, ordered by name. One thread.
public struct DeviceSurvey {
    public private(set) var devices: [SurveyedDevice] = []

    /// - Parameter now: against which silence is measured.
    public init(_ reader: StoreReader, configuration: Configuration, now: Timestamp) throws(StorageError) {
        var found: [String: SurveyedDevice] = [:]
        for device in configuration.deviceList {
            found[device.id] = SurveyedDevice(
                id: device.id, type: device.type, isConfigured: true, intervalMilliseconds: device.intervalMilliseconds)
        }
        var lastTimes: [SeriesID: Timestamp] = [:]
        for row in try reader.lastReadings(in: .distantPast..<(.distantFuture)) { lastTimes[row.series] = row.time }
        for series in try reader.series() {
            var device =
                found[series.device]
                ?? SurveyedDevice(id: series.device, type: series.deviceType, isConfigured: false)
            if !device.quantities.contains(series.quantity) { device.quantities.append(series.quantity) }
            if device.type.isEmpty { device.type = series.deviceType }
            device.intervalMilliseconds = device.intervalMilliseconds ?? series.intervalMilliseconds
            if let time = lastTimes[series.id] { device.last = max(device.last ?? time, time) }
            found[series.device] = device
        }
        devices = found.values.sorted { $0.id < $1.id }
        for index in devices.indices { devices[index].judge(now: now) }
    }
}

/// What is known of a device.
public struct SurveyedDevice: Sendable, Hashable {
    public var id: String
    public var type: String
    /// Whether the configuration has a `[[device]]` of that id.
    public var isConfigured: Bool
    /// The expected time between readings, where the configuration tells.
    public var intervalMilliseconds: Int64?
    public var quantities: [String] = []
    /// The time of its latest reading in the database; nil when there is none.
    public var last: Timestamp?
    /// Silent for more than three times its interval, or never heard; nil when no interval tells.
    public private(set) var isLate: Bool?

    fileprivate mutating func judge(now: Timestamp) {
        guard let intervalMilliseconds else { return }
        isLate = last.map { now - $0 > 3 * intervalMilliseconds } ?? true
    }
}
