import TestKit

/// A broker that sends numbered messages at QoS 1 over a session that it keeps.
struct ModelBroker {
    enum Numbering {
        /// As mosquitto does.
        case counting
        /// As HiveMQ does.
        case lowestFree
    }

    struct Delivery {
        var message: Int
        var packetID: UInt16
    }

    private let numbering: Numbering
    private let packetIDs: Int
    private let window: Int
    /// Counts the window anew at each connection, as mosquitto 2.0 does, so that more and more is in flight.
    private let exceedsWindow: Bool
    private let total: Int
    private var next = 0
    private var lastPacketID = 0
    /// In the order of sending.
    private var inFlight: [Delivery] = []
    private var used: Set<UInt16> = []
    /// How many of these were sent on this connection, and how many more of others may be.
    private var sentCount = 0
    private var quota = 0
    private(set) var mostInFlight = 0

    init(numbering: Numbering, packetIDs: Int, window: Int, exceedsWindow: Bool, total: Int) {
        self.numbering = numbering
        self.packetIDs = packetIDs
        self.window = window
        self.exceedsWindow = exceedsWindow
        self.total = total
    }

    var isDone: Bool { next == total && inFlight.isEmpty }

    mutating func connect() {
        sentCount = 0
        quota = exceedsWindow ? window : max(0, window - inFlight.count)
    }

    /// The next message on this connection: what is held comes first, in its old order and under its old ids.
    mutating func send() -> Delivery? {
        if sentCount == inFlight.count {
            // All but one id: what a broker that uses them all would send cannot be told from what it would send again.
            guard next < total, quota > 0, inFlight.count < packetIDs - 1 else { return nil }
            inFlight.append(Delivery(message: next, packetID: freePacketID()))
            used.insert(inFlight[sentCount].packetID)
            mostInFlight = max(mostInFlight, inFlight.count)
            next += 1
            quota -= 1
        }
        sentCount += 1
        return inFlight[sentCount - 1]
    }

    private mutating func freePacketID() -> UInt16 {
        switch numbering {
        case .counting:
            lastPacketID = lastPacketID % packetIDs + 1
            precondition(!used.contains(UInt16(lastPacketID)), "acknowledgements come in order")
            return UInt16(lastPacketID)
        case .lowestFree: return (1...UInt16(packetIDs)).first { !used.contains($0) }!
        }
    }

    /// Sees that many acknowledgements, which come in the order of sending.
    mutating func acknowledge(_ count: Int) {
        precondition(count <= sentCount)
        for delivery in inFlight.prefix(count) { used.remove(delivery.packetID) }
        inFlight.removeFirst(count)
        sentCount -= count
        quota = min(window, quota + count)
    }
}
