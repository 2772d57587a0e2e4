import FoundationEssentials
import Telemetry
import TestKit
import Testing

@Suite("JSONLine")
struct JSONLineTests {
    private func line(_ build: (inout JSONLine) -> Void) -> String {
        var line = JSONLine()
        build(&line)
        return line.finished
    }

    private func parse<Value: Decodable>(_ text: String, as type: Value.Type) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }

    @Test("keeps the order in which keys were added, and nests")
    func shape() {
        let text = line {
            $0.add("b", 1)
            $0.add("a", "x")
            $0.add("yes", true)
            $0.addNull("none")
            $0.add("time", Timestamp(milliseconds: 0))
            $0.add("inner", JSONLine())
            $0.add("list", [JSONLine(), JSONLine()])
        }
        #expect(
            text
                == #"{"b":1,"a":"x","yes":true,"none":null,"time":"1970-01-01T00:00:00.000Z","inner":{},"list":[{},{}]}"#
        )
        #expect(JSONLine().finished == "{}")
    }

    @Test(
        "escapes what JSON, a line, or a terminal would stumble over",
        arguments: [
            ("\"", #"\""#), ("\\", #"\\"#), ("\n", #"\n"#), ("\r", #"\r"#), ("\t", #"\t"#), ("\r\n", #"\r\n"#),
            ("\u{0}", #"\u0000"#), ("\u{1B}[31m", #"\u001b[31m"#), ("\u{1F}", #"\u001f"#), ("\u{7F}", #"\u007f"#),
            ("\u{85}", #"\u0085"#), ("\u{9B}31m", #"\u009b31m"#),
            ("\u{2028}", #"\u2028"#), ("\u{2029}", #"\u2029"#), ("/", "/"), ("é€😀", "é€😀"), ("e\u{301}", "e\u{301}"),
        ])
    func escapes(value: String, escaped: String) throws {
        let text = line { $0.add("k", value) }
        #expect(text == "{\"k\":\"\(escaped)\"}")
        #expect(try parse(text, as: [String: String].self) == ["k": value])
        let asKey = line { $0.add(value, 1) }
        #expect(asKey == "{\"\(escaped)\":1}")
    }

    @Test("writes bytes that are not UTF-8 as replacement characters, never as they are")
    func invalidBytes() throws {
        let value = String(decoding: [0x61, 0xFF, 0xC3, 0x28, 0xED, 0xA0, 0x80] as [UInt8], as: UTF8.self)
        let text = line { $0.add("k", value) }
        #expect(String(validating: text.utf8, as: UTF8.self) == text)
        #expect(text.contains("\u{FFFD}"))
        #expect(try parse(text, as: [String: String].self) == ["k": value])
    }

    @Test("any text comes back from a JSON parser as it was, on one line", arguments: 0..<10)
    func anyText(round: UInt64) throws {
        var random = SeededGenerator(seed: 0x7E47 + round)
        for _ in 0..<100 {
            var value = ""
            for _ in 0..<Int.random(in: 0...20, using: &random) {
                let limit: UInt32 = Bool.random(using: &random) ? 0xFF : 0x10FFFF
                if let scalar = Unicode.Scalar(UInt32.random(in: 0...limit, using: &random)) {
                    value.unicodeScalars.append(scalar)
                }
            }
            let text = line { $0.add("k", value) }
            #expect(!text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x2028 || $0.value == 0x2029 })
            let parsed = try parse(text, as: [String: String].self)
            // Scalar by scalar: Swift compares strings by canonical equivalence.
            #expect(parsed["k"].map { Array($0.unicodeScalars) } == Array(value.unicodeScalars), "seed \(random.seed)")
        }
    }

    @Test("writes numbers in the shortest form that reads back as the same", arguments: 0..<10)
    func numbers(round: UInt64) throws {
        var random = SeededGenerator(seed: 0x0F10 + round)
        for _ in 0..<500 {
            let bits = Double(bitPattern: random.next())
            let small = Double(Int64.random(in: -1_000_000...1_000_000, using: &random)) / 1000
            for value in [bits, small] where value.isFinite {
                let text = JSONLine.number(value)
                #expect(Double(text) == value, "\(text)")
                let parsed = try parse("{\"k\":\(text)}", as: [String: Double].self)
                #expect(parsed["k"] == value, "\(text)")
                #expect(text.utf8.count <= value.description.utf8.count)
            }
        }
    }

    @Test(
        "writes whole numbers without a fraction, and what is not a number as null",
        arguments: [
            (0.0, "0"), (21, "21"), (-3, "-3"), (12.5, "12.5"), (0.1, "0.1"), (1e14, "100000000000000"),
            (1e15, "1000000000000000"),
            (9_007_199_254_740_992, "9007199254740992"), (0x1p54, "1.8014398509481984e+16"), (-1e300, "-1e+300"),
            (.nan, "null"), (.infinity, "null"), (-.infinity, "null"),
            (.leastNonzeroMagnitude, "5e-324"), (27.200000762939453, "27.200000762939453"),
        ])
    func numberForms(value: Double, text: String) {
        #expect(JSONLine.number(value) == text)
        #expect(line { $0.add("k", value) } == "{\"k\":\(text)}")
    }

    @Test("writes a figure that is not there as null")
    func absent() {
        #expect(line { $0.add("k", Double?.none) } == #"{"k":null}"#)
        #expect(line { $0.add("k", Double?.some(1.5)) } == #"{"k":1.5}"#)
    }
}
