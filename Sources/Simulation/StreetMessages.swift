import Telemetry

/// What a street says, message by message, ordered by the time of publishing.
public struct StreetMessages: Sequence, IteratorProtocol, Sendable {
    private var lines: [DeviceLine]
    private var schedule = PriorityQueue<Turn>()
    private var outbox = PriorityQueue<Outgoing>()
    private var wallClock: DayClock
    private var sequence = 0
    private let end: Timestamp
    /// Whether ``takeFaults()`` has something to say; else nothing is kept of them.
    public var listsFaults = false
    private var faults: [InjectedFault] = []

    init(lines: [DeviceLine], calendar: DayCalendar, end: Timestamp) {
        self.lines = lines
        self.end = end
        wallClock = DayClock(calendar)
        for index in lines.indices { schedule.insert(Turn(due: lines[index].due, line: index)) }
    }

    public mutating func next() -> SimulatedMessage? {
        // A report is published when it is due or later: nothing that is due later can come before the first message.
        while let turn = schedule.first, turn.due < end, outbox.first.map({ turn.due <= $0.message.published }) ?? true
        {
            takeTurn()
        }
        guard let first = outbox.first, first.message.published < end else { return nil }
        return outbox.removeFirst().message
    }

    /// The faults that are over and were not asked for yet, in the order in which they ended. A message that one has hit may
    /// still be to come.
    public mutating func takeFaults() -> [InjectedFault] {
        defer { faults.removeAll() }
        return faults
    }

    /// The faults that still go on.
    public var ongoingFaults: [InjectedFault] { lines.flatMap(\.ongoingFaults) }

    private mutating func takeTurn() {
        let index = schedule.removeFirst().line
        for message in lines[index].report(&wallClock) {
            outbox.insert(Outgoing(message: message, sequence: sequence))
            sequence += 1
        }
        let injected = lines[index].takeFaults()
        if listsFaults { faults += injected }
        schedule.insert(Turn(due: lines[index].due, line: index))
    }

    private struct Turn: Comparable {
        let due: Timestamp
        let line: Int

        static func < (left: Turn, right: Turn) -> Bool {
            left.due == right.due ? left.line < right.line : left.due < right.due
        }
    }

    private struct Outgoing: Comparable {
        let message: SimulatedMessage
        let sequence: Int

        static func < (left: Outgoing, right: Outgoing) -> Bool {
            left.message.published == right.message.published
                ? left.sequence < right.sequence : left.message.published < right.message.published
        }
    }
}
