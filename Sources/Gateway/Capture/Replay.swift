import Decoding
public import GatewayConfiguration
import Processing
import Storage
public import Telemetry

/// Runs captured messages through the same decoder, gate, ring, core and storage as the daemon, without a broker.
///
/// The clock is the messages' time of receipt, so that the same capture always gives the same output, whole or in parts.
/// One thread.
public final class Replay {
    private let gate: IntakeGate
    private var consumer: Ring<IntakeItem>.Consumer
    private let core: Core
    private let lock: FileLock?
    private var position = ReplayPosition()
    /// What the database has; nil once the capture is past it.
    private var earlier: ReplayPosition?
    /// Whether the lines at hand are in the database already.
    private var isCatchingUp = false
    private var uncommittedMessages = 0
    /// How the messages are taken in, where it is to be as from a broker.
    private let pace: ReplayPace?
    private var lastCommit = Timestamp.distantPast
    private var packetID: UInt16 = 0
    private var nextRetention = Timestamp.distantPast
    private let intake = IntakeState()
    private var keptReceiptTimes: [SeriesID: Timestamp]

    /// - Parameter database: a file that keeps what is stored, and is gone on with where a capture was taken into it
    ///   before; nil for memory.
    /// - Throws: `GatewayError` for a file of the daemon's, or one that is in use; `StorageError`.
    public convenience init(configuration: Configuration, database: String? = nil) throws {
        try self.init(configuration: configuration, database: database, pace: nil)
    }

    package init(configuration: Configuration, database: String?, pace: ReplayPace?) throws {
        self.pace = pace
        let wiring = Wiring(configuration)
        var settings = wiring.coreSettings
        settings.lateWindowsInOneGo = .max
        lock = try database.map { path throws(GatewayError) in try FileLock(path: FileLock.name(of: path)) }
        var options = wiring.storeOptions
        // All that was rejected is to be seen.
        options.quarantineLimitBytes = .max
        let store = try Store(path: database ?? ":memory:", options: options)
        let earlier = try ReplayPosition(of: store)
        if earlier == nil, try !store.storedSeries().isEmpty {
            throw GatewayError(
                operation: "replay into \(store.path)", cause: "it holds what poort run has stored",
                hint: "give a file of its own, which is made when it is not there")
        }
        self.earlier = earlier
        position.clock = earlier?.clock ?? .distantPast
        position.tick = earlier?.tick ?? .distantPast
        core = try Core(
            store: store, settings: settings, series: SeriesTable(), sources: wiring.sourceNames, now: position.clock)
        keptReceiptTimes = try ReplayPosition.receiptTimes(in: store)
        core.earlierReceiptTimes = keptReceiptTimes
        let stored = try store.reader.series()
        let decoder = Decoder(
            configuration.decoderOptions,
            takenSeries: Set(stored.map { SeriesIdentity(device: $0.device, quantity: $0.quantity) }))
        let ends = Ring<IntakeItem>.make(capacity: wiring.ringCapacity)
        consumer = ends.consumer
        gate = IntakeGate(
            decoder: decoder, timeGate: wiring.timeGate, producer: HandOver(ends.producer), state: intake,
            wakeUp: WakeUp(), replacement: IntakeReplacement())
    }

    /// Takes the next line of a capture, unless the database has it already.
    /// - Throws: `CaptureError` for what is no line of a capture, `GatewayError` for one that does not fit the database.
    public func take(line: [UInt8]) throws {
        let message = try CapturedMessage(line: line)
        if position.lines == 0 { try begin(with: message, hash: ReplayPosition.hash(line)) }
        position.note(line)
        if isCatchingUp {
            try catchUp(message)
        } else {
            try take(message)
        }
    }

    /// Takes one message as if it had just come.
    public func take(_ message: CapturedMessage) throws {
        position.clock = max(position.clock, message.received)
        core.tell(now: position.clock)
        try tick()
        decode(message)
        while let item = consumer.pop() { try core.take(item) }
        uncommittedMessages += 1
        if isCommitDue { try commit() }
    }

    private var isCommitDue: Bool {
        guard let pace else { return uncommittedMessages >= Replay.messagesInOneCommit }
        return position.clock - lastCommit >= pace.commitMilliseconds
    }

    /// What became of the messages.
    public func ledger() throws -> [SourceLedger] { try core.store.ledger() }

