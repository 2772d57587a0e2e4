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
