import Processing
import Telemetry
import TestKit
import Testing

@Suite("Quality control of random series")
struct QualityControlPropertyTests {
    @Test("every test flags as its rule says, on ten thousand series with gaps", .timeLimit(.minutes(4)))
    func plainRules() {
        var random = SeededGenerator.fromEnvironment()
        var flagged: [QualityTest: [QualityFlag: Int]] = [:]
        for round in 0..<10_000 {
            let series = RandomPoints.make(&random)
            let found = series.control.judge(series.points)
            let expected = PlainRules(series.points, interval: series.interval, limits: series.limits).flags
            for index in found.indices where found[index] != expected[index] {
                Issue.record(
                    "seed \(random.seed), series \(round), point \(index): \(found[index]), not \(expected[index])")
                return
            }
            for tests in found {
                for test in QualityTest.allCases {
                    if let flag = tests[test] { flagged[test, default: [:]][flag, default: 0] += 1 }
                }
            }
        }
        // The series must give every test something to find.
        for test in [QualityTest.spike, .rateOfChange, .flatLine, .attenuatedSignal] {
            for flag in [QualityFlag.good, .suspect, .fail, .missing] {
                #expect(flagged[test]?[flag] ?? 0 > 1000, "\(test) \(flag)")
            }
        }
    }

    @Test("a history recalled from storage judges as the one that was lost", .timeLimit(.minutes(4)))
    func recall() throws {
        var random = SeededGenerator.fromEnvironment()
        for round in 0..<3000 {
            let series = RandomPoints.make(&random)
            guard !series.points.isEmpty else { continue }
            let control = series.control
            let cut = Int.random(in: 0...series.points.count, using: &random)
            var lasting = SeriesHistory()
            for point in series.points[..<cut] { _ = control.append(point, to: &lasting) }
            var recall = HistoryRecall(control)
            for point in series.points[..<cut].reversed() where recall.wantsOlder { recall.offer(point) }
            var recalled = recall.history
            for point in series.points[cut...] {
                let expected = control.append(point, to: &lasting)
                let found = control.append(point, to: &recalled)
                if found == expected { continue }
                Issue.record("seed \(random.seed), series \(round), cut at \(cut), \(point)")
                return
            }
        }
    }

    @Test("the order in which readings come changes no flag, nor does a restart", .timeLimit(.minutes(4)))
    func disorder() throws {
        var random = SeededGenerator.fromEnvironment()
        for round in 0..<3000 {
            let series = RandomPoints.make(&random, isStorable: true)
            var store = StoredSeries(series.control)
            for batch in series.points.shuffledALittle(&random) {
                store.take(batch)
                if Int.random(in: 0...20, using: &random) == 0 { store.restart() }
            }
            let expected = series.control.judge(series.points)
            #expect(store.points == series.points)
            #expect(store.tests == expected, "seed \(random.seed), series \(round): \(series)")
            if store.tests != expected { return }
        }
    }
}

extension [SeriesPoint] {
    /// Mostly in order, some late, some by the batch; sometimes all backwards.
    fileprivate func shuffledALittle(_ random: inout SeededGenerator) -> [[SeriesPoint]] {
        var order = self
        if Int.random(in: 0...9, using: &random) == 0 { order.reverse() }
        for _ in 0..<Int.random(in: 0...4, using: &random) where count > 1 {
            let taken = order.remove(at: Int.random(in: 0..<count, using: &random))
            order.insert(taken, at: Int.random(in: 0..<count, using: &random))
        }
        var batches: [[SeriesPoint]] = []
        while !order.isEmpty {
            let size = Swift.min(order.count, Int.random(in: 1...5, using: &random))
            batches.append(Array(order.prefix(size)))
            order.removeFirst(size)
        }
        return batches
    }
}

/// A series with its flags as a database holds them, and what the gateway does with a reading.
private struct StoredSeries {
    let control: QualityControl
    private(set) var points: [SeriesPoint] = []
    private(set) var tests: [QualityTests] = []
    private var history = SeriesHistory()

    init(_ control: QualityControl) {
        self.control = control
    }

    /// Takes in the readings of a commit; late ones are judged together at its end.
    mutating func take(_ batch: [SeriesPoint]) {
        var late: [SeriesPoint] = []
        for point in batch {
            // Not appended over one that is not judged yet.
            guard late.isEmpty, let judgement = control.append(point, to: &history) else {
                late.append(point)
                insert(point, tests: QualityTests())
                continue
            }
            insert(point, tests: judgement.tests)
            if let previous = judgement.previous { revise(previous) }
            if let first = judgement.first { revise(first) }
        }
        if !late.isEmpty { judgeAnew(late) }
    }

    private mutating func judgeAnew(_ late: [SeriesPoint]) {
        var waiting = Set(late)
        while let earliest = points.first(where: { waiting.contains($0) }) {
            let index = points.firstIndex(of: earliest)!
            waiting.remove(earliest)
            var rejudgement = Rejudgement(control, late: earliest)
            for point in points[..<index].reversed() where rejudgement.wantsOlder { rejudgement.offer(older: point) }
            for point in points[(index + 1)...] where rejudgement.wantsLater {
                rejudgement.offer(later: point, isLate: waiting.remove(point) != nil)
            }
            for revision in rejudgement.revisions { revise(revision) }
        }
        restart()
    }

    /// Makes the history anew from what is stored.
    mutating func restart() {
        var recall = HistoryRecall(control)
        for point in points.reversed() where recall.wantsOlder { recall.offer(point) }
        history = recall.history
    }

    private mutating func insert(_ point: SeriesPoint, tests judged: QualityTests) {
        let index = points.firstIndex { $0.time > point.time } ?? points.count
        points.insert(point, at: index)
        tests.insert(judged, at: index)
    }

    private mutating func revise(_ revision: Judgement.Revision) {
        tests[points.firstIndex { $0.time == revision.time }!].replace(with: revision.tests)
    }
}
