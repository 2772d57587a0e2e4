public import Telemetry

/// A stretch of changes, and what of it goes to a partner.
public struct Batch: Sendable {
    /// All that the batch accounts for.
    public internal(set) var changes: Range<ChangeNumber>
    public internal(set) var rows: [SharedAggregate] = []
    /// Of each row, ascending.
    var numbers: [ChangeNumber] = []
    /// What does not go, and why; ascending.
    private var left: [(changes: Range<ChangeNumber>, outcome: DeliveryOutcome)] = []
    /// When the first of its changes was committed.
    var since: Timestamp?
    /// When the first change that was not taken any more may be shared.
    var nextDue: Timestamp?

    init(from first: ChangeNumber) {
        changes = first..<first
    }

    mutating func add(_ row: SharedAggregate, number: ChangeNumber) {
        rows.append(row)
        numbers.append(number)
        changes = changes.lowerBound..<number + 1
    }

    mutating func leave(_ numbers: Range<ChangeNumber>, _ outcome: DeliveryOutcome) {
        guard !numbers.isEmpty else { return }
        if let last = left.last, last.outcome == outcome, last.changes.upperBound == numbers.lowerBound {
            left[left.count - 1].changes = last.changes.lowerBound..<numbers.upperBound
        } else {
            left.append((numbers, outcome))
        }
        changes = changes.lowerBound..<numbers.upperBound
    }

    /// What was left out within a stretch.
    func leftOut(in stretch: Range<ChangeNumber>) -> DeliveryCounts {
        var counts = DeliveryCounts()
        for (changes, outcome) in left { counts[outcome] += changes.clamped(to: stretch).count }
        return counts
    }

    /// Up to where changes are settled once the first so many rows are.
    func end(after rowCount: Int) -> ChangeNumber {
        rowCount == rows.count ? changes.upperBound : numbers[rowCount]
    }
}
