import Telemetry

/// What an uplink carries, as a network server hands it on: decoded by the device's payload formatter or codec, or the
/// frame as the device sent it, which is read as CayenneLPP if it is that from end to end.
///
/// With `values` the listed fields count. Without it every field counts whose name is known; see ``KnownFields`` for those
/// that mean the same. Names of channels, as The Things Stack and ChirpStack decode CayenneLPP, mean what
/// ``CayenneReader`` says.
final class UplinkPayload {
    private let vocabulary: SourceVocabulary
    private let windVocabulary: SourceVocabulary
    private let cayenne: CayenneReader
    private let normalized: NormalizedPayload
    private let frame = Base64Buffer(capacity: longestFrame)
    private var channelFields = ByteTable<FieldMeaning?>()
    private var channelObjects = ByteTable<FieldMeaning?>()
    private var known = KnownFields()

    /// Of objects within each other.
    private static let deepest = 4
    /// In bytes: LoRaWAN allows 242 at most (RP002-1.0.4, 2), and a frame's length field 255.
    private static let longestFrame = 255

    init(_ setup: SourceSetup) {
        vocabulary = setup.vocabulary()
        windVocabulary = setup.vocabulary([
            "speed": FieldConvention("wind_speed", "m/s"), "direction": FieldConvention("wind_direction", "deg"),
        ])
        cayenne = CayenneReader(setup)
        normalized = NormalizedPayload(setup.catalogue)
    }

    /// The parts of an uplink, where the network server has them, and what it calls them.
    struct Content {
        var decoded: JSONValue?
        var decodedName: StaticString
        /// What the device's formatter made of the decoded payload, in common names.
        var normalized: JSONValue?
        var frame: JSONValue?
        var frameName: StaticString
    }

    func add(_ content: Content, of report: Report, into writer: ReadingWriter) {
        let before = writer.message.readings.count + writer.message.rejections.count
        let decoded = content.decoded?.kind == .object ? content.decoded : nil
        let normalized = content.normalized?.kind == .array ? content.normalized : nil
        if decoded == nil, normalized == nil {
            if let wrong = content.decoded, wrong.kind != .null {
                writer.reject(
                    .noReading, "`\(content.decodedName)` is \(wrong.fieldValue.shown), not an object of named values")
            } else {
                addFrame(content, of: report, into: writer)
            }
            return
        }
        if vocabulary.listed.isEmpty {
            addKnown(decoded, normalized, of: report, into: writer)
        } else {
            addListed(decoded, normalized, of: report, into: writer)
        }
        if writer.message.readings.count + writer.message.rejections.count == before, !writer.hasMissing {
            writer.reject(
                .noReading,
                vocabulary.listed.isEmpty
                    ? "no field of `\(content.decodedName)` is a known quantity; map them in `values`"
                    : "`\(content.decodedName)` has none of the fields that `values` lists")
        }
    }

    // MARK: - Decoded

    private func addListed(
        _ decoded: JSONValue?, _ normalized: JSONValue?, of report: Report, into writer: ReadingWriter
    ) {
        for listed in vocabulary.listed {
            if let value = decoded?.at(listed.path) {
                writer.add(value.uplinkValue, as: listed.meaning, of: report)
            }
        }
        guard let normalized else { return }
        NormalizedPayload.forEachMeasurement(in: normalized, writer) { measurement, time in
            var report = report
            if let time { report.time = time }
            for listed in vocabulary.listed where decoded?.at(listed.path) == nil {
                if let value = measurement.at(listed.path) {
                    writer.add(value.uplinkValue, as: listed.meaning, of: report)
                }
            }
        }
    }

    private func addKnown(
        _ decoded: JSONValue?, _ normalized: JSONValue?, of report: Report, into writer: ReadingWriter
    ) {
        if let normalized { self.normalized.add(normalized, to: &known, writer: writer) }
        // A wind sensor's own `speed` is no vehicle's.
        let isWindSensor = known.contains("wind_speed") || known.contains("wind_direction")
        if let decoded { collect(decoded, of: nil, by: isWindSensor ? windVocabulary : vocabulary, depth: 0) }
        known.add(of: report, into: writer)
        // What it holds points into the message.
        known.removeAll()
    }

    private func collect(
        _ object: JSONValue, of parent: UnsafeRawBufferPointer?, by vocabulary: SourceVocabulary, depth: Int
    ) {
        object.forEachField { key, value in
            if value.kind == .object {
                collectObject(value, key: key, depth: depth)
            } else if let meaning = vocabulary.meaning(ofField: key) {
                known.offer(
                    value.uplinkValue, meaning: meaning, at: KnownFields.Place(parent: parent, name: key),
                    plainness: .named(depth: depth))
            } else if let meaning = channelFields.value(for: key, orMake: { cayenne.meaning(ofField: key) }) {
                known.offer(
                    value.uplinkValue, meaning: meaning, at: KnownFields.Place(parent: parent, name: key),
                    plainness: .channel(depth: depth))
            } else {
                vocabulary.noteUnread(key)
            }
        }
    }

    private func collectObject(_ object: JSONValue, key: UnsafeRawBufferPointer, depth: Int) {
        if let meaning = channelObjects.value(for: key, orMake: { cayenne.meaning(ofObject: key) }) {
            object.forEachField { channel, value in
                known.offer(
                    value.uplinkValue, meaning: meaning, at: KnownFields.Place(parent: key, name: channel),
                    plainness: .channel(depth: depth))
            }
            return
        }
        // The temperature of soil or water is not the street's.
        guard depth + 1 < UplinkPayload.deepest, !key.isWord("soil"), !key.isWord("water") else { return }
        collect(object, of: key, by: key.isWord("wind") ? windVocabulary : vocabulary, depth: depth + 1)
    }

    // MARK: - Frames

    private func addFrame(_ content: Content, of report: Report, into writer: ReadingWriter) {
        guard let text = content.frame?.string, !text.isEmpty else {
            if let wrong = content.frame, wrong.kind != .string, wrong.kind != .null {
                writer.reject(.noReading, "`\(content.frameName)` is \(wrong.fieldValue.shown), not base64")
            } else {
                writer.reject(.emptyPayload, "the uplink carries no data: an acknowledgement, or the network's own")
            }
            return
        }
        guard let frame = frame.decode(text) else {
            writer.reject(
                .noReading, "there is no `\(content.decodedName)`, and `\(content.frameName)` is no frame in base64")
            return
        }
        if let fault = cayenne.read(frame, isGuess: true) {
            writer.reject(
                .noReading,
                "there is no `\(content.decodedName)`, and the frame is not CayenneLPP "
                    + "(\(cayenne.describe(fault, in: frame))): give the device a payload formatter in the network server, "
                    + "or let it send CayenneLPP")
            return
        }
        cayenne.add(frame, of: report, into: writer)
    }
}

extension JSONValue {
    /// As ``fieldValue``, without the noise of formatters that reckon in single precision.
    var uplinkValue: FieldValue {
        kind == .number ? .number((number ?? .nan).withoutSinglePrecisionNoise) : fieldValue
    }
}
