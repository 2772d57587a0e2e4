import Processing
import Telemetry
import Testing

@Suite("SeriesHistory")
struct SeriesHistoryTests {
    private func control(_ limits: QualityLimits, everyMilliseconds interval: Int64? = 1000) -> QualityControl {
        QualityControl(
            of: Quantity(name: "x", unit: "1", kind: .gauge, limits: limits), intervalMilliseconds: interval)
    }

    private func point(_ second: Int, _ value: Double) -> SeriesPoint {
        SeriesPoint(time: Timestamp(seconds: Int64(second)), value: value)
    }

    @Test("keeps the newest few points, in the order of time")
    func bounded() {
        let control = control(QualityLimits(spike: SpikeLimits(suspect: 1)))
        var history = SeriesHistory()
        for second in 0..<1000 { _ = control.append(point(second, Double(second)), to: &history) }
        #expect(history.map(\.value) == Array(992..<1000).map(Double.init))
    }

    @Test("takes in no reading that is older than the newest; one of the same time it does")
    func late() {
        let control = control(QualityLimits())
        var history = SeriesHistory()
        #expect(control.append(point(10, 1), to: &history) != nil)
        #expect(control.append(point(9, 1), to: &history) == nil)
        #expect(control.append(point(10, 2), to: &history) != nil)
        #expect(history.map(\.value) == [1, 2])
    }

    @Test("tells the spike flag of the reading before, and the tests that were run")
    func judgement() {
        let control = QualityControl(
            of: Quantity(
                name: "x", unit: "1", kind: .gauge, grossRange: GrossRangeLimits(fail: 0...50),
                limits: QualityLimits(spike: SpikeLimits(suspect: 10))), intervalMilliseconds: nil)
        var history = SeriesHistory()
        let judgements = [10, 99, 10].enumerated().map { control.append(point($0, $1), to: &history) }
        var expected = QualityTests()
        expected[.grossRange] = .good
        expected[.spike] = .unknown
        #expect(judgements[0] == Judgement(tests: expected))
        #expect(judgements[2]?.tests == expected && expected.combined == .good)
        expected[.grossRange] = .fail
        #expect(judgements[1] == Judgement(tests: expected))
        var revised = QualityTests()
        revised[.spike] = .suspect
        #expect(judgements[2]?.previous == Judgement.Revision(time: Timestamp(seconds: 1), tests: revised))
        #expect(judgements[2]?.first == nil)
    }

    @Test("no limits, no flags")
    func nothingToTest() {
        var history = SeriesHistory()
        let judgement = control(QualityLimits()).append(point(0, .nan), to: &history)
        #expect(judgement == Judgement(tests: QualityTests()))
    }

    @Test("follows a flat stretch of any length in little memory, up to a bound beyond which it does not say")
    func longFlatLine() {
        let greatest = FlatLineLimits.greatestCount
        func lastFlags(seconds: Int) -> [QualityFlag?] {
            let limits = FlatLineLimits(suspectMilliseconds: Int64(seconds) * 1000, tolerance: 0.1)
            let control = control(QualityLimits(flatLine: limits))
            var history = SeriesHistory()
            let flags = (0...greatest + 2).map { second in
                // Two readings in turn that are the same to this tolerance.
                control.append(point(second, second % 2 == 0 ? 5 : 5.01), to: &history)?.tests[.flatLine]
            }
            return Array(flags.suffix(4))
        }
        #expect(lastFlags(seconds: 9000) == [.suspect, .suspect, .suspect, .suspect])
        #expect(lastFlags(seconds: greatest) == [.good, .suspect, .suspect, .suspect])
        #expect(lastFlags(seconds: greatest + 1) == [.good, .unknown, .unknown, .unknown])
    }

    @Test("a slow slope within the tolerance is flat, until it has left it")
    func slope() {
        let limits = FlatLineLimits(suspectMilliseconds: 300_000, tolerance: 1)
        for slope in [1.0, -1] {
            let control = control(QualityLimits(flatLine: limits))
            var history = SeriesHistory()
            let flags = (0..<2000).map { second in
                control.append(point(second, slope * Double(second) / 256), to: &history)?.tests[.flatLine]
            }
            #expect(flags.allSatisfy { $0 == .good }, "256 readings in a row differ by less than 1")
            let steeper = FlatLineLimits(suspectMilliseconds: 255_000, tolerance: 1)
            let verdicts = self.control(QualityLimits(flatLine: steeper)).judge(
                (0..<2000).map { point($0, slope * Double($0) / 256) })
            #expect(verdicts[300...].allSatisfy { $0[.flatLine] == .suspect })
        }
    }

