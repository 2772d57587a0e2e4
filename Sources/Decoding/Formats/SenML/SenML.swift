import Telemetry

/// Sensor measurement lists in JSON: RFC 8428, with the secondary units of RFC 8798.
///
/// The device is the topic's `{device}`, else what ``SenMLNames`` finds in the name. A name that holds no field has a
/// quantity where its unit leaves no doubt: `%RH` is humidity, `%EL` the charge of a battery, `lx` illuminance, and
/// `Cel` alone the temperature of the thing that is named. Where several names of one device mean the same quantity,
/// one that says so comes before one whose unit does, and then the one that stands first in the pack; see
/// ``PreferredSensors``.
///
/// Positions, texts, data and sums are no readings. A time that is relative to now depends on when the message came, so
/// it counts as dated by receipt.
final class SenMLDecoder: PayloadDecoder {
    private let setup: SourceSetup
    private let names: SenMLNames
    private var pack = SenMLPack()
    /// Of the pack's names, while it is decoded.
    private var parts: [SenMLNames.Parts] = []
    private var sensors = PreferredSensors()

    init(_ setup: SourceSetup) {
        self.setup = setup
        names = SenMLNames(setup.vocabulary())
    }

    func decode(_ payload: UnsafeRawBufferPointer, of context: MessageContext, into writer: ReadingWriter) {
        guard let root = setup.parse(payload, writer) else { return }
        guard root.kind == .array, root.element(0) != nil else {
            writer.reject(.undecodable, "a SenML pack is an array of one record or more: \(payload.text.excerpt)")
            return
        }
        var faults = Faults()
        if let complaint = resolve(root, received: context.received, &faults) {
            writer.reject(.undecodable, complaint)
            return
        }
        pack.nameBytes.withUnsafeBytes { addRecords(named: $0, context: context, &faults, writer) }
        faults.report(to: writer)
    }

    /// What is wrong with single records.
    private struct Faults {
        var undecodable = RepeatedRejection(.undecodable)
        var badTime = RepeatedRejection(.badTime)
        var nameless = RepeatedRejection(.unknownDevice)
        var surplus = RepeatedRejection(.tooLarge)

        func report(to writer: ReadingWriter) {
            undecodable.report(to: writer)
            badTime.report(to: writer)
            nameless.report(to: writer)
            surplus.report(to: writer)
        }
    }

    /// - Returns: why the pack as a whole is refused.
    private func resolve(_ root: JSONValue, received: Timestamp, _ faults: inout Faults) -> String? {
        pack.begin(received: received)
        var complaint: String?
        var number = 0
        let most = setup.limits.readingsInMessage
        root.forEachElement { json in
            number += 1
            guard complaint == nil else { return }
            guard pack.records.count < most else {
                faults.surplus.note("record \(number) of a pack of more than \(most) is not taken")
                return
            }
            var record = SenMLRecord()
            if let cause = record.read(json) {
                complaint = "record \(number) \(cause)"
                return
            }
            switch pack.add(record) {
            case .pack(let cause): complaint = "record \(number) \(cause)"
            case .record(.badTime, let cause): faults.badTime.note("record \(number) \(cause)")
            case .record(_, let cause): faults.undecodable.note("record \(number) \(cause)")
            case nil: break
            }
        }
        pack.finish()
        return complaint
    }

    private func addRecords(
        named bytes: UnsafeRawBufferPointer, context: MessageContext, _ faults: inout Faults, _ writer: ReadingWriter
    ) {
        parts.removeAll(keepingCapacity: true)
        for name in pack.names { parts.append(names.parts(of: bytes.part(name.range))) }
        for record in pack.records {
            guard let value = record.value.fieldValue else { continue }
            let parts = parts[record.name]
            let unit = names.isListed && parts.meaning == nil ? nil : record.unit.flatMap(SenMLUnit.init)
            guard unit != .position, let meaning = parts.meaning ?? unit?.meaning else { continue }
            if let unit, unit.contradicts(meaning) { continue }
            guard let device = context.device ?? (parts.device.isEmpty ? nil : DeviceName(parts.device)) else {
                faults.nameless.note("a record names no device but only a field; put {device} into `topic`")
                continue
            }
            let time = Timestamp(milliseconds: Int64((record.seconds * 1000).rounded()))
            sensors.offer(
                value, as: meaning, unit: record.unit,
                sensor: record.name + (parts.meaning == nil ? SenMLDecoder.behindAllNamed : 0),
                of: Report(
                    device: device, time: record.hasOwnTime ? .device(time) : .receipt(time), context: context),
                to: writer)
        }
        // While the names are where they are.
        sensors.add(to: writer)
    }

    private static let behindAllNamed = 1 << 32
}

extension SenMLValue {
    /// nil for what is no measurement.
    fileprivate var fieldValue: FieldValue? {
        switch self {
        case .number(let number): .number(number)
        case .boolean(let truth): .boolean(truth)
        case .absent: .absent
        case .none, .text, .data: nil
        }
    }
}
