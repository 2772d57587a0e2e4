/// Decides what the broker thread does next: read → commit → acknowledge, over and over. Without I/O and clock.
///
/// A batch is committed when it is old enough, when the broker sends no more until it is acknowledged, when it has grown
/// large, or when the broker has heard nothing for a keepalive, whichever comes first.
///
/// The owner carries out what ``next(now:storage:)`` says and tells the machine what came of it. The one rule that all
/// rests on: nothing is written while something read is not committed, because writing sends its acknowledgement.
public struct SessionMachine: ~Copyable {
    /// What the owner is to do.
    public enum Action: Equatable, Sendable {
        /// Open a connection; then ``didConnect(now:failures:)`` or ``didFail(now:)``.
        case connect
        /// Queue the subscriptions and the online status and write them; then ``didGreet(now:)``.
        case greet
        /// Read what comes until that time at most, and write nothing; then ``didOpen(now:)`` when the broker has accepted
        /// the connection, and ``didReceive(_:now:)``.
        case read(until: Int64)
        /// Ask for a commit; then ``didRequestCommit(_:now:)``.
        case requestCommit
        /// Wait for the storage's signal, without reading, until that time at most.
        case awaitStorage(until: Int64)
        /// Write all that is queued, then keep the connection alive; then ``didWrite(isDrained:now:)``.
        case write
        /// Wait until the socket takes more.
        case awaitWritable(until: Int64)
        /// End the connection without writing anything; then ``didFail(now:)``.
        case drop(DropCause)
        /// Wait for that time, or a request to stop.
        case pause(until: Int64)
        /// Publish the offline status, say goodbye, write; then ``didSayGoodbye()``.
        case sayGoodbye
        case stop
    }

    /// Why a connection is given up, in words for a technician.
    public enum DropCause: String, Sendable {
        case storageFailed = "the storage failed: unacknowledged messages will come again"
        case noAnswer = "the broker did not answer in time"
        case stopping = "stopping before everything was acknowledged"
    }

    public enum Phase: Equatable, Sendable {
        /// No connection.
        case down(retryAt: Int64)
        /// CONNECT is sent, and not answered.
        case greeting(deadline: Int64)
        case reading
        /// That request is waited for; nothing is read or written.
        case committing(UInt64)
        case writing
        /// The socket takes no more for now.
        case blocked
        /// The goodbye is said.
        case gone
    }

    public private(set) var phase: Phase
    /// Messages read and not yet acknowledged.
    public private(set) var unacknowledged = 0
    private var unacknowledgedBytes = 0
    private let limits: Limits
    /// How old a batch may grow, as of now.
    private var interval: Int64
    private var failuresAtOpening: UInt64 = 0
    private var batchBegan: Int64 = 0
    private var lastArrival: Int64 = 0
    private var lastWritten: Int64 = 0
    /// When the broker heard of us last.
    private var lastSent: Int64 = 0
    private var opened: Int64 = 0
    private var mustGreet = false
    private var attempts = 0
    private var stopBy: Int64?
    private var stall = StallDetector()
    private let jitter: () -> Double

    /// - Parameter jitter: uniform in 0..<1.
    public init(limits: Limits, now: Int64, jitter: @escaping () -> Double) {
        self.limits = limits
        self.jitter = jitter
        interval = limits.commitIntervalMilliseconds
        phase = .down(retryAt: now)
    }

    /// What to do now.
    /// - Parameter now: of a clock that never steps, in milliseconds.
    public mutating func next(now: Int64, storage: IntakeStatus) -> Action {
        switch phase {
        case .gone: return .stop
        case .down(let retryAt):
            if stopBy != nil { return .stop }
            if !storage.isStorageReady { return .awaitStorage(until: now + 1000) }
            return now >= retryAt ? .connect : .pause(until: retryAt)
        case .greeting(let deadline):
            if stopBy != nil { return .drop(.stopping) }
            return now >= deadline ? .drop(.noAnswer) : .read(until: deadline)
        case .reading: return nextWhileReading(now: now, storage: storage)
        case .committing(let number):
            if hasFailed(storage) { return .drop(.storageFailed) }
            if storage.committed >= number { return .write }
            if let stopBy, now >= stopBy { return .drop(.stopping) }
            return .awaitStorage(until: min(now + 1000, stopBy ?? .max))
        case .writing: return .write
        case .blocked:
            if let stopBy, now >= stopBy { return .drop(.stopping) }
            return now - lastWritten >= limits.answerMilliseconds
                ? .drop(.noAnswer) : .awaitWritable(until: min(now + 1000, stopBy ?? .max))
        }
    }

