import ArgumentParser
import Gateway
import GatewayConfiguration
import Telemetry

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a configuration and say what it means.",
        discussion: """
            Every complaint comes at once, with file, line and column: about the file, and about the directories, the \
            password and the database that it names on this box. Nothing is changed and no broker is needed.

            With --capture it shows instead what the configuration makes of recorded messages: each reading, or why \
            there is none. Limits, clocks and duplicates are not looked at; poort replay does that.

            Exit code 0 when it can be used (perhaps with warnings), 78 when not; 1 when a message of a capture would \
            be quarantined.

            Example:
              poort check --config Config/poort.toml

            Example: is a new sensor understood?
              poort record --topic 'bins/#' --seconds 600 > bins.ndjson
              poort check --config poort.toml --capture bins.ndjson
            """)

    @OptionGroup var location: ConfigurationLocation

    @Option(help: "Show what becomes of each message of a capture, as poort record writes it; - reads standard input.")
    var capture: String?

    @Flag(help: "The configuration is for another box: files and directories of this one are not looked at.")
    var elsewhere = false

    @Flag(help: "Print one JSON object; with --capture one for each message.")
    var json = false

    func run() throws {
        if let capture {
            let configuration = try location.loadWithTimeZone()
            var check = CaptureCheck(configuration: configuration, file: capture, json: json)
            if try !check.run() { throw ExitCode(CommandFailure.problem) }
            return
        }
        let report = CheckReport(path: location.path, looksAround: !elsewhere)
        OutputBuffer.show(json ? [report.json.finished] : report.lines)
        if !report.errors.isEmpty { throw ExitCode(CommandFailure.badConfiguration) }
    }
}

/// All that there is to say of a configuration.
private struct CheckReport {
    let path: String
    let errors: [Complaint]
    let warnings: [Complaint]
    let configuration: Configuration?

    /// - Parameter looksAround: at the files and directories that it names.
    init(path: String, looksAround: Bool) {
        self.path = path
        let findings = ConfigurationFile.examine(path: path)
        configuration = findings.configuration
        let start = looksAround ? findings.configuration.map { StartCheck($0, for: .check) } : nil
        errors = (findings.errors + (start?.errors ?? [])).sorted { $0.place < $1.place }
        warnings = ((configuration?.warnings ?? []) + (start?.warnings ?? [])).sorted { $0.place < $1.place }
    }

    var lines: [String] {
        let shown = warnings.map { Emphasis.warning.applied(to: "\($0) (warning)") }
        guard errors.isEmpty, let configuration else {
            let count = errors.count == 1 ? "1 mistake" : "\(errors.count) mistakes"
            // The parser stops at the first.
            let rest =
                configuration == nil && errors.contains { $0.place.line > 0 } ? "; nothing behind it was read" : ""
            return errors.map(\.description) + shown + [Emphasis.bad.applied(to: "\(files): \(count)\(rest)")]
        }
        return shown + CheckSummary(configuration: configuration).lines
            + [Emphasis.good.applied(to: "\(path): fine") + ", fingerprint \(configuration.fingerprint)"]
    }

    /// Those that have mistakes in them.
    private var files: String {
        var files: [String] = []
        for error in errors where !files.contains(error.place.file) { files.append(error.place.file) }
        return files.joined(separator: ", ")
    }

    var json: JSONLine {
        var line = JSONLine()
        line.add("ok", errors.isEmpty)
        if errors.isEmpty, let configuration {
            line.add("fingerprint", configuration.fingerprint)
            line.add("overlaps", SourceOverlap.all(in: configuration.sources).map(\.json))
        }
        line.add("errors", errors.map(json))
        line.add("warnings", warnings.map(json))
        return line
    }

    private func json(_ complaint: Complaint) -> JSONLine {
        var line = JSONLine()
        line.add("file", complaint.place.file)
        line.add("line", complaint.place.line)
        line.add("column", complaint.place.column)
        line.add("message", complaint.message)
        if let suggestion = complaint.suggestion { line.add("suggestion", suggestion) }
        return line
    }
}
