import GatewayConfiguration
import Telemetry

/// What a configuration means, for the person who wrote it.
struct CheckSummary {
    let configuration: Configuration

    var lines: [String] {
        let broker = configuration.broker
        let storage = configuration.storage
        let scheme = broker.usesTLS ? "mqtts" : "mqtt"
        return TextTable.aligned(
            [
                ["gateway", "\(configuration.gateway.name), days of \(configuration.gateway.timezone)"],
                [
                    "broker",
                    "\(scheme)://\(broker.host):\(broker.port) as \(broker.clientID)"
                        + (broker.username.map { ", user \($0)" } ?? ""),
                ],
                [
                    "database",
                    "\(storage.path), commit every \(Measure.text(milliseconds: storage.commitIntervalMilliseconds))"
                        + (storage.flashBudgetBytesPerDay.map { ", budget \(Measure.text(bytes: $0))/day" } ?? "")
                        + (storage.quotaBytes.map { ", quota \(Measure.text(bytes: $0))" } ?? ""),
                ],
                ["keeps", kept],
                ["socket", configuration.control.socketPath],
            ]
                + configuration.sources.map { ["source", "\($0.shown)  (\($0.format.rawValue))"] }
                + SourceOverlap.all(in: configuration.sources).map { ["overlap", $0.text] }
                + [["devices", devices]]
                + configuration.partners.map { ["partner", text(of: $0)] }, leftColumns: 2)
    }

    private func text(of partner: Configuration.PartnerSection) -> String {
        "\(partner.name), \(partner.sink.rawValue) to \(partner.shownAddress): "
            + partner.contract.rules.map(text).joined(separator: "; or ")
            + (partner.contract.smallestCount > 1 ? "; no counts below \(partner.contract.smallestCount)" : "")
    }

    /// `fill_level of waste in Assendorp: 15m, 1h`
    private func text(of rule: ShareRule) -> String {
        func list(_ names: Set<String>?) -> String? { names.map { $0.sorted().joined(separator: ", ") } }
        var words = [list(rule.quantities) ?? "all"]
        if let types = list(rule.deviceTypes) { words.append("of \(types)") }
        if let places = list(rule.neighbourhoods) { words.append("in \(places)") }
        if let devices = list(rule.devices) { words.append("by \(devices)") }
        let labels = rule.labels.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
        if !labels.isEmpty { words.append("with \(labels.joined(separator: ", "))") }
        return words.joined(separator: " ") + " each " + rule.tiers.sorted().map(\.name).joined(separator: ", ")
    }

    private var kept: String {
        let storage = configuration.storage
        let raw = "readings \(storage.rawRetention.map(Measure.text(milliseconds:)) ?? "for ever")"
        return raw
            + Tier.allCases.map { tier in
                ", \(tier.name) \(storage.tierRetention[tier].map(Measure.text(milliseconds:)) ?? "for ever")"
            }.joined()
    }

    private var devices: String {
        let policy = configuration.devices.acceptsUnknown ? "others are accepted" : "messages of others are quarantined"
        return "\(configuration.deviceList.count) configured, \(policy)"
    }
}

/// Two sources whose topics have something in common. The first in the file takes it.
struct SourceOverlap {
    let first: Source
    let second: Source
    /// What both match, as a filter.
    let common: String

    /// In the order of the file.
    static func all(in sources: [Source]) -> [SourceOverlap] {
        sources.enumerated().flatMap { index, second in
            sources[..<index].compactMap { first in
                first.topic.common(with: second.topic).map { SourceOverlap(first: first, second: second, common: $0) }
            }
        }
    }

    /// `a/+ and a/#: the first takes a/+, the second the rest`
    var text: String {
        let rest = leavesNothing ? "nothing is left for the second" : "the second gets the rest of its own"
        return "\(first.shown) and \(second.shown): the first takes \(common), \(rest)"
    }

    private var leavesNothing: Bool { first.topic.covers(second.topic) }

    var json: JSONLine {
        var line = JSONLine()
        line.add("first", first.name)
        line.add("second", second.name)
        line.add("common", common)
        line.add("second_gets_nothing", leavesNothing)
        return line
    }
}

extension Source {
    /// Its topic, and its name where it has one of its own.
    fileprivate var shown: String { name == topic.text ? topic.text : "\(topic.text) \"\(name)\"" }
}
