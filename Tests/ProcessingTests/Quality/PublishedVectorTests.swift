import Processing
import Telemetry
import TestKit
import Testing

/// The flags that `ioos_qc` 3.0.0 gives, and the boundary conditions that follow from its rules.
@Suite("QARTOD's own examples")
struct PublishedVectorTests {
    private let least = Double.leastNonzeroMagnitude

    private func points(_ values: [Double], everySeconds seconds: Int64 = 900) -> [SeriesPoint] {
        values.enumerated().map { SeriesPoint(time: Timestamp(seconds: Int64($0) * seconds), value: $1) }
    }

    private func flags(
        _ test: QualityTest, of values: [Double], limits: QualityLimits, everySeconds seconds: Int64 = 900
    ) -> [UInt8] {
        flags(test, of: points(values, everySeconds: seconds), limits: limits)
    }

    private func flags(_ test: QualityTest, of points: [SeriesPoint], limits: QualityLimits) -> [UInt8] {
        let quantity = Quantity(name: "x", unit: "1", kind: .gauge, limits: limits)
        return QualityControl(of: quantity, intervalMilliseconds: nil).judge(points).map { $0[test]?.rawValue ?? 0 }
    }

    private func spike(
        _ values: [Double], _ suspect: Double?, _ fail: Double?, _ method: SpikeLimits.Method = .average
    ) -> [UInt8] {
        flags(
            .spike, of: values,
            limits: QualityLimits(spike: SpikeLimits(method: method, suspect: suspect, fail: fail)))
    }

