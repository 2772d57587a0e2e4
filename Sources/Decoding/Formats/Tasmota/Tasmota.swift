import Telemetry

/// Telemetry of Tasmota: `tele/{device}/SENSOR`, an object for each sensor. Source: arendst/Tasmota,
/// `tasmota/include/i18n.h` and the sensors' `Show` functions.
///
/// The units of temperatures, pressures and wind speeds stand at the root. `Time` has no offset unless the firmware is
/// told to give one (`SetOption52`). All other topics of a device tell its state.
///
/// Where several sensors measure the same, the one that stands first in the message is taken, but probes (`DS18…`) and
/// analogue inputs only where there is no other; see ``TasmotaSensor``.
final class TasmotaDecoder: PayloadDecoder {
    private let setup: SourceSetup
    private let vocabulary: SourceVocabulary
    /// What decides the unit of each listed value.
    private let listedUnits: [TasmotaUnits.Kind?]
    private var sensors = PreferredSensors()
    private var known = ByteTable<TasmotaSensor>()
    private var kinds = ByteTable<TasmotaUnits.Kind?>()

    init(_ setup: SourceSetup) {
        self.setup = setup
        vocabulary = setup.vocabulary(TasmotaDecoder.conventions, isClosed: true)
        listedUnits = vocabulary.listed.map { listed in
            for case .key(let key) in listed.path.steps.reversed() {
                if let kind = TasmotaUnits.Kind(field: String(decoding: key, as: UTF8.self)) { return kind }
            }
            return nil
        }
    }

    func decode(_ payload: UnsafeRawBufferPointer, of context: MessageContext, into writer: ReadingWriter) {
        guard context.level(fromEnd: 0)?.hasSameBytes(as: "SENSOR") ?? false else {
            writer.reject(.ignoredTopic, "not telemetry of sensors: \(context.topic.text.excerpt)")
            return
        }
        guard let root = setup.parse(payload, writer) else { return }
        guard root.kind == .object else {
            writer.reject(.undecodable, "not an object of sensors: \(payload.text.excerpt)")
            return
        }
        guard let device = context.device else {
            writer.reject(.unknownDevice, "nothing names the device; put {device} into `topic`")
            return
        }
        guard let time = time(root, context: context) else {
            let shown = root.field("Time")?.fieldValue.shown ?? ""
            writer.reject(.badTime, "`Time` is \(shown), not a local time, an RFC 3339 time or one since 1970")
            return
        }
        let report = Report(device: device, time: time, context: context)
        let units = TasmotaUnits(root)
        if vocabulary.listed.isEmpty {
            addSensors(root, units: units, of: report, to: writer)
        } else {
            for (listed, kind) in zip(vocabulary.listed, listedUnits) {
                guard let value = root.at(listed.path) else { continue }
                writer.add(value.fieldValue, as: listed.meaning, unit: kind.flatMap { units[$0] }, of: report)
            }
        }
    }

    private func time(_ root: JSONValue, context: MessageContext) -> ReadingTime? {
        guard let value = root.field("Time"), value.kind != .null else { return .receipt(context.received) }
        let time = PayloadTime.time(
            value, withoutOffset: setup.source.timeWithoutOffset, received: context.received)
        return time.map { .device($0, received: context.received) }
    }

    private func addSensors(_ root: JSONValue, units: TasmotaUnits, of report: Report, to writer: ReadingWriter) {
        var place = 0
        root.forEachField { key, object in
            guard object.kind == .object else { return }
            let sensor = known.value(for: key) { TasmotaSensor(name: key.text) }
            guard sensor.isRead else { return }
            object.forEachField { name, field in
                place += 1
                guard let meaning = vocabulary.meaning(ofField: name),
                    let value = field.kind == .object ? sensor.value(in: field) : field
                else { return }
                let kind = kinds.value(for: name) { TasmotaUnits.Kind(field: name.text) }
                guard sensor.tells(kind) else { return }
                sensors.offer(
                    value.fieldValue, as: meaning, unit: sensor.unit(of: kind) ?? kind.flatMap { units[$0] },
                    sensor: sensor.rank << 32 | place, of: report, to: writer)
            }
        }
        sensors.add(to: writer)
    }

    /// `eCO2` and `TVOC` are estimates from other gases, `SeaPressure` and `DewPoint` are computed: not taken for
    /// measured.
    private static let conventions: [String: FieldConvention] = [
        "Temperature": FieldConvention("temperature", "Cel"), "Humidity": FieldConvention("humidity", "%"),
        "Pressure": FieldConvention("pressure", "hPa"), "Illuminance": FieldConvention("illuminance", "lx"),
        "CarbonDioxide": FieldConvention("co2", "[ppm]"), "PM1": FieldConvention("pm1", "ug/m3"),
        "PM2.5": FieldConvention("pm2_5", "ug/m3"), "PM10": FieldConvention("pm10", "ug/m3"),
        "PM1_0": FieldConvention("pm1", "ug/m3"), "PM2_5": FieldConvention("pm2_5", "ug/m3"),
        "PM4_0": FieldConvention("pm4", "ug/m3"), "Distance": FieldConvention("fill_distance"),
        "Weight": FieldConvention("weight", "kg"), "Battery": FieldConvention("battery", "%"),
        "Speed": FieldConvention("wind_speed", "km/h"), "Dir": FieldConvention("wind_direction", "deg"),
        "Degree": FieldConvention("wind_direction", "deg"),
    ]
}
