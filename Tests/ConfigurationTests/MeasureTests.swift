@testable import GatewayConfiguration
import TestKit
import Testing

@Suite("Measure")
struct MeasureTests {
    @Test(
        "reads durations",
        arguments: [
            ("0s", 0), ("250ms", 250), ("10s", 10_000), ("5m", 300_000), ("2h", 7_200_000), ("30d", 2_592_000_000),
            ("1y", 31_557_600_000),
        ] as [(String, Int64)])
    func durations(text: String, milliseconds: Int64) {
        #expect(Measure.duration(text) == milliseconds)
    }

    @Test(
        "reads sizes",
        arguments: [
            ("1B", 1), ("2kB", 2000), ("2KiB", 2048), ("64MiB", 67_108_864), ("1MB", 1_000_000),
            ("1GiB", 1_073_741_824), ("1TiB", 1 << 40),
        ] as [(String, Int64)])
    func sizes(text: String, bytes: Int64) {
        #expect(Measure.size(text) == bytes)
    }

    @Test(
        "refuses what is neither",
        arguments: [
            "", "s", "10", "1.5s", "-1s", "+1s", "1 s", "1w", "1S", "9223372036854775807d", "99999999999999999999s",
            "1KB", "1K", "B",
        ])
    func refused(text: String) {
        #expect(Measure.duration(text) == nil)
        #expect(Measure.size(text) == nil)
    }

    @Test(
        "reads lengths, with fractions, in millimetres",
        arguments: [
            ("0mm", 0), ("1800mm", 1800), ("180cm", 1800), ("2m", 2000), ("1.8m", 1800), ("30.5cm", 305),
        ] as [(String, Double)])
    func lengths(text: String, millimetres: Double) {
        #expect(Measure.length(text) == millimetres)
    }

    @Test(
        "refuses what is no length",
        arguments: [
            "", "mm", "1800", "1 m", "-1m", "+1m", ".5m", "5.m", "1e3m", "infm", "nanm", "0x1m", "1.2.3m", "1km",
        ])
    func noLengths(text: String) {
        #expect(Measure.length(text) == nil)
    }

    @Test("tells what was meant, and nothing where it cannot")
    func meant() {
        #expect(Measure.respelledDuration("10 sec") == "10s")
        #expect(Measure.respelledDuration("1,5 h") == "90m")
        #expect(Measure.respelledDuration("2 Weeks") == "14d")
        #expect(Measure.respelledSize("64 mb") == "64MB")
        #expect(Measure.respelledSize("64Kib") == "64KiB")
        #expect(Measure.respelledLength("1.80 m") == "1800mm")
        #expect(Measure.respelledLength("18 centimetres") == "180mm")
        for text in ["", "soon", "10", "10 parsecs", "1e9d", "999999999999999y", "-5s", "٣s"] {
            #expect(Measure.respelledDuration(text) == nil, "\(text)")
            #expect(Measure.respelledSize(text) == nil, "\(text)")
            #expect(Measure.respelledLength(text) == nil, "\(text)")
        }
    }

    @Test("writes durations that it reads as the same", arguments: 0..<5)
    func roundTrip(round: UInt64) {
        var random = SeededGenerator(seed: 0x3EA5 + round)
        for unit: Int64 in [1, 1000, 60_000, 3_600_000, 86_400_000] {
            let milliseconds = unit * Int64.random(in: 0...10_000, using: &random)
            #expect(Measure.duration(Measure.text(milliseconds: milliseconds)) == milliseconds)
        }
        #expect(Measure.text(milliseconds: 90_000) == "90s")
        #expect(Measure.text(milliseconds: 7_200_000) == "2h")
    }
}
