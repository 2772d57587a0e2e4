import Processing

/// What the gateway does with a filter: a file that only commits change, and a memory that a crash takes away.
struct ModelIntake {
    enum Kind: CaseIterable {
        /// Told by packet id and identity alone.
        case timeless
        /// Put aside, and told likewise.
        case quarantined
        /// Told by its key.
        case timed
        /// A publisher's own repetition of an earlier one: another message, and nothing of it is stored.
        case repeated
        /// Let go by rule.
        case ignored
        /// Carries a time that every other configuration does not know.
        case turning
    }

    struct Message {
        var kind: Kind
        var identity: UInt32
    }

    private struct File {
        var batches: [RedeliveryFilter.Batch] = []
        var progress: RedeliveryFilter.Progress?
        var storedCounts: [Int]
        var keys: Set<[Int]> = []
        var configuration = 0
    }

    private let messages: [Message]
    private let packetIDs: Int
    private var file: File
    private var uncommitted: File
    private var filter: RedeliveryFilter
    private var configuration = 0
    /// How often a new message was taken for an old one.
    private(set) var mistakenCount = 0
    /// Times of devices seem to lie ahead, so that messages are put aside that were not before.
    var isClockWrong = false

    init(messages: [Message], packetIDs: Int) {
        self.messages = messages
        self.packetIDs = packetIDs
        file = File(storedCounts: Array(repeating: 0, count: messages.count))
        uncommitted = file
        filter = RedeliveryFilter(packetIDs: packetIDs)
    }

    /// How often each message is stored or kept aside.
    var storedCounts: [Int] { file.storedCounts }
    var rememberedCount: Int { file.batches.reduce(0) { $0 + $1.entries.count } }

    mutating func take(_ index: Int, packetID: UInt16) {
        let message = messages[index]
        let isTimed =
            switch message.kind {
            case .timed, .repeated: true
            case .turning: configuration % 2 == 0
            case .timeless, .quarantined, .ignored: false
            }
        let isAside = message.kind == .quarantined || isTimed && isClockWrong
        let isTimeless = message.kind == .timeless || message.kind == .turning && !isTimed
        let key = message.kind == .repeated ? [-1] : message.kind == .turning ? [index, configuration] : [index]
        let entry = RedeliveryFilter.Entry(packetID: packetID, identity: message.identity)
        if filter.isRedelivery(entry, needsRecognition: isAside || isTimeless) {
            if uncommitted.storedCounts[index] == 0 { mistakenCount += 1 }
            return
        }
        let isNewKey = isTimed && !isAside && uncommitted.keys.insert(key).inserted
        if isAside || isTimeless || isNewKey { uncommitted.storedCounts[index] += 1 }
        if isTimeless || isNewKey { filter.wasNew() }
    }

    mutating func commit() {
        let change = filter.pendingChange
        if let through = change.removeThrough { uncommitted.batches.removeAll { $0.number <= through } }
        if let added = change.added {
            precondition(added.number > uncommitted.batches.last?.number ?? 0)
            uncommitted.batches.append(added)
        }
        uncommitted.progress = filter.progress
        uncommitted.configuration = configuration
        file = uncommitted
        filter.didCommit()
    }

    mutating func connect(isResumed: Bool) {
        commit()
        filter.connectionOpened(isResumed: isResumed)
    }

    mutating func crash() {
        uncommitted = file
        filter = RedeliveryFilter(packetIDs: packetIDs, progress: file.progress, committed: file.batches)
        if file.configuration != configuration { filter.didReconfigure() }
    }

    mutating func reconfigure() {
        commit()
        configuration += 1
        filter.didReconfigure()
    }
}
