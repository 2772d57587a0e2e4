import ArgumentParser
import Gateway
import GatewayConfiguration
import Telemetry

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check a configuration and say what it means.",
        discussion: """
            Every complaint comes at once, with file, line and column. Nothing is changed and no broker is needed.

            Exit code 0 when it can be used (perhaps with warnings), 78 when not.

            Example:
              poort check --config Config/poort.toml
            """)

    @OptionGroup var location: ConfigurationLocation

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        var errors: [Complaint] = []
        var configuration: Configuration?
        do throws(ConfigurationError) {
            configuration = try ConfigurationFile.load(path: location.path)
        } catch {
            errors = error.complaints
        }
        if json {
            print(report(configuration, errors: errors).finished)
        } else if let configuration {
            for line in CheckSummary(path: location.path, configuration: configuration).lines { print(line) }
        } else {
            for complaint in errors { print("\(complaint)") }
            let count = errors.count == 1 ? "1 mistake" : "\(errors.count) mistakes"
            print(Emphasis.bad.applied(to: "\(location.path): \(count)"))
        }
        if configuration == nil { throw ExitCode(CommandFailure.badConfiguration) }
    }

    private func report(_ configuration: Configuration?, errors: [Complaint]) -> JSONLine {
        var line = JSONLine()
        line.add("ok", configuration != nil)
        if let configuration { line.add("fingerprint", configuration.fingerprint) }
        line.add("errors", errors.map(report))
        line.add("warnings", (configuration?.warnings ?? []).map(report))
        return line
    }

    private func report(_ complaint: Complaint) -> JSONLine {
        var line = JSONLine()
        line.add("file", complaint.place.file)
        line.add("line", complaint.place.line)
        line.add("column", complaint.place.column)
        line.add("message", complaint.message)
        if let suggestion = complaint.suggestion { line.add("suggestion", suggestion) }
        return line
    }
}

/// What a configuration means, for the person who wrote it.
struct CheckSummary {
    let path: String
    let configuration: Configuration

    var lines: [String] {
        let broker = configuration.broker
        let storage = configuration.storage
        var lines = configuration.warnings.map { Emphasis.warning.applied(to: "\($0) (warning)") }
        if let problem = SecretCheck.problem(configuration) {
            lines.append(Emphasis.warning.applied(to: "\(problem) (warning: this user cannot read it)"))
        }
        let scheme = broker.usesTLS ? "mqtts" : "mqtt"
        lines += TextTable.aligned(
            [
                ["gateway", "\(configuration.gateway.name), days of \(configuration.gateway.timezone)"],
                [
                    "broker",
                    "\(scheme)://\(broker.host):\(broker.port) as \(broker.clientID)"
                        + (broker.username.map { ", user \($0)" } ?? ""),
                ],
                [
                    "database",
                    "\(storage.path), commit every \(Measure.text(milliseconds: storage.commitIntervalMilliseconds))",
                ],
                ["keeps", kept],
                ["socket", configuration.control.socketPath],
            ]
                + configuration.sources.map { ["source", "\($0.topic.text)  (\($0.format.rawValue))"] }
                + [["devices", devices]], leftColumns: 2)
        lines.append(Emphasis.good.applied(to: "\(path): fine") + ", fingerprint \(configuration.fingerprint)")
        return lines
    }

    private var kept: String {
        let storage = configuration.storage
        let raw = "readings \(storage.rawRetention.map(Measure.text) ?? "for ever")"
        return raw
            + Tier.allCases.map { tier in
                ", \(tier.name) \(storage.tierRetention[tier].map(Measure.text) ?? "for ever")"
            }.joined()
    }

    private var devices: String {
        let policy = configuration.devices.acceptsUnknown ? "others are accepted" : "messages of others are quarantined"
        return "\(configuration.deviceList.count) configured, \(policy)"
    }
}
