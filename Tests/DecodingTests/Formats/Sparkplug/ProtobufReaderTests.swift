@testable import Decoding
import TestKit
import Testing

@Suite("ProtobufReader")
struct ProtobufReaderTests {
    /// `number:value` for each field, and `malformed` where it ends badly.
    private func shown(_ bytes: [UInt8]) -> [String] {
        bytes.withUnsafeBytes { bytes in
            var reader = ProtobufReader(bytes)
            var fields: [String] = []
            while let (number, value) = reader.next() {
                let shown =
                    switch value {
                    case .varint(let value): "\(value)"
                    case .fixed64(let value): "64/\(value)"
                    case .fixed32(let value): "32/\(value)"
                    case .bytes(let bytes): "[\(bytes.count)]"
                    }
                fields.append("\(number):\(shown)")
            }
            return fields + (reader.isMalformed ? ["malformed"] : [])
        }
    }

    @Test("reads the four kinds of fields")
    func kinds() {
        // The documentation's own: `a: 150`, and `b: "testing"`.
        #expect(shown([0x08, 0x96, 0x01]) == ["1:150"])
        #expect(shown([0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6E, 0x67]) == ["2:[7]"])
        #expect(shown([0x25, 1, 0, 0, 0, 0x21, 2, 0, 0, 0, 0, 0, 0, 0]) == ["4:32/1", "4:64/2"])
        #expect(shown([0x12, 0x00]) == ["2:[0]"])
        #expect(shown([]) == [])
    }

    @Test("reads numbers of up to 64 bits, also written longer than need be")
    func varints() {
        #expect(shown([0x08] + [UInt8](repeating: 0xFF, count: 9) + [0x01]) == ["1:\(UInt64.max)"])
        #expect(shown([0x08, 0x80, 0x00]) == ["1:0"])
        #expect(shown([0xF8, 0xFF, 0xFF, 0xFF, 0x0F, 0x01]) == ["536870911:1"])
    }

    @Test(
        "ends at what is no message, and believes no length beyond the bytes",
        arguments: [
            [0x08], [0x08, 0x80], [0x08] + [UInt8](repeating: 0x80, count: 11),
            [0x08] + [UInt8](repeating: 0xFF, count: 9) + [0x02], [0x12, 0x05, 1, 2, 3, 4],
            [0x12] + [UInt8](repeating: 0xFF, count: 9) + [0x01], [0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
            [0x25, 1, 2, 3],
            [0x21, 1, 2, 3, 4, 5, 6, 7], [0x0B], [0x0C], [0x0E, 1], [0x0F, 1], [0x00, 1], [0x07, 1],
            [0x88, 0x80, 0x80, 0x80, 0x10, 1],
        ] as [[UInt8]])
    func malformed(bytes: [UInt8]) {
        #expect(shown(bytes) == ["malformed"])
        #expect(shown([0x08, 0x01] + bytes) == ["1:1", "malformed"])
    }

    @Test("reads random bytes without failing, to the end or to where they are none", arguments: 0..<4)
    func random(round: UInt64) {
        var random = SeededGenerator(seed: 0x9807 + round)
        for _ in 0..<5000 {
            let count = Int.random(in: 0...64, using: &random)
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            bytes.withUnsafeBytes { bytes in
                var reader = ProtobufReader(bytes)
                var fields = 0
                while reader.next() != nil { fields += 1 }
                #expect(reader.isMalformed || reader.position == bytes.count, "seed \(random.seed)")
                #expect(fields <= bytes.count)
                #expect(reader.next() == nil)
            }
        }
    }
}
