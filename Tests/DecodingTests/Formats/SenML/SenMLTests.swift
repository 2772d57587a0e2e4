import Decoding
import Telemetry
import TestKit
import Testing

@Suite("SenML")
struct SenMLTests {
    private func decoding(
        _ topic: String = "senml/+", values: [(String, String)] = [], limits: DecoderLimits = DecoderLimits()
    ) -> Decoding {
        let source = Source(
            topic: TopicTemplate(topic)!, format: .senML,
            values: values.map { NamedPath(quantity: $0.0, path: JSONPath($0.1)!) })
        return Decoding(DecoderOptions(sources: [source], limits: limits))
    }

    private func shown(_ payload: String, _ decoding: Decoding) -> [String] {
        decoding.shown(decoding.decode("senml/d", payload))
    }

    @Test(
        "finds device and field in the name",
        arguments: [
            ("urn:dev:ow:10e2073a01080063:temperature", "urn:dev:ow:10e2073a01080063/temperature=1"),
            ("2001:db8::1/humidity", "2001:db8::1/humidity=1"), ("2001:db8::/humidity", "2001:db8::/humidity=1"),
            ("urn:dev:mac:0024befffe804ff1_battery", "urn:dev:mac:0024befffe804ff1/battery=1"),
            ("station-7_wind_speed", "station-7/wind_speed=1"), ("bin-9/bin_temperature", "bin-9/bin_temperature=1"),
            ("aq-1/PM2.5", "aq-1/pm2_5=1"), ("aq.1.pm10", "aq.1/pm10=1"), ("aq-1_pm2_5", "aq-1/pm2_5=1"),
        ])
    func names(name: String, expected: String) {
        #expect(shown(#"[{"n":"\#(name)","v":1}]"#, decoding()) == [expected])
    }

    @Test(
        "takes the quantity from the unit where the name has none",
        arguments: [
            ("Cel", "urn:dev:ow:10e2073a01080063/temperature=1"), ("%RH", "urn:dev:ow:10e2073a01080063/humidity=1"),
            ("%EL", "urn:dev:ow:10e2073a01080063/battery=1"), ("lx", "urn:dev:ow:10e2073a01080063/illuminance=1"),
        ])
    func units(unit: String, expected: String) {
        #expect(shown(#"[{"n":"urn:dev:ow:10e2073a01080063","u":"\#(unit)","v":1}]"#, decoding()) == [expected])
    }

    @Test(
        "has no guess for a unit that several quantities have", arguments: ["V", "m", "m/s", "ug/m3", "%", "Pa", "K"])
    func ambiguousUnits(unit: String) {
        let message = decoding().decode("senml/d", #"[{"n":"urn:dev:ow:10e2073a01080063","u":"\#(unit)","v":1}]"#)
        #expect(message.reasons == [.noReading])
    }

    @Test("keeps to the topic's device, whatever the names say")
    func deviceOfTopic() {
        let decoding = decoding("senml/{device}")
        #expect(
            shown(
                #"[{"bn":"urn:dev:ow:1:","n":"temperature","v":1},{"n":"pm10","v":2},{"bn":"","n":"humidity","v":3}]"#,
                decoding)
                == ["d/temperature=1", "d/pm10=2", "d/humidity=3"])
        #expect(shown(#"[{"n":"urn:dev:ow:1","u":"Cel","v":4}]"#, decoding) == ["d/temperature=4"])
    }

