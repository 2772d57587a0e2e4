import FoundationEssentials
import Processing
import Telemetry
import Testing

/// What `ioos_qc` itself says of random series; Tests/Fixtures/QARTOD tells how they were made.
@Suite("Flags of ioos_qc")
struct ReferenceFlagTests {
    private struct Line: Decodable {
        var times: [Int64]
        var values: [Double?]
        var median: Double
        var grossRange: GrossRange
        var spike: Spike
        var rateOfChange: RateOfChange
        var flatLine: FlatLine?
        var attenuatedSignal: AttenuatedSignal
        var timeGap: TimeGap

        struct GrossRange: Decodable {
            var fail: [Double]
            var suspect: [Double]?
            var flags: [UInt8]
        }
        struct Spike: Decodable {
            var method: String
            var suspect: Double?
            var fail: Double?
            var flags: [UInt8]
        }
        struct RateOfChange: Decodable {
            var suspect: Double
            var fail: Double?
            var flags: [UInt8]
        }
        struct FlatLine: Decodable {
            var suspect: Int64
            var fail: Int64
            var tolerance: Double
            var flags: [UInt8]
        }
        struct AttenuatedSignal: Decodable {
            var window: Int64
            var readings: Int
            var suspect: Double
            var fail: Double
            var measure: String
            var flags: [UInt8]
        }
        struct TimeGap: Decodable {
            var fail: Double
            var flags: [UInt8]
        }
    }

    private static func lines() throws -> [Line] {
        let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
            .joined(separator: "/")
        let data = try Data(contentsOf: URL(filePath: folder + "/Fixtures/QARTOD/flags.ndjson"))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try data.split(separator: UInt8(ascii: "\n")).map { try decoder.decode(Line.self, from: $0) }
    }

    private func control(_ line: Line) throws -> QualityControl {
        let (spike, attenuated) = (line.spike, line.attenuatedSignal)
        let limits = QualityLimits(
            spike: SpikeLimits(
                method: try #require(SpikeLimits.Method(rawValue: spike.method)), suspect: spike.suspect,
                fail: spike.fail),
            rateOfChange: RateOfChangeLimits(suspect: line.rateOfChange.suspect, fail: line.rateOfChange.fail),
            flatLine: line.flatLine.map {
                FlatLineLimits(
                    suspectMilliseconds: $0.suspect * 1000, failMilliseconds: $0.fail * 1000, tolerance: $0.tolerance)
            },
            attenuatedSignal: AttenuatedSignalLimits(
                measure: try #require(AttenuatedSignalLimits.Measure(rawValue: attenuated.measure)),
                windowMilliseconds: attenuated.window * 1000, minimumReadings: attenuated.readings,
                suspect: attenuated.suspect, fail: attenuated.fail),
            timeGap: TimeGapLimits(fail: Int64(line.timeGap.fail * 3_600_000)))
        let range = line.grossRange
        let quantity = Quantity(
            name: "x", unit: "1", kind: .gauge,
            grossRange: GrossRangeLimits(
                fail: range.fail[0]...range.fail[1], suspect: range.suspect.map { $0[0]...$0[1] }), limits: limits)
        return QualityControl(of: quantity, intervalMilliseconds: Int64(line.median * 1000))
    }

    @Test("are Poort's, point by point")
    func agreement() throws {
        let lines = try ReferenceFlagTests.lines()
        #expect(lines.count == 300)
        for (number, line) in lines.enumerated() {
            let points = zip(line.times, line.values).map {
                SeriesPoint(time: Timestamp(seconds: $0), value: $1 ?? .nan)
            }
            let found = try control(line).judge(points)
            func flags(_ test: QualityTest) -> [UInt8] { found.map { $0[test]?.rawValue ?? 0 } }
            #expect(flags(.grossRange) == line.grossRange.flags, "line \(number + 1)")
            #expect(flags(.spike) == line.spike.flags, "line \(number + 1)")
            #expect(flags(.rateOfChange) == line.rateOfChange.flags, "line \(number + 1)")
            if let flatLine = line.flatLine { #expect(flags(.flatLine) == flatLine.flags, "line \(number + 1)") }
            #expect(flags(.attenuatedSignal) == line.attenuatedSignal.flags, "line \(number + 1)")
            #expect(flags(.timeGap).dropFirst() == line.timeGap.flags.dropFirst(), "line \(number + 1)")
        }
    }
}
