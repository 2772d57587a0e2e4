import Glibc

/// A line on standard error that says what is done at the moment; nothing in a pipe.
final class ProgressLine {
    private let isShown = isatty(STDERR_FILENO) == 1
    private var lastShown = ContinuousClock.now - .seconds(1)

    deinit { clear() }

    /// Shows the text, at most five times a second.
    func show(_ text: @autoclosure () -> String) {
        guard isShown, ContinuousClock.now - lastShown >= .milliseconds(200) else { return }
        lastShown = .now
        write("\r\u{1B}[K\(text())")
    }

    /// For what is printed next.
    func clear() {
        if isShown { write("\r\u{1B}[K") }
        lastShown = .now - .seconds(1)
    }

    private func write(_ text: String) {
        _ = Glibc.write(STDERR_FILENO, text, text.utf8.count)
    }
}
