@testable import Decoding
import Telemetry
import Testing

@Suite("PreferredSensors")
struct PreferredSensorsTests {
    private static let temperature = FieldMeaning(quantity: "temperature", unit: nil, isExplicit: false)
    private static let humidity = FieldMeaning(quantity: "humidity", unit: nil, isExplicit: false)

    /// What is written of values that are offered as (sensor, meaning, value), as `quantity=value`.
    private func written(
        _ offers: [(sensor: Int, FieldMeaning, FieldValue)], missing: [Double] = []
    ) -> (shown: [String], hasMissing: Bool) {
        let source = Source(topic: TopicTemplate("{device}")!, format: .json, missing: missing)
        let writer = ReadingWriter(DecoderOptions(sources: [source]), firstSeries: 0, takenSeries: [])
        var sensors = PreferredSensors()
        writer.begin()
        Array("d".utf8).withUnsafeBytes { topic in
            let context = MessageContext(
                topic: topic, match: source.topic.match(topic)!, source: 0, received: Decoding.received,
                isReplayed: false)
            let report = Report(device: DeviceName(topic), time: .receipt(context.received), context: context)
            for (sensor, meaning, value) in offers {
                sensors.offer(value, as: meaning, sensor: sensor, of: report, to: writer)
            }
            sensors.add(to: writer)
            sensors.add(to: writer)
        }
        let shown = writer.message.readings.map { reading in
            "\(writer.message.newSeries[Int(reading.series)].quantity.name)=\(JSONLine.number(reading.value))"
        }
        return (shown, writer.hasMissing)
    }

    @Test("lets the lowest number speak, for each quantity by itself, and only once")
    func lowest() {
        let outcome = written([
            (2, Self.temperature, .number(20)), (1, Self.temperature, .number(19)), (2, Self.humidity, .number(60)),
            (3, Self.temperature, .number(18)),
        ])
        #expect(outcome.shown == ["temperature=19", "humidity=60"])
    }

    @Test("takes all values of the one that speaks, in their order")
    func allOfOne() {
        let other = FieldMeaning(quantity: "temperature", unit: nil, isExplicit: true)
        let outcome = written([
            (1, Self.temperature, .number(1)), (2, Self.temperature, .number(2)), (1, other, .number(3)),
        ])
        #expect(outcome.shown == ["temperature=1", "temperature=3"])
    }

    @Test("lets another speak for one that says it has no value")
    func missing() {
        let outcome = written(
            [(0, Self.temperature, .absent), (1, Self.temperature, .number(-999)), (2, Self.temperature, .number(7))],
            missing: [-999])
        #expect(outcome.shown == ["temperature=7"])
        #expect(outcome.hasMissing)
        #expect(written([(0, Self.temperature, .composite("an array"))]).shown.isEmpty)
        #expect(written([]).shown.isEmpty)
    }
}
