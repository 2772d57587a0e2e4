import Glibc
import Logging
import MQTT
import Synchronization
import Telemetry
import Threading

/// Carries out what the machine says, on the session's thread.
struct SessionLoop: ~Copyable {
    private var options: BrokerOptions
    private let line: any IntakeLine
    private let shared: SessionShared
    private let logger: Logger
    private var machine: SessionMachine
    private var client: MQTTClient?
    private let inbox: SessionInbox
    /// Filters of earlier options. Asked back at every greeting, since a connection may be lost before the broker heard.
    private var abandoned: Set<String>

    init(
        options: BrokerOptions, earlierSubscriptions: [String], line: any IntakeLine, shared: SessionShared,
        logger: Logger
    ) {
        self.options = options
        abandoned = Set(earlierSubscriptions).subtracting(options.subscriptions)
        self.line = line
        self.shared = shared
        self.logger = logger
        inbox = SessionInbox(line: line, address: options.connection.address)
        machine = SessionLoop.machine(for: options)
    }

    private static func machine(for options: BrokerOptions) -> SessionMachine {
        var limits = SessionMachine.Limits(
            window: options.connection.receiveMaximum, commitIntervalMilliseconds: options.commitIntervalMilliseconds)
        limits.keepAliveMilliseconds = Int64(options.connection.keepAliveSeconds) * 1000
        return SessionMachine(
            limits: limits, now: MonotonicClock.milliseconds(), jitter: { Double.random(in: 0..<1) })
    }

    mutating func run() {
        while turn() {}
        client = nil
        show { $0.state = .stopped }
    }

    /// - Returns: false when the session has ended.
    private mutating func turn() -> Bool {
        let now = MonotonicClock.milliseconds()
        shared.heartbeat.store(now, ordering: .relaxed)
        if let new = shared.replacement.withLock({ $0.take() }) { adopt(new) }
        if shared.shouldStop.load(ordering: .acquiring) { machine.requestStop(now: now) }
        line.acceptWaiting()
        let action = machine.next(now: now, storage: line.status)
        do throws(MQTTError) {
            switch action {
            case .connect: try connect()
            case .greet: try greet()
            case .read(let until): try read(until: until)
            case .requestCommit:
                line.publishBurst()
                line.windowIs(machine.window)
                machine.didRequestCommit(line.requestCommit(), now: now)
            case .awaitStorage(let until):
                if client == nil { show { $0.state = .waitingForStorage } }
                _ = wait(descriptor: -1, events: 0, until: until)
            case .write: try write()
            case .awaitWritable(let until):
                if wait(descriptor: client?.descriptor ?? -1, events: POLLOUT, until: until) {
                    machine.becameWritable()
                }
            case .drop(let cause): drop(cause)
            case .pause(let until):
                show { $0.state = .waitingToReconnect }
                _ = wait(descriptor: -1, events: 0, until: until)
            case .sayGoodbye: try sayGoodbye()
            case .stop: return false
            }
        } catch {
            fail(error)
        }
        return true
    }

    // MARK: - Connecting

    private mutating func connect() throws(MQTTError) {
        show {
            $0.state = .connecting
            $0.nextAttempt = nil
        }
        var connection = options.connection
        connection.isCleanStart = false
        connection.will = MQTTOptions.Will(topic: options.statusTopic, payload: statusPayload("offline"))
        inbox.clear()
        let failures = line.status.failures
        let made = try MQTTClient(connection, onMessage: inbox.take(_:), onEvent: inbox.take(_:))
        client = made
        try made.connect()
        try made.write()
        machine.didConnect(now: MonotonicClock.milliseconds(), failures: failures)
    }

    private mutating func greet() throws(MQTTError) {
        guard let client else { return }
        // The session at the broker remembers subscriptions, so what is gone must be taken back.
        for filter in abandoned { try client.unsubscribe(filter) }
        inbox.requested = options.subscriptions
        try client.subscribe(options.subscriptions)
        try client.publish(options.statusTopic, payload: statusPayload("online"), isRetained: true)
        try client.write()
        let now = MonotonicClock.milliseconds()
        machine.didGreet(now: now)
        logger.notice(
            "connected to the broker",
            metadata: ["address": "\(options.connection.address)", "session": inbox.isResumed ? "resumed" : "new"])
        show {
            $0.state = .connected
            $0.connectedSince = now
            $0.connections += 1
            $0.lastError = nil
            $0.failedAttempts = 0
        }
    }

    private func statusPayload(_ state: String) -> [UInt8] {
        var line = JSONLine()
        line.add("state", state)
        line.add("client", options.connection.clientID)
        return Array(line.finished.utf8)
    }

    // MARK: - Reading and writing

