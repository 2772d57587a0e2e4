public import GatewayConfiguration
public import MQTT
import Telemetry

/// Listens at the gateway's broker beside the daemon, and keeps what it hears. Blocking, one thread.
///
/// It has a client id and a session of its own, so that the daemon's messages are not taken from it.
public final class Recorder {
    private let subscriber: MQTTSubscriber

    /// Connects with the gateway's address and credentials.
    /// - Parameter filters: topic filters; the configured sources' own when empty.
    /// - Throws: `GatewayError` when the password cannot be read, `MQTTError` when the broker cannot be reached.
    public init(configuration: Configuration, filters: [String]) throws {
        let options = try BrokerAccess.options(of: configuration, purpose: "record")
        let wanted = filters.isEmpty ? Wiring(configuration).subscriptions : filters
        subscriber = try MQTTSubscriber(options, filters: wanted)
    }

    /// Hands on what comes within that time.
    public func record(milliseconds: Int32, take: @escaping (CapturedMessage) -> Void) throws(MQTTError) {
        try subscriber.receive(milliseconds: milliseconds) { message in
            take(
                CapturedMessage(received: .now(), topic: Array(message.topic), payload: Array(message.payload)))
        }
    }

    public func close() { subscriber.close() }
}
