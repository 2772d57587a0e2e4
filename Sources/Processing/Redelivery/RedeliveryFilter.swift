/// Recognises messages that the broker delivers again after a lost connection, where the payload itself cannot tell.
///
/// A message holds its packet id until it is acknowledged (MQTT 5.0, 2.2.1), so what comes again under an id is the last
/// message that had it. That one is remembered for each id, however many the broker comes to hold in flight: by the
/// protocol no more than a window (Receive Maximum), but mosquitto 2.0 has sent twenty windows again after several lost
/// connections in a row. Only messages that need it are remembered: one with its own timestamp is recognised by its key.
///
/// What can come again at all is bounded from below. Messages are numbered as they come; acknowledgements are sent in that
/// order (4.6), so a broker that uses an id again has seen all up to the message that had it before. And a broker that
/// resumes a session sends again first what it holds (4.4): once a message comes that is certainly new, all that did not
/// come before it on that connection was acknowledged.
public struct RedeliveryFilter: Sendable {
    /// A message; or, with packet id 0, as many as `identity` says that are not remembered and came before the next one.
    public struct Entry: Hashable, Sendable {
        public var packetID: UInt16
        public var identity: UInt32

        public init(packetID: UInt16, identity: UInt32) {
            self.packetID = packetID
            self.identity = identity
        }
    }

    /// One commit's entries, under the number by which storage keeps them: that of the last message.
    public struct Batch: Hashable, Sendable {
        public var number: Int64
        public var entries: [Entry]

        public init(number: Int64, entries: [Entry]) {
            self.number = number
            self.entries = entries
        }
    }

    /// What a commit has to write, besides ``progress``.
    public struct Change: Hashable, Sendable {
        public var added: Batch?
        /// Batches up to this number are no longer needed.
        public var removeThrough: Int64?
    }

    /// Numbers of messages, to be kept in storage with the batches.
    public struct Progress: Hashable, Sendable {
        /// The last one that came.
        public var received: Int64
        /// Up to this one the broker can send none again.
        public var acknowledged: Int64
        /// Up to this one another configuration decided which messages are to be recognised, and what becomes of them;
        /// negative when none did.
        public var reconfigured: Int64
        /// Up to this one they may have been sent in another order: those that came before without being remembered got new
        /// numbers.
        public var disordered: Int64

        public init(received: Int64 = 0, acknowledged: Int64 = 0, reconfigured: Int64 = -1, disordered: Int64 = 0) {
            self.received = received
            self.acknowledged = acknowledged
            self.reconfigured = reconfigured
            self.disordered = disordered
        }
    }

    /// The time from a resumption to the first message that is certainly new.
    private struct Resumption: Sendable {
        /// At its beginning.
        let progress: Progress
        /// The first of all messages that came again.
        private(set) var earliest: Int64?
        /// Whether one of these came after one that was numbered on this connection.
        private(set) var isDisordered = false
        var isReconfigured = false
        /// Each is sent again once on a connection.
        var seen = PacketIDSet()

        init(progress: Progress) { self.progress = progress }

        mutating func cameAgain(_ position: Int64, after received: Int64) {
            earliest = min(earliest ?? position, position)
            if received > progress.received { isDisordered = true }
        }
    }

    public private(set) var progress: Progress
    private var uses = PacketIDTable()
    private var resumption: Resumption?
    private var current: [Entry] = []
    /// The last message that was remembered, and the last of those that are committed.
    private var lastEntry: Int64 = 0
    private var lastCommitted: Int64
    /// Storage has no batch up to this number.
    private var removed: Int64
    /// Whether the last message is not numbered, since it may have come before.
    private var isUncounted = false
    /// The message that comes this many later may have the same id from a broker that counts.
    private let memory: Int64

    /// How many acknowledged messages may stay in storage, so that not every commit writes at both ends.
    static let removedTogether: Int64 = 4096

    /// - Parameters:
    ///   - packetIDs: how many ids there are; fewer of them in tests.
    ///   - progress: what storage kept; nil with batches of before there was any.
    ///   - committed: what storage kept, oldest first.
    public init(packetIDs: Int = 65_535, progress: Progress? = nil, committed: [Batch] = []) {
        memory = Int64(packetIDs) - 1
        lastCommitted = committed.last?.number ?? 0
        removed = committed.first.map { $0.number - 1 } ?? progress?.acknowledged ?? 0
        if let progress {
            self.progress = progress
            recall(committed)
        } else {
            self.progress = Progress(received: lastCommitted, acknowledged: lastCommitted)
            adopt(committed)
        }
    }

