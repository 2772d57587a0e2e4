import ArgumentParser
import Gateway
import GatewayConfiguration
import Telemetry

struct Record: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write what comes from the broker as a capture, for poort replay.",
        discussion: """
            Listens beside the daemon, with a session of its own: nothing is taken from it, and nothing is stored. \
            Prints one JSON object a line with received, topic and payload (payload_base64 where it is not UTF-8) \
            until Ctrl-C, --seconds or --count.

            Personal data are masked: MAC addresses, IMSI, telephone numbers, number plates, and values of keys such as \
            phone or face (Docs/privacy.md), but for what belongs to a [[device]] of the configuration. A mask is as long \
            as what it hides and leaves the format whole. --verbatim writes everything as it comes: for devices of your \
            own, and not to be passed on.

            Example: a minute of one station, tried with another threshold
              poort record --topic 'sensors/+/aq-0001/#' --seconds 60 > minute.ndjson
              poort replay --config try.toml minute.ndjson
            """)

    @OptionGroup var location: ConfigurationLocation

    @Option(help: "A topic filter; may be given several times. By default those of the configuration's sources.")
    var topic: [String] = []

    @Option(help: "End after so many seconds.")
    var seconds: Int?

    @Option(help: "End after so many messages.")
    var count: Int?

    @Flag(help: "Write personal data as they come.")
    var verbatim = false

    func run() throws {
        let configuration = try location.load()
        Interruption.watch()
        let tape = Tape(limit: count)
        var progress = ProgressLine()
        defer { progress.finish() }
        let recorder = try Recorder(configuration: configuration, filters: topic, isVerbatim: verbatim)
        let deadline = seconds.map { ContinuousClock.now + .seconds($0) }
        while !Interruption.hasCome, !tape.isFull, deadline.map({ ContinuousClock.now < $0 }) ?? true {
            try recorder.record(milliseconds: 100) { tape.take($0) }
            tape.output.flush()
            progress.show("\(Grouped.text(tape.count)) messages recorded; Ctrl-C ends")
        }
        recorder.close()
    }
}

/// What was recorded, shared with the recorder's closure.
private final class Tape {
    var output = OutputBuffer()
    private(set) var count = 0
    private let limit: Int?

    init(limit: Int?) {
        self.limit = limit
    }

    var isFull: Bool { limit.map { count >= $0 } ?? false }

    func take(_ message: CapturedMessage) {
        if isFull { return }
        count += 1
        output.write(line: message.line.finished)
    }
}
