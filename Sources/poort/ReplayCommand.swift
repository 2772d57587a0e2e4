import ArgumentParser
import Gateway
import GatewayConfiguration
import Glibc
import Telemetry

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run a recorded capture through the gateway's processing, without a broker or a database.",
        discussion: """
            Prints each reading with its flags and each rejection as they come, then every aggregate: one JSON object a \
            line. The clock is the capture's own, so the same capture and configuration give the same output. A capture \
            has one message a line, as `poort record` writes them; - reads standard input.

            Example: what would a new threshold do to yesterday's readings?
              poort replay --config try.toml yesterday.ndjson | grep '"flag":4'
            """)

    @OptionGroup var location: ConfigurationLocation

    @Argument(help: "The capture: NDJSON with received, topic and payload or payload_base64.")
    var file: String

    func run() throws {
        let configuration = try location.loadWithTimeZone()
        let output = SharedOutput()
        let replay = try Replay(configuration: configuration) { output.buffer.write(line: $0) }
        var reader = try LineReader(path: file)
        var number = 0
        while let line = try nextLine(&reader, number: number + 1) {
            number += 1
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            do {
                try replay.take(CapturedMessage(line: line))
            } catch let error as CaptureError {
                output.buffer.flush()
                throw CommandFailure("\(file):\(number): \(error)", exitCode: 1)
            }
        }
        try replay.finish()
        output.buffer.flush()
    }

    private func nextLine(_ reader: inout LineReader, number: Int) throws -> [UInt8]? {
        do {
            return try reader.next()
        } catch is LineReader.LineTooLong {
            throw CommandFailure("\(file):\(number): a line is longer than 8 MiB; is this a capture?", exitCode: 1)
        }
    }
}

/// The output buffer, shared with the replay's closure.
private final class SharedOutput {
    var buffer = OutputBuffer()
}
