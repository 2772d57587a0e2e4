import Glibc

/// What is drawn, for terminals that show no UTF-8: a character for a character, so that columns stay columns.
enum ASCIIText {
    /// Whether the environment names a locale of another encoding. Where it names none, UTF-8 is taken for granted.
    /// Source: POSIX, Base Definitions, 8.2.
    static let isNeeded: Bool = {
        let values = ["LC_ALL", "LC_CTYPE", "LANG"].map { (name: String) in
            getenv(name).map { String(cString: $0) } ?? ""
        }
        guard let name = values.first(where: { !$0.isEmpty })?.lowercased() else { return false }
        return !name.contains("utf-8") && !name.contains("utf8")
    }()

    static func shown(_ lines: [String]) -> [String] { isNeeded ? lines.map(text) : lines }

    /// Other characters stay: names are shown as they are.
    static func text(_ line: String) -> String { String(line.map(character)) }

    private static func character(_ character: Character) -> Character {
        if character.isASCII { return character }
        if let scalar = character.unicodeScalars.first, (0x2800...0x28FF).contains(scalar.value) { return "*" }
        return characters[character] ?? character
    }

    private static let characters: [Character: Character] = [
        "│": "|", "┤": "+", "└": "+", "─": "-", "┬": "+", "░": ":", "▁": ".", "▂": ".", "▃": ".", "▄": "#", "▅": "#",
        "▆": "#", "▇": "#", "█": "#", "…": "~", "–": "-", "→": ">", "≥": ">", "\u{A0}": " ",
    ]
}
