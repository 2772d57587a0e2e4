public import Telemetry

/// What must be known of every series of the file to judge its readings: its limits, its newest readings, its neighbours.
///
/// A reading in the order of time is judged when it comes; one that is older than its series' newest waits for a
/// ``LateReview``. The spike test needs the reading that follows: until that comes a reading passes, so that a row is
/// written anew only where there is a spike.
public struct SeriesHistories: Sendable {
    var entries: [Entry] = []
    var neighbours = Neighbours()
    /// What others ask of a series for each of their readings, side by side in memory.
    var newest: [NewestReadings] = []
    var conditions: [NeighbourConditions] = []
    /// Readings whose neighbours lie deeper in the file than the histories reach: to be reviewed as if they were late.
    public internal(set) var unseen: [(series: SeriesID, time: Timestamp)] = []

    struct Entry: Sendable {
        /// Whether its limits are known in this process.
        var isEquipped = false
        var control = Entry.unlimited
        var history = SeriesHistory()
        /// Whether all that the file holds of it were ever in the history.
        var isFromBeginning = true
        /// As the file has them.
        var newestTests = QualityTests()
        /// The newest readings in the file, newest first, until the limits are known.
        var recalled: [StoredPoint] = []

        /// Where nothing is known of its newest: from then on there is none.
        var silentFrom = Timestamp.distantPast
        /// Whether the file holds no reading of it that is older than the history's.
        var isWhole: Bool { isFromBeginning && history.count == history.seriesCount }

        private static let unlimited = QualityControl(
            of: Quantity(name: "", unit: "", kind: .gauge), intervalMilliseconds: nil)
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
        while entries.count <= Int(id) {
            entries.append(Entry())
            newest.append(NewestReadings(isFromBeginning: true))
            conditions.append(NeighbourConditions())
        }
        neighbours.enter(id, at: place)
        conditions[Int(id)].isInNeighbourhood = neighbours.isInNeighbourhood(id)
    }

    /// How many readings of each series are worth looking for at a start.
    public static var recalledCount: Int { SeriesHistory.medianPoints }

    /// The newest readings of a series in the file.
    /// - Parameters:
    ///   - points: newest first.
    ///   - isWhole: whether there are no others.
    ///   - start: from then on all readings of the file were looked at.
    public mutating func recall(_ points: [StoredPoint], isWhole: Bool, since start: Timestamp, of id: SeriesID) {
        entries[Int(id)].silentFrom = start
        newest[Int(id)] = NewestReadings(isFromBeginning: isWhole && points.isEmpty)
        entries[Int(id)].recalled = points
        entries[Int(id)].isFromBeginning = isWhole
        entries[Int(id)].newestTests = points.first?.tests ?? QualityTests()
    }

    /// What was known of a series does not fit the file: it is looked up anew before the next reading is judged.
    public mutating func forget(_ id: SeriesID) {
        entries[Int(id)] = Entry()
        entries[Int(id)].isFromBeginning = false
        entries[Int(id)].silentFrom = .distantFuture
        newest[Int(id)] = NewestReadings(isFromBeginning: false)
        conditions[Int(id)] = NeighbourConditions()
        neighbours.noteChange(of: id)
    }

    public func isUnder(_ control: QualityControl, _ id: SeriesID) -> Bool {
        isEquipped(id) && entries[Int(id)].control == control
    }

    /// Whether its limits are known in this process.
    public func isEquipped(_ id: SeriesID) -> Bool { Int(id) < entries.count && entries[Int(id)].isEquipped }

    /// Nil while nobody knows the limits.
    public func control(of id: SeriesID) -> QualityControl? { isEquipped(id) ? entries[Int(id)].control : nil }

    /// What is held of a series, for other limits than those so far. When it wants older points and the history is not
    /// ``isWhole(_:)``, offer those of the file, and then ``adopt(_:isWhole:under:of:)``.
    public func recall(of id: SeriesID, under control: QualityControl) -> HistoryRecall {
        let entry = entries[Int(id)]
        var recall = HistoryRecall(control)
        let held = !entry.isEquipped ? entry.recalled.map(\.point) : Array(entry.history.reversed())
        for point in held { recall.offer(point) }
        return recall
    }

    public func isWhole(_ id: SeriesID) -> Bool { entries[Int(id)].isWhole }

    public mutating func adopt(_ history: SeriesHistory, isWhole: Bool, under control: QualityControl, of id: SeriesID)
    {
        entries[Int(id)].history = history
        entries[Int(id)].isFromBeginning = isWhole
        entries[Int(id)].recalled = []
        let made = NewestReadings(history, within: control.grossRange, isFromBeginning: entries[Int(id)].isWhole)
        if isUnder(control, id) {
            newest[Int(id)].unite(made)
        } else {
            newest[Int(id)] = made
            entries[Int(id)].control = control
            entries[Int(id)].isEquipped = true
            conditions[Int(id)] = NeighbourConditions(control.limits)
            conditions[Int(id)].isInNeighbourhood = neighbours.isInNeighbourhood(id)
            neighbours.noteChange(of: id)
        }
    }

    /// Of the series' newest reading.
    public func newestTime(_ id: SeriesID) -> Timestamp? {
        let time = newest[Int(id)].time
        return time == .distantPast ? nil : time
    }

    // MARK: - A reading comes

    /// Judges a reading that is newer than all of its series, and takes it into the history.
    /// - Returns: its tests; of the reading before it all tests, where they have changed; of the series' first those
    ///   that have.
    public mutating func append(_ point: SeriesPoint, to id: SeriesID) -> Judgement {
        var judgement = entries[Int(id)].append(point)
        newest[Int(id)].add(point, isReference: SeriesHistories.isReference(judgement.tests[.grossRange]))
        if neighbours.hasChanges { relink() }
        judgement.tests.replace(with: neighbourTests(of: point, in: id))
        entries[Int(id)].newestTests = judgement.tests
        return judgement
    }

    /// What can be said of a late reading before it is reviewed.
    public func provisionalTests(of value: Double, in id: SeriesID) -> QualityTests {
        var tests = QualityTests()
        if let range = entries[Int(id)].control.grossRange { tests[.grossRange] = range.flag(value) }
        return tests
    }

    /// A late reading was stored: takes it among the newest, where it is one of these.
    public mutating func insert(_ point: SeriesPoint, late tests: QualityTests, to id: SeriesID) {
        // Which is the newest, the review finds out.
        if newestTime(id) == nil, !entries[Int(id)].isWhole, point.time < entries[Int(id)].silentFrom { return }
        if newestTime(id).map({ $0 < point.time }) ?? true { entries[Int(id)].newestTests = tests }
        if entries[Int(id)].isWhole || entries[Int(id)].history.first.map({ $0.time < point.time }) ?? true {
            entries[Int(id)].history.insert(point)
        }
        newest[Int(id)].add(point, isReference: SeriesHistories.isReference(tests[.grossRange]))
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

    static func isReference(_ grossRange: QualityFlag?) -> Bool { grossRange?.isUsable ?? true }
}

extension SeriesHistories.Entry {
    fileprivate mutating func append(_ point: SeriesPoint) -> Judgement {
        guard isEquipped, var judgement = control.append(point, to: &history) else {
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
