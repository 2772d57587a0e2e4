import Telemetry

/// How long something has taken, or was ago, in at most two units.
enum Age {
    static func text(seconds: Double) -> String {
        let isAhead = seconds < -0.5
        let whole = Int64(abs(seconds).rounded())
        let text =
            switch whole {
            case ..<120: "\(whole) s"
            case ..<7200: "\(whole / 60) min"
            case ..<172_800: "\(whole / 3600) h \(whole % 3600 / 60) min"
            default: "\(whole / 86_400) d \(whole % 86_400 / 3600) h"
            }
        return isAhead ? "-\(text)" : text
    }
}

enum Bytes {
    static func text(_ bytes: Int64) -> String {
        let units = ["B", "kB", "MB", "GB", "TB"]
        var value = Double(bytes)
        var unit = 0
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        let shown = unit == 0 || value >= 100 ? "\(Int(value.rounded()))" : JSONLine.number((value * 10).rounded() / 10)
        return "\(shown) \(units[unit])"
    }
}

/// A whole number with its thousands apart, by a space that no line breaks at: `1 234 567`.
enum Grouped {
    static func text(_ value: Int) -> String {
        var text = ""
        for (index, digit) in String(value.magnitude).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append("\u{A0}") }
            text.append(digit)
        }
        return (value < 0 ? "-" : "") + String(text.reversed())
    }
}

/// A measured value with one digit behind the point, so that points stand below each other; counts without.
enum ValueText {
    static func text(_ value: Double, unit: String) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
        if unit == "1", value == value.rounded() { return JSONLine.number(value) }
        let tenths = Int64((abs(value) * 10).rounded())
        return "\(value < 0 && tenths > 0 ? "-" : "")\(tenths / 10).\(tenths % 10)"
    }
}

/// Breaks text at spaces. Escape sequences take no room.
enum TextWrap {
    static func lines(of text: String, columns: Int) -> [String] {
        var lines = [""]
        var width = 0
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            let length = visibleCount(word)
            if width > 0, width + 1 + length > columns {
                lines.append(String(word))
                width = length
            } else {
                lines[lines.count - 1] += (width > 0 ? " " : "") + word
                width += (width > 0 ? 1 : 0) + length
            }
        }
        return lines
    }

    static func visibleCount(_ text: some StringProtocol) -> Int {
        var count = 0
        var isEscape = false
        for character in text {
            if character == "\u{1B}" { isEscape = true }
            if !isEscape { count += 1 }
            if isEscape, character == "m" { isEscape = false }
        }
        return count
    }
}

/// Text from outside, with nothing in it that drives a terminal. Source: ECMA-48, 5.3.
enum TerminalText {
    static func plain(_ text: String) -> String {
        if text.unicodeScalars.allSatisfy(isPlain) { return text }
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { shown.append(isPlain(scalar) ? scalar : "\u{FFFD}") }
        return String(shown)
    }

    static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
        // Those that turn the direction of writing would turn the rest of a line as well.
        scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value) && !(0x200E...0x200F).contains(scalar.value)
            && !(0x2028...0x202E).contains(scalar.value) && !(0x2066...0x2069).contains(scalar.value)
    }
}

enum HumanTime {
    /// UTC, to the second: `2026-11-23 10:00:00Z`.
    static func text(_ time: Timestamp) -> String {
        time.description.prefix(19).replacing("T", with: " ", maxReplacements: 1) + "Z"
    }
}
