public import Telemetry

/// The tests that compare a reading with those of other series, as far as the histories reach.
extension SeriesHistories {
    /// What a reading changes for others that stand beside and have readings of that time or later: mostly nothing.
    public mutating func revisions(after time: Timestamp, of id: SeriesID) -> [Revision] {
        let dependents = neighbours.dependents[Int(id)]
        let watchers = neighbours.watchers[Int(id)]
        var revised: [Revision] = []
        var areAllSeen = true
        for other in dependents where newest[Int(other)].time >= time {
            if !review(other, from: time, &revised) { areAllSeen = false }
        }
        for other in watchers where newest[Int(other)].time > time && !dependents.contains(other) {
            if !review(other, from: time, &revised) { areAllSeen = false }
        }
        if !areAllSeen { unseen.append((id, time)) }
        return revised
    }

    /// - Returns: whether the history reaches back to that time.
    private mutating func review(_ id: SeriesID, from time: Timestamp, _ revised: inout [Revision]) -> Bool {
        var index = entries[Int(id)].history.endIndex - 1
        var isNewest = true
        while index >= 0 {
            let point = entries[Int(id)].history[index]
            if point.time < time { return true }
            let tests = neighbourTests(of: point, in: id)
            var known = entries[Int(id)].newestTests
            known.replace(with: tests)
            if !isNewest || known != entries[Int(id)].newestTests {
                revised.append(Revision(series: id, time: point.time, tests: tests))
            }
            if isNewest { entries[Int(id)].newestTests = known }
            isNewest = false
            index -= 1
        }
        return entries[Int(id)].isWhole
    }

    mutating func relink() {
        let known = entries
        neighbours.relink { known[Int($0)].isEquipped ? known[Int($0)].control.limits : nil }
    }

    mutating func neighbourTests(of point: SeriesPoint, in id: SeriesID) -> QualityTests {
        var tests = QualityTests()
        let conditions = conditions[Int(id)]
        var isSeen = true
        if let coLocated = conditions.coLocated {
            let reference = neighbours.reference[Int(id)].flatMap {
                referencePoint(of: $0, at: point.time, age: coLocated.ageMilliseconds, &isSeen)
            }
            tests[.coLocated] = CoLocatedLimits.flag(
                point, reference: reference, above: coLocated.above, ageMilliseconds: coLocated.ageMilliseconds)
        }
        if let spread = conditions.peerSpread, conditions.isInNeighbourhood {
            tests[.peerSpread] = peerFlag(of: point, spread, in: id, &isSeen)
        }
        if !isSeen { unseen.append((id, point.time)) }
        return tests
    }

    private func peerFlag(
        of point: SeriesPoint, _ spread: PeerSpreadLimits, in id: SeriesID, _ isSeen: inout Bool
    ) -> QualityFlag {
        let peers = neighbours.peers[Int(id)]
        let before = point.time - 1
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: Neighbours.greatestPeerCount) { sorted in
            var count = 0
            for peer in peers {
                guard let last = referencePoint(of: peer, at: before, age: spread.ageMilliseconds - 1, &isSeen) else {
                    continue
                }
                var place = count
                while place > 0, sorted[place - 1] > last.value {
                    sorted[place] = sorted[place - 1]
                    place -= 1
                }
                sorted[place] = last.value
                count += 1
            }
            return spread.flag(point.value, sortedPeers: UnsafeBufferPointer(rebasing: sorted[..<count]))
        }
    }

    /// The last point at or before a time that is within its own gross range; nil when it is older than `age`.
    /// - Parameter isSeen: becomes false where only the file can tell.
    private func referencePoint(
        of id: SeriesID, at time: Timestamp, age: Int64, _ isSeen: inout Bool
    ) -> SeriesPoint? {
        let last = newest[Int(id)].reference
        if last.time <= time, last.time != .distantPast {
            return time.milliseconds(since: last.time) <= age ? last : nil
        }
        return olderReferencePoint(of: id, at: time, age: age, &isSeen)
    }

    private func olderReferencePoint(
        of id: SeriesID, at time: Timestamp, age: Int64, _ isSeen: inout Bool
    ) -> SeriesPoint? {
        let oldest = time.milliseconds - age
        if newest[Int(id)].hasNoReference(since: oldest) { return nil }
        if entries[Int(id)].history.isEmpty {
            for stored in entries[Int(id)].recalled where stored.point.time <= time {
                if stored.point.time.milliseconds < oldest { return nil }
                if stored.isReference { return stored.point }
            }
        } else {
            let range = entries[Int(id)].control.grossRange
            for point in entries[Int(id)].history.reversed() {
                if point.time.milliseconds < oldest { return nil }
                if point.time <= time, SeriesHistories.isReference(range?.flag(point.value)) { return point }
            }
        }
        if !entries[Int(id)].isWhole { isSeen = false }
        return nil
    }
}

/// The newest reading of a series, and the newest that may speak for others; `distantPast` where there is none.
struct NewestReadings: Sendable {
    private(set) var time = Timestamp.distantPast
    private(set) var reference = SeriesPoint(time: .distantPast, value: .nan)
    /// From then on all readings are known: a sensor that measures nothing but nonsense is not looked up each time.
    private var knownFrom: Timestamp

    init(isFromBeginning: Bool) { knownFrom = isFromBeginning ? .distantPast : .distantFuture }

    init(_ history: SeriesHistory, within range: GrossRangeLimits?, isFromBeginning: Bool) {
        self.init(isFromBeginning: isFromBeginning)
        if let first = history.first { knownFrom = min(knownFrom, first.time) }
        for point in history { add(point, isReference: SeriesHistories.isReference(range?.flag(point.value))) }
    }

    mutating func add(_ point: SeriesPoint, isReference: Bool) {
        if time == .distantPast { knownFrom = min(knownFrom, point.time) }
        time = max(time, point.time)
        if isReference, !point.isMissing, point.time > reference.time { reference = point }
    }

    /// Takes in what was found out of the same series anew.
    mutating func unite(_ other: NewestReadings) {
        time = max(time, other.time)
        knownFrom = min(knownFrom, other.knownFrom)
        if other.reference.time > reference.time { reference = other.reference }
    }

    func hasNoReference(since milliseconds: Int64) -> Bool {
        reference.time == .distantPast && knownFrom.milliseconds <= milliseconds
    }
}

/// Which of a series' tests look at others.
struct NeighbourConditions: Sendable {
    var coLocated: (above: Double, ageMilliseconds: Int64)?
    var peerSpread: PeerSpreadLimits?
    var isInNeighbourhood = false

    init() {}

    init(_ limits: QualityLimits) {
        coLocated = limits.coLocated.map { ($0.above, $0.ageMilliseconds) }
        peerSpread = limits.peerSpread
    }
}
