import Telemetry
import TestKit

/// A series of any kind with gaps, bad readings and resets, in the order of its time.
struct RandomSeries {
    let seed: UInt64
    let rules: AggregationRules
    private var random: SeededGenerator

    init(seed: UInt64) {
        self.seed = seed
        random = SeededGenerator(seed: seed)
        let kind = Quantity.Kind.allCases.randomElement(using: &random)!
        rules = AggregationRules(
            kind: kind, counterWidth: Bool.random(using: &random) ? CounterWidth(bits: 8, maximumPerSecond: 2) : nil)
    }

    mutating func points(from start: Timestamp) -> [BatchWindow.Point] {
        var points: [BatchWindow.Point] = []
        var time = start + Int64.random(in: 0...3_600_000, using: &random)
        let pace = Int64([500, 10_000, 60_000, 400_000].randomElement(using: &random)!)
        let level = [0, 1e6, -1e9, 1e15].randomElement(using: &random)!
        var total = Double(Int.random(in: 0...255, using: &random))
        for _ in 0..<Int.random(in: 1...300, using: &random) {
            let flag: QualityFlag = [.good, .good, .good, .unknown, .suspect, .fail, .missing].randomElement(
                using: &random)!
            points.append(.init(time: time, value: value(level, &total), flag: flag))
            time = time + Int64.random(in: 1...2 * pace, using: &random)
            if Int.random(in: 0..<30, using: &random) == 0 {
                time = time + Int64.random(in: 0...7_200_000, using: &random)
            }
        }
        return points
    }

    private mutating func value(_ level: Double, _ total: inout Double) -> Double {
        switch rules.kind {
        case .gauge: return level + Double(Int.random(in: -300...300, using: &random)) / 10
        case .circular: return Double(Int.random(in: -360...720, using: &random))
        case .intervalCount, .event: return Double(Int.random(in: 0...9, using: &random))
        case .counter:
            if Int.random(in: 0..<25, using: &random) == 0 { total = 0 }
            total += Double(Int.random(in: 0...9, using: &random))
            if total > 255, rules.counterWidth != nil { total -= 256 }
            return total
        }
    }
}
