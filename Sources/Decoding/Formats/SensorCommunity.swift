import Telemetry

/// Measurements of the airRohr firmware in the shape of its own interface, as bridges and forks publish them.
/// Source: opendata-stuttgart/sensors-software, airrohr-firmware; Nettigo's fork for `esp32id` and the carbon dioxide.
///
/// The device is the topic's `{device}`, else the chip's number, which is then an alias. There is no time in the
/// payload. `P1` is PM10 and `P2` is PM2.5, in µg/m³, but for the PPD42NS, whose `P1` and `P2` are counts of particles.
/// Where several sensors measure the same, ``preference`` says which of them is taken.
final class SensorCommunityDecoder: PayloadDecoder {
    private let setup: SourceSetup
    private let vocabulary: SourceVocabulary
    private var sensors = PreferredSensors()
    private var ranks = ByteTable<Int>()

    init(_ setup: SourceSetup) {
        self.setup = setup
        vocabulary = setup.vocabulary(SensorCommunityDecoder.conventions, isClosed: true)
    }

    func decode(_ payload: UnsafeRawBufferPointer, of context: MessageContext, into writer: ReadingWriter) {
        guard let root = setup.parse(payload, writer) else { return }
        guard let values = root.field("sensordatavalues"), values.kind == .array else {
            writer.reject(.undecodable, "there is no array `sensordatavalues`; is this airRohr firmware?")
            return
        }
        guard let device = device(root, context: context, writer) else {
            writer.reject(
                .unknownDevice, "there is neither an `esp8266id` nor an `esp32id`; put {device} into `topic`")
            return
        }
        let report = Report(device: device, time: .receipt(context.received), context: context)
        let countsParticles = countsParticles(values)
        var place = 0
        values.forEachElement { element in
            place += 1
            guard let name = element.field("value_type")?.string, let value = element.field("value") else { return }
            guard let meaning = vocabulary.meaning(ofField: name) else { return vocabulary.noteUnread(name) }
            if countsParticles, !meaning.isExplicit, name.hasSameBytes(as: "P1") || name.hasSameBytes(as: "P2") {
                return
            }
            sensors.offer(
                value.fieldValue, as: meaning, sensor: rank(of: name) << 32 | place, of: report, to: writer)
        }
        sensors.add(to: writer)
    }

    private func device(_ root: JSONValue, context: MessageContext, _ writer: ReadingWriter) -> DeviceName? {
        let chip = (root.field("esp8266id") ?? root.field("esp32id")).flatMap(writer.name)
        if let device = context.device { return DeviceName(device.name, alternate: chip) }
        return chip.map { DeviceName($0) }
    }

    /// Only the PPD42NS tells how long it saw particles.
    private func countsParticles(_ values: JSONValue) -> Bool {
        var isFound = false
        values.forEachElement { element in
            guard !isFound, let name = element.field("value_type")?.string else { return }
            isFound = name.hasSameBytes(as: "durP1") || name.hasSameBytes(as: "durP2")
        }
        return isFound
    }

    // MARK: - Several sensors of one quantity

    /// By the name before the `_`; the first is taken. Of the particle sensors the SDS011 comes first, since it is what
    /// most stations have and what another one is compared with. Of the thermometers those come first that hang in the
    /// open and are the more accurate; a pressure sensor's own is warm from its board, and the DS18B20 is a probe.
    /// Plain `temperature` and `humidity` are the DHT22's.
    static let preference = [
        "SDS", "SPS30", "NPM", "IPS", "PMS", "HPM", "SHT3X", "BME280", "HTU21D", "", "SCD30", "BMP280", "BMP",
        "DS18B20",
    ]

    private func rank(of name: UnsafeRawBufferPointer) -> Int {
        ranks.value(for: name) {
            let parts = name.text.split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
            let sensor = parts.count > 1 ? String(parts[0]) : ""
            let rank = SensorCommunityDecoder.preference.firstIndex(of: sensor)
            return rank ?? SensorCommunityDecoder.preference.count
        }
    }

    // MARK: - Names

    private static let conventions: [String: FieldConvention] = {
        var names: [String: FieldConvention] = [
            "signal": FieldConvention("rssi", "dBm"),
            "DNMS_noise_LAeq": FieldConvention("noise_laeq", "dB[A]"),
            "DS18B20_temperature": FieldConvention("temperature", "Cel"),
            "SCD30_co2_ppm": FieldConvention("co2", "[ppm]"), "conc_co2_ppm": FieldConvention("co2", "[ppm]"),
        ]
        for sensor in ["", "SDS_", "PMS_", "HPM_", "NPM_", "IPS_", "SPS30_"] {
            names["\(sensor)P0"] = FieldConvention("pm1", "ug/m3")
            names["\(sensor)P1"] = FieldConvention("pm10", "ug/m3")
            names["\(sensor)P2"] = FieldConvention("pm2_5", "ug/m3")
        }
        names["SPS30_P4"] = FieldConvention("pm4", "ug/m3")
        for sensor in ["", "BME280_", "HTU21D_", "SHT3X_", "SCD30_"] {
            names["\(sensor)temperature"] = FieldConvention("temperature", "Cel")
            names["\(sensor)humidity"] = FieldConvention("humidity", "%")
        }
        for sensor in ["", "BME280_", "BMP280_", "BMP_"] {
            names["\(sensor)temperature"] = FieldConvention("temperature", "Cel")
            names["\(sensor)pressure"] = FieldConvention("pressure", "Pa")
        }
        return names
    }()
}
