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
