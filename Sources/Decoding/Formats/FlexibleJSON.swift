import Telemetry

/// Flexible JSON: values, time, unit, device and quantity at configured paths or in the topic.
final class FlexibleJSONDecoder: PayloadDecoder {
    private let setup: SourceSetup
    private let paths: PayloadPaths
    private let vocabulary: SourceVocabulary

    init(_ setup: SourceSetup) {
        self.setup = setup
        paths = setup.source.paths
        vocabulary = setup.vocabulary()
    }

    func decode(_ payload: UnsafeRawBufferPointer, of context: MessageContext, into writer: ReadingWriter) {
        guard let root = setup.parse(payload, writer), let time = time(root, context: context, writer) else { return }
        guard
            let device = paths.device.map({ root.at($0).flatMap(writer.name).map { DeviceName($0) } }) ?? context.device
        else {
            writer.reject(.unknownDevice, "neither the topic nor the payload names the device")
            return
        }
        let report = Report(device: device, time: time, context: context)
        let unit = paths.unit.flatMap { root.at($0)?.string }
        for listed in vocabulary.listed {
            if let value = root.at(listed.path) {
                writer.add(value.fieldValue, as: listed.meaning, unit: unit, of: report)
            }
        }
        guard vocabulary.listed.isEmpty || paths.value != nil else { return }
        guard let quantity = paths.quantity.map({ root.at($0)?.string }) ?? context.quantity else {
            writer.reject(.unknownQuantity, "neither the topic nor the payload names the quantity")
            return
        }
        guard let value = paths.value.map({ root.at($0) }) ?? root else {
            writer.reject(.noReading, "nothing stands at `\(paths.value?.text ?? "")`")
            return
        }
        writer.add(value.fieldValue, as: vocabulary.meaning(ofQuantity: quantity), unit: unit, of: report)
    }

    private func time(_ root: JSONValue, context: MessageContext, _ writer: ReadingWriter) -> ReadingTime? {
        guard let path = paths.time, let value = root.at(path), value.kind != .null else {
            return .receipt(context.received)
        }
        guard
            let time = PayloadTime.time(
                value, withoutOffset: setup.source.timeWithoutOffset, received: context.received)
        else {
            writer.reject(
                .badTime,
                "`\(path.text)` is \(value.fieldValue.shown), not a time since 1970 or in RFC 3339"
                    + PayloadTime.hint(value),
                readings: readingCount(in: root))
            return nil
        }
        return .device(time)
    }

    /// How many values a payload holds that could not be dated.
    private func readingCount(in root: JSONValue) -> Int {
        let listed = vocabulary.listed.count { root.at($0.path) != nil }
        return max(1, vocabulary.listed.isEmpty || paths.value == nil ? listed : listed + 1)
    }
}
