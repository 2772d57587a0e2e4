import Telemetry

/// States of devices from Zigbee2MQTT. Source: zigbee2mqtt.io, "MQTT Topics and Messages", and its list of exposes.
///
/// The device is its friendly name, which may go over several levels: what stands for `{device}`, with all behind it
/// where the topic ends in `#`. The time is `last_seen`, where Zigbee2MQTT is told to give it, in any of its forms.
/// `linkquality` is 0 to 255 on a scale of the adapter's own: no signal strength. A battery's voltage is in mV, a
/// socket's is the mains' in V, under the same name.
final class Zigbee2MQTTDecoder: PayloadDecoder {
    private let setup: SourceSetup
    private let vocabulary: SourceVocabulary
    private var sensors = PreferredSensors()

    init(_ setup: SourceSetup) {
        self.setup = setup
        vocabulary = setup.vocabulary(Zigbee2MQTTDecoder.conventions)
    }

    func decode(_ payload: UnsafeRawBufferPointer, of context: MessageContext, into writer: ReadingWriter) {
        guard let device = context.deviceWithRest else {
            writer.reject(.unknownDevice, "nothing names the device; put {device} or # at the end of `topic`")
            return
        }
        guard Zigbee2MQTTDecoder.isState(of: device, topic: context) else {
            writer.reject(.ignoredTopic, "not a device's state: \(context.topic.text.excerpt)")
            return
        }
        guard let root = setup.parse(payload, writer) else { return }
        guard root.kind == .object else {
            writer.reject(.undecodable, "not an object of a device's values: \(payload.text.excerpt)")
            return
        }
        guard let time = time(root, context: context) else {
            let shown = root.field("last_seen")?.fieldValue.shown ?? ""
            writer.reject(.badTime, "`last_seen` is \(shown), not a time since 1970 or in RFC 3339")
            return
        }
        let report = Report(device: DeviceName(device), time: time, context: context)
        for listed in vocabulary.listed {
            if let value = root.at(listed.path) { writer.add(value.fieldValue, as: listed.meaning, of: report) }
        }
        if vocabulary.listed.isEmpty { addKnownFields(root, of: report, to: writer) }
    }

    /// Commands, availability and the bridge's own topics say nothing that was measured.
    private static func isState(of device: UnsafeRawBufferPointer, topic: MessageContext) -> Bool {
        if device.hasSameBytes(as: "bridge") || device.starts(with: "bridge/") { return false }
        guard let last = topic.level(fromEnd: 0), let before = topic.level(fromEnd: 1) else { return true }
        return !last.hasSameBytes(as: "availability") && !last.hasSameBytes(as: "set") && !last.hasSameBytes(as: "get")
            && !last.hasSameBytes(as: "action") && !before.hasSameBytes(as: "set") && !before.hasSameBytes(as: "get")
    }

    private func time(_ root: JSONValue, context: MessageContext) -> ReadingTime? {
        guard let value = root.field("last_seen"), value.kind != .null else { return .receipt(context.received) }
        return PayloadTime.time(
            value, withoutOffset: setup.source.timeWithoutOffset, received: context.received
        ).map(ReadingTime.device)
    }

    private func addKnownFields(_ root: JSONValue, of report: Report, to writer: ReadingWriter) {
        let hasBattery = root.field("battery") != nil || root.field("battery_low") != nil
        root.forEachField { name, value in
            if Zigbee2MQTTDecoder.isAmbiguous(name) || !hasBattery && name.hasSameBytes(as: "voltage") { return }
            guard let meaning = vocabulary.meaning(ofField: name) else { return vocabulary.noteUnread(name) }
            // Before version 2 `illuminance` was the sensor's raw number where `illuminance_lux` stands beside it.
            let isRaw = name.hasSameBytes(as: "illuminance")
            sensors.offer(value.fieldValue, as: meaning, sensor: isRaw ? 1 : 0, of: report, to: writer)
        }
        sensors.add(to: writer)
    }

    /// Names whose unit or meaning depends on the device; they are for `values`.
    private static func isAmbiguous(_ name: UnsafeRawBufferPointer) -> Bool {
        name.hasSameBytes(as: "voc") || name.hasSameBytes(as: "distance") || name.hasSameBytes(as: "speed")
            || name.hasSameBytes(as: "weight")
    }

    private static let conventions = [
        "voltage": FieldConvention("battery_voltage", "mV"), "co": FieldConvention("co", "[ppm]"),
        "co2": FieldConvention("co2", "[ppm]"), "illuminance": FieldConvention("illuminance", "lx"),
        "illuminance_lux": FieldConvention("illuminance", "lx"), "noise": FieldConvention("noise_laeq", "dB[A]"),
        "pressure": FieldConvention("pressure", "hPa"), "pm25": FieldConvention("pm2_5", "ug/m3"),
    ]
}
