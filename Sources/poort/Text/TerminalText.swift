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