    private mutating func recall(_ batches: [Batch]) {
        for batch in batches {
            var position = batch.entries.reduce(batch.number) { $0 - ($1.packetID == 0 ? Int64($1.identity) : 1) }
            for entry in batch.entries {
                position += entry.packetID == 0 ? Int64(entry.identity) : 1
                if entry.packetID != 0, position > progress.acknowledged {
                    uses[entry.packetID] = PacketIDTable.Use(position: position, identity: entry.identity)
                }
            }
        }
        lastEntry = lastCommitted
    }

    /// Batches that were numbered by commits and held what came again a second time are written anew.
    private mutating func adopt(_ batches: [Batch]) {
        for entry in batches.lazy.flatMap(\.entries) {
            let use = uses[entry.packetID]
            if use.position == 0 || use.identity != entry.identity { remember(entry) }
        }
        if batches.isEmpty { return }
        progress.reconfigured = progress.received
        progress.disordered = progress.received
    }

    /// What is asked to be recognised from now on may differ from what was before. Whatever was read before must have been
    /// committed.
    public mutating func didReconfigure() {
        progress.reconfigured = progress.received
        resumption?.isReconfigured = true
    }

    private var isReconfigured: Bool { progress.reconfigured >= progress.acknowledged }

    /// A connection is up. Whatever was read before must have been committed.
    public mutating func connectionOpened(isResumed: Bool) {
        resumption = isResumed ? Resumption(progress: progress) : nil
        if isResumed { return }
        // The broker knows nothing of us, so it can send nothing again.
        current = []
        progress.reconfigured = -1
        acknowledge(through: progress.received)
        uses.removeAll()
    }

    /// Takes note of a message with a packet id.
    /// - Parameter needsRecognition: whether it is to be remembered.
    /// - Returns: whether it was committed before.
    public mutating func isRedelivery(_ entry: Entry, needsRecognition: Bool) -> Bool {
        let use = uses[entry.packetID]
        isUncounted = false
        if resumption != nil {
            let isFirst = resumption?.seen.insert(entry.packetID) ?? true
            let mayComeAgain = use.position > progress.acknowledged
            if isFirst, mayComeAgain, use.identity == entry.identity {
                resumption?.cameAgain(use.position, after: progress.received)
                return true
            }
            // Another message has the id by now, and had it been committed the one before it would be forgotten.
            if !isFirst || mayComeAgain { endResumption() }
        }
        let isDisordered = use.position > progress.acknowledged && use.position <= progress.disordered
        if !isDisordered { acknowledge(through: use.position) }
        if needsRecognition || isDisordered {
            remember(entry)
            if resumption != nil { progress.disordered = progress.received }
        } else if resumption == nil {
            count()
        } else {
            isUncounted = true
        }
        return false
    }

    /// The message that was asked about last has brought a reading that was not there before.
    public mutating func wasNew() {
        // Under another configuration the same message may have brought other readings.
        if resumption == nil || isReconfigured { return }
        endResumption()
        if isUncounted { count() }
        isUncounted = false
    }

    /// A message is new, and so is all that follows it on this connection.
    private mutating func endResumption() {
        guard let resumption else { return }
        self.resumption = nil
        acknowledge(through: resumption.earliest.map { $0 - 1 } ?? resumption.progress.received)
        if !resumption.isDisordered { progress.disordered = resumption.progress.disordered }
        if !resumption.isReconfigured { progress.reconfigured = -1 }
        if progress.acknowledged >= lastEntry { uses.removeAll() }
    }

    private mutating func acknowledge(through position: Int64) {
        progress.acknowledged = max(progress.acknowledged, position)
    }

    private mutating func count() {
        progress.received += 1
        acknowledge(through: progress.received - memory)
    }

    private mutating func remember(_ entry: Entry) {
        count()
        let passed = progress.received - 1 - lastEntry
        if !current.isEmpty, passed > 0 { current.append(Entry(packetID: 0, identity: UInt32(passed))) }
        current.append(entry)
        lastEntry = progress.received
        uses[entry.packetID] = PacketIDTable.Use(position: lastEntry, identity: entry.identity)
    }

    /// What the commit of the current transaction has to write; then call ``didCommit()``.
    public var pendingChange: Change {
        var change = Change()
        if !current.isEmpty { change.added = Batch(number: lastEntry, entries: current) }
        let isNoneNeeded = progress.acknowledged >= lastCommitted && lastCommitted > removed
        if isNoneNeeded || progress.acknowledged - removed >= RedeliveryFilter.removedTogether {
            change.removeThrough = progress.acknowledged
        }
        return change
    }

    /// The transaction with ``pendingChange`` and ``progress`` is committed.
    public mutating func didCommit() {
        if let through = pendingChange.removeThrough { removed = through }
        if !current.isEmpty { lastCommitted = lastEntry }
        current.removeAll(keepingCapacity: true)
    }
}
