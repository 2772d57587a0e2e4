/// The changes that a partner still waits for: some stretches, and everything from ``open`` on, which includes what is yet
/// to come.
///
/// There is more than one stretch where something newer was sent before an old backlog.
public struct PendingChanges: Hashable, Sendable {
    /// Ascending, not empty, neither overlapping nor touching each other, none beyond ``open``.
    public private(set) var stretches: [Range<ChangeNumber>] = []
    public private(set) var open: ChangeNumber

    /// - Parameter first: from which change on all wait.
    public init(from first: ChangeNumber) {
        open = first
    }

    /// The earliest that waits, or is to come.
    public var first: ChangeNumber { stretches.first?.lowerBound ?? open }

    /// How many wait, of those before a number.
    public func count(before end: ChangeNumber) -> Int64 {
        stretches.reduce(max(0, end - open)) { $0 + $1.upperBound - $1.lowerBound }
    }

    /// Takes away what is settled.
    /// - Returns: how many of them had waited.
    @discardableResult
    public mutating func remove(_ settled: Range<ChangeNumber>) -> Int64 {
        guard !settled.isEmpty else { return 0 }
        var removed: Int64 = 0
        var left: [Range<ChangeNumber>] = []
        for stretch in stretches {
            let common = stretch.clamped(to: settled)
            removed += common.upperBound - common.lowerBound
            if common.isEmpty {
                left.append(stretch)
            } else {
                if stretch.lowerBound < common.lowerBound { left.append(stretch.lowerBound..<common.lowerBound) }
                if common.upperBound < stretch.upperBound { left.append(common.upperBound..<stretch.upperBound) }
            }
        }
        if settled.upperBound > open {
            let begin = max(settled.lowerBound, open)
            if begin > open { PendingChanges.add(open..<begin, to: &left) }
            removed += settled.upperBound - begin
            open = settled.upperBound
        }
        stretches = left
        return removed
    }

    /// Lets a stretch wait behind ``open`` so that what comes from `number` on goes first.
    public mutating func setApart(before number: ChangeNumber) {
        guard number > open else { return }
        PendingChanges.add(open..<number, to: &stretches)
        open = number
    }

    private static func add(_ stretch: Range<ChangeNumber>, to stretches: inout [Range<ChangeNumber>]) {
        if let last = stretches.last, last.upperBound == stretch.lowerBound {
            stretches[stretches.count - 1] = last.lowerBound..<stretch.upperBound
        } else {
            stretches.append(stretch)
        }
    }
}
