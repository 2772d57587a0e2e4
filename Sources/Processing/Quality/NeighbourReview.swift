public import Telemetry

/// Compares readings with their neighbours' anew, where some of these came late.
///
/// Offer the stored readings of ``series`` within ``range``, in the order of time.
public struct NeighbourReview: Sendable {
    /// Of the readings that are looked at; empty where nobody has neighbours.
    public let range: Range<Timestamp>
    /// Those that are judged and those that they are compared with.
    public let series: [SeriesID]
    private var subjects: [SeriesID: Subject] = [:]
    /// Of the series that speak for others, as far as their limits are known; flags in the file may be of former ones.
    private var ranges: [SeriesID: GrossRangeLimits?] = [:]
    private var latest: [SeriesID: SeriesPoint] = [:]
    private var moment: [(id: SeriesID, stored: SeriesHistories.StoredPoint)] = []
    private var found: [SeriesHistories.Revision] = []

    private struct Subject: Sendable {
        var stretch: Range<Timestamp>
        let limits: QualityLimits
        let reference: SeriesID?
        /// Nil where it stands in no neighbourhood.
        let peers: [SeriesID]?

        var others: [SeriesID] { (peers ?? []) + (reference.map { [$0] } ?? []) }
    }

    /// - Parameter late: of each series the stretch in which readings came late.
    public init(_ late: [SeriesID: Range<Timestamp>], in histories: inout SeriesHistories) {
        if histories.neighbours.hasChanges { histories.relink() }
        for (id, stretch) in late {
            NeighbourReview.enter(id, stretch, in: histories, to: &subjects)
            for other in histories.neighbours.dependents[Int(id)] + histories.neighbours.watchers[Int(id)] {
                guard let limits = histories.control(of: other)?.limits else { continue }
                let reached = stretch.lowerBound..<(stretch.upperBound + limits.neighbourAgeMilliseconds)
                NeighbourReview.enter(other, reached, in: histories, to: &subjects)
            }
        }
        for subject in subjects.values {
            for other in subject.others where ranges[other] == nil {
                if let control = histories.control(of: other) { ranges[other] = .some(control.grossRange) }
            }
        }
        series = Set(subjects.keys).union(subjects.values.flatMap(\.others)).sorted()
        let ages = subjects.values.map(\.limits.neighbourAgeMilliseconds)
        let start = subjects.values.map(\.stretch.lowerBound).min() ?? .distantPast
        let end = subjects.values.map(\.stretch.upperBound).max() ?? .distantPast
        range = start == .distantPast ? start..<start : (start - (ages.max() ?? 0))..<end
    }

    private static func enter(
        _ id: SeriesID, _ stretch: Range<Timestamp>, in histories: SeriesHistories,
        to subjects: inout [SeriesID: Subject]
    ) {
        guard let limits = histories.control(of: id)?.limits else { return }
        let isInNeighbourhood = histories.neighbours.isInNeighbourhood(id)
        guard limits.coLocated != nil || limits.peerSpread != nil && isInNeighbourhood else { return }
        var subject =
            subjects[id]
            ?? Subject(
                stretch: stretch, limits: limits, reference: histories.neighbours.reference[Int(id)],
                peers: isInNeighbourhood ? histories.neighbours.peers[Int(id)] : nil)
        subject.stretch =
            min(subject.stretch.lowerBound, stretch.lowerBound)..<max(subject.stretch.upperBound, stretch.upperBound)
        subjects[id] = subject
    }

    public mutating func offer(_ stored: SeriesHistories.StoredPoint, of id: SeriesID) {
        if let first = moment.first, first.stored.point.time != stored.point.time { judgeMoment() }
        moment.append((id, stored))
    }

    /// What was found, once all are offered.
    public mutating func revisions() -> [SeriesHistories.Revision] {
        judgeMoment()
        return found
    }

    /// Readings of one time speak for each other at a site, and not in a neighbourhood.
    private mutating func judgeMoment() {
        let before = found.count
        for (id, stored) in moment {
            guard let subject = subjects[id], subject.stretch.contains(stored.point.time) else { continue }
            var tests = QualityTests()
            if let spread = subject.limits.peerSpread, let peers = subject.peers {
                tests[.peerSpread] = flag(of: stored.point, spread, peers)
            }
            found.append(SeriesHistories.Revision(series: id, time: stored.point.time, tests: tests))
        }
        for (id, stored) in moment where isReference(stored, of: id) { latest[id] = stored.point }
        let points = Dictionary(uniqueKeysWithValues: moment.map { ($0.id, $0.stored.point) })
        for index in before..<found.count {
            guard let subject = subjects[found[index].series], let coLocated = subject.limits.coLocated,
                let point = points[found[index].series]
            else { continue }
            let reference = subject.reference.flatMap { latest[$0] }
            found[index].tests[.coLocated] = coLocated.flag(point, reference: reference)
        }
        moment.removeAll(keepingCapacity: true)
    }

    private func isReference(_ stored: SeriesHistories.StoredPoint, of id: SeriesID) -> Bool {
        guard let range = ranges[id] else { return stored.isReference }
        return !stored.point.isMissing && SeriesHistories.isReference(range?.flag(stored.point.value))
    }

    private func flag(of point: SeriesPoint, _ spread: PeerSpreadLimits, _ peers: [SeriesID]) -> QualityFlag {
        var values = peers.compactMap { latest[$0] }
            .filter { spread.applies(to: point.time, from: $0.time) }.map(\.value)
        return spread.flag(point.value, peers: &values)
    }
}

extension QualityLimits {
    /// How old another series' reading may be that a test goes by, in milliseconds.
    fileprivate var neighbourAgeMilliseconds: Int64 {
        max(coLocated?.ageMilliseconds ?? 0, peerSpread?.ageMilliseconds ?? 0)
    }
}
