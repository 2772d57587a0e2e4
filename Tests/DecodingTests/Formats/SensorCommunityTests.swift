import Decoding
import Telemetry
import TestKit
import Testing

@Suite("Sensor.Community")
struct SensorCommunityTests {
    private func decoding(
        _ topic: String = "airrohr/+", values: [(String, String)] = [], units: [String: String] = [:],
        devices: [DeviceOptions] = []
    ) -> Decoding {
        let source = Source(
            topic: TopicTemplate(topic)!, format: .sensorCommunity,
            values: values.map { NamedPath(quantity: $0.0, path: JSONPath($0.1)!) }, units: units)
        return Decoding(DecoderOptions(sources: [source], devices: devices))
    }

    private func payload(_ values: [(String, String)], id: String = #""esp8266id":1,"#) -> String {
        let values = values.map { #"{"value_type":"\#($0.0)","value":"\#($0.1)"}"# }.joined(separator: ",")
        return #"{\#(id)"software_version":"NRZ-2020-133","sensordatavalues":[\#(values)]}"#
    }

    private func shown(_ values: [(String, String)]) -> [String] {
        let decoding = decoding()
        return decoding.shown(decoding.decode("airrohr/a", payload(values)))
    }

    @Test(
        "knows the prefixes of the particle sensors", arguments: ["SDS_", "PMS_", "HPM_", "NPM_", "IPS_", "SPS30_", ""])
    func particles(prefix: String) {
        #expect(
            shown([("\(prefix)P0", "1.5"), ("\(prefix)P1", "4.5"), ("\(prefix)P2", "3.5"), ("\(prefix)N1", "99")])
                == ["1/pm1=1.5", "1/pm10=4.5", "1/pm2_5=3.5"])
    }

    @Test(
        "knows the prefixes of the weather sensors",
        arguments: [
            ("BME280_temperature", "1/temperature=7"), ("BME280_humidity", "1/humidity=7"),
            ("BME280_pressure", "1/pressure=0.07"), ("BMP_temperature", "1/temperature=7"),
            ("BMP_pressure", "1/pressure=0.07"), ("BMP280_temperature", "1/temperature=7"),
            ("BMP280_pressure", "1/pressure=0.07"), ("HTU21D_temperature", "1/temperature=7"),
            ("HTU21D_humidity", "1/humidity=7"), ("SHT3X_temperature", "1/temperature=7"),
            ("SHT3X_humidity", "1/humidity=7"), ("SCD30_temperature", "1/temperature=7"),
            ("SCD30_humidity", "1/humidity=7"), ("SCD30_co2_ppm", "1/co2=7"), ("temperature", "1/temperature=7"),
            ("humidity", "1/humidity=7"), ("DS18B20_temperature", "1/temperature=7"),
            ("DNMS_noise_LAeq", "1/noise_laeq=7"), ("SPS30_P4", "1/pm4=7"), ("signal", "1/rssi=7"),
        ])
    func weather(field: String, expected: String) {
        #expect(shown([(field, "7")]) == [expected])
    }

    @Test(
        "leaves alone what is no quantity",
        arguments: [
            "GPS_lat", "GPS_height", "samples", "min_micro", "interval", "SPS30_N05", "SPS30_TS", "DNMS_noise_LA_max",
            "Temperature", "pm10", "co2", "battery",
        ])
    func others(field: String) {
        #expect(decoding().decode("airrohr/a", payload([(field, "7")])).reasons == [.noReading])
    }

    @Test("prefers the sensors in the stated order, wherever they stand")
    func preference() {
        let thermometers = ["SHT3X_", "BME280_", "HTU21D_", "", "SCD30_", "BMP280_", "BMP_", "DS18B20_"]
        for (index, first) in thermometers.enumerated() {
            let values = thermometers[index...].reversed().map { ("\($0)temperature", $0 == first ? "1" : "2") }
            #expect(shown(values) == ["1/temperature=1"], "\(first)")
        }
        #expect(shown([("NPM_P1", "2"), ("SPS30_P1", "3"), ("SDS_P1", "1"), ("SDS_P1", "9")]) == ["1/pm10=1"])
    }

