import Telemetry

/// The longest stretch of points up to the newest whose largest and smallest value differ by less than a tolerance.
///
/// Kept as the two running extremes of a sliding window (monotonic queues: Lemire 2006): amortised constant time, and
/// memory for the distinct values within the tolerance alone, however long the stretch.
struct FlatStretch: Sendable {
    private var highest = RunningMaximum()
    /// Of the negated values.
    private var lowest = RunningMaximum()
    private var newest = -1
    private var first = 0

    /// How many points the stretch has before the newest; points that are missing count, and no value of theirs.
    var reach: Int { newest - first }

    mutating func append(_ value: Double, tolerance: Double) {
        newest += 1
        // Not even a point alone: 0 is not less than 0.
        guard tolerance > 0 else {
            first = newest + 1
            return
        }
        if value.isFinite {
            highest.push(value, at: newest)
            lowest.push(-value, at: newest)
        }
        while let high = highest.first, let low = lowest.first, !(high.value + low.value < tolerance) {
            first = min(high.index, low.index) + 1
            forgetOlder()
        }
        if reach > FlatLineLimits.greatestCount {
            first = newest - FlatLineLimits.greatestCount
            forgetOlder()
        }
    }

    private mutating func forgetOlder() {
        highest.forget(before: first)
        lowest.forget(before: first)
    }
}

/// The values that may still become the largest of a window, which is the first of them.
private struct RunningMaximum: Sendable {
    struct Entry: Sendable {
        var index: Int
        var value: Double
    }

    private var entries: [Entry] = []
    private var head = 0

    var first: Entry? { head < entries.count ? entries[head] : nil }

    mutating func push(_ value: Double, at index: Int) {
        while entries.count > head, entries[entries.count - 1].value <= value { entries.removeLast() }
        if head == entries.count {
            entries.removeAll(keepingCapacity: true)
            head = 0
        }
        entries.append(Entry(index: index, value: value))
    }

    mutating func forget(before index: Int) {
        while head < entries.count, entries[head].index < index { head += 1 }
        if head > 32, head * 2 > entries.count {
            entries.removeFirst(head)
            head = 0
        }
    }
}
