public import Telemetry

/// What must be known of every series of the file to judge its readings: its limits, its newest readings, its neighbours.
///
/// A reading in the order of time is judged when it comes; one that is older than its series' newest waits for a
/// ``LateReview``. The spike test needs the reading that follows: until that comes a reading passes, so that a row is
/// written anew only where there is a spike.
public struct SeriesHistories: Sendable {
    private var entries: [Entry] = []
    private var neighbours = Neighbours()
    private var peerValues: [Double] = []
    /// Readings whose neighbours lie deeper in the file than the histories reach: to be reviewed as if they were late.
    public private(set) var unseen: [(series: SeriesID, time: Timestamp)] = []

    fileprivate struct Entry: Sendable {
        var control: QualityControl?
        /// The control's, for those that are compared with it.
        var grossRange: GrossRangeLimits?
        var history = SeriesHistory()
        /// Whether the file holds no reading of it that is older than the history's.
        var isWhole = true
        /// As the file has them.
        var newestTests = QualityTests()
        /// The newest readings in the file, newest first, until the limits are known.
        var recalled: [StoredPoint] = []
    }

    /// A reading as it stands in the file.
    public struct StoredPoint: Hashable, Sendable {
        public var point: SeriesPoint
        public var tests: QualityTests

        public init(point: SeriesPoint, tests: QualityTests) {
            self.point = point
            self.tests = tests
        }

        /// Whether it may speak for others.
        var isReference: Bool { SeriesHistories.isReference(tests[.grossRange]) && !point.isMissing }
    }

    /// Another series' reading, some of whose tests have another flag now.
    public struct Revision: Hashable, Sendable {
        public var series: SeriesID
        public var time: Timestamp
        /// Those that were judged anew; all others stay.
        public var tests: QualityTests

        public init(series: SeriesID, time: Timestamp, tests: QualityTests) {
            self.series = series
            self.time = time
            self.tests = tests
        }
    }

    public init() {}

    // MARK: - What is known of a series

    /// A series is in the file.
    public mutating func enter(_ id: SeriesID, at place: SeriesPlace) {
        while entries.count <= Int(id) { entries.append(Entry()) }
        neighbours.enter(id, at: place)
    }

    /// How many readings of each series are worth looking for at a start.
    public static var recalledCount: Int { SeriesHistory.medianPoints }

    /// The newest readings of a series in the file.
    /// - Parameters:
    ///   - points: newest first.
    ///   - isWhole: whether there are no others.
    public mutating func recall(_ points: [StoredPoint], isWhole: Bool, of id: SeriesID) {
        entries[Int(id)].recalled = points
        entries[Int(id)].isWhole = isWhole
        entries[Int(id)].newestTests = points.first?.tests ?? QualityTests()
    }

    /// What was known of a series does not fit the file: it is looked up anew before the next reading is judged.
    public mutating func forget(_ id: SeriesID) {
        entries[Int(id)] = Entry()
        entries[Int(id)].isWhole = false
        neighbours.noteChange(of: id)
    }

    public func isUnder(_ control: QualityControl, _ id: SeriesID) -> Bool { entries[Int(id)].control == control }

    /// Nil while nobody knows the limits.
    public func control(of id: SeriesID) -> QualityControl? {
        Int(id) < entries.count ? entries[Int(id)].control : nil
    }

    /// What is held of a series, for other limits than those so far. When it wants older points and the history is not
    /// ``isWhole(_:)``, offer those of the file, and then ``adopt(_:isWhole:under:of:)``.
    public func recall(of id: SeriesID, under control: QualityControl) -> HistoryRecall {
        let entry = entries[Int(id)]
        var recall = HistoryRecall(control)
        let held = entry.control == nil ? entry.recalled.map(\.point) : Array(entry.history.reversed())
        for point in held { recall.offer(point) }
        return recall
    }

    public func isWhole(_ id: SeriesID) -> Bool { entries[Int(id)].isWhole }

    public mutating func adopt(_ history: SeriesHistory, isWhole: Bool, under control: QualityControl, of id: SeriesID)
    {
        entries[Int(id)].history = history
        entries[Int(id)].isWhole = isWhole
        entries[Int(id)].recalled = []
        guard entries[Int(id)].control != control else { return }
        entries[Int(id)].control = control
        entries[Int(id)].grossRange = control.grossRange
        neighbours.noteChange(of: id)
    }

    public func history(of id: SeriesID) -> SeriesHistory { entries[Int(id)].history }

    /// Of the series' newest reading.
    public func newestTime(_ id: SeriesID) -> Timestamp? { entries[Int(id)].history.last?.time }

    // MARK: - A reading comes

    /// Judges a reading that is newer than all of its series, and takes it into the history.
    /// - Returns: its tests; of the reading before it all tests, where they have changed; of the series' first those
    ///   that have.
    public mutating func append(_ point: SeriesPoint, to id: SeriesID) -> Judgement {
        var judgement = entries[Int(id)].append(point)
        if neighbours.hasChanges { relink() }
        judgement.tests.replace(with: neighbourTests(of: point, in: id))
        entries[Int(id)].newestTests = judgement.tests
        return judgement
    }

    /// What can be said of a late reading before it is reviewed.
    public func provisionalTests(of value: Double, in id: SeriesID) -> QualityTests {
        var tests = QualityTests()
        if let range = entries[Int(id)].grossRange { tests[.grossRange] = range.flag(value) }
        return tests
    }

