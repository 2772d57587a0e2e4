import Testing

@testable import Forwarding
import TestKit

@Suite("JSON from servers")
struct JSONReaderTests {
    private func read(_ text: String) -> JSONValue? { try? JSONReader.read(Array(text.utf8)) }

    @Test func valuesAreRead() {
        #expect(read(" null ") == .null)
        #expect(read("true") == .boolean(true))
        #expect(
            read("[1, -2.5, 1e3, 0, -0]") == [.integer(1), .number(-2.5), .integer(1000), .integer(0), .integer(0)])
        #expect(read("9223372036854775807") == .integer(.max))
        #expect(read("9223372036854775808") == .number(9223372036854775808))
        #expect(read(#"{"a":{"b":[]},"c":"d"}"#) == ["a": ["b": []], "c": "d"])
        #expect(read(#""\"\\\/\b\f\n\r\té\u00e9😀""#) == "\"\\/\u{8}\u{c}\n\r\téé😀")
        #expect(read(#""\ud800x""#) == "\u{FFFD}x")
        #expect(read(#""\ud800\u0041""#) == "\u{FFFD}A")
    }

    @Test(arguments: [
        "", " ", "nul", "nulll", "01", "-", "1.", ".5", "1e", "+1", "NaN", "Infinity", "1e999", "[", "[1", "[1,",
        "[1,]",
        "[,]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "\"", "\"\\",
        "\"\\x\"",
        "\"\\u12\"", "\"\\u12g4\"", "\"a\nb\"", "1 2", "[1]]", "'a'", "tru e", "// c\n1",
    ])
    func otherTextIsNone(_ text: String) {
        #expect(throws: JSONReader.Failure.self) { try JSONReader.read(Array(text.utf8)) }
    }

    @Test func bytesThatAreNoTextAreNone() {
        #expect(throws: JSONReader.Failure.self) { try JSONReader.read([0x22, 0xFF, 0x22]) }
        #expect(throws: JSONReader.Failure.self) { try JSONReader.read([0x22, 0xC3, 0x22]) }
        #expect(throws: JSONReader.Failure.self) { try JSONReader.read([0xEF, 0xBB, 0xBF, 0x31]) }
    }

    @Test func depthAndNumberAreBounded() throws {
        let nested = { (count: Int) in
            [UInt8](repeating: UInt8(ascii: "["), count: count) + [UInt8](repeating: UInt8(ascii: "]"), count: count)
        }
        _ = try JSONReader.read(nested(64))
        #expect(throws: JSONReader.Failure(offset: 64, cause: "too deep")) { try JSONReader.read(nested(65)) }
        #expect(throws: JSONReader.Failure.self) { try JSONReader.read(nested(1_000_000)) }
        let many = "[" + Array(repeating: "0", count: 100).joined(separator: ",") + "]"
        _ = try JSONReader.read(Array(many.utf8), mostValues: 101)
        #expect(throws: JSONReader.Failure.self) { try JSONReader.read(Array(many.utf8), mostValues: 100) }
    }

    @Test func whatIsWrittenReadsBackTheSame() throws {
        var random = SeededGenerator.fromEnvironment()
        for _ in 0..<3000 {
            let value = JSONReaderTests.value(depth: 0, &random)
            #expect(try JSONReader.read(value.bytes) == value, "seed \(random.seed): \(value.text)")
        }
    }

    /// Whatever a broken server says, it is read or refused, and what is read can be written and read again.
    @Test func mutatedTextNeitherCrashesNorChanges() throws {
        var random = SeededGenerator.fromEnvironment()
        var readable = 0
        for _ in 0..<20_000 {
            var bytes = JSONReaderTests.value(depth: 0, &random).bytes
            for _ in 0..<Int.random(in: 1...3, using: &random) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(UInt8(ascii: "\\"), at: place)
                default: bytes.removeLast(bytes.count - place)
                }
            }
            guard let value = try? JSONReader.read(bytes) else { continue }
            readable += 1
            #expect(try JSONReader.read(value.bytes) == value, "seed \(random.seed): \(value.text)")
        }
        #expect(readable > 100, "seed \(random.seed)")
    }

    private static func value(depth: Int, _ random: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth < 4 ? 9 : 6), using: &random) {
        case 0: return .null
        case 1: return .boolean(Bool.random(using: &random))
        case 2: return .integer(Int64.random(in: Int64.min...Int64.max, using: &random))
        case 3: return .number(Double.random(in: -1000...1000, using: &random) + 0.00321)
        case 4: return .number(Double.random(in: 0.5...1, using: &random) * 1e-200)
        case 5: return .string(text(&random))
        case 6, 7:
            return .array((0..<Int.random(in: 0..<5, using: &random)).map { _ in value(depth: depth + 1, &random) })
        default:
            return .object(
                (0..<Int.random(in: 0..<5, using: &random)).map { _ in
                    JSONValue.Member(text(&random), value(depth: depth + 1, &random))
                })
        }
    }

    private static func text(_ random: inout SeededGenerator) -> String {
        let scalars: [Unicode.Scalar] = [
            "a", "Z", "\"", "\\", "\n", "\u{0}", "\u{1F}", "\u{7F}", "é", "😀", "\u{2028}", "/",
        ]
        var text = ""
        for _ in 0..<Int.random(in: 0..<8, using: &random) {
            text.unicodeScalars.append(scalars[Int.random(in: 0..<scalars.count, using: &random)])
        }
        return text
    }
}
