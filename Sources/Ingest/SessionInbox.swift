import MQTT

/// Takes the client's callbacks while it reads.
final class SessionInbox {
    private let line: any IntakeLine
    var address: String
    /// What was asked for last.
    var requested: [String] = []
    private(set) var count = 0
    /// Of topics and payloads.
    private(set) var bytes = 0
    private(set) var hasOpened = false
    private(set) var isResumed = false
    private var failure: MQTTError?
    private var warning: String?

    init(line: any IntakeLine, address: String) {
        self.line = line
        self.address = address
    }

    func clear() {
        beginBurst()
        hasOpened = false
        failure = nil
    }

    func beginBurst() {
        count = 0
        bytes = 0
    }

    func take(_ message: MQTTClient.Message) {
        line.accept(
            topic: message.topic, payload: message.payload, packetID: message.packetID,
            isRetained: message.isRetained)
        count += 1
        bytes += message.topic.count + message.payload.count
    }

    func take(_ event: MQTTClient.Event) {
        switch event {
        case .connected(let sessionPresent):
            hasOpened = true
            isResumed = sessionPresent
            // At once: over TLS a single read can bring messages behind the broker's answer.
            line.connectionOpened(isResumed: sessionPresent)
        case .refused(let error): failure = error
        case .disconnected(let cause):
            failure = failure ?? MQTTError(operation: "keep the connection", broker: address, cause: cause)
        case .subscribed(let granted):
            guard !granted.contains(where: { $0 >= 128 }) else {
                failure = MQTTError(
                    operation: "subscribe", broker: address, cause: "the broker refused a subscription",
                    hint: "check the broker's access rules for this user")
                return
            }
            if granted.contains(0) {
                warning =
                    "the broker (\(address)) grants QoS 0 only: what it sends while a connection fails is lost; "
                    + "allow QoS 1 for this user"
            }
            line.subscribed(to: requested)
        case .published: break
        }
    }

    func takeOpened() -> Bool {
        defer { hasOpened = false }
        return hasOpened
    }

    func takeWarning() -> String? {
        defer { warning = nil }
        return warning
    }

    func takeFailure() -> MQTTError? {
        defer { failure = nil }
        return failure
    }
}
