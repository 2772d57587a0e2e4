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