    /// A late reading was stored: takes it among the newest, where it is one of these.
    public mutating func insert(_ point: SeriesPoint, late tests: QualityTests, to id: SeriesID) {
        if newestTime(id).map({ $0 < point.time }) ?? true { entries[Int(id)].newestTests = tests }
        if entries[Int(id)].isWhole || entries[Int(id)].history.first.map({ $0.time < point.time }) ?? true {
            entries[Int(id)].history.insert(point)
        }
    }

    /// What a reading changes for others that stand beside and have readings of that time or later: mostly nothing.
    public mutating func revisions(after time: Timestamp, of id: SeriesID) -> [Revision] {
        let links = neighbours[id]
        guard links.areWatched else { return [] }
        var revised: [Revision] = []
        var areAllSeen = true
        for other in links.dependents where !review(other, from: time, &revised) { areAllSeen = false }
        for other in links.watchers where !links.dependents.contains(other) {
            if !review(other, from: time, &revised) { areAllSeen = false }
        }
        if !areAllSeen { unseen.append((id, time)) }
        return revised
    }

    /// - Returns: whether the history reaches back to that time.
    private mutating func review(_ id: SeriesID, from time: Timestamp, _ revised: inout [Revision]) -> Bool {
        guard let newest = newestTime(id), newest >= time else { return true }
        let history = entries[Int(id)].history
        var index = history.endIndex - 1
        while index >= 0, history[index].time >= time {
            let tests = neighbourTests(of: history[index], in: id)
            if index == history.endIndex - 1 {
                var all = entries[Int(id)].newestTests
                all.replace(with: tests)
                if all != entries[Int(id)].newestTests {
                    revised.append(Revision(series: id, time: newest, tests: tests))
                    entries[Int(id)].newestTests = all
                }
            } else {
                revised.append(Revision(series: id, time: history[index].time, tests: tests))
            }
            index -= 1
        }
        return index >= 0 || entries[Int(id)].isWhole
    }

    /// - Returns: ``unseen``, which is empty from then on.
    public mutating func takeUnseen() -> [(series: SeriesID, time: Timestamp)] {
        defer { unseen = [] }
        return unseen
    }

    /// The file has other tests for a reading now.
    public mutating func note(_ tests: QualityTests, at time: Timestamp, of id: SeriesID) {
        if newestTime(id) == time { entries[Int(id)].newestTests = tests }
    }

    // MARK: - Neighbours

    private mutating func relink() {
        let known = entries
        neighbours.relink { known[Int($0)].control?.limits }
    }

    private mutating func neighbourTests(of point: SeriesPoint, in id: SeriesID) -> QualityTests {
        var tests = QualityTests()
        guard let limits = entries[Int(id)].control?.limits else { return tests }
        var isSeen = true
        if let coLocated = limits.coLocated {
            let reference = neighbours[id].reference.flatMap {
                referencePoint(of: $0, at: point.time, age: coLocated.ageMilliseconds, &isSeen)
            }
            tests[.coLocated] = coLocated.flag(point, reference: reference)
        }
        if let spread = limits.peerSpread, neighbours[id].isInNeighbourhood {
            peerValues.removeAll(keepingCapacity: true)
            for peer in neighbours[id].peers {
                if let last = referencePoint(of: peer, at: point.time, age: spread.ageMilliseconds, &isSeen) {
                    peerValues.append(last.value)
                }
            }
            tests[.peerSpread] = spread.flag(point.value, peers: &peerValues)
        }
        if !isSeen { unseen.append((id, point.time)) }
        return tests
    }

    /// The last point at or before a time that is within its own gross range.
    /// - Parameter isSeen: becomes false where only the file can tell.
    private func referencePoint(
        of id: SeriesID, at time: Timestamp, age: Int64, _ isSeen: inout Bool
    ) -> SeriesPoint? {
        let oldest = time.milliseconds - age
        if entries[Int(id)].history.isEmpty {
            for stored in entries[Int(id)].recalled where stored.point.time <= time {
                if stored.point.time.milliseconds < oldest { return nil }
                if stored.isReference { return stored.point }
            }
        } else {
            var index = entries[Int(id)].history.endIndex - 1
            while index >= 0 {
                let point = entries[Int(id)].history[index]
                if point.time.milliseconds < oldest { return nil }
                if point.time <= time, SeriesHistories.isReference(entries[Int(id)].grossRange?.flag(point.value)) {
                    return point
                }
                index -= 1
            }
        }
        if !entries[Int(id)].isWhole { isSeen = false }
        return nil
    }

    static func isReference(_ grossRange: QualityFlag?) -> Bool { grossRange?.isUsable ?? true }

    /// Whose neighbours a late review must look at.
    mutating func links(of id: SeriesID) -> Neighbours.Links {
        if neighbours.hasChanges { relink() }
        return neighbours[id]
    }
}

extension SeriesHistories.Entry {
    fileprivate mutating func append(_ point: SeriesPoint) -> Judgement {
        guard let control, var judgement = control.append(point, to: &history) else {
            return Judgement(tests: QualityTests())
        }
        if history.count > 1 { judgement.tests.passSpike() }
        if let revision = judgement.previous {
            var tests = newestTests
            tests.replace(with: revision.tests)
            judgement.previous = tests == newestTests ? nil : Judgement.Revision(time: revision.time, tests: tests)
        }
        return judgement
    }
}

extension QualityTests {
    /// A reading without a successor is no spike until that comes.
    public mutating func passSpike() {
        if self[.spike] == .unknown { self[.spike] = .good }
    }
}
