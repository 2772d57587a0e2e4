import Control
import Telemetry

/// The status report as a technician reads it at a glance.
struct StatusScreen {
    var report: StatusReport
    /// Of the terminal; nil where lines may be as long as they like.
    var columns: Int?
    /// What is said of a daemon that did not answer.
    var absence = "poort is not running"

    /// Lines of the whole screen.
    var lines: [String] { header + [""] + sensorTable }

    /// What is said of the gateway as a whole.
    var header: [String] {
        var rows = [("gateway", gateway)]
        if let error = report.configuration.reloadError {
            let words = "RELOAD REFUSED, the old configuration is in force; poort check says the same:"
            rows.append(("reload", Emphasis.bad.applied(to: words)))
            // A complaint a line.
            rows += error.split(separator: "\n").map { ("", Emphasis.bad.applied(to: String($0))) }
        }
        if let clock = report.clock {
            rows += lines(of: clock).enumerated().map { ($0.offset == 0 ? "clock" : "", $0.element) }
        }
        if let broker = report.broker { rows.append(("broker", text(of: broker))) }
        if let error = report.broker?.lastError { rows.append(("", Emphasis.bad.applied(to: error))) }
        if let rates = report.rates { rows.append(("rate", text(of: rates))) }
        if let ring = report.ring {
            rows.append(("ring", "\(count(ring.depth)) of \(count(ring.capacity)) slots used"))
        }
        rows.append(("messages", text(of: report.ledger.messages) + balance))
        rows.append(("readings", text(of: report.ledger.readings)))
        if let aggregates = report.aggregates { rows.append(("windows", text(of: aggregates))) }
        if !report.partners.isEmpty { rows.append(("partners", partners)) }
        rows.append(("database", database))
        let disk = DiskLines(report: report)
        rows += disk.trouble.map { ("", $0) }
        let space = SpaceLines(report: report)
        rows += space.log.map { ("", $0) }
        rows += space.quota.enumerated().map { ($0.offset == 0 ? "quota" : "", $0.element) }
        if let reach = space.reach { rows.append(("reaches", reach)) }
        rows += damage.map { ("", Emphasis.bad.applied(to: $0)) }
        rows += disk.wear.enumerated().map { ($0.offset == 0 ? "flash" : "", $0.element) }
        if let next = report.storage.nextRetention { rows.append(("retention", "next in \(ahead(next))")) }
        return rows.flatMap { name, text in
            wrapped(text).enumerated().map { index, part in
                Emphasis.quiet.applied(to: padded(index == 0 ? name : "", to: 11)) + part
            }
        }
    }

    /// What was set aside, until somebody has taken it away.
    private var damage: [String] {
        let storage = report.storage
        guard !storage.damagedFiles.isEmpty else { return [] }
        let progress = storage.salvageProgress.map { "\(Int($0 * 100)) % of it salvaged so far, " } ?? ""
        return ["DAMAGED and set aside, \(progress)\(count(storage.lostReadings)) readings lost (poort doctor):"]
            + storage.damagedFiles
    }

    private var gateway: String {
        let name = Emphasis.strong.applied(to: report.gateway)
        guard report.isRunning, let process = report.process else {
            return "\(name), " + Emphasis.bad.applied(to: absence) + "; this is what the database tells"
        }
        return "\(name), poort \(report.version), running \(ago(process.started)), pid \(process.pid), "
            + Bytes.text(process.residentBytes)
    }

    /// None of a clock that was right all the time.
    private func lines(of clock: StatusReport.Clock) -> [String] {
        var lines: [String] = []
        if let complaint = clock.complaint { lines.append(Emphasis.bad.applied(to: complaint)) }
        if clock.undated > 0 || !clock.isTrusted {
            lines.append(Emphasis.warning.applied(to: "\(count(clock.undated)) readings wait to be dated"))
        }
        if let time = clock.lastStep, let seconds = clock.lastStepSeconds {
            let size = Age.text(seconds: abs(seconds))
            lines.append("set \(seconds < 0 ? "back" : "forward") by \(size) \(ago(time)) ago")
        }
        return lines
    }