    private mutating func read(until: Int64) throws(MQTTError) {
        guard let client else { return }
        guard wait(descriptor: client.descriptor, events: POLLIN, until: until) else { return }
        let room = max(1, options.connection.receiveMaximum - machine.unacknowledged)
        let roomBytes = machine.roomBytes
        inbox.beginBurst()
        repeat {
            let before = inbox.count
            try client.read()
            if inbox.count == before { break }
        } while inbox.count < room && inbox.bytes < roomBytes && !inbox.hasOpened
        if case .greeting = machine.phase, !inbox.hasOpened {
            // CONNECT waits for the end of the TLS handshake, which takes several reads. Nothing is unacknowledged
            // before the broker has answered it.
            try client.write()
        }
        if inbox.count > 0 { line.publishBurst() }
        if inbox.takeOpened() { machine.didOpen(now: MonotonicClock.milliseconds()) }
        machine.didReceive(inbox.count, bytes: inbox.bytes, now: MonotonicClock.milliseconds())
        if let refusal = inbox.takeFailure() { throw refusal }
        if let warning = inbox.takeWarning() {
            logger.warning("\(warning)")
            show { $0.lastError = warning }
        }
        showUnacknowledged()
    }

    private mutating func write() throws(MQTTError) {
        guard let client else { return }
        var hasSent = client.wantsWrite
        try client.write()
        // Also under a stream of QoS 0 messages, for which no acknowledgement tells the broker that we are there.
        try client.maintain()
        hasSent = hasSent || client.wantsWrite
        try client.write()
        machine.didWrite(
            isDrained: !client.wantsWrite, hasSent: hasSent, now: MonotonicClock.milliseconds())
        showUnacknowledged()
    }

    /// Waits for a socket beside the wake-ups, or for these alone where it is -1.
    /// - Returns: whether the socket is ready, or broken.
    private borrowing func wait(descriptor: Int32, events: Int32, until: Int64) -> Bool {
        let milliseconds = Int32(max(0, min(until - MonotonicClock.milliseconds(), 60_000)))
        return withUnsafeTemporaryAllocation(of: pollfd.self, capacity: 3) { pollers in
            pollers[0] = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            pollers[1] = pollfd(fd: shared.wake.descriptor, events: Int16(POLLIN), revents: 0)
            pollers[2] = pollfd(fd: line.signal.descriptor, events: Int16(POLLIN), revents: 0)
            _ = poll(pollers.baseAddress, 3, milliseconds)
            if pollers[1].revents != 0 { shared.wake.clear() }
            if pollers[2].revents != 0 { line.signal.clear() }
            return pollers[0].revents != 0
        }
    }

    // MARK: - Ending

    private mutating func sayGoodbye() throws(MQTTError) {
        guard let client else { return }
        try client.publish(options.statusTopic, payload: statusPayload("offline"), isRetained: true)
        try client.sayGoodbye()
        machine.didSayGoodbye()
    }

    private mutating func drop(_ cause: SessionMachine.DropCause) {
        fail(
            MQTTError(
                operation: "go on with the connection", broker: options.connection.address, cause: cause.rawValue))
    }

    /// Whatever was read and not committed comes again from the broker; nothing of it may be acknowledged.
    private mutating func fail(_ failure: MQTTError) {
        var error = failure
        if error.hint.isEmpty { error.hint = hint(for: machine.phase) }
        let wasConnected = client != nil && machine.phase != .gone
        client?.abort()
        client = nil
        let now = MonotonicClock.milliseconds()
        machine.didFail(now: now)
        if wasConnected || machine.failedAttempts == 1 { logger.warning("\(error)") }
        guard case .down(let retryAt) = machine.phase else { return }
        show {
            $0.state = .waitingToReconnect
            $0.connectedSince = nil
            $0.unacknowledged = 0
            $0.nextAttempt = retryAt
            $0.failedAttempts = machine.failedAttempts
            $0.lastError = error.description
        }
    }

    /// What a connection that was lost without a word may mean.
    private borrowing func hint(for phase: SessionMachine.Phase) -> String {
        switch phase {
        case .greeting:
            options.connection.tls == nil ? "a port that speaks TLS, usually 8883, wants mqtts:// in [broker] url" : ""
        case .reading, .writing, .committing, .blocked:
            // Not every broker tells that it has handed the session to another client.
            "has the broker stopped, or does another gateway use the client_id \(options.connection.clientID)?"
        case .down, .gone: ""
        }
    }

    private mutating func adopt(_ new: BrokerOptions) {
        guard new != options else { return }
        abandoned = abandoned.union(options.subscriptions).subtracting(new.subscriptions)
        options = new
        inbox.address = new.connection.address
        client?.abort()
        client = nil
        machine = SessionLoop.machine(for: new)
        shared.status.withLock {
            $0.address = new.connection.address
            $0.receiveMaximum = new.connection.receiveMaximum
            $0.subscriptions = new.subscriptions
        }
    }

    private borrowing func show(_ change: (inout SessionStatus) -> Void) {
        shared.status.withLock { change(&$0) }
    }

    private borrowing func showUnacknowledged() {
        let count = machine.unacknowledged
        shared.status.withLock { $0.unacknowledged = count }
    }
}