    @Test("spike")
    func spikes() {
        #expect(spike([10, 12, 999.99, 13, 15, 40, 9, 9], 25, 50) == [2, 4, 4, 4, 1, 3, 1, 2])
        #expect(spike([0, 25, 0], 25, 50) == [2, 1, 2], "a limit passes")
        #expect(spike([0, 26, 0], 0, 50) == [2, 1, 2], "0 disables a level")
        #expect(spike([0, 26, 0], nil, nil) == [2, 1, 2])
        #expect(spike([0, 26, 0], 30, 20) == [2, 4, 2], "the graver level counts by itself")
        #expect(spike([1], 1, 2) == [2])
        #expect(spike([.nan, 1], 1, 2) == [9, 2])
        #expect(spike([1, .nan, 9, 1, 50, 1], 1, 2) == [2, 9, 2, 4, 4, 2])
        #expect(spike([1, .infinity, 9, 1, 50, 1], 1, 2) == [2, 9, 2, 4, 4, 2])
        #expect(spike([1, .nan, 9, 1, 50, 1], 1, 2, .differential) == [2, 9, 2, 4, 4, 2])
        #expect(spike([10, 12, 90, 13, 15], 25, 50, .differential) == [2, 1, 4, 1, 2], "only the spike itself")
        #expect(spike([0, 30, 60, 90], 25, nil, .differential) == [2, 1, 1, 2], "a slope is no spike")
        #expect(spike([0, 30, 30, 0], 25, nil, .differential) == [2, 1, 1, 2], "nor is a step")
        #expect(
            spike([0, 1e-200, 0, 0], 1e-300, nil, .differential) == [2, 1, 1, 2], "a product that underflows is 0")
        #expect(spike([0, least, 0], least * 2, nil) == [2, 1, 2])
        #expect(spike([-0.0, 0, -0.0], least, nil) == [2, 1, 2])
    }

    @Test("rate of change")
    func rates() {
        let limits = QualityLimits(rateOfChange: RateOfChangeLimits(suspect: 0.005, fail: 1))
        func at(_ seconds: Double, _ value: Double) -> SeriesPoint {
            SeriesPoint(time: Timestamp(milliseconds: Int64(seconds * 1000)), value: value)
        }
        #expect(flags(.rateOfChange, of: [1, 2, .nan, 50, 51, 100], limits: limits) == [1, 1, 9, 1, 1, 3])
        #expect(flags(.rateOfChange, of: [at(0, 0), at(2, 2), at(3, 3), at(4, 4.1)], limits: limits) == [1, 3, 3, 4])
        #expect(flags(.rateOfChange, of: [at(0, 2), at(0, 2), at(0, 3), at(0, 3)], limits: limits) == [1, 1, 4, 1])
        #expect(flags(.rateOfChange, of: [at(0, 3), at(0.9, 3.001)], limits: limits) == [1, 4], "within a second")
        #expect(flags(.rateOfChange, of: [at(0, 3), at(1.9, 3.005)], limits: limits) == [1, 1], "whole seconds")
        #expect(flags(.rateOfChange, of: [at(0, -0.0), at(0, 0)], limits: limits) == [1, 1], "-0 is no other value")
        let strict = QualityLimits(rateOfChange: RateOfChangeLimits(suspect: 0))
        #expect(flags(.rateOfChange, of: [1, 1, 2], limits: strict) == [1, 1, 3], "0 allows no change")
    }

    @Test("flat line")
    func flatLine() {
        func flat(_ values: [Double], _ suspect: Int64, _ fail: Int64, _ tolerance: Double = 0.01) -> [UInt8] {
            flags(
                .flatLine, of: values,
                limits: QualityLimits(
                    flatLine: FlatLineLimits(
                        suspectMilliseconds: suspect * 1000, failMilliseconds: fail * 1000, tolerance: tolerance)))
        }
        let published = [1, 2, 2.0001, 2, 2.0001, 2, 2.0001, 2, 4, 5, 3, 3.0001, 3.0005, 3.00001]
        #expect(flat(published, 3000, 4800) == [1, 1, 1, 1, 3, 3, 4, 4, 1, 1, 1, 1, 1, 3])
        #expect(flat(published, 3000, 4800, 0).allSatisfy { $0 == 1 }, "a tolerance of 0 never flags")
        #expect(flat([1, 2, 2, 3, 3, 3, 3, 3], 900, 1800) == [1, 1, 3, 1, 3, 4, 4, 4])
        #expect(flat([2, 2, 2], 900, 1800) == [1, 3, 4], "the third point makes the second one's flag")
        #expect(flat([2, 2], 900, 1800) == [1, 1], "fewer than three are not judged")
        #expect(flat([2, .nan], 900, 1800) == [1, 1])
        #expect(flat([3, .nan, 3, 3, .nan, 3, 3, 3], 1800, 2800) == [1, 9, 3, 4, 9, 4, 4, 4])
        #expect(flat([3, .infinity, 3, 3, .nan, 3, 3, 3], 1800, 2800) == [1, 9, 3, 4, 9, 4, 4, 4])
        #expect(
            flat([0, 0.01, 0, 0.01], 1800, 9000, 0.01) == [1, 1, 1, 1], "as much as the tolerance is no longer the same"
        )
        #expect(flat([0, 0.0099, 0, 0.0099], 1800, 9000, 0.01) == [1, 1, 3, 3])
        #expect(flat([0, -0.0, 0, least], 1800, 9000, least) == [1, 1, 3, 1])
    }

    @Test("flat line: a window of one reading is flat in QARTOD; a least number of readings prevents that")
    func shorterThanTheInterval() {
        func flags(minimumReadings: Int) -> [UInt8] {
            self.flags(
                .flatLine, of: [1, 2, 2, 2, 2],
                limits: QualityLimits(
                    flatLine: FlatLineLimits(
                        suspectMilliseconds: 100_000, tolerance: 0.01, minimumReadings: minimumReadings)))
        }
        // ioos_qc flags the first as well, whose interval is not known before the second comes.
        #expect(flags(minimumReadings: 0) == [1, 3, 3, 3, 3])
        #expect(flags(minimumReadings: 3) == [1, 1, 1, 3, 3])
    }

    @Test("attenuated signal")
    func attenuated() {
        let values = [1, 1.1, .nan, 1, 1.1, 5, 5, 5, 5, 5, 5, 9, 9.2, 7]
        func flags(_ least: Int, _ measure: AttenuatedSignalLimits.Measure = .standardDeviation) -> [UInt8] {
            self.flags(
                .attenuatedSignal, of: values,
                limits: QualityLimits(
                    attenuatedSignal: AttenuatedSignalLimits(
                        measure: measure, windowMilliseconds: 3_600_000, minimumReadings: least, suspect: 0.5,
                        fail: 0.0501)))
        }
        #expect(flags(1) == [4, 4, 9, 4, 4, 1, 1, 1, 4, 4, 4, 1, 1, 1])
        #expect(flags(3) == [2, 2, 9, 4, 4, 1, 1, 1, 4, 4, 4, 1, 1, 1])
        #expect(flags(2, .range) == [2, 3, 9, 3, 3, 1, 1, 1, 4, 4, 4, 1, 1, 1])
        let whole = AttenuatedSignalLimits(windowMilliseconds: 1, suspect: 2.6, fail: 2)
        #expect(
            whole.flag(points([1, 3, 7, 7])) == .suspect, "the whole series: a deviation of 2.598, of the population")
        #expect(
            AttenuatedSignalLimits(windowMilliseconds: 1, suspect: 1).flag(points([0, 2])) == .good,
            "1 is not less than 1")
        #expect(whole.flag([SeriesPoint]()) == .unknown)
        #expect(whole.flag(points([1e200, -1e200, 1e200])) == .good)
    }

    @Test("time gap")
    func timeGap() {
        let times: [Int64] = [0, 7200, 14_401, 21_601, 40_000]
        let points = times.map { SeriesPoint(time: Timestamp(seconds: $0), value: 1) }
        #expect(flags(.timeGap, of: points, limits: QualityLimits(timeGap: TimeGapLimits())) == [1, 1, 4, 1, 4])
    }

    @Test("impossible date")
    func impossibleDate() {
        let now = Timestamp(seconds: 1_000_000)
        let limits = ImpossibleDateLimits(span: Timestamp(seconds: 1000)...Timestamp(seconds: 2_000_000))
        #expect(limits.flag(now, now: now) == .good)
        #expect(limits.flag(now + 1, now: now) == .fail)
        #expect(limits.flag(Timestamp(seconds: 1000), now: now) == .good)
        #expect(limits.flag(Timestamp(milliseconds: 999_999), now: now) == .fail)
        #expect(ImpossibleDateLimits(ahead: 300_000).flag(now + 300_000, now: now) == .good)
        #expect(ImpossibleDateLimits().flag(Timestamp(milliseconds: .max), now: Timestamp(milliseconds: .min)) == .fail)
    }
}
