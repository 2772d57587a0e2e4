import Telemetry

/// Entities of the Smart Data Models programme, in NGSI-LD or NGSIv2, normalised or as key-values: one, several in an
/// array, or in a context broker's notification.
///
/// The device is the entity's id, of `urn:ngsi-ld:WasteContainer:42` the part behind the type; a `[[device]]` may have
/// either as its id or alias. Where `values` lists attributes, those are read of entities of any type.
///
/// A lane's direction (`forward`, `backward`) and a crowd's (`inbound`, `outbound`) are those of the road and the city,
/// not of the sensor, and choose no quantity: each lane is an entity of its own. Nor is a waste container's state a
/// reading.
final class SmartDataModelsDecoder: PayloadDecoder {
    private let setup: SourceSetup
    private let models: [(type: StaticString, vocabulary: SourceVocabulary)]
    /// For types that are no model of ours.
    private let listed: SourceVocabulary?

    init(_ setup: SourceSetup) {
        self.setup = setup
        models = EntityModel.all.map { ($0.type, setup.vocabulary($0.conventions)) }
        listed = setup.source.values.isEmpty ? nil : setup.vocabulary()
    }

    /// What is wrong with some of a message's entities.
    private struct Faults {
        var types = RepeatedRejection(.undecodable)
        var devices = RepeatedRejection(.unknownDevice)
        var times = RepeatedRejection(.badTime)
        var vehicles = RepeatedRejection(.unknownQuantity)

        func report(to writer: ReadingWriter) {
            types.report(to: writer)
            devices.report(to: writer)
            times.report(to: writer)
            vehicles.report(to: writer)
        }
    }

    func decode(_ payload: UnsafeRawBufferPointer, of context: MessageContext, into writer: ReadingWriter) {
        guard let root = setup.parse(payload, writer) else { return }
        var faults = Faults()
        // Over MQTT, NGSI-LD puts the notification into a `body` (ETSI GS CIM 009, 7.2).
        let message = root.field("type") == nil ? root.field("body") ?? root : root
        if let data = message.field("data"), data.kind == .array {
            let notifiedAt = message.field("notifiedAt")
            data.forEachElement { add($0, notifiedAt: notifiedAt, of: context, &faults, into: writer) }
        } else if message.kind == .array {
            message.forEachElement { add($0, notifiedAt: nil, of: context, &faults, into: writer) }
        } else {
            add(message, notifiedAt: nil, of: context, &faults, into: writer)
        }
        faults.report(to: writer)
    }

    private func add(
        _ entity: JSONValue, notifiedAt: JSONValue?, of context: MessageContext, _ faults: inout Faults,
        into writer: ReadingWriter
    ) {
        guard let vocabulary = vocabulary(of: entity) else {
            faults.types.note(EntityModel.complaint(about: entity.field("type")), readings: 0)
            return
        }
        guard let device = entity.field("id")?.string.map(SmartDataModelsDecoder.device) ?? context.device else {
            faults.devices.note("an entity has no `id`", readings: 0)
            return
        }
        let times = EntityTime(
            of: entity, notifiedAt: notifiedAt, withoutOffset: setup.source.timeWithoutOffset,
            received: context.received)
        var unreadable: JSONValue?
        entity.forEachField { key, whole in
            guard var meaning = vocabulary.meaning(ofField: key) else { return }
            let attribute = Attribute(whole)
            guard let value = attribute.value else { return }
            if meaning.isVehicleCount, vocabulary.listed.isEmpty, let type = vehicleType(of: entity) {
                guard let quantity = EntityModel.intensity(of: type) else {
                    faults.vehicles.note(
                        "no class of vehicles for type \(type.text.excerpt); map `intensity` in `values`")
                    return
                }
                meaning = quantity.withUTF8Buffer { vocabulary.meaning(ofQuantity: UnsafeRawBufferPointer($0)) }
            }
            guard let time = times.time(of: attribute, unreadable: &unreadable) else {
                faults.times.note(
                    "the time of \(key.text.excerpt) is \(unreadable?.fieldValue.shown ?? "not readable"), "
                        + "not a moment or an interval in ISO 8601")
                return
            }
            let report = Report(device: device, time: time, context: context)
            writer.add(
                value.fieldValue.asModelled(meaning), as: meaning, unit: unit(of: attribute, meaning), of: report)
        }
    }

