public import MQTT

/// How the gateway stands with its broker.
public struct BrokerOptions: Sendable, Hashable {
    /// Address and credentials. What the session itself decides (clean start, will) is set by it.
    public var connection: MQTTOptions
    /// Topic filters, subscribed at QoS 1.
    public var subscriptions: [String]
    /// Where the retained online status goes.
    public var statusTopic: String
    /// How long a reading may wait for its commit, in milliseconds; well within the keepalive, whose pings share the
    /// queue of acknowledgements.
    public var commitIntervalMilliseconds: Int64

    public init(
        connection: MQTTOptions, subscriptions: [String], statusTopic: String, commitIntervalMilliseconds: Int64
    ) {
        self.connection = connection
        self.subscriptions = subscriptions
        self.statusTopic = statusTopic
        self.commitIntervalMilliseconds = commitIntervalMilliseconds
    }
}
