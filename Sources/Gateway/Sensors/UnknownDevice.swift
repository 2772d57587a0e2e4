import Decoding
public import GatewayConfiguration
public import Storage
public import Telemetry

/// A device that sends and is not in the configuration.
public struct UnknownDevice: Sendable {
    public var id: String
    /// Another name of it that its messages give, such as its DevEUI.
    public var alternateName: String?
    public var type = ""
    public var quantities: [String] = []
    /// Messages in quarantine because it is unknown.
    public var heldCount = 0
    /// Whether readings of it are stored, since unknown devices are or were accepted.
    public var isAccepted = false
    /// Of its last message.
    public var last: Timestamp
    /// The last topic on which it was heard, where that is known.
    public var topic: String?
    /// The usual time between its messages; nil when there are too few.
    public var intervalMilliseconds: Int64?
    private var lastHeld: Int64 = 0
    /// Whether a source already says what time lies between readings.
    private var hasInterval = false
    private var receipts: [String: [Timestamp]] = [:]

    private init(id: String, last: Timestamp) {
        self.id = id
        self.last = last
    }

    /// How many quarantined messages are looked at; the latest ones.
    public static let heldLimit = 10_000

    /// Finds them in the database: those whose readings were taken in, and those whose messages are held, which are
    /// decoded anew to see who they are from. Ordered by name.
    public static func find(
        _ reader: StoreReader, configuration: Configuration
    ) throws(StorageError) -> [UnknownDevice] {
        let configured = DeviceDirectory(configuration.decoderOptions.devices)
        var found: [String: UnknownDevice] = [:]
        let survey = try DeviceSurvey(reader, configuration: configuration, now: .distantPast)
        for device in survey.devices where !device.isConfigured && !configured.knows(device.id) {
            guard let last = device.last else { continue }
            var unknown = UnknownDevice(id: device.id, last: last)
            unknown.isAccepted = true
            unknown.type = device.type
            unknown.quantities = device.quantities
            found[device.id] = unknown
        }
        try addHeld(reader, configuration: configuration, configured: configured, to: &found)
        for id in found.keys { found[id]?.estimateInterval() }
        return found.values.sorted { $0.id < $1.id }
    }

    private static func addHeld(
        _ reader: StoreReader, configuration: Configuration, configured: DeviceDirectory,
        to found: inout [String: UnknownDevice]
    ) throws(StorageError) {
        let selection = try reader.latest(
            heldLimit, of: QuarantineSelection(reason: RejectionReason.unknownDevice.rawValue))
        let preview = CapturePreview(configuration: configuration, acceptsUnknownDevices: true)
        try reader.forEachHeldMessage(selection) { held in
            let message = held.message
            let decoded = preview.decode(
                CapturedMessage(received: message.received, topic: message.topic, payload: message.payload))
            // A message may hold readings of several devices, of which some are known by now.
            for series in decoded.readings.map(\.series) {
                let isKnown = configured.knows(series.device) || series.alternateName.map(configured.knows) ?? false
                if isKnown { continue }
                var device = found[series.device] ?? UnknownDevice(id: series.device, last: message.received)
                device.note(series, in: held)
                found[series.device] = device
            }
            return true
        }
    }

    private mutating func note(_ series: Series, in held: HeldMessage) {
        let message = held.message
        if lastHeld != held.id { heldCount += 1 }
        lastHeld = held.id
        last = max(last, message.received)
        let topic = String(decoding: message.topic, as: UTF8.self)
        self.topic = topic
        receipts[topic, default: []].append(message.received)
        alternateName = series.alternateName ?? alternateName
        hasInterval = hasInterval || series.intervalMilliseconds != nil
        if type.isEmpty { type = series.deviceType }
        if !quantities.contains(series.quantity.name) { quantities.append(series.quantity.name) }
    }

    /// Each topic by itself: a device may send each quantity on one of its own.
    private mutating func estimateInterval() {
        let gaps = receipts.values.flatMap { receipts in
            let distinct = Set(receipts).sorted()
            return zip(distinct.dropFirst(), distinct).map { $0 - $1 }
        }.sorted()
        guard gaps.count >= 2 else { return }
        intervalMilliseconds = UnknownDevice.rounded(gaps[gaps.count / 2])
    }

    /// The round time that is meant, where one is within a tenth.
    private static func rounded(_ milliseconds: Int64) -> Int64 {
        let seconds: [Int64] = [
            1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400,
        ]
        let near = seconds.map { $0 * 1000 }.first { abs($0 - milliseconds) * 10 <= $0 }
        return near ?? max(1000, milliseconds / 1000 * 1000)
    }

    /// What to add to the configuration to adopt it.
    public var snippet: String {
        var lines = ["[[device]]", "id = \(JSONLine.quoted(id))"]
        if let alternateName, alternateName != id { lines.append("aliases = [\(JSONLine.quoted(alternateName))]") }
        lines.append(
            type.isEmpty ? "# type = \"air_quality\"" : "type = \(JSONLine.quoted(type))")
        let interval = intervalMilliseconds.map { Measure.text(milliseconds: $0) }
        if let interval, !hasInterval {
            lines.append("interval = \"\(interval)\"    # as it has sent so far")
        } else {
            lines.append("# interval = \"\(interval ?? "10m")\"    # silent for three of them, it is late")
        }
        lines.append("# neighbourhood = \"Stadshagen\"")
        return lines.joined(separator: "\n")
    }
}
