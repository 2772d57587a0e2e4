import Gateway
import GatewayConfiguration
import Telemetry
import TestKit
import Testing

/// Every format's golden capture, damaged at random: bytes that nobody foresaw, in the neighbourhood of those that mean
/// something.
@Suite("Damaged golden captures")
struct GoldenDamageTests {
    @Test("never fail, and each message leaves a trace", .timeLimit(.minutes(2)), arguments: GoldenTests.names)
    func damaged(name: String) throws {
        let folder = "\(GoldenTests.root)/\(name)"
        let preview = CapturePreview(configuration: try ConfigurationFile.load(path: "\(folder)/config.toml"))
        let input = try GoldenTests.lines(of: "\(folder)/input.ndjson").map {
            try CapturedMessage(line: Array($0.utf8))
        }
        let seed = UInt64(name.utf8.reduce(0xDA) { ($0 &* 31) &+ UInt64($1) })
        var random = SeededGenerator(seed: seed)
        for _ in 0..<2000 {
            var message = input.randomElement(using: &random)!
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                GoldenDamageTests.damage(&message.payload, using: &random)
            }
            let decoded = preview.decode(message)
            #expect(!decoded.readings.isEmpty || !decoded.rejections.isEmpty, "seed \(random.seed): \(message.line)")
            #expect(decoded.readings.allSatisfy { $0.value.isFinite }, "seed \(random.seed): \(message.line)")
        }
    }

    private static func damage(_ bytes: inout [UInt8], using random: inout SeededGenerator) {
        let position = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, position + Int.random(in: 0...12, using: &random))
        switch Int.random(in: 0..<6, using: &random) {
        case 0 where position < bytes.count: bytes[position] = UInt8.random(in: 0...255, using: &random)
        case 1 where position < bytes.count: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.removeSubrange(position..<end)
        case 3: bytes.insert(contentsOf: bytes[position..<end], at: position)
        case 4:
            let number = [0, 1, -1, 255, Int.max, Int.min].randomElement(using: &random)!
            bytes.insert(contentsOf: "\(number)".utf8, at: position)
        default: bytes.insert(contentsOf: "\",=\\ :{}[]\n\u{0}é".utf8.shuffled(using: &random), at: position)
        }
    }
}
