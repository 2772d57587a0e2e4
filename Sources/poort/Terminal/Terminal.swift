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
