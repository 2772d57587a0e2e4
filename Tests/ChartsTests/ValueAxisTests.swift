import Charts
import TestKit
import Testing

@Suite("Axes of values")
struct ValueAxisTests {
    @Test(
        "run between round numbers, in no more steps than there is room for",
        arguments: [
            ([0.0, 9.7], 6, ["0", "2", "4", "6", "8", "10"]),
            ([7.2, 9.1], 4, ["7", "8", "9", "10"]),
            ([0.0, 1.0], 5, ["0.00", "0.25", "0.50", "0.75", "1.00"]),
            ([-3.0, 12], 5, ["-5", "0", "5", "10", "15"]),
            ([0.131, 0.139], 6, ["0.130", "0.132", "0.134", "0.136", "0.138", "0.140"]),
            ([1_234_000.0, 1_260_000], 4, ["1\u{A0}230\u{A0}000", "1\u{A0}240\u{A0}000"]),
            ([0.1, 0.3], 3, ["0.1", "0.2", "0.3"]),
        ])
    func round(values: [Double], mostTicks: Int, labels: [String]) {
        let axis = ValueAxis(of: values, mostTicks: mostTicks)
        #expect(axis.ticks.map(axis.label).prefix(labels.count) == labels[...], "\(axis.ticks.map(axis.label))")
        #expect(axis.low <= values[0] && axis.high >= values[1])
    }

    @Test("have room around a value that never changes")
    func constant() {
        for value in [5.0, 0, -40, 1e-12, 1013.25, -1e9] {
            let axis = ValueAxis(of: [value, value], mostTicks: 4)
            #expect(axis.low < value && axis.high > value, "\(axis.ticks)")
        }
    }

    @Test("begin or end at zero for bars, also where nothing was counted")
    func zero() {
        #expect(ValueAxis(of: [812, 930], mostTicks: 5, includesZero: true).low == 0)
        #expect(ValueAxis(of: [-3, -1], mostTicks: 5, includesZero: true).high == 0)
        let nothing = ValueAxis(of: [0, 0], mostTicks: 4, includesZero: true)
        #expect(nothing.low == 0 && nothing.high >= 1)
        // There are no half cars.
        let few = ValueAxis(of: [0, 1, 3], mostTicks: 9, includesZero: true)
        #expect(few.ticks.map(few.label) == ["0", "1", "2", "3"])
        #expect(ValueAxis(of: [0.2, 1], mostTicks: 9, includesZero: true).ticks.count > 3)
    }

    @Test("leave out what is no number, and bear what is barely one")
    func extremes() {
        let axis = ValueAxis(of: [.nan, 3, .infinity, 4, -.infinity], mostTicks: 4)
        #expect(axis.low == 3 && axis.high == 4)
        #expect(ValueAxis(of: [], mostTicks: 4).low == 0)
        let widest = ValueAxis(of: [-Double.greatestFiniteMagnitude, .greatestFiniteMagnitude], mostTicks: 4)
        #expect(widest.share(of: 1e300) == 1 && widest.ticks.count >= 2)
        let finest = ValueAxis(of: [0, .leastNonzeroMagnitude], mostTicks: 4)
        #expect(finest.low < finest.high && finest.high.isFinite)
    }

    @Test("of any values hold them all, have equal steps and as many different labels", arguments: 0..<500)
    func any(number: Int) {
        var random = SeededGenerator(seed: UInt64(number))
        let scale = [1e-6, 0.01, 1, 37, 1e4, 1e9][number % 6]
        let center = Double.random(in: -1...1, using: &random) * scale * [0, 1, 1000][number % 3]
        let values = (0..<3).map { _ in center + Double.random(in: -1...1, using: &random) * scale }
        let mostTicks = 2 + number % 9
        let axis = ValueAxis(of: values, mostTicks: mostTicks)
        #expect((2...max(3, mostTicks)).contains(axis.ticks.count), "\(values): \(axis.ticks)")
        #expect(values.allSatisfy(axis.holds), "\(values): \(axis.ticks)")
        #expect(Set(axis.ticks.map(axis.label)).count == axis.ticks.count, "\(axis.ticks.map(axis.label))")
        let steps = zip(axis.ticks.dropFirst(), axis.ticks).map { $0 - $1 }
        let step = (axis.high - axis.low) / Double(axis.ticks.count - 1)
        #expect(steps.allSatisfy { abs($0 - step) < step * 1e-6 }, "\(axis.ticks)")
    }

    @Test("write numbers with their thousands apart")
    func numbers() {
        #expect(NumberText.text(1234.5, decimals: 1) == "1\u{A0}234.5")
        #expect(NumberText.text(-0.04, decimals: 1) == "0.0")
        #expect(NumberText.text(-0.05, decimals: 1) == "-0.1")
        #expect(NumberText.text(999, decimals: 0) == "999")
        #expect(NumberText.text(7.0625, decimals: 3) == "7.063")
        #expect(NumberText.text(1e300, decimals: 2) == "1e+300")
        #expect(NumberText.text(2, decimals: 30) == "2")
    }
}
