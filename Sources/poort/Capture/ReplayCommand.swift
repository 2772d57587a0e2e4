import ArgumentParser
import Gateway
import GatewayConfiguration
import Glibc
import Telemetry

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Run a recorded capture through the gateway's processing, without a broker.",
        discussion: """
            Prints every reading with its flags, every rejection and every aggregate, one JSON object a line, once the \
            capture has ended. The clock is the capture's own, so the same capture and configuration give the same \
            output, byte for byte. A capture has one message a line, as `poort record` writes them; - reads standard \
            input.

            With --database what is stored is kept. A replay that was cut short goes on where the file ends when it is \
            given the same capture; another capture is taken to follow on the one before. Either way the result is that \
            of one replay of the whole. Windows that are still open when the capture ends are printed, and stay open in \
            the file.

            Example: what would a new threshold do to yesterday's readings?
              poort replay --config try.toml yesterday.ndjson | grep '"flag":4'
            """)

    @OptionGroup var location: ConfigurationLocation

    @Option(help: "Keep what is stored in this file, made when it is not there; it must not be the daemon's.")
    var database: String?

    @Argument(help: "The capture: NDJSON with received, topic and payload or payload_base64.")
    var file: String

    func run() throws {
        let configuration = try location.loadWithTimeZone()
        let replay = try Replay(configuration: configuration, database: database)
        var reader = try LineReader(path: file)
        var number = 0
        while let line = try nextLine(&reader, number: number + 1) {
            number += 1
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { continue }
            do {
                try replay.take(line: line)
            } catch let error as CaptureError {
                throw CommandFailure("\(file):\(number): \(error)", exitCode: 1)
            }
        }
        var output = OutputBuffer()
        try replay.finish { output.write(line: $0) }
        output.flush()
    }

    private func nextLine(_ reader: inout LineReader, number: Int) throws -> [UInt8]? {
        do {
            return try reader.next()
        } catch is LineReader.LineTooLong {
            throw CommandFailure("\(file):\(number): a line is longer than 8 MiB; is this a capture?", exitCode: 1)
        }
    }
}
