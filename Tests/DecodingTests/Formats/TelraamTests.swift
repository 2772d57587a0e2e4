import Decoding
import Telemetry
import TestKit
import Testing

@Suite("Telraam")
struct TelraamTests {
    private func decoding(
        _ topic: String = "telraam/{device}", device: String? = nil, values: [(String, String)] = [],
        timeWithoutOffset: TimeWithoutOffset = .refused, missing: [Double] = []
    ) -> Decoding {
        let source = Source(
            topic: TopicTemplate(topic)!, format: .telraam,
            paths: PayloadPaths(device: device.flatMap { JSONPath($0) }),
            values: values.map { NamedPath(quantity: $0.0, path: JSONPath($0.1)!) }, missing: missing,
            timeWithoutOffset: timeWithoutOffset)
        return Decoding(DecoderOptions(sources: [source]))
    }

    private func row(_ fields: String, date: String = #""2022-07-22T05:00:00.000Z""#) -> String {
        #"{"segment_id":9000001844,"instance_id":-1,"date":\#(date),"interval":"hourly",\#(fields)}"#
    }

    @Test(
        "counts by class and direction",
        arguments: [
            ("car", "car"), ("heavy", "heavy_vehicle"), ("bike", "bicycle"), ("pedestrian", "pedestrian"),
        ])
    func classes(field: String, passing: String) {
        let decoding = decoding()
        let message = decoding.decode(
            "telraam/t", row(#""uptime":0.5,"\#(field)":3.25,"\#(field)_lft":2.25,"\#(field)_rgt":1"#))
        #expect(
            decoding.shown(message) == [
                "t/\(passing)_intensity=3.25", "t/\(passing)_intensity_left=2.25", "t/\(passing)_intensity_right=1",
            ])
        #expect(message.readings.allSatisfy { $0.time.description == "2022-07-22T05:00:00.000Z" })
        #expect(message.carriesOwnTime)
        #expect(decoding.announced.allSatisfy { $0.quantity.kind == .intervalCount })
    }

    @Test("leaves alone what is neither a count nor a speed")
    func others() {
        let message = decoding().decode(
            "telraam/t",
            row(#""uptime":1,"night":4,"direction":1,"car_speed_hist_0to70plus":[0,100],"timezone":"Europe/Brussels""#))
        #expect(message.reasons == [.noReading])
    }

    @Test("holds nothing where the sensor was not up", arguments: ["0", "0.0", "-1", #""0""#])
    func uptime(uptime: String) {
        let decoding = decoding()
        #expect(decoding.decode("telraam/t", row(#""uptime":\#(uptime),"car":0,"v85":0"#)).reasons == [.missing])
        let both = decoding.decode(
            "telraam/t", "[\(row(#""uptime":\#(uptime),"car":0"#)),\(row(#""uptime":0.01,"car":0"#))]")
        #expect(decoding.shown(both) == ["t/car_intensity=0"])
        #expect(both.rejections.isEmpty)
    }

    @Test("has no speed of 0 where no car came, and no values of null")
    func noSpeed() {
        let decoding = decoding()
        let message = decoding.decode("telraam/t", row(#""uptime":1,"car":0,"bike":null,"v85":0"#))
        #expect(decoding.shown(message) == ["t/car_intensity=0"])
        #expect(decoding.decode("telraam/t", row(#""v85":null"#)).reasons == [.missing])
        let mapped = self.decoding(values: [("speed_v85", "v85")])
        #expect(mapped.decode("telraam/t", row(#""v85":0"#)).reasons == [.missing])
        #expect(mapped.shown(mapped.decode("telraam/t", row(#""car":2,"v85":31.5"#))) == ["t/speed_v85=31.5"])
    }

    @Test(
        "takes times with an offset, and others as configured",
        arguments: [
            (#""2022-07-22T05:00:00.000Z""#, .refused, true), (#""2022-07-22 05:00:00Z""#, .refused, true),
            (#""2022-07-22T07:00:00+02:00""#, .refused, true), ("1658466000", .refused, true),
            (#""2022-07-22T05:00:00""#, .refused, false), (#""2022-07-22T05:00:00""#, .utc, true),
            (#""2022-07-22 05:00:00""#, .utc, true), (#""22-07-2022 05:00""#, .utc, false), ("null", .utc, false),
        ] as [(String, TimeWithoutOffset, Bool)])
    func dates(date: String, meaning: TimeWithoutOffset, isReadable: Bool) {
        let message = decoding(timeWithoutOffset: meaning).decode("telraam/t", row(#""car":2,"bike":1"#, date: date))
        #expect(
            message.readings.map(\.time.description)
                == (isReadable ? ["2022-07-22T05:00:00.000Z", "2022-07-22T05:00:00.000Z"] : []))
        #expect(message.reasons == (isReadable ? [] : [.badTime]))
        #expect(isReadable || message.rejections.first?.readingCount == 2)
    }

    @Test("is named by the topic or by the path that is configured")
    func devices() {
        let segment = decoding("telraam/+", device: "segment_id")
        #expect(segment.shown(segment.decode("telraam/t", row(#""car":2"#))) == ["9000001844/car_intensity=2"])
        let instance = decoding("telraam/+", device: "instance_id")
        #expect(instance.decode("telraam/t", row(#""car":2"#)).reasons == [.unknownDevice], "-1 is nobody")
        let absent = decoding("telraam/{device}", device: "camera")
        #expect(absent.decode("telraam/t", row(#""car":2"#)).reasons == [.unknownDevice])
    }

    @Test("tells what is wrong with many rows once")
    func manyRows() {
        let bad = (0..<500).map { _ in #"{"car":1,"bike":2},5"# }.joined(separator: ",")
        let decoding = decoding()
        let message = decoding.decode("telraam/t", #"{"report":[\#(row(#""car":7"#)),\#(bad)]}"#)
        #expect(decoding.shown(message) == ["t/car_intensity=7"])
        #expect(message.reasons == [.undecodable, .badTime])
        #expect(message.rejections.last?.readingCount == 1000)
    }

    @Test(
        "leaves a trace of what is no report",
        arguments: [
            "[]", "{}", "7", "null", #"{"report":{}}"#, #"{"report":[]}"#, #"{"report":null}"#, "[[[]]]",
            #"{"message":"Forbidden"}"#, #"{"date":{},"car":1}"#, #"{"date":"2022-07-22T05:00:00Z","car":[1]}"#,
            #"{"date":"2022-07-22T05:00:00Z","car":1e400}"#,
        ])
    func hostile(payload: String) {
        let message = decoding().decode("telraam/t", payload)
        message.expectAccounted("\(payload)")
        #expect(message.readings.isEmpty)
    }
}
