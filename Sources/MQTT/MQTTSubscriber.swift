import Glibc

/// Receives messages and acknowledges them at once. Blocking, one thread; for people and tests, not for the gateway.
public final class MQTTSubscriber {
    private let client: MQTTClient
    private let inbox: Inbox

    private final class Inbox {
        /// Nil between two calls of ``MQTTSubscriber/receive(milliseconds:deliver:)``.
        var deliver: ((MQTTClient.Message) -> Void)?
        /// What came with the answer to the subscription: retained messages, or those of a resumed session.
        var early: [(topic: [UInt8], payload: [UInt8], packetID: UInt16, isRetained: Bool)] = []
        var isOpen = false
        var isSubscribed = false
        var failure: MQTTError?
    }

    /// Connects and subscribes.
    public init(_ options: MQTTOptions, filters: [String]) throws(MQTTError) {
        let inbox = Inbox()
        self.inbox = inbox
        client = try MQTTClient(
            options,
            onMessage: { message in
                if let deliver = inbox.deliver { return deliver(message) }
                inbox.early.append(
                    (Array(message.topic), Array(message.payload), message.packetID, message.isRetained))
            },
            onEvent: { event in
                switch event {
                case .connected: inbox.isOpen = true
                case .refused(let error): inbox.failure = error
                case .disconnected(let cause):
                    inbox.failure =
                        inbox.failure ?? MQTTError(operation: "receive", broker: options.address, cause: cause)
                case .subscribed(let granted):
                    inbox.isSubscribed = true
                    if granted.contains(where: { $0 >= 128 }) {
                        inbox.failure = MQTTError(
                            operation: "subscribe", broker: options.address, cause: "the broker refused",
                            hint: "check the broker's access rules for this user")
                    }
                case .published: break
                }
            })
        try client.connect()
        try wait(for: { inbox.isOpen })
        try client.subscribe(filters)
        try wait(for: { inbox.isSubscribed })
    }

    /// Receives for so long at most.
    /// - Parameter deliver: gets each message; its buffers are valid during the call only.
    public func receive(milliseconds: Int32, deliver: @escaping (MQTTClient.Message) -> Void) throws(MQTTError) {
        if !inbox.early.isEmpty { return deliverEarly(deliver) }
        inbox.deliver = deliver
        defer { inbox.deliver = nil }
        try step(milliseconds: milliseconds)
        try client.maintain()
        try client.write()
    }

    private func deliverEarly(_ deliver: (MQTTClient.Message) -> Void) {
        for message in inbox.early {
            message.topic.withUnsafeBytes { topic in
                message.payload.withUnsafeBytes { payload in
                    deliver(
                        MQTTClient.Message(
                            topic: topic, payload: payload, packetID: message.packetID, isRetained: message.isRetained))
                }
            }
        }
        inbox.early = []
    }

    public func close() {
        try? client.sayGoodbye()
    }

    private func wait(for condition: () -> Bool) throws(MQTTError) {
        for _ in 0..<100 {
            if condition() { return }
            try step(milliseconds: 100)
        }
        throw MQTTError(operation: "connect", broker: client.options.address, cause: "the broker does not answer")
    }

    private func step(milliseconds: Int32) throws(MQTTError) {
        try client.write()
        var poller = pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&poller, 1, milliseconds) > 0 else { return }
        for _ in 0..<256 {
            try client.read()
            if let failure = inbox.failure { throw failure }
            var more = pollfd(fd: client.descriptor, events: Int16(POLLIN), revents: 0)
            if poll(&more, 1, 0) <= 0 { break }
        }
        try client.write()
    }
}
