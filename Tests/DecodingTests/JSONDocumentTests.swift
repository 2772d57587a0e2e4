@testable import Decoding
import Telemetry
import Testing

/// simdjson gives up a document that holds an integer beyond 64 bits; one such identifier would cost every reading.
@Suite("JSONDocument")
struct JSONDocumentTests {
    private let document = JSONDocument(maximumBytes: 4096, maximumDepth: 8)

    private func value(_ text: String, at path: String = "v") -> JSONValue? {
        Array(text.utf8).withUnsafeBytes { bytes in
            guard case .value(let root) = document.parse(bytes) else { return nil }
            return root.at(JSONPath(path)!)
        }
    }

    @Test(
        "reads integers beyond 64 bits as the nearest double",
        arguments: [
            ("18446744073709551616", 0x1p64), ("99999999999999999999", 1e20), ("100000000000000000000", 1e20),
            ("-9223372036854775809", -0x1p63), ("-99999999999999999999", -1e20),
            ("1" + String(repeating: "0", count: 300), 1e300),
        ])
    func large(text: String, expected: Double) {
        let found = value("{\"id\":\(text),\"v\":\(text),\"w\":[\(text),\(text)]}")
        #expect(found?.number == expected)
        #expect(found?.integer == nil)
        #expect(value("[\(text)]", at: "x") == nil)
    }

    @Test("reads one that is all of the document")
    func root() {
        Array("123456789012345678901".utf8).withUnsafeBytes { bytes in
            guard case .value(let root) = document.parse(bytes) else {
                Issue.record("not read")
                return
            }
            #expect(root.number == 1.2345678901234568e20)
        }
    }

    @Test("leaves every other number of such a document as it is, to the last digit")
    func neighbours() {
        func text(_ number: String) -> String { "{\"id\":123456789012345678901234567890 , \"v\":\(number)}" }
        #expect(value(text("1764000000123456789"))?.integer == 1_764_000_000_123_456_789)
        #expect(value(text("-9223372036854775808"))?.integer == .min)
        #expect(value(text("9223372036854775807"))?.integer == .max)
        #expect(value(text("18446744073709551615"))?.unsigned == .max)
        #expect(value(text("1.23456789012345678901234567890"))?.number == 1.234_567_890_123_456_8)
        #expect(value(text("123456789012345678901234567890e-20"))?.number == 1_234_567_890.123_456_8)
        #expect(value(text("1e12"))?.number == 1e12)
    }

    @Test("leaves strings alone, whatever stands in them")
    func strings() {
        for string in [
            "99999999999999999999", #"\"99999999999999999999"#, #"\\"#, #"a\\\"99999999999999999999,"#, "{[1,",
        ] {
            let found = value("{\"id\":99999999999999999999,\"v\":\"\(string)\"}")?.string
            let expected = string.replacing(#"\\"#, with: "\u{1}").replacing(#"\""#, with: "\"")
                .replacing("\u{1}", with: #"\"#)
            #expect(found.map { String(decoding: $0, as: UTF8.self) } == expected)
        }
        let keyed = "{\"99999999999999999999\":{\"v\":99999999999999999999}}"
        #expect(value(keyed, at: "\"99999999999999999999\".v")?.number == 1e20)
    }

    @Test(
        "still refuses what is no JSON, and numbers beyond a double",
        arguments: [
            "{\"v\":99999999999999999999,}", "{\"v\":099999999999999999999}", "{\"v\":99999999999999999999x}",
            "{\"v\":99999999999999999999", "{\"v\":\"99999999999999999999", "{\"v\":\"\\", "99999999999999999999\\",
            "{\"v\":99999999999999999999.}", "{\"v\":-}", "{\"v\":--99999999999999999999}",
        ])
    func invalid(text: String) {
        #expect(value(text) == nil)
        #expect(value("{\"v\":1" + String(repeating: "0", count: 400) + "}") == nil)
        #expect(value("{\"v\":7}")?.integer == 7)
    }

    @Test("keeps to its limits: a document of nothing but large integers grows on being read again")
    func bounded() {
        let number = "18446744073709551616"
        let count = (4096 - 12) / (number.utf8.count + 1)
        let list = Array(repeating: number, count: count).joined(separator: ",")
        let full = "{\"v\":[\(list)]}" + String(repeating: " ", count: 4096 - list.utf8.count - 8)
        #expect(full.utf8.count == 4096)
        #expect(value(full, at: "v[\(count - 1)]")?.number == 0x1p64)
        #expect(value(full + " ") == nil)
        let deep = String(repeating: "[", count: 9) + number + String(repeating: "]", count: 9)
        Array(deep.utf8).withUnsafeBytes { bytes in
            guard case .tooDeep = document.parse(bytes) else {
                Issue.record("too deep, and taken")
                return
            }
        }
    }

    @Test("costs a message nothing but the identifier's last digits")
    func message() {
        let decoding = Decoding(
            json: .json(value: JSONPath("v"), device: JSONPath("id")), topic: "x/{quantity}")
        #expect(
            decoding.shown(decoding.decode("x/humidity", #"{"id":"a","v":61.5,"serial":89310410106543789301}"#)) == [
                "a/humidity=61.5"
            ])
        #expect(decoding.decode("x/humidity", #"{"id":89310410106543789301,"v":61.5}"#).reasons == [.unknownDevice])
        #expect(
            decoding.shown(decoding.decode("x/humidity", #"{"id":18446744073709551615,"v":61.5}"#)) == [
                "18446744073709551615/humidity=61.5"
            ])
        #expect(decoding.decode("x/humidity", #"{"id":"a","v":99999999999999999999}"#).readings.map(\.value) == [1e20])
    }
}
