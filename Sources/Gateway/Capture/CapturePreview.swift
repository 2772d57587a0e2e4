import Decoding
public import GatewayConfiguration
public import Telemetry

/// Shows what the decoder makes of captured messages, without storing anything. One thread.
public final class CapturePreview {
    private let decoder: Decoder
    private var series: [Series] = []
    private var message = DecodedMessage()

    /// - Parameter acceptsUnknownDevices: takes in devices that the configuration holds back.
    public init(configuration: Configuration, acceptsUnknownDevices: Bool = false) {
        var options = configuration.decoderOptions
        if acceptsUnknownDevices { options.unknownDevices = .accept }
        decoder = Decoder(options, notesUnread: true)
    }

    public func decode(_ captured: CapturedMessage) -> DecodedPreview {
        message.removeAll()
        captured.topic.withUnsafeBytes { topic in
            captured.payload.withUnsafeBytes { payload in
                decoder.decode(topic: topic, payload: payload, received: captured.received, into: &message)
            }
        }
        series += message.newSeries
        return DecodedPreview(
            source: message.source.map { decoder.options.sources[$0].name },
            readings: message.readings.map { reading in
                DecodedPreview.Reading(
                    series: series[Int(reading.series)], time: reading.time, value: reading.value,
                    hasOwnTime: reading.timeOrigin == .device)
            }, rejections: message.rejections, unreadNames: decoder.unreadNames)
    }
}

/// What a message would amount to.
public struct DecodedPreview: Sendable {
    /// The source that took it; nil when no topic matched.
    public var source: String?
    public var readings: [Reading]
    public var rejections: [Rejection]
    /// Fields whose names say nothing, so that they were not read.
    public var unreadNames: [String]

    public struct Reading: Sendable {
        public var series: Series
        public var time: Timestamp
        /// In the series' unit.
        public var value: Double
        /// Whether the payload says when it was measured.
        public var hasOwnTime: Bool
    }

    /// Adds what became of the message: `source`, `readings`, `rejections`, and `unread` where there are such.
    public func add(to line: inout JSONLine) {
        line.add("source", source)
        line.add("readings", readings.map(\.line))
        line.add(
            "rejections",
            rejections.map { rejection in
                var line = JSONLine()
                line.add("reason", rejection.reason.rawValue)
                line.add("detail", rejection.detail)
                return line
            })
        if !unreadNames.isEmpty { line.add("unread", unreadNames) }
    }
}

extension DecodedPreview.Reading {
    /// `time` is null for a reading that is dated by its receipt.
    public var line: JSONLine {
        var line = JSONLine()
        line.add("device", series.device)
        line.add("quantity", series.quantity.name)
        line.add("time", hasOwnTime ? time : nil)
        line.add("value", value)
        line.add("unit", series.quantity.unit)
        return line
    }
}
