public import Telemetry

/// Judges anew what the late readings of several series change, in one pass over the stored readings.
///
/// Offer the stored readings of each of its ``series``: those before ``scanEnd`` from the newest to older ones while more
/// are wanted, then those from ``scanEnd`` on in the order of time while ``wantsLater``.
public struct LateReview: Sendable {
    /// Where the late readings end, those of all series.
    public let scanEnd: Timestamp
    private var subjects: [SeriesID: Subject] = [:]
    private var wantingOlder: Set<SeriesID> = []
    private var wantingLater: Set<SeriesID> = []

    fileprivate struct Subject: Sendable {
        let control: QualityControl
        let late: Range<Timestamp>
        /// From the late stretch's first on, newest first.
        var newer: [SeriesPoint] = []
        var rejudgement: Rejudgement?
    }

    /// - Parameter late: of each series the stretch in which readings came late; its limits are known.
    public init(_ late: [SeriesID: Range<Timestamp>], in histories: SeriesHistories) {
        scanEnd = late.values.map(\.upperBound).max() ?? .distantPast
        for (id, range) in late {
            guard let control = histories.control(of: id) else { continue }
            subjects[id] = Subject(control: control, late: range)
            wantingOlder.insert(id)
        }
    }

    /// Those whose limits are known.
    public var series: Set<SeriesID> { Set(subjects.keys) }
    public var wantsLater: Bool { !wantingLater.isEmpty }
    /// Those of which later readings are wanted.
    public var seriesWantingLater: [SeriesID] { wantingLater.sorted() }

    /// - Returns: whether more of that series is wanted.
    public mutating func offer(older point: SeriesPoint, of id: SeriesID) -> Bool {
        guard wantingOlder.contains(id) else { return false }
        if subjects[id]!.take(older: point) { return true }
        wantingOlder.remove(id)
        return false
    }

    /// No older ones are offered any more.
    public mutating func turn() {
        wantingOlder = []
        for id in subjects.keys {
            if subjects[id]!.offerNewer() { wantingLater.insert(id) }
        }
    }

    public mutating func offer(later point: SeriesPoint, of id: SeriesID) {
        guard wantingLater.contains(id) else { return }
        subjects[id]!.rejudgement?.offer(later: point)
        if subjects[id]!.rejudgement?.wantsLater != true { wantingLater.remove(id) }
    }

    /// Tests that may have another flag now. A series' newest reading has no successor yet: see
    /// ``QualityTests/passSpike()``.
    public func revisions(visit: (SeriesID, Judgement.Revision) -> Void) {
        for (id, subject) in subjects.sorted(by: { $0.key < $1.key }) {
            for revision in subject.rejudgement?.revisions ?? [] { visit(id, revision) }
        }
    }

    /// The histories that the late readings may have changed: of those series that were followed to their newest, and
    /// whether older readings than were offered would have been wanted.
    public func histories(visit: (SeriesID, SeriesHistory, _ wantedOlder: Bool) -> Void) {
        for id in wantingLater {
            guard let made = subjects[id]?.rejudgement else { continue }
            visit(id, made.history, made.wantsOlder)
        }
    }
}

extension LateReview.Subject {
    /// - Returns: whether it wants older ones still.
    fileprivate mutating func take(older point: SeriesPoint) -> Bool {
        if point.time >= late.lowerBound {
            newer.append(point)
            return true
        }
        if rejudgement == nil { begin() }
        rejudgement?.offer(older: point)
        return rejudgement?.wantsOlder ?? false
    }

    private mutating func begin() {
        guard let first = newer.popLast() else { return }
        rejudgement = Rejudgement(control, late: first)
    }

    /// - Returns: whether it wants later ones still.
    fileprivate mutating func offerNewer() -> Bool {
        if rejudgement == nil { begin() }
        for point in newer.reversed() { rejudgement?.offer(later: point, isLate: point.time < late.upperBound) }
        newer = []
        return rejudgement?.wantsLater ?? false
    }
}
