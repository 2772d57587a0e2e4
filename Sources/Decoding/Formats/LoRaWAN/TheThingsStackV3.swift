import Telemetry

/// Uplinks of The Things Stack v3. Source: lorawan-stack-docs, integrations/data-formats.
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
        noteIdentity(uplink, device: devEUI ?? device, writer)
        let report = Report(
            device: DeviceName(device, alternate: devEUI), time: .device(time), context: context)
        payload.add(uplink.field("decoded_payload"), of: report, into: writer)
        if setup.source.includesRadio { addRadio(uplink, of: report, into: writer) }
    }

    /// The same uplink may come again by another way, with other times. A counter that is 0 is left out.
    private func noteIdentity(_ uplink: JSONValue, device: UnsafeRawBufferPointer, _ writer: ReadingWriter) {
        guard let session = uplink.field("session_key_id")?.string else { return }
        let counter = uplink.field("f_cnt")?.integer ?? 0
        writer.message.networkIdentity = PayloadIdentity.network(device, session, counter: UInt64(bitPattern: counter))
    }

    /// Strength and quality of the gateway that heard the device best.
    private func addRadio(_ uplink: JSONValue, of report: Report, into writer: ReadingWriter) {
        var best = BestGateway()
        uplink.field("rx_metadata")?.forEachElement { best.consider(rssi: $0.field("rssi"), snr: $0.field("snr")) }
        best.add(of: report, into: writer)
    }

    private static let dayMilliseconds: Int64 = 86_400_000

    /// The earliest time of a gateway within a day of the server's own, else the uplink's time of receipt, else the
    /// message's.
    private func phenomenonTime(root: JSONValue, uplink: JSONValue) -> Timestamp? {
        let server = time(uplink.field("received_at")) ?? time(root.field("received_at"))
        var earliest: Timestamp?
        uplink.field("rx_metadata")?.forEachElement { gateway in
            guard let heard = time(gateway.field("time")) else { return }
            if let server, abs(heard - server) > TheThingsStackV3Decoder.dayMilliseconds { return }
            earliest = min(earliest ?? heard, heard)
        }
        return earliest ?? server
    }

    private func time(_ value: JSONValue?) -> Timestamp? {
        value?.string.flatMap { Timestamp(rfc3339: $0) }
    }
}
