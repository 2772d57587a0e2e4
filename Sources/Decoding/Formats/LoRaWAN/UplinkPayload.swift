import Telemetry

/// What a network server's payload formatter made of an uplink: a JSON object of the vendor's own names.
final class UplinkPayload {
    private let vocabulary: SourceVocabulary
    private static let deepest = 4

    init(_ setup: SourceSetup) {
        vocabulary = setup.vocabulary()
    }

    /// Adds the listed values, or every value whose name is known.
    func add(_ decoded: JSONValue?, of report: Report, into writer: ReadingWriter) {
        guard let decoded, decoded.kind == .object else {
            writer.reject(
                .noReading, "there is no decoded payload: the network server has no payload formatter for this device")
            return
        }
        let before = writer.message.readings.count + writer.message.rejections.count
        if vocabulary.listed.isEmpty {
            addKnownFields(of: decoded, report: report, depth: 0, into: writer)
        } else {
            for listed in vocabulary.listed {
                if let value = decoded.at(listed.path) { writer.add(value.fieldValue, as: listed.meaning, of: report) }
            }
        }
        if writer.message.readings.count + writer.message.rejections.count == before, !writer.hasMissing {
            writer.reject(.noReading, "no field of the decoded payload is a known quantity; map them in `values`")
        }
    }

    private func addKnownFields(of payload: JSONValue, report: Report, depth: Int, into writer: ReadingWriter) {
        guard depth < UplinkPayload.deepest else { return }
        payload.forEachField { key, value in
            if value.kind == .object {
                addKnownFields(of: value, report: report, depth: depth + 1, into: writer)
            } else {
                writer.add(value.fieldValue, field: key, by: vocabulary, of: report)
            }
        }
    }
}

/// The gateway that heard a device best.
struct BestGateway {
    private var rssi: Double?
    private var snr: Double?

    mutating func consider(rssi: JSONValue?, snr: JSONValue?) {
        guard let strength = rssi?.number, strength > self.rssi ?? -.infinity else { return }
        self.rssi = strength
        self.snr = snr?.number
    }

    func add(of report: Report, into writer: ReadingWriter) {
        if let rssi { writer.add(.number(rssi), as: BestGateway.strength, of: report) }
        if let snr { writer.add(.number(snr), as: BestGateway.quality, of: report) }
    }

    private static let strength = FieldMeaning(quantity: "rssi", unit: nil, isExplicit: true)
    private static let quality = FieldMeaning(quantity: "snr", unit: nil, isExplicit: true)
}
