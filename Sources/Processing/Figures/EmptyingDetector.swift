public import Telemetry

/// What is taken for the emptying of a container.
public struct EmptyingRule: Hashable, Sendable {
    /// How far the level must drop, in points of per cent.
    public var smallestDrop: Double
    /// Below which level it must drop, in per cent.
    public var emptyBelow: Double

    public init(smallestDrop: Double = 30, emptyBelow: Double = 30) {
        self.smallestDrop = smallestDrop
        self.emptyBelow = emptyBelow
    }

    func isEmptied(from before: Double, to level: Double) -> Bool {
        before - level >= smallestDrop && level < emptyBelow
    }
}

/// A container was emptied: after one reading and, at the latest, at the next.
public struct Emptying: Hashable, Sendable {
    /// The last reading of the full container.
    public var after: Timestamp
    /// The first reading of the empty one.
    public var time: Timestamp
    /// Per cent.
    public var levelBefore: Double
    public var levelAfter: Double
}

/// Finds emptyings in a container's usable readings, offered in the order of their time.
///
/// One echo proves nothing. A drop counts when the reading after it is as low, and it is measured from the median of the
/// three readings before it (of two the lower, of one that): neither a hand before the sensor nor something that lies
/// across the container for a moment is an emptying. After one, the past begins anew.
public struct EmptyingDetector: Sendable {
    private let rule: EmptyingRule
    /// The last three at most, oldest first.
    private var recent: [Double] = []
    private var lastTime: Timestamp?
    private var candidate: Emptying?

    public init(rule: EmptyingRule = EmptyingRule()) {
        self.rule = rule
    }

    /// - Returns: the emptying that this reading confirms. Readings that are not later than all before, or not finite,
    ///   count for nothing.
    public mutating func add(_ reading: FillReading) -> Emptying? {
        guard reading.level.isFinite, lastTime.map({ $0 < reading.time }) ?? true else { return nil }
        defer { lastTime = reading.time }
        if let found = candidate {
            candidate = nil
            if rule.isEmptied(from: found.levelBefore, to: reading.level) {
                recent = [found.levelAfter, reading.level]
                return found
            }
            remember(found.levelAfter)
        }
        if let before = levelBefore, let lastTime, rule.isEmptied(from: before, to: reading.level) {
            candidate = Emptying(
                after: lastTime, time: reading.time, levelBefore: before, levelAfter: reading.level)
        } else {
            remember(reading.level)
        }
        return nil
    }

    private var levelBefore: Double? {
        recent.count == 2 ? recent.min() : recent.median
    }

    private mutating func remember(_ level: Double) {
        if recent.count == 3 { recent.removeFirst() }
        recent.append(level)
    }
}
