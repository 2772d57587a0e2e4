import Decoding
import GatewayConfiguration
import Privacy
import Telemetry

/// What is fed: the decoder of a payload format, or the reader of configurations.
///
/// One decoder takes all inputs, as in the daemon, so that what one leaves behind may upset the next, and so that memory
/// which grows with the traffic shows. One thread.
public final class FuzzTarget {
    private let decoder: Decoder?
    private let mask = PersonalDataMask.standard
    private let topic: [UInt8]
    private var message = DecodedMessage()
    private let received = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!

    /// The name that stands for configurations.
    public static let configuration = "configuration"

    /// - Parameter name: a payload format's, or ``configuration``.
    public init?(_ name: String) {
        if name == FuzzTarget.configuration {
            decoder = nil
            topic = []
            return
        }
        guard let format = PayloadFormat(rawValue: name) else { return nil }
        let (template, topic) = FuzzTarget.topics(format)
        self.topic = Array(topic.utf8)
        var limits = DecoderLimits()
        limits.seriesCount = 500
        var source = Source(
            topic: TopicTemplate(template)!, format: format, missing: [-1], timeWithoutOffset: .local,
            includesRadio: true)
        if format == .json {
            source.paths = PayloadPaths(
                value: JSONPath("value"), time: JSONPath("ts"), unit: JSONPath("unit"), quantity: JSONPath("quantity"))
            source.values = [
                NamedPath(quantity: "temperature", path: JSONPath("a.b[0].\"t.c\"")!),
                NamedPath(quantity: "fill_distance", path: JSONPath("distance")!),
            ]
        }
        decoder = Decoder(
            DecoderOptions(
                sources: [source],
                devices: [
                    DeviceOptions(
                        id: "device-1",
                        geometry: ContainerGeometry(emptyMillimetres: 1800, fullMillimetres: 200))
                ], limits: limits))
    }

    /// The template of the source, and a topic that matches it.
    private static func topics(_ format: PayloadFormat) -> (template: String, topic: String) {
        switch format {
        case .theThingsStackV3: ("v3/+/devices/+/up", "v3/app@tenant/devices/device-1/up")
        case .theThingsNetworkV2: ("+/devices/+/up", "app/devices/device-1/up")
        case .chirpStackV4:
            (
                "application/+/device/+/event/+",
                "application/17c82e96-be03-4f38-aef3-f83d48582d97/device/0101010101010101/event/up"
            )
        case .scalar: ("street/{device}/{quantity}", "street/device-1/fill_distance")
        case .tasmota: ("tele/{device}/+", "tele/device-1/SENSOR")
        case .shellyGen2: ("{device}/events/rpc", "device-1/events/rpc")
        case .sparkplugB: ("spBv1.0/#", "spBv1.0/street/DBIRTH/node-1/device-1")
        default: ("street/{device}", "street/device-1")
        }
    }

    /// Stops the process when a promise of the decoder does not hold.
    public func take(_ input: UnsafeRawBufferPointer) {
        guard let decoder else {
            _ = try? ConfigurationFile.load(text: String(decoding: input, as: UTF8.self), name: "fuzz.toml")
            return
        }
        message.removeAll()
        topic.withUnsafeBytes { topic in
            decoder.decode(topic: topic, payload: input, received: received, into: &message)
        }
        precondition(!message.readings.isEmpty || !message.rejections.isEmpty, "a message left no trace")
        precondition(message.readings.count + message.rejections.count <= 2 * 1000 + 1, "more than the limit")
        for reading in message.readings {
            precondition(reading.value.isFinite, "a value that is no number")
            precondition(reading.time >= .distantPast && reading.time <= .distantFuture, "a time that has no year")
        }
        var masked = Array(input)
        let isMasked = mask.apply(to: &masked)
        precondition(masked.count == input.count, "a mask of another length")
        precondition(isMasked || masked.elementsEqual(input), "masked without a word")
    }
}
