@testable import Decoding
import Testing

@Suite("ValueText")
struct ValueTextTests {
    /// `12.5`, `12.5|mm`, `true`, `missing` or `none`.
    private func shown(_ text: String) -> String {
        Array(text.utf8).withUnsafeBytes { bytes in
            switch ValueText.meaning(bytes) {
            case .number(let number, let unit): "\(number)" + (unit.map { "|" + $0.text } ?? "")
            case .boolean(let truth): "\(truth)"
            case .missing: "missing"
            case .none: "none"
            }
        }
    }

    @Test(
        "reads numbers, with a decimal point or a decimal comma",
        arguments: [
            ("12.3", "12.3"), ("12,3", "12.3"), ("-0,5", "-0.5"), ("+7", "7.0"), (" 12.3\r\n", "12.3"), (".5", "0.5"),
            ("5.", "5.0"), ("1e3", "1000.0"), ("1,5E-2", "0.015"), ("007", "7.0"),
            ("123456789012345678901234567890", "1.2345678901234568e+29"), ("1e-400", "0.0"),
        ])
    func numbers(text: String, expected: String) {
        #expect(shown(text) == expected)
    }

    @Test(
        "splits off the unit behind a number",
        arguments: [
            ("2000 mm", "2000.0|mm"), ("-59 dBm", "-59.0|dBm"), ("25 ℃", "25.0|℃"), ("23°C", "23.0|°C"),
            ("0 °", "0.0|°"), ("61%", "61.0|%"), ("11,8 µg/m³", "11.8|µg/m³"), ("5E", "5.0|E"), ("3 e", "3.0|e"),
        ])
    func units(text: String, expected: String) {
        #expect(shown(text) == expected)
    }

    @Test(
        "knows the words for on, off and no value in any case",
        arguments: [
            ("ON", "true"), (" on ", "true"), ("True", "true"), ("OFF", "false"), ("false", "false"),
            ("nan", "missing"), ("NaN", "missing"), ("-nan", "missing"), ("null", "missing"), ("None", "missing"),
            ("N/A", "missing"), ("unavailable", "missing"), ("unknown", "missing"), ("", "missing"), (" \t", "missing"),
        ])
    func words(text: String, expected: String) {
        #expect(shown(text) == expected)
    }

    @Test(
        "takes nothing else for a value",
        arguments: [
            "1,234.5", "1.2.3", "12:30", "2026-11-23", "0x10", "0X1F", "1_000", "10-20", "wet", "-", "+", ".", ",",
            "e5",
            "inf", "Infinity", "--5", "12 apples and no more pears", "on/off", "ONN", "o\u{0}",
        ])
    func others(text: String) {
        #expect(shown(text) == "none")
    }

    @Test("is bounded: a number of 64 characters and more is none, and one too large for a double is not finite")
    func bounds() {
        #expect(shown(String(repeating: "1", count: 63)).hasPrefix("1.1111111111111112e+62"))
        #expect(shown(String(repeating: "1", count: 64)) == "none")
        #expect(shown("1e400") == "inf")
        #expect(shown("1e" + String(repeating: "9", count: 100)) == "none")
    }
}