    @Test("an attenuated signal is looked for in as many readings as are kept, and no more")
    func longWindow() {
        let greatest = AttenuatedSignalLimits.greatestCount
        let limits = AttenuatedSignalLimits(windowMilliseconds: Int64(greatest) * 1000, suspect: 1)
        let control = control(QualityLimits(attenuatedSignal: limits))
        var history = SeriesHistory()
        var last: QualityFlag?
        for second in 0..<greatest + 100 {
            last = control.append(point(second, 5), to: &history)?.tests[.attenuatedSignal]
            if second > 0 { #expect(last == .suspect) }
        }
        // A sensor that suddenly reports twice as often.
        let end = Int64(greatest + 100) * 1000
        for half in 0..<10 {
            let time = Timestamp(milliseconds: end + Int64(half) * 500)
            last = control.append(SeriesPoint(time: time, value: 5), to: &history)?.tests[.attenuatedSignal]
        }
        #expect(last == .unknown)
        #expect(history.count <= greatest + 1)
    }
}

@Suite("HistoryRecall and Rejudgement")
struct HistoryRecallTests {
    private let quantity = Quantity(
        name: "x", unit: "1", kind: .gauge,
        limits: QualityLimits(
            spike: SpikeLimits(method: .differential, suspect: 10),
            flatLine: FlatLineLimits(suspectMilliseconds: 3_600_000, tolerance: 0.1)))

    private func offered(_ values: [Double], interval: Int64? = 10_000) -> Int {
        var recall = HistoryRecall(QualityControl(of: quantity, intervalMilliseconds: interval))
        var count = 0
        while recall.wantsOlder, count < values.count {
            recall.offer(SeriesPoint(time: Timestamp(seconds: Int64(-10 * count)), value: values[count]))
            count += 1
        }
        return count
    }

    @Test("asks for few readings of a signal that moves, and for no more than the tests look at of one that stands")
    func needs() {
        let moving = (0..<20_000).map { Double($0) }
        let standing = Array(repeating: 5.0, count: 20_000)
        #expect(offered(moving) == 8)
        #expect(offered(moving, interval: nil) == 32)
        #expect(offered(standing) == 361)
        #expect(offered(standing, interval: nil) == FlatLineLimits.greatestCount + 1)
        #expect(offered([1, 2, 3]) == 3)
    }

    @Test("a late reading's reach ends where no test looks back to it")
    func reach() {
        func reached(_ values: [Double], interval: Int64? = 10_000) -> Int {
            let control = QualityControl(of: quantity, intervalMilliseconds: interval)
            var rejudgement = Rejudgement(control, late: SeriesPoint(time: Timestamp(seconds: 0), value: 0))
            var count = 0
            while rejudgement.wantsLater, count < values.count {
                rejudgement.offer(
                    later: SeriesPoint(time: Timestamp(seconds: Int64(10 * (count + 1))), value: values[count]))
                count += 1
            }
            return count
        }
        #expect(reached((0..<20_000).map { Double($0) }) == 3)
        #expect(reached((0..<20_000).map { Double($0) }, interval: nil) == 32)
        #expect(reached(Array(repeating: 5, count: 20_000)) == 361)
    }

    @Test("revises the neighbours' spike flags and leaves their other tests alone")
    func revisions() {
        let control = QualityControl(of: quantity, intervalMilliseconds: 10_000)
        func point(_ second: Int64, _ value: Double) -> SeriesPoint {
            SeriesPoint(time: Timestamp(seconds: second), value: value)
        }
        var rejudgement = Rejudgement(control, late: point(30, 90))
        for second in [20, 10, 0] as [Int64] { rejudgement.offer(older: point(second, Double(second) / 10)) }
        for second in [40, 50, 60, 70] as [Int64] where rejudgement.wantsLater {
            rejudgement.offer(later: point(second, Double(second) / 10))
        }
        let found = rejudgement.revisions
        #expect(found.map(\.time.milliseconds) == [20_000, 30_000, 40_000, 50_000])
        #expect(found.map { $0.tests[.spike] } == [.good, .suspect, .good, .good])
        #expect(found.map { $0.tests[.flatLine] } == [nil, .good, .good, .good])
        #expect(rejudgement.history.last?.time == Timestamp(seconds: 60))
    }

    @Test("the last reading of the series stays provisional")
    func atTheEnd() {
        let control = QualityControl(of: quantity, intervalMilliseconds: 10_000)
        var rejudgement = Rejudgement(control, late: SeriesPoint(time: Timestamp(seconds: 0), value: 0))
        rejudgement.offer(later: SeriesPoint(time: Timestamp(seconds: 10), value: 0))
        #expect(rejudgement.revisions.map { $0.tests[.spike] } == [.unknown, .unknown])
    }
}
