public import Telemetry

/// Compares readings with their neighbours' anew, where some of these came late.
///
/// Offer all series' stored readings within ``range``, in the order of time.
public struct NeighbourReview: Sendable {
    /// Of the readings that are looked at; empty where nobody has neighbours.
    public let range: Range<Timestamp>
    private var subjects: [SeriesID: Subject] = [:]
    private var latest: [SeriesID: SeriesPoint] = [:]
    private var moment: [(id: SeriesID, point: SeriesPoint)] = []
    private var found: [SeriesHistories.Revision] = []

    private struct Subject: Sendable {
        var stretch: Range<Timestamp>
        let limits: QualityLimits
        let links: Neighbours.Links
    }

    /// - Parameter late: of each series the stretch in which readings came late.
    public init(_ late: [SeriesID: Range<Timestamp>], in histories: inout SeriesHistories) {
        for (id, stretch) in late {
            let links = histories.links(of: id)
            NeighbourReview.enter(id, stretch, in: &histories, to: &subjects)
            for other in links.dependents + links.watchers {
                guard let limits = histories.control(of: other)?.limits else { continue }
                let age = max(limits.coLocated?.ageMilliseconds ?? 0, limits.peerSpread?.ageMilliseconds ?? 0)
                let reached = stretch.lowerBound..<(stretch.upperBound + age)
                NeighbourReview.enter(other, reached, in: &histories, to: &subjects)
            }
        }
        let ages = subjects.values.map {
            max($0.limits.coLocated?.ageMilliseconds ?? 0, $0.limits.peerSpread?.ageMilliseconds ?? 0)
        }
        let start = subjects.values.map(\.stretch.lowerBound).min() ?? .distantPast
        let end = subjects.values.map(\.stretch.upperBound).max() ?? .distantPast
        range = start == .distantPast ? start..<start : (start - (ages.max() ?? 0))..<end
    }

    private static func enter(
        _ id: SeriesID, _ stretch: Range<Timestamp>, in histories: inout SeriesHistories,
        to subjects: inout [SeriesID: Subject]
    ) {
        guard let limits = histories.control(of: id)?.limits else { return }
        let links = histories.links(of: id)
        guard limits.coLocated != nil || limits.peerSpread != nil && links.isInNeighbourhood else { return }
        var subject = subjects[id] ?? Subject(stretch: stretch, limits: limits, links: links)
        subject.stretch =
            min(subject.stretch.lowerBound, stretch.lowerBound)..<max(subject.stretch.upperBound, stretch.upperBound)
        subjects[id] = subject
    }

    public mutating func offer(_ stored: SeriesHistories.StoredPoint, of id: SeriesID) {
        if let first = moment.first, first.point.time != stored.point.time { judgeMoment() }
        if stored.isReference { latest[id] = stored.point }
        moment.append((id, stored.point))
    }

    /// What was found, once all are offered.
    public mutating func revisions() -> [SeriesHistories.Revision] {
        judgeMoment()
        return found
    }

    /// Readings of one time speak for each other.
    private mutating func judgeMoment() {
        for (id, point) in moment {
            guard let subject = subjects[id], subject.stretch.contains(point.time) else { continue }
            found.append(SeriesHistories.Revision(series: id, time: point.time, tests: tests(of: point, subject)))
        }
        moment.removeAll(keepingCapacity: true)
    }

    private func tests(of point: SeriesPoint, _ subject: Subject) -> QualityTests {
        var tests = QualityTests()
        if let coLocated = subject.limits.coLocated {
            tests[.coLocated] = coLocated.flag(point, reference: subject.links.reference.flatMap { latest[$0] })
        }
        if let spread = subject.limits.peerSpread, subject.links.isInNeighbourhood {
            var values = subject.links.peers.compactMap { latest[$0] }
                .filter { spread.applies(to: point.time, from: $0.time) }.map(\.value)
            tests[.peerSpread] = spread.flag(point.value, peers: &values)
        }
        return tests
    }
}
