/// A progress line for closures.
final class SharedProgress {
    private var line = ProgressLine()

    func show(_ text: @autoclosure () -> String) { line.show(text()) }
    func finish() { line.finish() }
}
