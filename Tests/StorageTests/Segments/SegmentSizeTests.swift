import Simulation
import Storage
import Telemetry
import TestKit
import Testing

@Suite("Sizes of segments")
struct SegmentSizeTests {
    private static let start = Timestamp(rfc3339: "2026-11-23T00:00:00Z")!
    private static let hour: Int64 = 3_600_000

    private static func street(_ kind: DeviceKind) -> [StreetSeries] {
        var street = Street(calendar: .utc)
        street.counts = [kind: 1]
        street.faults.spikes = 0.001
        street.faults.outOfRange = 0.0005
        street.faults.missing = 0.005
        street.faults.late = 0.001
        return StreetSeries.all(of: street, from: start, to: start + 24 * hour)
    }

    /// Bytes a reading of one quantity, of a day cut into segments of at most so many hours.
    private static func size(_ quantity: String, in series: [StreetSeries], hours: Int64) throws -> Double {
        var bytes = 0
        var count = 0
        for one in series where one.quantity == quantity {
            let parts = Dictionary(grouping: one.points) { ($0.time - start) / (hours * hour) }
            for part in parts.values {
                let readings = part.enumerated().map { index, point in
                    let isOdd = index % 100 == 7
                    return SealedReading(
                        time: point.time, value: point.value, flag: isOdd ? .suspect : .good,
                        tests: QualityTests(bits: isOdd ? 0x1_1311 : 0x1_1111))
                }
                let sealed = try readings.sealed()
                #expect(try [SealedReading](segment: sealed).isIdentical(to: readings))
                bytes += sealed.count
                count += readings.count
            }
        }
        return Double(bytes) / Double(count)
    }

    @Test("air stations, an hour a segment: at most 1.5 bytes a reading, less than half of what is allowed")
    func air() throws {
        let series = SegmentSizeTests.street(.air)
        for quantity in ["no2", "pm2_5", "pm10", "temperature", "humidity"] {
            let size = try SegmentSizeTests.size(quantity, in: series, hours: 1)
            #expect(size > 0 && size < 1.5, "\(quantity): \(size)")
        }
    }

    @Test("traffic counters, six hours a segment: at most 3 bytes a reading")
    func traffic() throws {
        let series = SegmentSizeTests.street(.traffic)
        for quantity in ["vehicle_count", "heavy_vehicle_count", "bicycle_count", "pedestrian_count", "speed"] {
            let size = try SegmentSizeTests.size(quantity, in: series, hours: 6)
            #expect(size > 0 && size < 3, "\(quantity): \(size)")
        }
    }

    @Test("bins with the network's times, a day a segment: at most 4 bytes a reading")
    func bins() throws {
        let series = SegmentSizeTests.street(.bin)
        for quantity in ["fill_level", "temperature", "battery"] {
            let size = try SegmentSizeTests.size(quantity, in: series, hours: 24)
            #expect(size > 0 && size < 4, "\(quantity): \(size)")
        }
    }

    /// Bytes a segment of 360 readings takes whose times lie so many milliseconds apart.
    private func size(differences: (Int) -> Int64, values: (Int) -> Double = { _ in 21.5 }) throws -> Int {
        var time = SegmentSizeTests.start
        let readings = (0..<360).map { index in
            defer { time = time + differences(index) }
            return SealedReading(time: time, value: values(index), flag: .good, tests: QualityTests(bits: 0x1_1111))
        }
        return try readings.sealed().count
    }

    @Test("times that are regular, whole seconds or of a clock that drifts take next to nothing")
    func times() throws {
        #expect(try size { _ in 10_000 } <= 50)
        // 0 to 2 whole seconds in two bits.
        #expect(try size { 9000 + Int64($0 * 7919 % 3) * 1000 } <= 50 + 90)
        #expect(try size { 1000 + Int64($0) * 100 } <= 60)
    }

    @Test("values that are no decimals take no more than the bits in which they differ")
    func floats() throws {
        // One of all 53 bits, and then fractions of 2^-20.
        let size = try size(differences: { _ in 10_000 }) { index in
            index == 1 ? .pi : 2 + Double(index * 7919 % 1_048_573) / 1_048_576
        }
        #expect(size <= 60 + 360 * 24 / 8)
    }
}
