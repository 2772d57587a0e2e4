import Processing
import Telemetry
import TestKit
import Testing

@testable import Gateway

/// Other limits while readings come in: what is stored keeps its flags, what comes is judged by all that is stored.
@Suite("Core under other limits")
struct CoreReloadTests {
    @Test(
        "looks for older readings in the file where the new limits ask for more than was kept",
        arguments: [true, false])
    func deeperLimits(atOnce: Bool) throws {
        let bench = try CoreBench(seed: 1)
        for second in 0..<100 as Range<Int64> {
            try bench.take([.init(series: 0, time: bench.start + second * 1000, value: 5)])
        }
        try bench.commit()
        try bench.reload(atOnce: atOnce) { CoreReloadTests.quantity(of: $0) }
        try bench.take([.init(series: 0, time: bench.start + 100_000, value: 5)])
        let tests = try bench.storedTests()[0]
        #expect(tests[bench.start + 100_000]?[.flatLine] == .fail, "it has been the same for 80 seconds and more")
        #expect(tests[bench.start + 99_000]?[.flatLine] == nil, "it was judged when it came")
    }

    @Test("a late reading is judged under the new ones, and so is what it changes")
    func late() throws {
        let bench = try CoreBench(seed: 1)
        for second in 0..<100 as Range<Int64> where second != 50 {
            try bench.take([.init(series: 0, time: bench.start + second * 1000, value: 5)])
        }
        try bench.finish()
        try bench.reload(atOnce: true) { CoreReloadTests.quantity(of: $0) }
        try bench.take([.init(series: 0, time: bench.start + 50_000, value: 100)])
        try bench.finish()
        let tests = try bench.storedTests()[0]
        #expect(tests[bench.start + 50_000]?[.flatLine] == .good)
        #expect(tests[bench.start + 99_000]?[.flatLine] == .good)
    }

    private static func quantity(of series: Int) -> Quantity {
        var quantity = CoreBench.quantity(of: series)
        if series == 0 {
            quantity.limits.flatLine = FlatLineLimits(
                suspectMilliseconds: 60_000, failMilliseconds: 80_000, tolerance: 1)
        }
        return quantity
    }
}
