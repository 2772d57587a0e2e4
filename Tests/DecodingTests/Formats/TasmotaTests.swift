import Decoding
import Telemetry
import TestKit
import Testing

/// Local times are those of Amsterdam, as in `make test`.
@Suite("Tasmota")
struct TasmotaTests {
    init() { #expect(DayCalendar.useTimeZone("Europe/Amsterdam")) }

    private func decoding(
        _ topic: String = "tele/{device}/#", values: [(String, String)] = [], units: [String: String] = [:],
        timeWithoutOffset: TimeWithoutOffset = .local
    ) -> Decoding {
        let source = Source(
            topic: TopicTemplate(topic)!, format: .tasmota,
            values: values.map { NamedPath(quantity: $0.0, path: JSONPath($0.1)!) }, units: units,
            timeWithoutOffset: timeWithoutOffset)
        return Decoding(DecoderOptions(sources: [source]))
    }

    private func shown(_ sensors: String, values: [(String, String)] = [], units: [String: String] = [:]) -> [String] {
        let decoding = decoding(values: values, units: units)
        let message = decoding.decode("tele/t/SENSOR", #"{"Time":"2026-11-23T11:00:00",\#(sensors)}"#)
        return decoding.shown(message)
    }

    @Test(
        "reads nothing but SENSOR",
        arguments: [
            "STATE", "LWT", "INFO1", "INFO2", "INFO3", "RESULT", "STATUS8", "UPTIME", "HASS_STATE", "MARGINS", "POWER",
            "sensor", "SENSOR/x",
        ])
    func otherTopics(level: String) {
        let decoding = decoding()
        for payload in ["Online", #"{"BME280":{"Temperature":7}}"#] {
            #expect(decoding.decode("tele/t/\(level)", payload).reasons == [.ignoredTopic])
        }
    }

    @Test("takes a local time, one with an offset, and that of receipt where the clock has never been set")
    func times() {
        func time(_ text: String, _ meaning: TimeWithoutOffset = .local) -> String? {
            let decoding = decoding(timeWithoutOffset: meaning)
            let message = decoding.decode("tele/t/SENSOR", #"{\#(text)"BME280":{"Temperature":7}}"#)
            return message.readings.first.map { "\($0.time) \($0.timeOrigin)" } ?? message.reasons.first?.rawValue
        }
        #expect(time(#""Time":"2026-11-23T10:59:58","#) == "2026-11-23T09:59:58.000Z device")
        #expect(time(#""Time":"2026-07-23T10:59:58","#) == "2026-07-23T08:59:58.000Z device")
        #expect(time(#""Time":"2026-11-23T10:59:58","#, .utc) == "2026-11-23T10:59:58.000Z device")
        #expect(time(#""Time":"2026-11-23T10:59:58","#, .refused) == "bad_time")
        #expect(time(#""Time":"2026-11-23T10:59:58+01:00","#, .refused) == "2026-11-23T09:59:58.000Z device")
        #expect(time(#""Time":"1970-01-01T00:00:14","#) == "2026-11-23T10:00:00.000Z receipt")
        #expect(time("") == "2026-11-23T10:00:00.000Z receipt")
        #expect(time(#""Time":null,"#) == "2026-11-23T10:00:00.000Z receipt")
        #expect(time(#""Time":"2026-03-29T02:30:00","#) == "bad_time", "clocks skip that hour")
        #expect(time(#""Time":{},"#) == "bad_time")
    }

    @Test(
        "converts from the units at the root",
        arguments: [
            (#""BME280":{"Temperature":77},"TempUnit":"F""#, "t/temperature=25"),
            (#""BME280":{"Temperature":25},"TempUnit":"C""#, "t/temperature=25"),
            (#""BME280":{"Temperature":25}"#, "t/temperature=25"),
            (#""BMP280":{"Pressure":1013.2},"PressureUnit":"hPa""#, "t/pressure=1013.2"),
            (#""BMP280":{"Pressure":750},"PressureUnit":"mmHg""#, "t/pressure=999.9179056125"),
            (#""BMP280":{"Pressure":100},"PressureUnit":"inHg""#, "t/pressure=3386.388640341"),
            (#""TX20":{"Speed":10,"Degree":90},"SpeedUnit":"m/s""#, "t/wind_speed=10 t/wind_direction=90"),
            (#""WindMeter":{"Speed":{"Act":36,"Max":50}},"SpeedUnit":"km/h""#, "t/wind_speed=10"),
            (#""TX23":{"Speed":{"Act":36},"Dir":{"Card":"n/a","Deg":"n/a"}}"#, "t/wind_speed=10"),
            (#""VL53L0X":{"Distance":845}"#, "t/fill_distance=845"),
            (#""SR04":{"Distance":84.5}"#, "t/fill_distance=845"),
        ])
    func units(sensors: String, expected: String) {
        #expect(shown(sensors).joined(separator: " ") == expected)
    }

    @Test("prefers the first sensor in the message, but probes and analogue inputs last, and never the chip's own")
    func preference() {
        #expect(shown(#""SHT3X":{"Temperature":1},"BME280":{"Temperature":2}"#) == ["t/temperature=1"])
        #expect(
            shown(
                #""ANALOG":{"Temperature":4},"DS18B20-1":{"Temperature":3},"DS18B20-2":{"Temperature":5},"BME280":{"Temperature":2}"#
            ) == ["t/temperature=2"])
        #expect(shown(#""ANALOG":{"Temperature":4},"DS18B20-1":{"Temperature":3}"#) == ["t/temperature=3"])
        #expect(shown(#""ESP32":{"Temperature":4}"#).isEmpty)
        #expect(shown(#""BME280":{"Temperature":null},"DS18B20":{"Temperature":3}"#) == ["t/temperature=3"])
    }

    @Test(
        "leaves alone what is not what it sounds like",
        arguments: [
            #""ENERGY":{"Temperature":4,"Voltage":230}"#, #""SonoffSC":{"Noise":40,"Light":20}"#,
            #""FAN":{"Speed":3}"#, #""LD2410":{"Distance":[1,2]}"#, #""XYZ":{"Distance":12}"#,
            #""SGP30":{"eCO2":400,"TVOC":3}"#, #""BME280":{"SeaPressure":1013,"DewPoint":3}"#,
            #""ZbReceived":{"0x1234":{"Temperature":7}}"#, #""Temperature":7"#, #""Switch1":"ON""#,
            #""A":[{"Temperature":1}]"#,
        ])
    func others(sensors: String) {
        #expect(shown(sensors).isEmpty)
    }

    @Test("takes only what `values` lists, in the units at the root")
    func mapping() {
        #expect(
            shown(
                #""BME280":{"Temperature":50,"SeaPressure":100},"SDS0X1":{"PM2.5":11.8},"TempUnit":"F","PressureUnit":"inHg""#,
                values: [
                    ("temperature", "BME280.Temperature"), ("pressure", "BME280.SeaPressure"),
                    ("pm2_5", #"SDS0X1."PM2.5""#),
                ]
            ) == ["t/temperature=10", "t/pressure=3386.388640341", "t/pm2_5=11.8"])
        #expect(
            shown(
                #""XYZ":{"Distance":12},"TX23":{"Speed":{"Avg":36}},"SpeedUnit":"km/h""#,
                values: [("fill_distance", "XYZ.Distance"), ("wind_speed", "TX23.Speed.Avg")],
                units: ["fill_distance": "cm"]) == ["t/fill_distance=120", "t/wind_speed=10"])
    }

    @Test(
        "leaves a trace of what is no telemetry",
        arguments: [
            "{}", "[]", "7", "Online", "null", #"{"BME280":{"Temperature":{"a":1}}}"#, #"{"BME280":[1]}"#,
            #"{"TempUnit":{"BME280":1},"BME280":{"Temperature":[]}}"#, #"{"TX20":{"Speed":{"Act":{}},"Dir":{}}}"#,
            #"{"BME280":{"Temperature":1},"TempUnit":"Rankine"}"#,
        ])
    func hostile(payload: String) {
        let message = decoding().decode("tele/t/SENSOR", payload)
        message.expectAccounted("\(payload)")
        #expect(message.readings.isEmpty)
    }
}
