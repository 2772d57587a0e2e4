public import MQTT

/// How a central broker is reached, and under which topics rows are published.
public struct MQTTSinkOptions: Sendable, Hashable {
    /// The client's id has to be this sink's own: two under one id throw each other out.
    public var connection: MQTTOptions
    /// With `{gateway}`, `{type}`, `{device}`, `{quantity}`, `{tier}`, `{neighbourhood}`, `{site}` in its levels.
    public var topic = MQTTSinkOptions.standardTopic
    /// For name, TCP, TLS and the broker's answer together.
    public var connectMilliseconds = 10_000
    /// For the acknowledgements of one delivery.
    public var deliveryMilliseconds = 30_000
    /// 1 to 10 000.
    public var mostRows = 500

    public static let standardTopic = "poort/{gateway}/{type}/{device}/{quantity}/{tier}"

    public init(_ connection: MQTTOptions) {
        self.connection = connection
        // As MQTT says where a broker does not; the rows of one delivery are the bound.
        self.connection.sendMaximum = 65_535
    }
}
