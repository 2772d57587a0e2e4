import Decoding
import Telemetry
import Testing

/// What the suites of this target share: a decoder to ask, and short ways to say what is expected of it.
final class Decoding {
    static let received = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!
    let decoder: Decoder
    private(set) var announced: [Series] = []

    init(_ options: DecoderOptions) {
        decoder = Decoder(options)
    }

    convenience init(
        json: Source = .sketch, topic: String = "sensors/{type}/{device}/{quantity}",
        devices: [DeviceOptions] = [], unknownDevices: UnknownDevicePolicy = .accept,
        limits: DecoderLimits = DecoderLimits()
    ) {
        var source = json
        source.topic = TopicTemplate(topic)!
        self.init(
            DecoderOptions(
                sources: [source], devices: devices, unknownDevices: unknownDevices, limits: limits))
    }

    func decode(
        _ topic: String, _ payload: [UInt8], received: Timestamp = Decoding.received, isReplayed: Bool = false
    ) -> DecodedMessage {
        var message = DecodedMessage()
        Array(topic.utf8).withUnsafeBytes { topic in
            payload.withUnsafeBytes { payload in
                decoder.decode(
                    topic: topic, payload: payload, received: received, isReplayed: isReplayed, into: &message)
            }
        }
        announced += message.newSeries
        return message
    }

    func decode(_ topic: String, _ payload: String) -> DecodedMessage { decode(topic, Array(payload.utf8)) }

    /// A message of one device's temperature.
    func decode(_ payload: String) -> DecodedMessage { decode("sensors/air/aq-1/temperature", payload) }

    /// The readings as `device/quantity=value`, in their order.
    func shown(_ message: DecodedMessage) -> [String] {
        message.readings.map { reading in
            let series = announced[Int(reading.series)]
            return "\(series.device)/\(series.quantity.name)=\(JSONLine.number(reading.value))"
        }
    }
}

extension Source {
    /// As in the design's sketch.
    static let sketch = json(value: JSONPath("value"), time: JSONPath("ts"), unit: JSONPath("unit"))

    static func json(
        _ topic: String = "sensors/{type}/{device}/{quantity}", value: JSONPath? = nil, values: [NamedPath] = [],
        time: JSONPath? = nil, unit: JSONPath? = nil, device: JSONPath? = nil, quantity: JSONPath? = nil,
        units: [String: String] = [:]
    ) -> Source {
        Source(
            topic: TopicTemplate(topic)!, format: .json,
            paths: PayloadPaths(value: value, time: time, unit: unit, device: device, quantity: quantity),
            values: values, units: units)
    }

    static func values(
        _ values: [(String, String)], topic: String = "sensors/{type}/{device}/{quantity}",
        units: [String: String] = [:]
    ) -> Source {
        json(
            topic, values: values.map { NamedPath(quantity: $0.0, path: JSONPath($0.1)!) }, time: JSONPath("ts"),
            units: units)
    }
}

extension DecodedMessage {
    var reasons: [RejectionReason] { rejections.map(\.reason) }

    /// The promise of ``Decoder``: a message leaves a trace, and what it leaves can be stored.
    func expectAccounted(_ comment: @autoclosure () -> Comment, location: SourceLocation = #_sourceLocation) {
        #expect(!readings.isEmpty || !rejections.isEmpty, comment(), sourceLocation: location)
        #expect(readings.allSatisfy { $0.value.isFinite }, comment(), sourceLocation: location)
        #expect(
            readings.allSatisfy { $0.time >= .distantPast && $0.time <= .distantFuture }, comment(),
            sourceLocation: location)
        #expect(rejections.allSatisfy { !$0.detail.isEmpty }, comment(), sourceLocation: location)
    }
}
