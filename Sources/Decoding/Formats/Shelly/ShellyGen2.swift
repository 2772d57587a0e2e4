import Telemetry

/// Notifications of Shelly devices of the second generation and later. Source: shelly-api-docs, Gen2: Notifications,
/// RPC Protocol, MQTT, and the components' status.
///
/// `…/events/rpc` carries `NotifyStatus`, which holds only what has changed, and `NotifyFullStatus`;
/// `…/status/<component>` carries a component's whole status, without a time. Other methods, answers and topics hold
/// nothing that was measured, and neither does a change of a switch. Take one of the two topics, or every value comes
/// twice.
///
/// The device is the topic's `{device}`, else the notification's `src`. Of several components of a kind only two are
/// taken by themselves: `:100`, the first probe that somebody wired to it, and `:0`, its own; of both in one message
/// the probe. A choice among those that happen to have changed would mix them in one series. The others are for
/// `values`, whose paths begin at the component: `temperature:101.tC`.
final class ShellyGen2Decoder: PayloadDecoder {
    private let setup: SourceSetup
    private let vocabulary: SourceVocabulary
    private var sensors = PreferredSensors()

    init(_ setup: SourceSetup) {
        self.setup = setup
        vocabulary = setup.vocabulary(isClosed: true)
    }

    func decode(_ payload: UnsafeRawBufferPointer, of context: MessageContext, into writer: ReadingWriter) {
        let last = context.level(fromEnd: 0)
        let before = context.level(fromEnd: 1)
        if let last, let before, before.hasSameBytes(as: "events"), last.hasSameBytes(as: "rpc") {
            addNotification(payload, of: context, into: writer)
        } else if let last, let before, before.hasSameBytes(as: "status") {
            addStatus(of: last, payload, of: context, into: writer)
        } else {
            writer.reject(.ignoredTopic, "neither a notification nor a status: \(context.topic.text.excerpt)")
        }
    }

    // MARK: - Notifications

    private func addNotification(
        _ payload: UnsafeRawBufferPointer, of context: MessageContext, into writer: ReadingWriter
    ) {
        guard let root = setup.parse(payload, writer) else { return }
        let source = root.field("src")?.string
        let method = root.field("method")?.string
        guard source != nil || method != nil else {
            writer.reject(
                .undecodable, "there is neither `src` nor `method`; is this a Shelly of the second generation?")
            return
        }
        guard let method, method.hasSameBytes(as: "NotifyStatus") || method.hasSameBytes(as: "NotifyFullStatus") else {
            writer.reject(.ignoredTopic, "no status but \(method?.text.excerpt ?? "an answer")")
            return
        }
        guard let params = root.field("params"), params.kind == .object else {
            writer.reject(.undecodable, "there is no object `params`")
            return
        }
        guard let device = device(source, context: context) else {
            writer.reject(.unknownDevice, "there is no `src`; put {device} into `topic`")
            return
        }
        guard let time = time(params, received: context.received) else {
            let shown = params.field("ts")?.fieldValue.shown ?? ""
            writer.reject(.badTime, "`ts` is \(shown), not a number of seconds since 1970")
            return
        }
        let report = Report(device: device, time: time, context: context)
        for listed in vocabulary.listed {
            if let value = params.at(listed.path) { writer.add(value.fieldValue, as: listed.meaning, of: report) }
        }
        if vocabulary.listed.isEmpty {
            params.forEachField { key, status in offer(status, of: ShellyComponent(key), report, to: writer) }
            sensors.add(to: writer)
        }
        noteOthers(writer)
    }

    private func device(_ source: UnsafeRawBufferPointer?, context: MessageContext) -> DeviceName? {
        if let device = context.device { return DeviceName(device.name, alternate: source) }
        return source.map { DeviceName($0) }
    }

    /// Until a device has heard the time, `ts` counts from its start.
    private func time(_ params: JSONValue, received: Timestamp) -> ReadingTime? {
        guard let value = params.field("ts"), value.kind != .null else { return .receipt(received) }
        guard value.kind == .number else { return nil }
        return PayloadTime.time(value, withoutOffset: .refused, received: received)
            .map { .device($0, received: received) }
    }

    // MARK: - A component's status

    private func addStatus(
        of component: UnsafeRawBufferPointer, _ payload: UnsafeRawBufferPointer, of context: MessageContext,
        into writer: ReadingWriter
    ) {
        guard let status = setup.parse(payload, writer) else { return }
        guard status.kind == .object else {
            writer.reject(.undecodable, "not an object with a component's status: \(payload.text.excerpt)")
            return
        }
        guard let device = context.device ?? context.level(fromEnd: 2).map({ DeviceName($0) }) else {
            writer.reject(.unknownDevice, "nothing names the device; put {device} into `topic`")
            return
        }
        let report = Report(device: device, time: .receipt(context.received), context: context)
        for listed in vocabulary.listed {
            guard case .key(let key)? = listed.path.steps.first,
                key.withUnsafeBytes({ $0.hasSameBytes(as: component) }),
                let value = status.at(listed.path.steps.dropFirst())
            else { continue }
            writer.add(value.fieldValue, as: listed.meaning, of: report)
        }
        if vocabulary.listed.isEmpty {
            offer(status, of: ShellyComponent(component), report, to: writer)
            sensors.add(to: writer)
        }
        noteOthers(writer)
    }

    // MARK: - Values

    private func offer(
        _ status: JSONValue, of component: ShellyComponent?, _ report: Report, to writer: ReadingWriter
    ) {
        guard let component else { return }
        component.forEachValue(in: status) { value, meaning in
            sensors.offer(value.fieldValue, as: meaning, sensor: component.rank, of: report, to: writer)
        }
    }

    /// A change of what measures nothing is let go: such are most of them.
    private func noteOthers(_ writer: ReadingWriter) {
        guard writer.message.readings.isEmpty, writer.message.rejections.isEmpty, !writer.hasMissing else { return }
        writer.reject(.ignoredTopic, "a status of components that measure nothing that is asked for")
    }
}
