public import Telemetry

/// Judges anew what a late reading changes: itself, the one before it, and later ones as far as the tests look back.
///
/// Offer the stored readings before it, from the newest to older ones, while ``wantsOlder``; then those after it, in the
/// order of time, while ``wantsLater``. When readings run out, that is all there is.
public struct Rejudgement: Sendable {
    private let control: QualityControl
    private var recall: HistoryRecall
    private var changed: SeriesPoint
    private var later: [SeriesPoint] = []
    /// Of ``later``, those whose flags may change.
    private var affectedCount = 0
    private let late: SeriesPoint
    private var lowest = Double.infinity
    private var highest = -Double.infinity
    private var distance = 0
    public private(set) var wantsLater = true

    public init(_ control: QualityControl, late: SeriesPoint) {
        self.control = control
        self.late = late
        changed = late
        recall = HistoryRecall(control)
    }

    public var wantsOlder: Bool { recall.wantsOlder }
    /// The oldest that was offered, or the late one.
    public var oldest: SeriesPoint { recall.oldest ?? late }

    public mutating func offer(older: SeriesPoint) { recall.offer(older) }

    /// - Parameter isLate: whether it, too, has been stored since its neighbours were judged.
    public mutating func offer(later point: SeriesPoint, isLate: Bool = false) {
        later.append(point)
        if isLate {
            changed = point
            distance = 0
            (lowest, highest) = (.infinity, -.infinity)
            affectedCount = later.count
        } else {
            wantsLater = reaches(point)
            if wantsLater { affectedCount = later.count }
        }
    }

    /// Whether the flags of a later point may depend on the changed one.
    private mutating func reaches(_ point: SeriesPoint) -> Bool {
        distance += 1
        if !point.isMissing {
            lowest = min(lowest, point.value)
            highest = max(highest, point.value)
        }
        // Its neighbours, and the first three of a series.
        if distance <= 2 || control.isInWindow(changed, at: point.time) { return true }
        if control.usesMedian, distance < SeriesHistory.medianPoints { return true }
        guard let reach = control.flatLineReach, let tolerance = control.flatLineTolerance else { return false }
        // Once the points behind it do not make a flat stretch, none reaches over it.
        return distance <= reach && highest - lowest < tolerance
    }

    /// The flags that may have changed, in the order of time: of each reading the tests named, all others stay.
    public var revisions: [Judgement.Revision] {
        var history = recall.history
        var revised: [Judgement.Revision] = []
        for (index, point) in ([late] + later).enumerated() {
            guard let judgement = control.append(point, to: &history) else { break }
            if let first = judgement.first { Rejudgement.note(first, in: &revised) }
            if let previous = judgement.previous { Rejudgement.note(previous, in: &revised) }
            if index <= affectedCount {
                revised.append(Judgement.Revision(time: point.time, tests: judgement.tests))
            }
        }
        return revised
    }

    private static func note(_ revision: Judgement.Revision, in revised: inout [Judgement.Revision]) {
        guard let index = revised.lastIndex(where: { $0.time <= revision.time }), revised[index].time == revision.time
        else {
            revised.insert(revision, at: revised.firstIndex { $0.time > revision.time } ?? revised.count)
            return
        }
        revised[index].tests.replace(with: revision.tests)
    }

    /// With the late reading in it; that of the series when no later reading was left out.
    public var history: SeriesHistory {
        var history = recall.history
        for point in [late] + later { _ = control.append(point, to: &history) }
        return history
    }
}

extension QualityControl {
    /// Judges a stretch of a series, all of whose points are at hand.
    /// - Parameters:
    ///   - points: in the order of time: those of the stretch, before them as many as ``HistoryRecall`` asks for, after
    ///     them one; or all there are.
    ///   - range: the stretch; nil for all.
    public func judge(_ points: [SeriesPoint], in range: Range<Int>? = nil) -> [QualityTests] {
        var history = SeriesHistory()
        var verdicts: [QualityTests] = []
        for (index, point) in points.enumerated() {
            let judgement = append(point, to: &history) ?? Judgement(tests: QualityTests())
            if let first = judgement.first { verdicts[0].replace(with: first.tests) }
            if let previous = judgement.previous { verdicts[index - 1].replace(with: previous.tests) }
            verdicts.append(judgement.tests)
        }
        return Array(verdicts[range ?? verdicts.indices])
    }
}
