import Decoding
public import GatewayConfiguration
public import MQTT
import Privacy
import Telemetry

/// Listens at the gateway's broker beside the daemon, and keeps what it hears. Blocking, one thread.
///
/// It has a client id and a session of its own, so that the daemon's messages are not taken from it.
public final class Recorder {
    private let subscriber: MQTTSubscriber
    private let mask: PersonalDataMask?

    /// Connects with the gateway's address and credentials.
    /// - Parameters:
    ///   - filters: topic filters; the configured sources' own when empty.
    ///   - isVerbatim: leaves personal data as they come; otherwise they are masked, since a capture leaves the box.
    /// - Throws: `GatewayError` when the password cannot be read, `MQTTError` when the broker cannot be reached.
    public init(configuration: Configuration, filters: [String], isVerbatim: Bool = false) throws {
        mask = isVerbatim ? nil : configuration.decoderOptions.personalDataMask
        let options = try BrokerAccess.options(of: configuration, purpose: "record")
        let wanted = filters.isEmpty ? Wiring(configuration).subscriptions : filters
        subscriber = try MQTTSubscriber(options, filters: wanted)
    }

    /// Hands on what comes within that time.
    public func record(milliseconds: Int32, take: @escaping (CapturedMessage) -> Void) throws(MQTTError) {
        try subscriber.receive(milliseconds: milliseconds) { [mask] message in
            var topic = Array(message.topic)
            var payload = Array(message.payload)
            mask?.apply(to: &topic)
            mask?.apply(to: &payload)
            take(CapturedMessage(received: .now(), topic: topic, payload: payload))
        }
    }

    public func close() { subscriber.close() }
}