    private mutating func nextWhileReading(now: Int64, storage: IntakeStatus) -> Action {
        if hasFailed(storage) { return .drop(.storageFailed) }
        if unacknowledged == 0 {
            if mustGreet { return .greet }
            if stopBy != nil { return .sayGoodbye }
            let maintenance = lastWritten + 1000
            return now >= maintenance ? .write : .read(until: maintenance)
        }
        interval = max(limits.commitIntervalMilliseconds, storage.commitIntervalMilliseconds)
        // Pings wait behind acknowledgements, and these for the commit.
        let deadline = min(batchBegan + interval, max(batchBegan, lastSent + limits.keepAliveMilliseconds))
        if unacknowledged >= window || roomBytes <= 0 || now >= deadline || stopBy != nil { return .requestCommit }
        return .read(until: deadline)
    }

    /// How many messages the broker sends before it waits for acknowledgements, as far as it has shown.
    public var window: Int { min(limits.window, stall.window ?? .max) }

    /// What may still be read into the batch.
    public var roomBytes: Int { limits.batchBytes - unacknowledgedBytes }

    private func hasFailed(_ storage: IntakeStatus) -> Bool {
        !storage.isStorageReady || storage.failures != failuresAtOpening
    }

    // MARK: - What came of it

    /// CONNECT was sent.
    /// - Parameter failures: the storage's count of failures at this moment.
    public mutating func didConnect(now: Int64, failures: UInt64) {
        failuresAtOpening = failures
        forgetBatch()
        mustGreet = false
        stall = StallDetector()
        phase = .greeting(deadline: now + limits.answerMilliseconds)
    }

    /// The broker accepted the connection. Messages of a resumed session may have come with its answer: these are
    /// committed before anything is written, the subscriptions included.
    public mutating func didOpen(now: Int64) {
        mustGreet = true
        lastWritten = now
        lastSent = now
        phase = .reading
    }

    /// The subscriptions and the online status are written.
    public mutating func didGreet(now: Int64) {
        lastWritten = now
        lastSent = now
        opened = now
        mustGreet = false
        phase = .reading
    }

    /// Messages were read and handed on.
    /// - Parameter bytes: of their topics and payloads.
    public mutating func didReceive(_ count: Int, bytes: Int = 0, now: Int64) {
        if count == 0 { return }
        if unacknowledged == 0 {
            batchBegan = now
            stall.batchBegan(afterWriting: now - lastWritten)
        }
        unacknowledged += count
        unacknowledgedBytes += bytes
        lastArrival = now
    }

    /// - Parameter number: what `storage.committed` reaches once everything that was received is durable.
    public mutating func didRequestCommit(_ number: UInt64, now: Int64) {
        stall.batchEnded(
            count: unacknowledged, quietFor: now - lastArrival, interval: interval, now: now)
        phase = .committing(number)
    }

    /// - Parameters:
    ///   - isDrained: whether everything that was queued is sent.
    ///   - hasSent: whether there was anything.
    public mutating func didWrite(isDrained: Bool, hasSent: Bool = true, now: Int64) {
        if hasSent { lastSent = now }
        guard isDrained else {
            if phase != .blocked { lastWritten = now }
            phase = .blocked
            return
        }
        if unacknowledged > 0 || now - opened >= limits.lastBackoffMilliseconds { attempts = 0 }
        lastWritten = now
        forgetBatch()
        phase = .reading
    }

    private mutating func forgetBatch() {
        unacknowledged = 0
        unacknowledgedBytes = 0
    }

    /// The socket takes more.
    public mutating func becameWritable() {
        if phase == .blocked { phase = .writing }
    }

    /// The connection failed, was refused, was lost or was dropped.
    public mutating func didFail(now: Int64) {
        let ceiling = min(limits.lastBackoffMilliseconds, limits.firstBackoffMilliseconds << Int64(min(attempts, 16)))
        attempts += 1
        forgetBatch()
        phase = .down(retryAt: now + Int64(Double(ceiling) * jitter()))
    }

    /// The connection has ended in order.
    public mutating func didSayGoodbye() {
        phase = .gone
    }

    /// Commit and acknowledge what was read, say goodbye and stop.
    public mutating func requestStop(now: Int64) {
        if stopBy == nil { stopBy = now + limits.stopMilliseconds }
    }

    /// Failed attempts since the last acknowledged commit.
    public var failedAttempts: Int { attempts }
}
