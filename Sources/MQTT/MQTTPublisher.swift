import Glibc

/// Publishes at QoS 1 and knows what was acknowledged. Blocking, one thread.
///
/// When the connection is lost it makes a new one and publishes again what was not acknowledged: nothing is lost, and
/// some of it may come twice, as QoS 1 allows.
public final class MQTTPublisher {
    private let options: MQTTOptions
    private let windowSize: Int
    private let patienceSeconds: Int
    private var client: MQTTClient?
    private var waiting: [Pending] = []
    private var isOpen = false
    private var failure: MQTTError?
    /// Why the broker refused a message, the first time that it did. The message counts as answered and is not published
    /// again: it would be refused again.
    public private(set) var refusal: MQTTError?

    /// How often it has connected anew. What was unacknowledged then may have come twice.
    public private(set) var reconnections = 0

    private struct Pending {
        var id: Int32
        var topic: String
        var payload: [UInt8]
        var isRetained: Bool
    }

    /// Connects.
    /// - Parameters:
    ///   - windowSize: how many messages may be unacknowledged at once.
    ///   - patienceSeconds: how long to try anew when the connection is lost; 0 gives up at once.
    public init(_ options: MQTTOptions, windowSize: Int = 500, patienceSeconds: Int = 0) throws(MQTTError) {
        self.options = options
        self.windowSize = windowSize
        self.patienceSeconds = patienceSeconds
        try open()
    }

    /// Hands a message to the broker; waits while the window is full.
    /// - Throws: when the connection is lost and does not come back in time; the message is kept for
    ///   ``reconnect()``.
    public func publish(_ topic: String, payload: [UInt8], isRetained: Bool = false) throws(MQTTError) {
        let index = waiting.count
        waiting.append(Pending(id: 0, topic: topic, payload: payload, isRetained: isRetained))
        do throws(MQTTError) {
            try send(index)
            if waiting.count % 16 == 0 { try step(milliseconds: 0) }
        } catch {
            try recover(from: error)
        }
        while waiting.count >= windowSize { try stepOrRecover() }
    }

    /// Waits until everything is acknowledged.
    /// - Throws: when the connection is lost and does not come back in time, or when the broker has refused a message.
    public func drain() throws(MQTTError) {
        do throws(MQTTError) {
            while !waiting.isEmpty { try stepOrRecover() }
        } catch {
            // Some brokers hang up after they have refused a message.
            throw refusal ?? error
        }
        if let refusal { throw refusal }
    }

    /// Connects anew after a failure, and publishes again what is not acknowledged.
    public func reconnect() throws(MQTTError) {
        client = nil
        reconnections += 1
        do throws(MQTTError) {
            try open()
        } catch {
            client = nil
            throw error
        }
    }

    /// Takes care of the connection during a pause.
    public func idle(milliseconds: Int32) throws(MQTTError) {
        do throws(MQTTError) {
            try step(milliseconds: milliseconds)
            try client?.maintain()
        } catch {
            try recover(from: error)
        }
    }

    /// Messages that the broker has not acknowledged yet.
    public var unacknowledgedCount: Int { waiting.count }

    public func close() {
        try? client?.sayGoodbye()
        client = nil
    }

    private func send(_ index: Int) throws(MQTTError) {
        guard let client else { return }
        let message = waiting[index]
        waiting[index].id = try client.publish(
            message.topic, payload: message.payload, isRetained: message.isRetained)
    }

    private func stepOrRecover() throws(MQTTError) {
        do throws(MQTTError) {
            guard let client else {
                throw MQTTError(operation: "publish", broker: options.address, cause: "the connection is lost")
            }
            try step(milliseconds: 1000)
            // Pings, so that a broker that has gone silent is noticed.
            try client.maintain()
        } catch {
            try recover(from: error)
        }
    }

    private func step(milliseconds: Int32) throws(MQTTError) {
        guard let client else { return }
        try client.write()
        let events = Int16(POLLIN) | (client.wantsWrite ? Int16(POLLOUT) : 0)
        var poller = pollfd(fd: client.descriptor, events: events, revents: 0)
        guard poll(&poller, 1, milliseconds) > 0 else { return }
        if poller.revents & Int16(POLLIN | POLLHUP | POLLERR) != 0 {
            for _ in 0..<64 {
                let before = waiting.count
                try client.read()
                if let failure { throw failure }
                if waiting.count == before { break }
            }
        }
        try client.write()
    }

    private func take(_ event: MQTTClient.Event) {
        switch event {
        case .connected: isOpen = true
        case .refused(let error): failure = error
        case .disconnected(let cause):
            failure = failure ?? MQTTError(operation: "publish", broker: options.address, cause: cause)
        case .published(let id, let refusal):
            if let index = waiting.firstIndex(where: { $0.id == id }) { waiting.remove(at: index) }
            self.refusal = self.refusal ?? refusal
        case .subscribed: break
        }
    }

    private func open() throws(MQTTError) {
        isOpen = false
        failure = nil
        let made = try MQTTClient(
            options, onMessage: { _ in }, onEvent: { [unowned self] in take($0) })
        client = made
        try made.connect()
        for _ in 0..<100 where !isOpen {
            try step(milliseconds: 100)
        }
        if !isOpen {
            throw MQTTError(operation: "connect", broker: options.address, cause: "the broker does not answer")
        }
        for index in waiting.indices { try send(index) }
    }

    /// Makes a new connection, again and again as far as the patience reaches.
    /// - Throws: when there is still none. The next call tries again.
    private func recover(from error: MQTTError) throws(MQTTError) {
        client = nil
        var last = error
        for attempt in 0..<(patienceSeconds * 10) {
            if attempt > 0 { usleep(100_000) }
            do throws(MQTTError) {
                return try reconnect()
            } catch {
                last = error
            }
        }
        throw last
    }
}
