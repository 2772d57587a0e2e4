import Telemetry

/// Uplinks of The Things Network v2, which servers of that age still send: `APPLICATION/devices/DEVICE/up`. The topics
/// beside it (`up/FIELD`, `down`, `events/…`) hold the same again or no readings.
///
/// Source: The Things Network's documentation, applications/mqtt/api.
final class TheThingsNetworkV2Decoder: PayloadDecoder {
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
        let (raw, fields) = (root.field("payload_raw"), root.field("payload_fields"))
        guard raw != nil || fields != nil else {
            writer.reject(
                .undecodable,
                "there is neither `payload_fields` nor `payload_raw`; is this The Things Network v2? v3 has "
                    + "`uplink_message`")
            return
        }
        let serial = root.field("hardware_serial")?.string.flatMap { $0.isEmpty ? nil : $0 }
        guard
            let device = root.field("dev_id")?.string.map({ DeviceName($0, alternate: serial) })
                ?? context.device.map({ DeviceName($0.name, alternate: serial) })
        else {
            writer.reject(.unknownDevice, "there is no `dev_id`")
            return
        }
        let metadata = root.field("metadata")
        guard let time = phenomenonTime(metadata, context: context) else {
            writer.reject(
                .badTime,
                "`metadata.time` is \(metadata?.field("time")?.fieldValue.shown ?? ""), not a time in RFC 3339")
            return
        }
        noteIdentity(root, device: serial ?? device.name, raw: raw, at: time.time, writer)
        let report = Report(device: device, time: time, context: context)
        payload.add(
            UplinkPayload.Content(
                decoded: fields, decodedName: "payload_fields", frame: raw, frameName: "payload_raw"),
            of: report, into: writer)
        if setup.source.includesRadio { addRadio(metadata, of: report, into: writer) }
    }

    /// An unacknowledged uplink is sent and published again, `is_retry`, with the same counter and another time.
    ///
    /// v2 does not say in which session a counter counts, and counters begin anew with each join. So the payload and the
    /// hour tell it too: what a device sends after a restart is taken for a repetition only where counter, bytes and hour
    /// are the same.
    private func noteIdentity(
        _ root: JSONValue, device: UnsafeRawBufferPointer, raw: JSONValue?, at time: Timestamp, _ writer: ReadingWriter
    ) {
        guard let raw = raw?.string, let counter = root.field("counter")?.integer else { return }
        var seed = PayloadIdentity.hash(raw, seed: UInt64(bitPattern: counter))
        if let application = root.field("app_id")?.string { seed = PayloadIdentity.hash(application, seed: seed) }
        let hour = UInt64(bitPattern: time.milliseconds / 3_600_000)
        writer.message.networkIdentity = withUnsafeBytes(of: hour.littleEndian) {
            PayloadIdentity.network(device, $0, counter: seed)
        }
    }

    /// When a gateway heard it, else when the server had it. Its time may be empty; without any the receipt counts.
    private func phenomenonTime(_ metadata: JSONValue?, context: MessageContext) -> ReadingTime? {
        let written = metadata?.field("time")
        let server = UplinkTime.read(written)
        var time = UplinkTime(server: server ?? context.received)
        metadata?.field("gateways")?.forEachElement { time.consider($0.field("time")) }
        if let time = time.heard ?? server { return .device(time) }
        let isWritten = written.map { $0.kind != .null && $0.string?.isEmpty != true } ?? false
        return isWritten ? nil : .receipt(context.received)
    }

    private func addRadio(_ metadata: JSONValue?, of report: Report, into writer: ReadingWriter) {
        var best = BestGateway()
        metadata?.field("gateways")?.forEachElement { best.consider(rssi: $0.field("rssi"), snr: $0.field("snr")) }
        best.add(of: report, into: writer)
    }
}
