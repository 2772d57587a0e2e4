import Telemetry

/// The topic of a row, from a template. Source: MQTT 5.0, 4.7.
struct PublishTopic {
    private let parts: [Part]

    private enum Part {
        case text(String)
        case name(Name)
    }

    private enum Name: String {
        case gateway, type, device, quantity, tier, neighbourhood, site
    }

    struct Complaint: Error {
        var words: String
    }

    init(_ template: String) throws(Complaint) {
        var parts: [Part] = []
        var rest = Substring(template)
        while let open = rest.firstIndex(of: "{") {
            guard let close = rest[open...].firstIndex(of: "}") else { throw Complaint(words: "a { without its }") }
            let word = String(rest[rest.index(after: open)..<close])
            guard let name = Name(rawValue: word) else { throw Complaint(words: "there is no {\(word)}") }
            if open > rest.startIndex { parts.append(.text(String(rest[..<open]))) }
            parts.append(.name(name))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        let texts = parts.map { if case .text(let text) = $0 { text } else { "" } }.joined()
        if parts.isEmpty { throw Complaint(words: "it is empty") }
        if texts.unicodeScalars.contains(where: { $0 != "/" && PublishTopic.isForbidden($0) }) {
            throw Complaint(words: "no +, # or control character may stand in a topic that is published to")
        }
        self.parts = parts
    }

    func topic(of row: SharedAggregate) -> String {
        var topic = ""
        for part in parts {
            switch part {
            case .text(let text): topic += text
            case .name(let name): topic += PublishTopic.level(PublishTopic.value(of: name, in: row))
            }
        }
        // Topics that begin with a dollar are the broker's own.
        return topic.hasPrefix("$") ? "_" + topic.dropFirst() : topic
    }

    private static func value(of name: Name, in row: SharedAggregate) -> String {
        switch name {
        case .gateway: row.series.gateway
        case .type: row.series.deviceType
        case .device: row.series.device
        case .quantity: row.series.quantity
        case .tier: row.window.tier.name
        case .neighbourhood: row.series.neighbourhood
        case .site: row.series.site
        }
    }

    /// One level of a topic: what would end it, or be a wildcard in somebody's subscription, becomes `_`.
    static func level(_ text: String) -> String {
        if text.isEmpty { return "unknown" }
        if !text.unicodeScalars.contains(where: isForbidden) { return text }
        var level = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { level.append(isForbidden(scalar) ? "_" : scalar) }
        return String(level)
    }

    /// Whether a text may stand in a property: without control characters, and what is no character.
    static func isPlain(_ text: String) -> Bool {
        !text.unicodeScalars.contains { !["+", "#", "/"].contains($0) && isForbidden($0) }
    }

    /// `+`, `#`, `/`, control characters, and what is no character. Source: MQTT 5.0, 1.5.4 and 4.7.1.
    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x2B, 0x23, 0x2F, 0x00...0x1F, 0x7F...0x9F, 0xFDD0...0xFDEF: true
        default: scalar.value & 0xFFFE == 0xFFFE
        }
    }
}
