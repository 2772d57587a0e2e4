import ArgumentParser
import Control
import Gateway
import GatewayConfiguration
import Storage
import Telemetry

/// What was looked at, and what was found.
struct DoctorExamination {
    let configurationPath: String
    /// Where no configuration is asked.
    let database: String?
    var findings: [Finding] = []

    struct Finding {
        enum Verdict: String {
            case good, warning, bad
        }

        var subject: String
        var verdict: Verdict
        var text: String
    }

    init(configurationPath: String, database: String?) {
        self.configurationPath = configurationPath
        self.database = database
    }

    var exitCode: Int32 {
        let bad = findings.filter { $0.verdict == .bad }.map(\.subject)
        if bad.contains("configuration") { return CommandFailure.badConfiguration }
        if bad.isEmpty { return 0 }
        return bad == ["daemon"] ? CommandFailure.notReachable : CommandFailure.problem
    }

    mutating func run() {
        let configuration = lookAtConfiguration()
        if let configuration, database == nil { lookAtDaemon(configuration) }
        guard let path = database ?? configuration?.storage.path else { return }
        lookAtDatabase(path)
        lookAtDisk(path)
    }

    mutating func note(_ subject: String, _ verdict: Finding.Verdict, _ text: String) {
        findings.append(Finding(subject: subject, verdict: verdict, text: text))
    }

    private mutating func lookAtConfiguration() -> Configuration? {
        if database != nil { return nil }
        let findings = ConfigurationFile.examine(path: configurationPath)
        let start = findings.configuration.map { StartCheck($0, for: .check) }
        let errors = findings.errors + (start?.errors ?? [])
        for error in errors { note("configuration", .bad, error.description) }
        for warning in (findings.configuration?.warnings ?? []) + (start?.warnings ?? []) {
            note("configuration", .warning, warning.description)
        }
        if errors.isEmpty { note("configuration", .good, configurationPath) }
        return findings.configuration
    }

    private mutating func lookAtDaemon(_ configuration: Configuration) {
        do {
            let report = try ControlClient(path: configuration.control.socketPath).status()
            let broker = report.broker?.state ?? "unknown"
            note("daemon", .good, "poort \(report.version) answers, pid \(report.process?.pid ?? 0)")
            note("broker", broker == "connected" ? .good : .bad, "\(broker), \(report.broker?.address ?? "")")
            if let failure = report.storage.failure { note("storage", .bad, failure) }
            if let complaint = report.clock?.complaint { note("clock", .bad, complaint) }
            for partner in report.partners { lookAt(partner) }
        } catch {
            note("daemon", .bad, "\(error)")
        }
    }

    private mutating func lookAt(_ partner: StatusReport.Partner) {
        let name = TerminalText.plain(partner.name)
        if let failure = partner.failure { return note("partner", .bad, "\(name): \(failure)") }
        if !partner.balanced { return note("partner", .bad, "\(name): its account does not balance: poort ledger") }
        let refused = partner.refused > 0 ? ", \(partner.refused) were refused: poort partners refused \(name)" : ""
        let expired = partner.expired > 0 ? ", \(partner.expired) waited too long and went" : ""
        note(
            "partner", refused.isEmpty && expired.isEmpty ? .good : .warning,
            "\(name): \(partner.delivered) windows delivered, \(partner.pending) wait" + refused + expired)
    }

    private mutating func lookAtDisk(_ path: String) {
        let use = DiskUse(path: path)
        let (free, size) = (use.freeBytes, use.size(of: path))
        let text = "\(Bytes.text(free)) free, the database takes \(Bytes.text(size))"
        // A damaged file is salvaged into another beside it.
        note("disk", free > size ? .good : .warning, free > size ? text : text + "; there is no room to salvage it")
    }

    // MARK: - Showing

    var json: JSONLine {
        var line = JSONLine()
        line.add("ok", exitCode == 0)
        line.add(
            "findings",
            findings.map { finding in
                var line = JSONLine()
                line.add("subject", finding.subject)
                line.add("verdict", finding.verdict.rawValue)
                line.add("text", finding.text)
                return line
            })
        return line
    }

    func lines(columns: Int?) -> [String] {
        let rows = findings.map { [$0.subject, $0.verdict.rawValue, $0.text] }
        let lines = TextTable.wrappingLast(rows, leftColumns: [0, 1, 2], columns: columns)
        return zip(findings, lines).flatMap { finding, lines in
            let emphasis: Emphasis? =
                switch finding.verdict {
                case .good: nil
                case .warning: .warning
                case .bad: .bad
                }
            return lines.map { emphasis?.applied(to: $0) ?? $0 }
        }
    }
}
