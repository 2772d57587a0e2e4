@testable import Storage
import Telemetry
import TestKit
import Testing

@Suite("Damaged segments")
struct SegmentDamageTests {
    enum Damage: CaseIterable {
        case flippedBit, flippedBits, changedByte, changedHeader, truncated, extended, zeroedTail, shifted, swapped
    }

    @Test("are an error or give what was sealed, never anything else", arguments: Damage.allCases)
    func damage(_ damage: Damage) throws {
        var random = SeededGenerator.fromEnvironment()
        var errors = 0
        for round in 0..<2000 {
            let readings = SegmentDamageTests.readings(round, &random)
            let sealed = try readings.sealed()
            let damaged = SegmentDamageTests.apply(damage, to: sealed, &random)
            do {
                let read = try [SealedReading](segment: damaged)
                #expect(read.isIdentical(to: readings), "seed \(random.seed), round \(round), \(damage)")
                #expect(damaged == sealed)
            } catch { errors += 1 }
        }
        #expect(errors > 1000, "seed \(random.seed)")
    }

    @Test("stop nothing and ask for no memory, also where the checksum is right", arguments: Damage.allCases)
    func forged(_ damage: Damage) throws {
        var random = SeededGenerator.fromEnvironment()
        var outcomes: [Bool: Int] = [:]
        for round in 0..<2000 {
            let sealed = try SegmentDamageTests.readings(round, &random).sealed()
            var forged = SegmentDamageTests.apply(damage, to: sealed, &random)
            SegmentDamageTests.setChecksum(of: &forged)
            outcomes[SegmentDamageTests.isReadInOrder(forged), default: 0] += 1
        }
        #expect(outcomes[false, default: 0] > 0 || damage == .swapped, "seed \(random.seed)")
    }

    @Test("stop nothing where they are nothing but random bytes behind a good checksum")
    func noise() {
        var random = SeededGenerator.fromEnvironment()
        var errors = 0
        for _ in 0..<20_000 {
            var bytes = (0..<Int.random(in: 0...120, using: &random)).map { _ in
                UInt8(truncatingIfNeeded: random.next() >> UInt64.random(in: 0...63, using: &random))
            }
            if !bytes.isEmpty { bytes[0] = UInt8(SegmentHeader.formatVersion) }
            SegmentDamageTests.setChecksum(of: &bytes)
            if !SegmentDamageTests.isReadInOrder(bytes) { errors += 1 }
        }
        #expect(errors > 19_000, "seed \(random.seed)")
    }

    @Test("a segment of a newer format is refused by name, and a flipped version is damage")
    func newerFormat() throws {
        var random = SeededGenerator.fromEnvironment()
        var newer = try SegmentDamageTests.readings(0, &random).sealed()
        newer[0] = UInt8(SegmentHeader.formatVersion + 1)
        #expect(throws: SegmentError.damaged(.checksum)) { try [SealedReading](segment: newer) }
        SegmentDamageTests.setChecksum(of: &newer)
        let error = #expect(throws: SegmentError.newerFormat(SegmentHeader.formatVersion + 1)) {
            try [SealedReading](segment: newer)
        }
        #expect(error?.description.contains("format version 2, newer than this poort knows (1)") == true)
        newer[0] = 0
        SegmentDamageTests.setChecksum(of: &newer)
        #expect(throws: SegmentError.damaged(.header)) { try [SealedReading](segment: newer) }
    }

    @Test("a segment that claims more readings than one may hold is an error")
    func hostileCount() throws {
        var bytes: [UInt8] = [UInt8(SegmentHeader.formatVersion), 0, 0, 0, 0]
        bytes.append(varint: 1)
        bytes.append(varint: UInt64(SegmentHeader.maximumCount))
        bytes.append(zigzag: 0)
        bytes.append(varint: 1 << 40)
        bytes += [4, 5, 1, 0, 1, 2, 0, 0, 0, 1, 0, 1, 0, 1]
        SegmentDamageTests.setChecksum(of: &bytes)
        #expect(throws: SegmentError.damaged(.header)) { try [SealedReading](segment: bytes) }
    }

    /// Whether all bytes make a segment; at most as many readings as one may hold come out, in the order of time.
    private static func isReadInOrder(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            guard var reader = try? SegmentReader(bytes) else { return false }
            var count = 0
            var last: Timestamp?
            while true {
                let reading: SealedReading?
                do { reading = try reader.next() } catch { return false }
                guard let reading else { break }
                count += 1
                if let last { #expect(reading.time > last) }
                last = reading.time
            }
            #expect(count == reader.header.count)
            #expect(count <= SegmentHeader.maximumCount)
            return true
        }
    }

    private static func readings(_ round: Int, _ random: inout SeededGenerator) -> [SealedReading] {
        let times = RandomSeries.Times.allCases
        let values = RandomSeries.Values.allCases
        let verdicts = RandomSeries.Verdicts.allCases
        return RandomSeries.readings(
            times[round % times.count], values[round / 3 % values.count], verdicts[round / 2 % verdicts.count],
            count: .random(in: 1...60, using: &random), &random)
    }

    private static func apply(_ damage: Damage, to bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        let place = Int.random(in: bytes.indices, using: &random)
        switch damage {
        case .flippedBit: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case .flippedBits:
            for _ in 0..<Int.random(in: 2...40, using: &random) {
                bytes[.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
        case .changedByte: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case .changedHeader:
            let last = min(bytes.count - 1, 40)
            bytes[.random(in: 0...last, using: &random)] = [0, 0x7F, 0x80, 0xFF, 1, 2].randomElement(using: &random)!
        case .truncated: bytes.removeLast(.random(in: 1...bytes.count, using: &random))
        case .extended:
            bytes += (0..<Int.random(in: 1...40, using: &random)).map { _ in
                Bool.random(using: &random) ? UInt8(truncatingIfNeeded: random.next()) : 0
            }
        case .zeroedTail: for index in place..<bytes.count { bytes[index] = 0 }
        case .shifted: bytes.remove(at: place)
        case .swapped: bytes.swapAt(place, .random(in: bytes.indices, using: &random))
        }
        return bytes
    }

    private static func setChecksum(of bytes: inout [UInt8]) {
        guard bytes.count > SegmentHeader.checksumRange.upperBound else { return }
        let checksum = bytes.withUnsafeBytes { SegmentHeader.checksum(of: $0) }
        for (index, place) in SegmentHeader.checksumRange.enumerated() {
            bytes[place] = UInt8(truncatingIfNeeded: checksum >> UInt32(index * 8))
        }
    }
}
