import Processing
import Telemetry

/// A message of which not all has come out of the ring yet.
struct OpenMessage {
    let header: MessageHeader
    var remainingReadings: Int
    var awaitsCopy: Bool
    /// It came before, so nothing of it is new.
    var isRedelivery = false
    /// It was to be taken out of quarantine and is not there any more: nothing of it counts.
    var isVoid = false
    var hasConflict = false
    var storedCount = 0
    /// Of each reading that was stored from it before it was sent through again, the series.
    var earlier: [SeriesID] = []
    private(set) var hasEarlier = false
    /// Of each of its readings that the file holds now, the series; only kept where a copy goes to the quarantine.
    var accepted: [SeriesID] = []

    init(header: MessageHeader) {
        self.header = header
        remainingReadings = Int(header.readingCount)
        awaitsCopy = header.isQuarantined
    }

    var isComplete: Bool { remainingReadings == 0 && !awaitsCopy }

    /// Where a message ends that is taken in wholly.
    enum Ending {
        case stored
        case duplicate
        case quarantined
        /// Let go by rule.
        case rejected(RejectionReason)
    }

    var ending: Ending {
        if isRedelivery { return .duplicate }
        if let reason = header.rejected { return .rejected(reason) }
        if header.isQuarantined || hasConflict { return .quarantined }
        return storedCount > 0 || hasEarlier ? .stored : .duplicate
    }

    /// Whether what was stored of it shows that it never came before. A reading with its own time is not looked up while
    /// the clock is wrong, nor found where it was kept until then.
    func isCertainlyNew(whileUndatedWait hasUndated: Bool) -> Bool {
        if storedCount == 0 || header.packetID == 0 { return false }
        return header.needsIdentity && !header.isQuarantined || !header.isUndated && !hasUndated
    }

    /// The quarantine's row from which it comes.
    var row: Int64? { if case .quarantine(let row) = header.origin { row } else { nil } }

    mutating func resume(after earlier: [SeriesID]) {
        self.earlier = earlier
        hasEarlier = !earlier.isEmpty
    }

    /// Whether a reading of that series was stored and counted when the message came first. Once for each.
    mutating func takeEarlier(_ series: SeriesID) -> Bool {
        guard let index = earlier.firstIndex(of: series) else { return false }
        earlier.remove(at: index)
        return true
    }

    mutating func noteAccepted(_ series: SeriesID) {
        if header.isQuarantined { accepted.append(series) }
    }
}
