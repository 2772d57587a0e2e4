import Telemetry

/// Uplinks of The Things Stack v3. Source: lorawan-stack-docs, integrations/data-formats.
extension Decoder {
    func decodeTheThingsStack(
        _ root: JSONValue, format: TheThingsStackOptions, context: MessageContext, into message: inout DecodedMessage
    ) {
        guard let uplink = root.field("uplink_message") else {
            message.reject(.undecodable, "there is no `uplink_message`; is this The Things Stack v3?")
            return
        }
        if root.field("simulated")?.isTrue ?? false {
            message.reject(.simulated, "the network server marks this uplink as simulated")
            return
        }
        guard let device = root.field("end_device_ids")?.field("device_id")?.string else {
            message.reject(.unknownDevice, "there is no `end_device_ids.device_id`")
            return
        }
        guard let time = TheThingsStackTime.phenomenonTime(root: root, uplink: uplink) else {
            message.reject(.badTime, "there is no readable `received_at`")
            return
        }
        let uplinkReadings = Uplink(device: device, time: (time, .device), context: context, units: format.units)
        if let payload = uplink.field("decoded_payload"), payload.kind == .object {
            if format.values.isEmpty {
                addKnownFields(of: payload, uplink: uplinkReadings, depth: 0, into: &message)
            } else {
                addNamed(format.values, from: payload, uplink: uplinkReadings, into: &message)
            }
            if message.readings.isEmpty, message.rejections.isEmpty {
                message.reject(
                    .noReading, "no field of `decoded_payload` is a known quantity; map them in `values`")
            }
        } else {
            message.reject(
                .noReading,
                "there is no `decoded_payload`: the network server has no payload formatter for this device")
        }
        if format.includesRadio { addRadio(uplink, readings: uplinkReadings, into: &message) }
    }

    private struct Uplink {
        let device: UnsafeRawBufferPointer
        let time: (Timestamp, Reading.TimeOrigin)
        let context: MessageContext
        let units: [String: String]
    }

    private func add(_ value: JSONValue, as name: String, uplink: Uplink, into message: inout DecodedMessage) {
        var name = name
        name.withUTF8 {
            add(
                value: value, quantity: UnsafeRawBufferPointer($0), device: uplink.device, unit: nil,
                units: uplink.units, time: uplink.time, context: uplink.context, into: &message)
        }
    }

    private func addNamed(
        _ values: [NamedPath], from payload: JSONValue, uplink: Uplink, into message: inout DecodedMessage
    ) {
        for named in values {
            if let value = payload.at(named.path) {
                add(value, as: named.quantity, uplink: uplink, into: &message)
            }
        }
    }

    /// Takes every number whose name says what it is.
    private func addKnownFields(
        of payload: JSONValue, uplink: Uplink, depth: Int, into message: inout DecodedMessage
    ) {
        guard depth < 4 else { return }
        var fields: [(String, JSONValue)] = []
        payload.forEachField { key, value in
            switch value.kind {
            case .number: if let name = quantityName(for: key) { fields.append((name, value)) }
            case .object: addKnownFields(of: value, uplink: uplink, depth: depth + 1, into: &message)
            default: break
            }
        }
        for (name, value) in fields { add(value, as: name, uplink: uplink, into: &message) }
    }

    private func quantityName(for key: UnsafeRawBufferPointer) -> String? {
        let name = String(decoding: key, as: UTF8.self)
        if options.catalogue[name] != nil { return name }
        return QuantityAliases.canonical[name.lowercased()]
    }

    /// Strength and quality of the gateway that heard the device best.
    private func addRadio(_ uplink: JSONValue, readings: Uplink, into message: inout DecodedMessage) {
        var best: (rssi: JSONValue, snr: JSONValue?)?
        uplink.field("rx_metadata")?.forEachElement { gateway in
            guard let rssi = gateway.field("rssi"), let strength = rssi.number else { return }
            if best.flatMap({ $0.rssi.number }).map({ strength > $0 }) ?? true {
                best = (rssi, gateway.field("snr"))
            }
        }
        guard let best else { return }
        add(best.rssi, as: "rssi", uplink: readings, into: &message)
        if let snr = best.snr { add(snr, as: "snr", uplink: readings, into: &message) }
    }
}

/// Which of a device's topics carry readings.
enum TheThingsStackTopic {
    /// `v3/{application}@{tenant}/devices/{device}/up`, against `join`, `down/…`, `service/data`, `location/solved`.
    static func isUplink(_ topic: UnsafeRawBufferPointer) -> Bool {
        let suffix: StaticString = "/up"
        return topic.count > 3 && suffix.withUTF8Buffer { topic.suffix(3).elementsEqual($0) }
    }
}

/// When the measured thing was so, as far as an uplink tells.
enum TheThingsStackTime {
    private static let dayMilliseconds: Int64 = 86_400_000

    /// The earliest time of a gateway within a day of the server's own, else the uplink's time of receipt, else the
    /// message's.
    static func phenomenonTime(root: JSONValue, uplink: JSONValue) -> Timestamp? {
        let server =
            time(uplink.field("received_at")) ?? time(root.field("received_at"))
        var earliest: Timestamp?
        uplink.field("rx_metadata")?.forEachElement { gateway in
            guard let heard = time(gateway.field("time")) else { return }
            if let server, abs(heard - server) > dayMilliseconds { return }
            earliest = min(earliest ?? heard, heard)
        }
        return earliest ?? server
    }

    private static func time(_ value: JSONValue?) -> Timestamp? {
        value?.string.flatMap { Timestamp(rfc3339: $0) }
    }
}
