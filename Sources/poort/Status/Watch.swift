import ArgumentParser
import Control

struct Watch: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the status live, anew each second, until Ctrl-C.",
        discussion: """
            On a terminal the screen is redrawn in place. In a pipe, and with TERM=dumb, one status is printed each \
            second.

            Exit code 69 when the daemon cannot be reached at the start or at the end; in between, as while it is \
            restarted, the screen says so and goes on.

            Example:
              poort watch --config /etc/poort/poort.toml
            """)

    @OptionGroup var location: DaemonLocation

    @Option(help: "End after so many seconds.")
    var seconds: Int?

    func run() throws {
        let client = try location.client()
        // Before the screen is taken, so that what keeps it from showing anything stays to be read.
        _ = try client.status()
        Interruption.watch()
        if let failure = show(client) { throw failure }
    }

    /// - Returns: why it could not be asked the last time.
    private func show(_ client: ControlClient) -> ControlError? {
        let screen = LiveScreen()
        screen.open()
        defer { screen.close() }
        var failure: ControlError?
        let deadline = seconds.map { ContinuousClock.now + .seconds($0) }
        while !Interruption.hasCome, deadline.map({ ContinuousClock.now < $0 }) ?? true {
            do throws(ControlError) {
                screen.show(try client.status())
                failure = nil
            } catch {
                screen.show("\(error)")
                failure = error
            }
            Interruption.sleep(milliseconds: 1000)
        }
        return failure
    }
}

/// The terminal's alternate screen, drawn anew as a whole. Source: xterm control sequences, DECSET 1049.
private struct LiveScreen {
    func open() { send("\u{1B}[?1049h\u{1B}[?25l") }
    func close() { send("\u{1B}[?25h\u{1B}[?1049l") }

    func show(_ report: StatusReport) {
        let size = Terminal.size
        var screen = StatusScreen(report: report, columns: size?.columns)
        let header = screen.header + [""]
        guard let rows = size?.rows else { return draw(header + screen.sensorTable) }
        let room = max(2, rows - header.count - 2)
        // Where not all fit, those that need a look come first.
        if report.sensors.count >= room { screen.putProblemsFirst() }
        let sensors = screen.sensorTable
        var lines = header + sensors.prefix(room)
        if sensors.count > room {
            lines.append(Emphasis.quiet.applied(to: "… \(sensors.count - room) more (poort status shows all)"))
        }
        draw(lines)
    }

    func show(_ message: String) {
        draw(TextWrap.lines(of: message, columns: Terminal.size?.columns ?? 1000))
    }

    private func draw(_ lines: [String]) {
        guard Terminal.canRedraw else { return write(lines.map { $0 + "\n" }.joined()) }
        write("\u{1B}[H" + lines.map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J")
    }

    private func send(_ text: String) {
        if Terminal.canRedraw { write(text) }
    }

    private func write(_ text: String) {
        var output = OutputBuffer()
        output.write(text: text)
        output.flush()
    }
}
