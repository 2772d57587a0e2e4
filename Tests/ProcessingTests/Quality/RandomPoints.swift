import Processing
import Telemetry
import TestKit

/// A series as random as sensors are: plateaus, noise, spikes, gaps, missing values, and what no sensor should send.
struct RandomPoints {
    var points: [SeriesPoint]
    var interval: Int64?
    var limits: QualityLimits

    var quantity: Quantity { Quantity(name: "x", unit: "1", kind: .gauge, limits: limits) }
    var control: QualityControl { QualityControl(of: quantity, intervalMilliseconds: interval) }

    /// - Parameter isStorable: whether it is one that the database can hold: no equal times, nothing missing.
    static func make(_ random: inout SeededGenerator, isStorable: Bool = false) -> RandomPoints {
        let usual: Int64 = [200, 1000, 10_000, 147_000, 900_000].randomElement(using: &random)!
        let isStrange = !isStorable && Int.random(in: 0...9, using: &random) == 0
        let missing = isStorable ? 0 : [0, 0, 0.05, 0.3].randomElement(using: &random)!
        let noise = [0, 0.004, 0.2, 4].randomElement(using: &random)!
        let grid = [0.01, 0.1, 1].randomElement(using: &random)!
        var time = Int64(1_795_392_000_000)
        var level = Double.random(in: -20...20, using: &random)
        let points = (0..<Int.random(in: 0...70, using: &random)).map { _ in
            if chance(0.1, &random) { level += Double.random(in: -3...3, using: &random) }
            var value = level + Double.random(in: -noise...noise, using: &random)
            if chance(0.08, &random) { value += Double.random(in: -60...60, using: &random) }
            value = (value / grid).rounded() * grid
            if isStrange, chance(0.2, &random) { value = strange.randomElement(using: &random)! }
            if chance(missing, &random) { value = .nan }
            let point = SeriesPoint(time: Timestamp(milliseconds: time), value: value)
            time += step(usual, isStorable: isStorable, &random)
            return point
        }
        return RandomPoints(
            points: points, interval: Bool.random(using: &random) ? usual : nil,
            limits: limits(usual: usual, &random))
    }

    private static let strange = [
        -0.0, 0, .leastNonzeroMagnitude, -.leastNonzeroMagnitude, .leastNormalMagnitude / 16, 1e-200, -1e-200, 1e150,
        -1e150, .infinity, -.infinity, .nan,
        .signalingNaN,
    ]

    private static func chance(_ probability: Double, _ random: inout SeededGenerator) -> Bool {
        Double.random(in: 0..<1, using: &random) < probability
    }

    private static func step(_ usual: Int64, isStorable: Bool, _ random: inout SeededGenerator) -> Int64 {
        switch Int.random(in: 0...19, using: &random) {
        case 0: isStorable ? 1 : 0
        case 1: Int64.random(in: 1...1100, using: &random)
        case 2: usual * Int64.random(in: 2...40, using: &random)
        case 3...8: usual + Int64.random(in: 0...usual / 3, using: &random)
        default: usual
        }
    }

    private static func limits(usual: Int64, _ random: inout SeededGenerator) -> QualityLimits {
        func pick<Value>(_ values: [Value]) -> Value { values.randomElement(using: &random)! }
        func duration(_ factors: [Double]) -> Int64? {
            chance(0.15, &random) ? nil : Int64(Double(usual) * pick(factors))
        }
        return QualityLimits(
            spike: SpikeLimits(
                method: pick([.average, .differential]), suspect: pick([nil, 0, 0.1, 1, 5]),
                fail: pick([nil, 0, 2, 10, 25])),
            rateOfChange: RateOfChangeLimits(suspect: pick([nil, 0, 0.001, 0.1]), fail: pick([nil, 0.05, 5])),
            flatLine: FlatLineLimits(
                suspectMilliseconds: duration([0.5, 1, 1.5, 2, 3, 4.7]),
                failMilliseconds: duration([1, 2, 3, 5, 7.9, 40]), tolerance: pick([0, 0.013, 0.11, 0.57, 3.3]),
                minimumReadings: pick([0, 0, 3, 6])),
            attenuatedSignal: AttenuatedSignalLimits(
                measure: pick([.standardDeviation, .range]), windowMilliseconds: duration([1, 3, 5.5, 20, 60]) ?? 1,
                minimumReadings: pick([0, 1, 2, 3, 8]), suspect: pick([nil, 0, 0.0137, 0.137, 1.37]),
                fail: pick([nil, 0, 0.00137, 0.0937])),
            timeGap: TimeGapLimits(fail: usual * pick([1, 2, 10])))
    }
}
