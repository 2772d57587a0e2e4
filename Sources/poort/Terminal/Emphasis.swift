/// What a piece of text means, shown as colour on a terminal only.
enum Emphasis: String {
    case strong = "1"
    case good = "32"
    case warning = "33"
    case bad = "31"
    case quiet = "2"
    /// What a chart draws.
    case drawn = "36"

    func applied(to text: String) -> String {
        Terminal.hasColour && !text.isEmpty ? "\u{1B}[\(rawValue)m\(text)\u{1B}[0m" : text
    }
}