    @Test("takes the first of several names for one quantity, and a name before a unit, at all their times")
    func severalNames() {
        let decoding = decoding("senml/{device}")
        #expect(
            shown(
                #"[{"bn":"in/","n":"temperature","t":-1,"v":1},{"bn":"out/","n":"temperature","t":-2,"v":2},{"bn":"in/","n":"temperature","v":3}]"#,
                decoding) == ["d/temperature=1", "d/temperature=3"])
        #expect(
            shown(#"[{"n":"setpoint","u":"Cel","v":20},{"n":"temperature","u":"Cel","v":18}]"#, decoding)
                == ["d/temperature=18"])
        #expect(
            shown(#"[{"n":"in/temperature","v":1},{"n":"out/temperature","v":2}]"#, self.decoding())
                == ["in/temperature=1", "out/temperature=2"], "two devices are no conflict")
    }

    @Test("takes only what `values` lists, by a field's name or a whole one")
    func mapping() {
        let decoding = decoding(
            values: [
                ("battery_voltage", "voltage"), ("temperature", "outdoor/temperature"), ("humidity", "urn:dev:ow:1"),
                ("pm2_5", "\"PM2.5\""),
            ])
        #expect(
            shown(#"[{"bn":"box:","n":"voltage","u":"mV","v":3300},{"n":"current","v":1}]"#, decoding) == [
                "box/battery_voltage=3.3"
            ])
        #expect(
            shown(#"[{"n":"box/outdoor/temperature","v":1},{"n":"box/temperature","v":2}]"#, decoding) == [
                "box/temperature=1"
            ])
        #expect(shown(#"[{"n":"box/PM2.5","v":7}]"#, decoding) == ["box/pm2_5=7"])
        let whole = decoding.decode("senml/d", #"[{"n":"urn:dev:ow:1","u":"%RH","v":40}]"#)
        #expect(whole.reasons == [.unknownDevice], "the name is all field, so the topic must name the device")
        let named = self.decoding("senml/{device}", values: [("humidity", "urn:dev:ow:1")])
        #expect(
            shown(
                #"[{"n":"urn:dev:ow:1","u":"%RH","v":40},{"n":"urn:dev:ow:1","u":"%EL","v":98},{"n":"urn:dev:ow:1","u":"lon","v":6}]"#,
                named)
                == ["d/humidity=40"])
    }

    @Test("passes over what is no measurement, without a word")
    func noMeasurements() {
        let decoding = decoding()
        let message = decoding.decode(
            "senml/d",
            #"[{"bn":"box:","n":"temperature","v":1},{"n":"humidity","vs":"wet"},{"n":"pm10","vd":"aGk"},{"n":"pressure","vb":true},"#
                + #"{"u":"lon","v":6.05},{"u":"lat","v":52.5},{"n":"co2","s":4},{"n":"no2","v":null}]"#)
        #expect(decoding.shown(message) == ["box/temperature=1"])
        #expect(message.rejections.isEmpty)
    }

    @Test("takes a truth for a quantity that is an event")
    func events() {
        var catalogue = QuantityCatalogue()
        catalogue.define(Quantity(name: "door", unit: "1", kind: .event))
        let source = Source(topic: TopicTemplate("senml/+")!, format: .senML)
        let decoding = Decoding(DecoderOptions(sources: [source], catalogue: catalogue))
        #expect(
            shown(#"[{"n":"box:door","vb":true},{"n":"box:door","t":1,"vb":false}]"#, decoding) == [
                "box/door=1", "box/door=0",
            ])
    }

    @Test("dates by receipt what is relative to it, and by the pack what is not")
    func origins() {
        let message = decoding().decode(
            "senml/d", #"[{"n":"a:pm10","v":1},{"n":"a:pm10","t":-5,"v":2},{"n":"a:pm10","t":1.7e9,"v":3}]"#)
        #expect(message.readings.map(\.timeOrigin) == [.device, .receipt, .receipt])
        #expect(
            message.readings.map(\.time.description) == [
                "2023-11-14T22:13:20.000Z", "2026-11-23T09:59:55.000Z", "2026-11-23T10:00:00.000Z",
            ])
        #expect(!message.carriesOwnTime)
    }

    @Test("says which record is wrong, once for all that are alike")
    func details() {
        let message = decoding().decode(
            "senml/d", #"[{"n":"a:pm10","v":1},{"n":"b"},{"n":"c"},{"n":"d","t":1e99,"v":1}]"#)
        #expect(message.reasons == [.undecodable, .badTime])
        #expect(message.rejections.first?.readingCount == 2)
        #expect(message.rejections.first?.detail.hasPrefix("record 2 has 0 values") == true)
        #expect(message.readings.count == 1)
        let refused = decoding().decode("senml/d", #"[{"n":"a:pm10","v":1},{"n":"b","v":1,"x_":1}]"#)
        #expect(refused.reasons == [.undecodable] && refused.readings.isEmpty)
        #expect(refused.rejections.first?.detail.contains("record 2") == true)
    }

    @Test("is an array with something in it", arguments: ["[]", "{}", "null", "7", #""pack""#, "tru", "[", ""])
    func roots(payload: String) {
        let message = decoding().decode("senml/d", payload)
        #expect(message.reasons == [payload.isEmpty ? .emptyPayload : .undecodable])
    }

    @Test("takes as many records as a message may hold, and says so")
    func surplus() {
        var limits = DecoderLimits()
        limits.readingsInMessage = 10
        let many = (0..<30).map { #"{"n":"a:pm10","t":\#($0),"v":\#($0)}"# }.joined(separator: ",")
        let message = decoding(limits: limits).decode("senml/d", "[\(many)]")
        #expect(message.readings.count == 10)
        #expect(message.reasons == [.tooLarge])
        #expect(message.rejections.first?.readingCount == 20)
    }

    @Test("has no number too large to add")
    func overflow() {
        let message = decoding().decode("senml/d", #"[{"n":"a:pm10","bv":1.7e308,"v":1.7e308}]"#)
        #expect(message.reasons == [.badValue])
    }
}
