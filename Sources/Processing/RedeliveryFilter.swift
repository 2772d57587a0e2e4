/// Recognises messages that the broker delivers again after a lost connection, where the payload itself cannot tell.
///
/// A broker that resumes a session first sends again, in the old order and with the old packet ids, what it holds no
/// acknowledgement for (MQTT 5.0, 4.4 and 4.6). So a message is a redelivery when packet id and payload are those of
/// one that was committed; and the first one that is not shows that everything older was acknowledged.
///
/// A commit does not prove that the broker saw our acknowledgements. By the protocol it never has more than a window
/// (Receive Maximum) in flight, but mosquitto 2.0 comes to hold more when a session is resumed several times in a row: 2.4
/// windows in the mean, in a flood with a kill every half second. So eight windows' worth of committed messages are
/// remembered, on disk, in the transaction that stores them. Only messages that need it are remembered: one with its own
/// timestamp is recognised by its key.
public struct RedeliveryFilter: Sendable {
    public struct Entry: Hashable, Sendable {
        public var packetID: UInt16
        public var identity: UInt32

        public init(packetID: UInt16, identity: UInt32) {
            self.packetID = packetID
            self.identity = identity
        }
    }

    /// One commit's entries, under the number by which storage keeps them.
    public struct Batch: Hashable, Sendable {
        public var number: Int64
        public var entries: [Entry]

        public init(number: Int64, entries: [Entry]) {
            self.number = number
            self.entries = entries
        }
    }

    /// What a commit has to write.
    public struct Change: Hashable, Sendable {
        public var added: Batch?
        /// Batches up to this number are no longer needed.
        public var removeThrough: Int64?
    }

    /// How many messages the broker may have in flight: the widest window since its session began, since what it sent
    /// under a wide one comes again under a narrower one. To be kept in storage with the batches.
    public private(set) var window: Int
    /// How many messages are remembered at least, and may come again.
    private var memory: Int { RedeliveryFilter.rememberedWindows * window }
    /// More than mosquitto mostly holds in flight, in windows; no bound, since twenty have been seen once.
    public static let rememberedWindows = 8
    private var configuredWindow: Int
    private var committed: [Batch]
    private var current: [Entry] = []
    private var expected: Set<Entry> = []
    private var nextNumber: Int64
    private var forgetsCommitted = false
    /// The last batch that was taken in under another configuration, which may have asked for the recognition of other
    /// messages. To be kept in storage with the batches.
    public private(set) var reconfiguredAt: Int64
    /// One that is not expected proves nothing.
    private var isLenient = false
    /// How many messages of this connection may be redeliveries still: the broker sends them before any other.
    private var remaining = 0

    /// - Parameters:
    ///   - window: how many messages the broker may have in flight from now on.
    ///   - earlierWindow: the ``window`` that storage kept.
    ///   - reconfiguredAt: what storage kept.
    ///   - committed: what storage kept, oldest first.
    public init(window: Int, earlierWindow: Int = 0, reconfiguredAt: Int64 = 0, committed: [Batch] = []) {
        self.window = max(window, earlierWindow)
        configuredWindow = window
        self.reconfiguredAt = reconfiguredAt
        self.committed = committed
        nextNumber = (committed.last?.number ?? 0) + 1
    }

    /// The broker may have that many messages in flight from now on. A smaller number counts from its next session on.
    public mutating func configure(window: Int) {
        configuredWindow = window
        self.window = max(self.window, window)
    }

    /// What is asked to be recognised from now on may differ from what was before. Whatever was read before must have been
    /// committed.
    public mutating func didReconfigure() {
        reconfiguredAt = nextNumber - 1
        isLenient = true
    }

    /// A connection is up. Whatever was read before must have been committed.
    public mutating func connectionOpened(isResumed: Bool) {
        if isResumed {
            expected = Set(committed.flatMap(\.entries))
            isLenient = committed.first.map { $0.number <= reconfiguredAt } ?? false
            remaining = memory
        } else {
            // The broker knows nothing of us, so it can send nothing again.
            expected = []
            forgetsCommitted = true
            window = configuredWindow
        }
    }

    /// Takes note of a message that needs recognition.
    /// - Returns: whether it was committed before.
    public mutating func isRedelivery(_ entry: Entry) -> Bool {
        current.append(entry)
        passed()
        if expected.isEmpty { return false }
        if expected.remove(entry) != nil { return true }
        if !isLenient { expected = [] }
        return false
    }

    /// Takes note that a message came that needs none, but that the broker has to send again where it is not acknowledged.
    ///
    /// What comes behind as many messages as are remembered is new, and its packet id may be one that was used before.
    public mutating func passed() {
        if expected.isEmpty { return }
        remaining -= 1
        if remaining < 0 { expected = [] }
    }

    /// What the commit of the current transaction has to write; then call ``didCommit()``.
    public var pendingChange: Change {
        var change = Change()
        if !current.isEmpty { change.added = Batch(number: nextNumber, entries: current) }
        change.removeThrough = removableThrough()
        return change
    }

    /// The transaction with ``pendingChange`` is committed.
    public mutating func didCommit() {
        if let through = removableThrough() { committed.removeAll { $0.number <= through } }
        forgetsCommitted = false
        if !current.isEmpty {
            committed.append(Batch(number: nextNumber, entries: current))
            nextNumber += 1
            current = []
        }
    }

    private func removableThrough() -> Int64? {
        if forgetsCommitted { return committed.last?.number }
        var kept = current.count
        for index in committed.indices.reversed() {
            if kept >= memory { return committed[index].number }
            kept += committed[index].entries.count
        }
        return nil
    }
}
