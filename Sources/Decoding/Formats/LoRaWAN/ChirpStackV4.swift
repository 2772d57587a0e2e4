import Telemetry

/// Events of ChirpStack v4, `application/ID/device/DEVEUI/event/EVENT`: `up` holds the device's readings, `status` its
/// battery's charge as the network asked for it; the others hold none. With `values`, `status` counts where they name
/// `batteryLevel`.
///
/// The JSON is Protobuf's, which leaves out what is 0, false or empty. A device is known by its DevEUI; `deviceName` is
/// free text. Source: chirpstack-docs, integrations/events.md, and ChirpStack's integration.proto and gw.proto.
final class ChirpStackV4Decoder: PayloadDecoder {
    private let setup: SourceSetup
    private let payload: UplinkPayload
    private let vocabulary: SourceVocabulary

    init(_ setup: SourceSetup) {
        self.setup = setup
        payload = UplinkPayload(setup)
        vocabulary = setup.vocabulary(["batteryLevel": FieldConvention("battery", "%")])
    }

    private enum Event: UInt64 {
        case up
        case status
    }

    func decode(_ bytes: UnsafeRawBufferPointer, of context: MessageContext, into writer: ReadingWriter) {
        guard let event: Event = context.topicEnds(in: "/up") ? .up : context.topicEnds(in: "/status") ? .status : nil
        else {
            writer.reject(.ignoredTopic, "not an event with readings: \(context.topic.text.excerpt)")
            return
        }
        guard let root = setup.parse(bytes, writer) else { return }
        guard root.kind == .object else {
            writer.reject(.undecodable, "the payload is \(root.fieldValue.shown), not an event of ChirpStack")
            return
        }
        let devEUI = root.field("deviceInfo")?.field("devEui")?.string
        guard let device = devEUI.map({ DeviceName($0) }) ?? context.device else {
            writer.reject(
                .unknownDevice, "there is no `deviceInfo.devEui`, and {device} is not in the source's `topic`")
            return
        }
        guard let time = phenomenonTime(root, context: context) else {
            writer.reject(
                .badTime, "`time` is \(root.field("time")?.fieldValue.shown ?? ""), not a time in RFC 3339")
            return
        }
        // The two events of one uplink have the same id. Source: ChirpStack's maccommand/dev_status.rs.
        if let id = root.field("deduplicationId")?.string, !id.isEmpty {
            writer.message.networkIdentity = PayloadIdentity.network(device.name, id, counter: event.rawValue)
        }
        let report = Report(device: device, time: time, context: context)
        switch event {
        case .up: addUplink(root, of: report, into: writer)
        case .status: addStatus(root, of: report, into: writer)
        }
    }

    private func addUplink(_ root: JSONValue, of report: Report, into writer: ReadingWriter) {
        payload.add(
            UplinkPayload.Content(
                decoded: root.field("object"), decodedName: "object", frame: root.field("data"), frameName: "data"),
            of: report, into: writer)
        guard setup.source.includesRadio else { return }
        let isLoRa = root.field("txInfo")?.field("modulation")?.field("lora") != nil
        var best = BestGateway(omittedSNR: isLoRa ? 0 : nil)
        root.field("rxInfo")?.forEachElement { best.consider(rssi: $0.field("rssi"), snr: $0.field("snr")) }
        best.add(of: report, into: writer)
    }

    private func addStatus(_ root: JSONValue, of report: Report, into writer: ReadingWriter) {
        let name: StaticString = "batteryLevel"
        let meaning = name.withUTF8Buffer { vocabulary.meaning(ofField: UnsafeRawBufferPointer($0)) }
        guard let meaning else {
            writer.reject(.ignoredTopic, "`values` does not name `batteryLevel`, which is what `status` holds")
            return
        }
        let isUnavailable =
            root.field("externalPowerSource")?.isTrue ?? false
            || root.field("batteryLevelUnavailable")?.isTrue ?? false
        if isUnavailable {
            writer.noteMissing()
        } else if let level = root.field("batteryLevel") {
            writer.add(level.uplinkValue, as: meaning, of: report)
        } else if root.field("deviceInfo") != nil {
            writer.add(.number(0), as: meaning, of: report)
        } else {
            writer.reject(.undecodable, "neither `deviceInfo` nor `batteryLevel` is there; is this ChirpStack v4?")
        }
    }

    /// `time` is the first gateway's that has a clock; where that clock is wrong, `nsTime` is when the server had it. One
    /// that is not there leaves the receipt.
    private func phenomenonTime(_ root: JSONValue, context: MessageContext) -> ReadingTime? {
        let written = root.field("time")
        var server: Timestamp?
        root.field("rxInfo")?.forEachElement { gateway in
            server = server ?? UplinkTime.read(gateway.field("nsTime"))
        }
        var time = UplinkTime(server: server)
        time.consider(written)
        if let time = time.heard ?? server { return .device(time) }
        return written == nil || written?.kind == .null ? .receipt(context.received) : nil
    }
}
