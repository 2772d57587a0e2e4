import Glibc

/// Receives messages and acknowledges them at once. Blocking, one thread; for people and tests, not for the gateway.
public final class MQTTSubscriber {
    private let client: MQTTClient
    private let inbox: Inbox

    private final class Inbox {
        var deliver: (MQTTClient.Message) -> Void = { _ in }
        var isOpen = false
        var isSubscribed = false
        var failure: MQTTError?
    }

    /// Connects and subscribes.
    public init(_ options: MQTTOptions, filters: [String]) throws(MQTTError) {
        let inbox = Inbox()
        self.inbox = inbox
        client = try MQTTClient(
            options, onMessage: { inbox.deliver($0) },
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
        inbox.deliver = deliver
        defer { inbox.deliver = { _ in } }
        try step(milliseconds: milliseconds)
        try client.maintain()
        try client.write()
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