    @Test("takes the PPD42NS's counts of particles for no mass, beside a sensor that weighs them")
    func counts() {
        #expect(shown([("durP1", "1"), ("P1", "500"), ("P2", "600"), ("SDS_P2", "4.2")]) == ["1/pm2_5=4.2"])
    }

    @Test("takes only what `values` lists, counts and all")
    func mapping() {
        let decoding = decoding(
            values: [("pm10", "P1"), ("temperature", "DS18B20_temperature"), ("pressure", "BMP_pressure")],
            units: ["pressure": "Pa"])
        let message = decoding.decode(
            "airrohr/a",
            payload([
                ("durP1", "1"), ("P1", "500"), ("BME280_temperature", "3"), ("DS18B20_temperature", "4"),
                ("BMP_pressure", "100000"),
            ]))
        #expect(decoding.shown(message) == ["1/pm10=500", "1/temperature=4", "1/pressure=1000"])
        #expect(decoding.decode("airrohr/a", payload([("P1", "much")])).reasons == [.badValue])
    }

    @Test("reads numbers as numbers, and units that stand behind them")
    func values() {
        let decoding = decoding()
        let message = decoding.decode(
            "airrohr/a",
            #"{"esp8266id":1,"sensordatavalues":[{"value_type":"SDS_P1","value":7.5},{"value_type":"signal","value":"-59 dBm"},"#
                + #"{"value_type":"BME280_pressure","value":"1005.3 hPa"},{"value_type":"SDS_P2","value":null}]}"#)
        #expect(decoding.shown(message) == ["1/pm10=7.5", "1/rssi=-59", "1/pressure=1005.3"])
        #expect(message.rejections.isEmpty)
        #expect(!message.carriesOwnTime)
    }

    @Test(
        "is the topic's device or the chip's number",
        arguments: [
            (#""esp8266id":12041741,"#, "12041741"), (#""esp8266id":"12041741","#, "12041741"),
            (#""esp32id":"98CDAC123456","#, "98CDAC123456"), (#""esp8266id":null,"esp32id":"98CDAC123456","#, nil),
            (#""esp8266id":1.5,"#, nil), ("", nil),
        ] as [(String, String?)])
    func devices(id: String, expected: String?) {
        let own = decoding()
        let message = own.decode("airrohr/a", payload([("SDS_P1", "1")], id: id))
        #expect(own.shown(message) == (expected.map { ["\($0)/pm10=1"] } ?? []))
        #expect(message.reasons == (expected == nil ? [.unknownDevice] : []))
        let topic = decoding("airrohr/{device}")
        #expect(topic.shown(topic.decode("airrohr/a", payload([("SDS_P1", "1")], id: id))) == ["a/pm10=1"])
    }

    @Test("knows a device of the configuration by its chip, whatever the topic calls it")
    func alias() {
        let decoding = decoding("airrohr/{device}", devices: [DeviceOptions(id: "school", aliases: ["12041741"])])
        let payload = payload([("SDS_P1", "1")], id: #""esp8266id":12041741,"#)
        #expect(decoding.shown(decoding.decode("airrohr/a", payload)) == ["school/pm10=1"])
    }

    @Test(
        "leaves a trace of what is no measurement",
        arguments: [
            "{}", "[]", "7", #"{"sensordatavalues":{}}"#, #"{"esp8266id":1,"sensordatavalues":[]}"#,
            #"{"esp8266id":1,"sensordatavalues":[1,null,[],{},{"value_type":"SDS_P1"},{"value":"1"},{"value_type":1,"value":2}]}"#,
            #"{"esp8266id":1,"sensordatavalues":[{"value_type":"SDS_P1","value":{"a":1}}]}"#,
            #"{"esp8266id":1,"sensordatavalues":[{"value_type":"","value":"1"}]}"#,
        ])
    func hostile(payload: String) {
        let message = decoding().decode("airrohr/a", payload)
        message.expectAccounted("\(payload)")
        #expect(message.readings.isEmpty)
    }
}