    /// Keeps all that was taken in, then hands out every reading with its flags, every rejection, and every aggregate with
    /// all windows closed, one line of output each.
    ///
    /// To close them is not kept: the database stays as the gateway would have left it when the last message came, so that
    /// a capture that goes on where this one ends finds it so. Nothing may be taken in afterwards.
    public func finish(output: (String) -> Void) throws {
        if isCatchingUp, let earlier { throw Replay.tooShort(lines: position.lines, earlier) }
        try commit()
        // A day is 25 hours at most, and a reading at most so far ahead of its message.
        var time = position.clock + 3 * 86_400_000
        repeat {
            time = time + core.settings.lateDelayMilliseconds + 1000
            core.tell(now: time)
        } while try core.closeWindows()
        try ReplayOutput(reader: core.store.reader).write(to: output)
        core.store.rollback()
    }

    private func decode(_ message: CapturedMessage) {
        message.topic.withUnsafeBytes { topic in
            message.payload.withUnsafeBytes { payload in
                gate.accept(topic: topic, payload: payload, packetID: nextPacketID(), received: message.received)
            }
        }
        gate.publishBurst()
    }

    /// 0 stands for a message that cannot come again.
    private func nextPacketID() -> UInt16 {
        guard pace != nil else { return 0 }
        packetID = packetID == .max ? 1 : packetID + 1
        return packetID
    }

    /// Once a second of the capture's time, as the daemon does.
    private func tick() throws {
        guard position.clock - position.tick >= 1000 else { return }
        position.tick = position.clock
        try core.closeWindows()
        if core.hasToSeal {
            _ = try core.seal()
            // As the daemon does: what is sealed together is written at once.
            if pace != nil { try commit() }
        }
        if pace != nil { try removeOld() }
    }

    /// As the daemon does: each hour what is too old, each second what is too much, all that has to go at once.
    private func removeOld() throws {
        let monotonic = position.clock.milliseconds
        if position.clock >= nextRetention {
            while try core.removeExpired(monotonic: monotonic) { try commit() }
            try commit()
            nextRetention = position.clock + Core.retentionPause
        }
        while case let turn = try core.keepWithinQuota(monotonic: monotonic), turn != .nothing {
            try commit()
            if turn == .removed { break }
        }
        intake.raiseFloor(to: core.quota.rawFloor)
    }

    /// Makes durable what was taken in, with how far the capture has come.
    public func commit() throws {
        uncommittedMessages = 0
        lastCommit = position.clock
        try position.keep(in: core.store)
        if core.haveReceiptTimesGone {
            for id in keptReceiptTimes.keys { try ReplayPosition.keepReceiptTime(.distantPast, of: id, in: core.store) }
            keptReceiptTimes = [:]
            core.haveReceiptTimesGone = false
        }
        for live in core.series.live {
            guard let id = live.id, live.lastReceiptTime > .distantPast, keptReceiptTimes[id] != live.lastReceiptTime
            else { continue }
            keptReceiptTimes[id] = live.lastReceiptTime
            try ReplayPosition.keepReceiptTime(live.lastReceiptTime, of: id, in: core.store)
        }
        try core.commit()
    }

    /// Seldom enough that the disk is not waited for, often enough that little is done again.
    private static let messagesInOneCommit = 1000
}

/// Takes messages in as they come from a broker: numbered, committed by the messages' own clock, and removed by retention and
/// quota.
package struct ReplayPace: Sendable {
    package var commitMilliseconds: Int64

    package init(commitMilliseconds: Int64) {
        self.commitMilliseconds = commitMilliseconds
    }
}

// MARK: - Going on

extension Replay {
    /// Tells whether the capture was taken in before, in part or whole, or goes on where another one ended.
    private func begin(with message: CapturedMessage, hash: Int64) throws {
        guard let earlier else { return }
        isCatchingUp = earlier.lines > 0 && earlier.first == hash
        if isCatchingUp { return }
        self.earlier = nil
        if message.received < earlier.clock {
            throw GatewayError(
                operation: "go on with this capture",
                cause: "it begins at \(message.received), and the database was replayed up to \(earlier.clock)",
                hint: "replay captures in the order of their time, or into a new file")
        }
    }

    /// Decodes what is stored already, and no more: payloads may rest on what earlier ones have said.
    private func catchUp(_ message: CapturedMessage) throws {
        core.lastReceived = message.received
        decode(message)
        while let item = consumer.pop() {
            switch consume item {
            case .series(let announced): core.series.announce(announced.value)
            default: break
            }
        }
        guard let earlier, position.lines == earlier.lines else { return }
        guard position.digest == earlier.digest else {
            throw GatewayError(
                operation: "go on with this capture",
                cause: "its first \(position.lines) lines are not those that the database has of it",
                hint: "replay it into a new file")
        }
        isCatchingUp = false
        self.earlier = nil
    }

    private static func tooShort(lines: Int64, _ earlier: ReplayPosition) -> GatewayError {
        GatewayError(
            operation: "go on with this capture",
            cause: "it ends at line \(lines), and the database has \(earlier.lines) lines of it",
            hint: "give the whole capture, or replay into a new file")
    }
}
