import Gateway
import Storage
import Telemetry

extension HeldMessage {
    var captured: CapturedMessage {
        CapturedMessage(received: message.received, topic: message.topic, payload: message.payload)
    }

    /// As a capture's line, with what is known besides.
    var json: JSONLine {
        var line = JSONLine()
        line.add("number", Int(id))
        line.add("source", message.source)
        line.add("reason", message.rejection.reason.rawValue)
        line.add("detail", message.rejection.detail)
        line.add("readings", message.rejection.readingCount)
        line.add("configuration", configuration)
        captured.add(to: &line)
        if message.boot != nil { line.add("since_boot", true) }
        return line
    }
}

extension QuarantinedMessage {
    /// For a terminal. A reading that is kept by itself, as a conflict is, has no topic.
    var topicText: String { topic.isEmpty ? "–" : TerminalText.plain(String(decoding: topic, as: UTF8.self)) }
}