    private func text(of broker: StatusReport.Broker) -> String {
        let state = Emphasis(isGood: broker.state == "connected").applied(to: broker.state)
        var text = "\(state) to \(broker.address)"
        if broker.state != "connected" { text = "\(state), \(broker.address)" }
        if let seconds = broker.connectedSeconds { text += " for \(Age.text(seconds: seconds))" }
        if let seconds = broker.nextAttemptSeconds, broker.state != "connected" {
            text += ", next attempt in \(Age.text(seconds: seconds)) (\(broker.failedAttempts) failed)"
        }
        return text + ", \(count(broker.unacknowledged)) unacknowledged"
    }

    private func text(of rates: StatusReport.Rates) -> String {
        func pair(_ short: Double, _ long: Double) -> String { "\(rate(short)) (5 min: \(rate(long)))" }
        return "\(pair(rates.messagesPerSecond, rates.messagesPerSecondFiveMinutes)) messages/s, "
            + "\(pair(rates.readingsPerSecond, rates.readingsPerSecondFiveMinutes)) readings/s"
    }

    private func text(of counts: StatusReport.Ledger.Counts) -> String {
        var text = "\(count(counts.received)) received = \(count(counts.stored)) stored + "
        text += "\(count(counts.duplicate)) duplicate + "
        let quarantined = "\(count(counts.quarantined)) quarantined"
        text += counts.quarantined > 0 ? Emphasis.warning.applied(to: quarantined) : quarantined
        return text + " + \(count(counts.rejected)) rejected"
    }

    private var balance: String {
        report.ledger.balanced ? "" : Emphasis.bad.applied(to: "; NOT BALANCED")
    }

    private func text(of aggregates: StatusReport.Aggregates) -> String {
        "\(count(aggregates.closed)) written, \(count(aggregates.revised)) corrected, \(count(aggregates.waiting)) open"
    }

    private var partners: String {
        let failing = report.partners.filter { $0.failure != nil || !$0.balanced }.map(\.name)
        let waiting = report.partners.reduce(0) { $0 + $1.pending }
        var text = "\(count(report.partners.count)) partners, \(count(waiting)) windows wait for them"
        if !failing.isEmpty {
            text +=
                "; " + Emphasis.bad.applied(to: "cannot deliver to \(failing.joined(separator: ", "))")
                + " (poort partners)"
        }
        return text
    }

    private var database: String {
        let storage = report.storage
        var text = "\(Bytes.text(storage.databaseBytes)) + \(Bytes.text(storage.walBytes)) log, "
        text += "\(Bytes.text(storage.freeBytes)) free"
        if let last = storage.lastCommit, let milliseconds = storage.lastCommitMilliseconds {
            text += ", last commit \(ago(last)) ago in \(Int(milliseconds.rounded(.up))) ms"
        }
        return text
    }

    // MARK: - Numbers as people read them

    private func rate(_ value: Double) -> String {
        value < 100 ? JSONLine.number((value * 10).rounded() / 10) : count(Int(value.rounded()))
    }

    private func count(_ value: Int) -> String { Grouped.text(value) }

    private func ago(_ time: String) -> String {
        guard let time = Timestamp(rfc3339: time), let now = Timestamp(rfc3339: report.now) else { return time }
        return Age.text(seconds: Double(now - time) / 1000)
    }

    private func ahead(_ time: String) -> String {
        guard let time = Timestamp(rfc3339: time), let now = Timestamp(rfc3339: report.now) else { return time }
        return Age.text(seconds: Double(time - now) / 1000)
    }

    private func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    /// Breaks a text at its spaces so that it fits beside the names.
    private func wrapped(_ text: String) -> [String] {
        guard let columns, columns > 40 else { return [text] }
        return TextWrap.lines(of: text, columns: columns - 11)
    }
}

extension Emphasis {
    fileprivate init(isGood: Bool) {
        self = isGood ? .good : .bad
    }
}
