import Privacy
import TestKit
import Testing

import FoundationEssentials

/// What holds of a mask whatever it is put on.
@Suite("Masking")
struct MaskingPropertyTests {
    private static let mask = PersonalDataMask(
        furtherKeys: ["owner"], knownNames: ["a4:83:e7:0b:12:9c", "12-AB-34"])

    @Test(
        "keeps the length and JSON's validity, hides all of it, and changes nothing the second time", arguments: 0..<40)
    func json(round: UInt64) throws {
        var random = SeededGenerator(seed: 0xFACE + round)
        for _ in 0..<50 {
            var secrets: [String] = []
            let text = MaskingPropertyTests.value(depth: 4, &random, &secrets)
            var masked = Array(text.utf8)
            MaskingPropertyTests.mask.apply(to: &masked)
            #expect(masked.count == text.utf8.count, "seed \(random.seed)")
            let data = Data(masked)
            #expect(throws: Never.self, "seed \(random.seed): \(text) → \(String(decoding: masked, as: UTF8.self))") {
                _ = try JSONDecoder().decode(AnyJSON.self, from: data)
            }
            let shown = String(decoding: masked, as: UTF8.self)
            for secret in secrets { #expect(!shown.contains(secret), "seed \(random.seed): \(secret) in \(shown)") }
            var again = masked
            MaskingPropertyTests.mask.apply(to: &again)
            #expect(again == masked, "seed \(random.seed)")
        }
    }

    @Test("bears any bytes, in whatever place they are cut", arguments: 0..<40)
    func anyBytes(round: UInt64) {
        var random = SeededGenerator(seed: 0xB17E + round)
        let alphabet = Array(#"{}[]:=,"'\/+-._ 0123456789abcdefxXABGu"#.utf8) + [0, 0xC3, 0xA9, 0xFF, 0x0A]
        for _ in 0..<500 {
            let count = Int.random(in: 0...120, using: &random)
            var bytes = (0..<count).map { _ in alphabet.randomElement(using: &random)! }
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let piece = MaskingPropertyTests.pieces.randomElement(using: &random)!
                bytes.insert(contentsOf: Array(piece.utf8), at: Int.random(in: 0...bytes.count, using: &random))
            }
            if Bool.random(using: &random) {
                bytes = Array(bytes.prefix(Int.random(in: 0...bytes.count, using: &random)))
            }
            var masked = bytes
            let isMasked = MaskingPropertyTests.mask.apply(to: &masked)
            #expect(masked.count == bytes.count, "seed \(random.seed)")
            #expect(isMasked || masked == bytes, "seed \(random.seed)")
            var again = masked
            MaskingPropertyTests.mask.apply(to: &again)
            #expect(again == masked, "seed \(random.seed): \(String(decoding: bytes, as: UTF8.self))")
            // Nothing but letters, digits and numbers is touched.
            for (before, after) in zip(bytes, masked) where before != after {
                #expect("x0178nul \(UnicodeScalar(before))".utf8.contains(after), "seed \(random.seed)")
            }
        }
    }

    @Test("takes a time that grows with the length alone, at what is made to be slow", .timeLimit(.minutes(1)))
    func hostile() {
        for piece in [
            "aa:", "aa-bb:", "\"face\":[", "\"face\":", "\"", "\\\"", "\\", "=mac=", "1-", "12-ab-", "a204043123456789",
            ":",
            "\"mac\":\"", "mac=", "aaaa.", "\"a\" :", "_a", "{\"face\":{\"a",
        ] {
            var bytes = Array(repeating: Array(piece.utf8), count: 100_000).flatMap(\.self)
            let count = bytes.count
            MaskingPropertyTests.mask.apply(to: &bytes)
            #expect(bytes.count == count)
        }
    }

    private static let pieces = [
        "a4:83:e7:0b:12:9d", "204043123456789", "GBB-01-B", "+31612345678", #""mac":"#, #""face":{"a":[1,"#,
        #""plate":""#,
        "mac=", #"\"mac\":\""#, "a4:83:e7:0b:12:9c", #"\u00e9"#, "a483.e70b.129c", #""imei":12345"#,
    ]

    // MARK: - Random JSON

    private static func value(depth: Int, _ random: inout SeededGenerator, _ secrets: inout [String]) -> String {
        switch Int.random(in: 0..<(depth > 0 ? 10 : 7), using: &random) {
        case 0: return "\(Int.random(in: -99_999...99_999, using: &random))"
        case 1: return "\(Double.random(in: -1e6...1e6, using: &random))"
        case 2: return ["true", "false", "null", "1e-7", "\"\"", "1764000000000"].randomElement(using: &random)!
        case 3: return "\"\(["plain", #"a\"b"#, #"\u00e9\n"#, "é🚲", #"\\"#].randomElement(using: &random)!)\""
        case 4...6: return secret(&random, &secrets)
        case 7: return "[" + list(depth, &random, &secrets) { value(depth: depth - 1, &$0, &$1) } + "]"
        default:
            return "{"
                + list(depth, &random, &secrets) { random, secrets in
                    let key = ["\"v\"", "\"mac\"", "\"owner_id\"", "\"faces\"", "\"phone\" ", "\"t:x\"", #""\"q""#]
                        .randomElement(using: &random)!
                    return key + ":" + value(depth: depth - 1, &random, &secrets)
                } + "}"
        }
    }

    private static func list(
        _ depth: Int, _ random: inout SeededGenerator, _ secrets: inout [String],
        _ make: (inout SeededGenerator, inout [String]) -> String
    ) -> String {
        var items: [String] = []
        for _ in 0..<Int.random(in: 0...3, using: &random) { items.append(make(&random, &secrets)) }
        return items.joined(separator: [",", ", ", " ,\n"].randomElement(using: &random)!)
    }

    private static func secret(_ random: inout SeededGenerator, _ secrets: inout [String]) -> String {
        func digits(_ count: Int) -> String {
            String((0..<count).map { _ in Character("\(Int.random(in: 1...9, using: &random))") })
        }
        let hex = { (random: inout SeededGenerator) in
            (0..<6).map { _ in
                let byte = Int.random(in: 0x10...0xFF, using: &random)
                return String(byte, radix: 16)
            }
        }
        let secret: String
        switch Int.random(in: 0..<5, using: &random) {
        case 0: secret = hex(&random).joined(separator: ":")
        case 1: secret = hex(&random).joined(separator: "-").uppercased()
        case 2: secret = "2" + digits(14)
        case 3:
            let number = "2" + digits(14)
            secrets.append(number)
            return number
        default: secret = "G-\(digits(3))-BZ"
        }
        secrets.append(secret)
        return ["\"\(secret)\"", "\"at \(secret) \"", #""\n\#(secret)""#].randomElement(using: &random)!
    }

    /// Only to see whether it can be read.
    private enum AnyJSON: Decodable {
        case value

        init(from decoder: any Decoder) throws {
            if let container = try? decoder.container(keyedBy: Key.self) {
                for key in container.allKeys { _ = try container.decode(AnyJSON.self, forKey: key) }
            } else if var container = try? decoder.unkeyedContainer() {
                while !container.isAtEnd { _ = try container.decode(AnyJSON.self) }
            } else {
                let container = try decoder.singleValueContainer()
                if !container.decodeNil(), (try? container.decode(Bool.self)) == nil,
                    (try? container.decode(Double.self)) == nil
                {
                    _ = try container.decode(String.self)
                }
            }
            self = .value
        }

        struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init?(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }
    }
}
