import Glibc

/// What the program's standard output is connected to.
enum Terminal {
    /// Whether somebody looks at standard output, so that colour and redrawing make sense.
    static let isOutput = isatty(STDOUT_FILENO) == 1
    /// Whether somebody looks at standard error, so that progress makes sense.
    static let isErrors = isatty(STDERR_FILENO) == 1
    /// Whether the terminal knows no escape sequences. Source: terminfo(5), the entry `dumb`.
    static let isDumb = getenv("TERM").map { String(cString: $0) == "dumb" } ?? false
    /// Whether what stands on the screen can be drawn anew in place.
    static let canRedraw = isOutput && !isDumb
    /// Source: https://no-color.org
    static let hasColour = canRedraw && (getenv("NO_COLOR").map { $0.pointee == 0 } ?? true)

    /// Columns and rows. In a file or a pipe there are no rows, and as many columns as COLUMNS says; nil without it.
    static var size: (columns: Int, rows: Int?)? {
        guard isOutput else { return columnsAskedFor.map { ($0, nil) } }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Source: POSIX, Base Definitions, 8.3, COLUMNS.
    private static var columnsAskedFor: Int? {
        guard let text = getenv("COLUMNS"), let columns = Int(String(cString: text)), columns > 0 else { return nil }
        return columns
    }
}

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

/// Text for the person, apart from the output.
enum StandardError {
    static func write(_ text: String) {
        var text = text
        text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// A line on standard error that is written anew as work goes on; nothing in a pipe.
struct ProgressLine {
    private var lastShown = ContinuousClock.now - .seconds(1)

    /// Shows the text, at most five times a second.
    mutating func show(_ text: @autoclosure () -> String) {
        guard Terminal.isErrors, !Terminal.isDumb, ContinuousClock.now - lastShown >= .milliseconds(200) else { return }
        lastShown = .now
        StandardError.write("\r\u{1B}[K\(text())")
    }

    /// Clears the line, for what comes after it.
    func finish() {
        if Terminal.isErrors, !Terminal.isDumb { StandardError.write("\r\u{1B}[K") }
    }
}
