import Telemetry

/// Decides how the rows of a batch are offered to a sink until each is taken, refused, or given up for now. No I/O, no clock:
/// each event is a method, and ``next`` says what to send.
///
/// Rows are settled from the front: what ``settledCount`` covers needs nothing any more. So order is kept, and what a crash
/// or a new beginning has to repeat is what lies behind it.
struct DeliveryMachine {
    private let rowCount: Int
    /// Stretches of rows that are still to be sent, the next one last.
    private var open: [Range<Int>]
    private var refusals: [(row: Int, reason: String)] = []

    init(rowCount: Int) {
        self.rowCount = rowCount
        open = rowCount > 0 ? [0..<rowCount] : []
    }

    /// The rows to send next; nil when all are settled.
    func next(most: Int) -> Range<Int>? {
        open.last.map { $0.lowerBound..<min($0.upperBound, $0.lowerBound + max(1, most)) }
    }

    /// How many rows from the front on are settled.
    var settledCount: Int { open.last?.lowerBound ?? rowCount }

    /// Those of some rows that were refused, ascending.
    func refused(in rows: Range<Int>) -> [(row: Int, reason: String)] {
        refusals.filter { rows.contains($0.row) }.sorted { $0.row < $1.row }
    }

    /// The server has answered for each of the rows that were sent.
    /// - Parameter outcomes: empty where all were taken.
    /// - Returns: why some are to be sent again; nil where none is.
    mutating func answered(_ sent: Range<Int>, _ outcomes: [Delivery.Outcome]) -> String? {
        cut(sent)
        var again: String?
        var stretches: [Range<Int>] = []
        for (row, outcome) in zip(sent, outcomes) {
            switch outcome {
            case .taken: break
            case .refused(let reason): refusals.append((row, reason))
            case .again(let reason):
                again = again ?? reason
                if let last = stretches.last, last.upperBound == row {
                    stretches[stretches.count - 1] = last.lowerBound..<row + 1
                } else {
                    stretches.append(row..<row + 1)
                }
            }
        }
        open += stretches.reversed()
        return again
    }

    /// The server does not want something of it, or not so much: it goes in two parts, or is refused if it is one row.
    mutating func split(_ sent: Range<Int>, reason: String) {
        cut(sent)
        guard sent.count > 1 else {
            refusals.append((sent.lowerBound, reason))
            return
        }
        let middle = sent.lowerBound + sent.count / 2
        open += [middle..<sent.upperBound, sent.lowerBound..<middle]
    }

    /// Takes the rows that were sent from the front of what is open.
    private mutating func cut(_ sent: Range<Int>) {
        guard let last = open.popLast() else { return }
        precondition(last.lowerBound == sent.lowerBound && sent.upperBound <= last.upperBound, "sent what was not next")
        if sent.upperBound < last.upperBound { open.append(sent.upperBound..<last.upperBound) }
    }
}
