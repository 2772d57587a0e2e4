@testable import Storage
import Telemetry
import TestKit
import Testing

@Suite("Segments")
struct SegmentTests {
    @Test(
        "give back every bit of what was sealed", arguments: RandomSeries.Times.allCases, RandomSeries.Values.allCases)
    func roundTrip(times: RandomSeries.Times, values: RandomSeries.Values) throws {
        var random = SeededGenerator.fromEnvironment()
        for verdicts in RandomSeries.Verdicts.allCases {
            for count in [1, 2, 3, 17, .random(in: 4...500, using: &random)] {
                let readings = RandomSeries.readings(times, values, verdicts, count: count, &random)
                let sealed = try readings.sealed()
                let read = try [SealedReading](segment: sealed)
                #expect(read.isIdentical(to: readings), "seed \(random.seed), \(times) \(values) \(verdicts) \(count)")
                #expect(sealed.count < 64 + readings.count * 29)
            }
        }
    }

    @Test("as many readings as one may hold, and no more")
    func full() throws {
        var builder = SegmentBuilder(series: 1)
        var readings: [SealedReading] = []
        for index in 0..<SegmentHeader.maximumCount {
            let reading = SegmentTests.reading(Int64(index), value: Double(index % 7))
            readings.append(reading)
            try builder.append(reading)
        }
        #expect(throws: SegmentError.full) {
            try builder.append(SegmentTests.reading(.max, value: 0))
        }
        #expect(try [SealedReading](segment: builder.seal()).isIdentical(to: readings))
    }

    @Test("take readings in the order of time alone, and begin anew once they are sealed")
    func order() throws {
        var builder = SegmentBuilder(series: 1)
        #expect(throws: SegmentError.empty) { try builder.seal() }
        try builder.append(SegmentTests.reading(10, value: 1))
        #expect(throws: SegmentError.outOfOrder(Timestamp(milliseconds: 10))) {
            try builder.append(SegmentTests.reading(10, value: 2))
        }
        #expect(throws: SegmentError.outOfOrder(Timestamp(milliseconds: 9))) {
            try builder.append(SegmentTests.reading(9, value: 2))
        }
        #expect(try [SealedReading](segment: builder.seal()).count == 1)
        #expect(builder.count == 0)
        try builder.append(SegmentTests.reading(9, value: 3))
        #expect(try [SealedReading](segment: builder.seal()).map(\.value) == [3])
    }

    @Test("say which series, how many readings and which stretch of time they hold")
    func header() throws {
        for series in [SeriesID.min, -1, 0, 1, 300, .max] {
            let readings = [1000, 2000, 5000].map { SegmentTests.reading($0, value: 1) }
            let header = try readings.sealed(series: series).withUnsafeBytes { try SegmentReader($0).header }
            #expect(header.series == series)
            #expect(header.count == 3)
            #expect(header.firstTime.milliseconds == 1000)
            #expect(header.lastTime.milliseconds == 5000)
        }
    }

    @Test(
        "are passed over where they hold nothing of a range",
        arguments: [
            (0, 1000, false), (0, 1001, true), (5000, 5001, true), (5001, 9000, false), (2500, 3000, true),
            (3000, 3000, false),
        ])
    func ranges(from: Int64, to: Int64, overlaps: Bool) {
        let header = SegmentHeader(
            series: 1, count: 2, firstTime: Timestamp(milliseconds: 1000), lastTime: Timestamp(milliseconds: 5000))
        #expect(header.overlaps(Timestamp(milliseconds: from)..<Timestamp(milliseconds: to)) == overlaps)
    }

    @Test("keep the flag of a reading whose tests are not known")
    func olderFile() throws {
        let reading = SealedReading(time: Timestamp(milliseconds: 5), value: 1, flag: .suspect, tests: QualityTests())
        #expect(reading.tests.combined != reading.flag)
        #expect(try [SealedReading](segment: [reading].sealed()).first?.flag == .suspect)
    }

    @Test("have the checksum of RFC 3720", arguments: [0, 1, 4])
    func checksum(split: Int) {
        // B.4: 32 bytes of zeros, 32 bytes from 0 to 31; the third is the usual check of nine digits.
        let cases: [([UInt8], UInt32)] = [
            ([UInt8](repeating: 0, count: 32), 0x8A91_36AA), ([UInt8](0..<32), 0x46DD_794E),
            (Array("123456789".utf8), 0xE306_9283),
        ]
        for (bytes, expected) in cases {
            let first = bytes[..<split].withUnsafeBytes { CRC32C.checksum($0) }
            #expect(bytes[split...].withUnsafeBytes { CRC32C.checksum($0, after: first) } == expected)
        }
    }

    private static func reading(_ milliseconds: Int64, value: Double) -> SealedReading {
        SealedReading(
            time: Timestamp(milliseconds: milliseconds), value: value, flag: .good, tests: QualityTests(bits: 0x11))
    }
}