    private func vehicleType(of entity: JSONValue) -> UnsafeRawBufferPointer? {
        entity.field("vehicleType").flatMap { Attribute($0).value?.string }
    }

    /// UN/CEFACT has no code for A-weighted decibels, which a noise level is in all the same.
    private func unit(of attribute: Attribute, _ meaning: FieldMeaning) -> UnsafeRawBufferPointer? {
        guard let code = attribute.said("unitCode")?.string else { return nil }
        if meaning.isNoiseLevel, code.hasSameBytes(as: "2N") { return nil }
        return UnitCode.unit(code) ?? code
    }

    // MARK: - Names

    /// - Returns: nil for a type that is no model of ours.
    private func vocabulary(of entity: JSONValue) -> SourceVocabulary? {
        guard entity.kind == .object else { return nil }
        let type = entity.field("type")
        // An entity may have several types.
        let written = type?.string ?? type?.element(0)?.string
        return written.flatMap { known(type: $0.lastTerm) } ?? listed
    }

    private func known(type: UnsafeRawBufferPointer) -> SourceVocabulary? {
        models.first { type.hasSameBytes(as: $0.type) }?.vocabulary
    }

    /// `urn:ngsi-ld:<type>:<id>`; other ids are names as they are. Source: ETSI GS CIM 009, annex A.
    private static func device(_ id: UnsafeRawBufferPointer) -> DeviceName {
        let prefix: StaticString = "urn:ngsi-ld:"
        guard id.count > prefix.utf8CodeUnitCount,
            id.part(0..<prefix.utf8CodeUnitCount).hasSameBytes(as: prefix),
            let colon = id[prefix.utf8CodeUnitCount...].firstIndex(of: UInt8(ascii: ":")), colon + 1 < id.count
        else { return DeviceName(id) }
        return DeviceName(id.part((colon + 1)...), alternate: id)
    }
}

extension EntityModel {
    fileprivate static func complaint(about type: JSONValue?) -> String {
        let known = all.map { "\($0.type)" }.joined(separator: ", ")
        guard let type = type?.string ?? type?.element(0)?.string else {
            return "an entity needs a `type`, one of \(known)"
        }
        return "entities of type \(type.text.excerpt) are not read, but those of \(known); or list `values`"
    }
}

extension UnsafeRawBufferPointer {
    /// A type's short name, where it is written as an IRI.
    fileprivate var lastTerm: UnsafeRawBufferPointer {
        guard let border = lastIndex(where: { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "#") }) else { return self }
        return self.part((border + 1)...)
    }
}

extension FieldMeaning {
    fileprivate var isVehicleCount: Bool { quantity.withUnsafeBytes { $0.hasSameBytes(as: "vehicle_intensity") } }
    fileprivate var isNoiseLevel: Bool { quantity.withUnsafeBytes { $0.hasSameBytes(as: "noise_laeq") } }
    fileprivate var isWindDirection: Bool { quantity.withUnsafeBytes { $0.hasSameBytes(as: "wind_direction") } }
    fileprivate var isBattery: Bool { quantity.withUnsafeBytes { $0.hasSameBytes(as: "battery") } }
}

extension FieldValue {
    /// The models' own ways: directions from -180 to 180, and a battery level of -1 that is not known.
    fileprivate func asModelled(_ meaning: FieldMeaning) -> FieldValue {
        guard case .number(let number) = self, number < 0 else { return self }
        if number == -1, meaning.isBattery { return .absent }
        return number >= -180 && meaning.isWindDirection ? .number(number + 360) : self
    }
}
