import Telemetry

/// Uplinks of The Things Stack v3, `v3/APPLICATION[@TENANT]/devices/DEVICE/up`; the topics beside it hold no readings.
///
/// The JSON leaves out what is 0, false or empty. Source: lorawan-stack-docs, integrations/data-formats.
final class TheThingsStackV3Decoder: PayloadDecoder {
    private let setup: SourceSetup
    private let payload: UplinkPayload

    init(_ setup: SourceSetup) {
        self.setup = setup
        payload = UplinkPayload(setup)
    }

    func decode(_ bytes: UnsafeRawBufferPointer, of context: MessageContext, into writer: ReadingWriter) {
        guard context.topicEnds(in: "/up") else {
            writer.reject(.ignoredTopic, "not an uplink: \(context.topic.text.excerpt)")
            return
        }
        guard let root = setup.parse(bytes, writer) else { return }
        guard let uplink = root.field("uplink_message") else {
            writer.reject(.undecodable, "there is no `uplink_message`; is this The Things Stack v3?")
            return
        }
        if root.field("simulated")?.isTrue ?? false {
            writer.reject(.simulated, "the network server marks this uplink as simulated")
            return
        }
        let identifiers = root.field("end_device_ids")
        guard let device = identifiers?.field("device_id")?.string else {
            writer.reject(.unknownDevice, "there is no `end_device_ids.device_id`")
            return
        }
        guard let time = phenomenonTime(root: root, uplink: uplink) else {
            writer.reject(.badTime, "there is no readable `received_at`")
            return
        }
        let devEUI = identifiers?.field("dev_eui")?.string
        noteIdentity(uplink, device: devEUI ?? device, time: time, writer)
        let report = Report(
            device: DeviceName(device, alternate: devEUI), time: .device(time), context: context)
        payload.add(
            UplinkPayload.Content(
                decoded: uplink.field("decoded_payload"), decodedName: "decoded_payload",
                normalized: uplink.field("normalized_payload"), frame: uplink.field("frm_payload"),
                frameName: "frm_payload"),
            of: report, into: writer)
        if setup.source.includesRadio { addRadio(uplink, of: report, into: writer) }
    }

    /// The same uplink may come again by another way, with other times.
    ///
    /// Payload and hour are part of what tells it, since a device that is activated by personalisation may count anew within
    /// its session, after a restart, and say the same as then. A copy comes within seconds; one that falls into the next
    /// hour is told by its time like any reading, or not at all.
    private func noteIdentity(
        _ uplink: JSONValue, device: UnsafeRawBufferPointer, time: Timestamp, _ writer: ReadingWriter
    ) {
        guard let session = uplink.field("session_key_id")?.string else { return }
        var counter = UInt64(bitPattern: uplink.field("f_cnt")?.integer ?? 0)
        if let frame = uplink.field("frm_payload")?.string { counter = PayloadIdentity.hash(frame, seed: counter) }
        counter ^= UInt64(bitPattern: time.milliseconds / 3_600_000) << 32
        writer.message.networkIdentity = PayloadIdentity.network(device, session, counter: counter)
    }

    /// Strength and quality of the gateway that heard the device best.
    private func addRadio(_ uplink: JSONValue, of report: Report, into writer: ReadingWriter) {
        let isLoRa = uplink.field("settings")?.field("data_rate")?.field("lora") != nil
        var best = BestGateway(omittedSNR: isLoRa ? 0 : nil)
        uplink.field("rx_metadata")?.forEachElement { best.consider(rssi: $0.field("rssi"), snr: $0.field("snr")) }
        best.add(of: report, into: writer)
    }

    /// When a gateway heard it, else the uplink's time of receipt, else the message's.
    private func phenomenonTime(root: JSONValue, uplink: JSONValue) -> Timestamp? {
        let server = UplinkTime.read(uplink.field("received_at")) ?? UplinkTime.read(root.field("received_at"))
        var time = UplinkTime(server: server)
        uplink.field("rx_metadata")?.forEachElement { time.consider($0.field("time")) }
        return time.heard ?? server
    }
}
