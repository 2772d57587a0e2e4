import Decoding
import Telemetry
import Testing

@Suite("Line protocol")
struct LineProtocolTests {
    private func decoding(
        device: String? = "sensor_id", values: [(String, String)] = [], topic: String = "influx/#"
    ) -> Decoding {
        Decoding(
            DecoderOptions(sources: [
                Source(
                    topic: TopicTemplate(topic)!, format: .lineProtocol,
                    paths: PayloadPaths(device: device.map { JSONPath($0)! }),
                    values: values.map { NamedPath(quantity: $0.0, path: JSONPath($0.1)!) })
            ]))
    }

    private func shown(
        _ payload: String, device: String? = "sensor_id", values: [(String, String)] = []
    ) -> [String] {
        let decoding = decoding(device: device, values: values)
        return decoding.shown(decoding.decode("influx/a", payload))
    }

    @Test("reads the reference's first example")
    func example() throws {
        let decoding = decoding()
        let message = decoding.decode(
            "influx/a", "airSensors,sensor_id=TLM0201 temperature=73.97,humidity=35.23,co=0.48 1630424257000000000")
        #expect(
            decoding.shown(message) == ["TLM0201/temperature=73.97", "TLM0201/humidity=35.23", "TLM0201/co=0.48"])
        #expect(message.readings.allSatisfy { $0.time == Timestamp(seconds: 1_630_424_257) })
        #expect(message.carriesOwnTime)
        #expect(message.rejections.isEmpty)
    }

    @Test(
        "tells the unit of a timestamp by its magnitude, and takes the receipt for none",
        arguments: [
            ("1630424257123456789", 1_630_424_257_123), ("1630424257123456", 1_630_424_257_123),
            ("1630424257123", 1_630_424_257_123), ("1630424257", 1_630_424_257_000), ("0000000000000000000", 0),
            ("-1", -1000),
        ] as [(String, Int64)])
    func timestamps(text: String, milliseconds: Int64) {
        let message = decoding().decode("influx/a", "m,sensor_id=a temperature=1 \(text)")
        #expect(message.readings.map(\.time.milliseconds) == [milliseconds])
        let undated = decoding().decode("influx/a", "m,sensor_id=a temperature=1")
        #expect(undated.readings.map(\.time) == [Decoding.received])
        #expect(!undated.carriesOwnTime)
    }

    @Test("reads floats, integers, unsigned integers, and numbers in strings")
    func values() {
        #expect(
            shown("m,sensor_id=a temperature=-1.5,humidity=82i,pm10=14u,pm2_5=1e1,pressure=\"1013.2\",co2=+400") == [
                "a/temperature=-1.5", "a/humidity=82", "a/pm10=14", "a/pm2_5=10", "a/pressure=1013.2", "a/co2=400",
            ])
        #expect(shown("m,sensor_id=a noise_laeq=\"55 dB(A)\"") == ["a/noise_laeq=55"])
    }

    @Test("reads booleans in each of their spellings")
    func booleans() {
        for text in ["t", "T", "true", "True", "TRUE"] {
            #expect(shown("m,sensor_id=a voc_index=\(text)") == ["a/voc_index=1"])
        }
        for text in ["f", "F", "false", "False", "FALSE"] {
            #expect(shown("m,sensor_id=a voc_index=\(text)") == ["a/voc_index=0"])
        }
    }

    @Test("takes the backslashes out of measurements, tags and field keys")
    func escapes() {
        #expect(shown(#"m,sensor_id=Grote\ Markt\,\ 1\=a temperature=1"#) == ["Grote Markt, 1=a/temperature=1"])
        #expect(shown(#"m,sensor_id=C:\air\1 temperature=1"#) == [#"C:\air\1/temperature=1"#])
        #expect(shown(#"m,sensor\ id=a temperature=1"#, device: "sensor id") == ["a/temperature=1"])
        let values = [("temperature", "air\\, outside.temp\\=C"), ("humidity", "rel hum")]
        #expect(shown(#"m,sensor_id=a rel\ hum=61"#, values: values) == ["a/humidity=61"])
        #expect(
            shown(
                #"air\,\ outside,sensor_id=a temp\=C=7,rel\ hum=61"#,
                values: [("temperature", "\"air, outside.temp=C\"")])
                == ["a/temperature=7"])
        #expect(
            shown(#"m,sensor_id=a temperature=1,note="say \"a, b=c\" \\",humidity=2"#) == [
                "a/temperature=1", "a/humidity=2",
            ])
        #expect(shown(#"m,sensor_id=a note="a b,humidity=3",humidity=2 1630424257"#) == ["a/humidity=2"])
    }

    @Test("knows a field by its key, by `measurement.field`, or by the measurement where it is called value")
    func names() {
        #expect(shown("temperature,sensor_id=a value=7") == ["a/temperature=7"])
        #expect(shown("PM2.5,sensor_id=a value=7,humidity=61") == ["a/pm2_5=7", "a/humidity=61"])
        #expect(shown("weather,sensor_id=a value=7") == [])
        let values = [("temperature", "environ.t"), ("bin_temperature", "bin.t"), ("humidity", "rh")]
        #expect(
            shown("environ,sensor_id=a t=1,rh=2\nbin,sensor_id=a t=3,rh=4\nother,sensor_id=a t=5", values: values) == [
                "a/temperature=1", "a/humidity=2", "a/bin_temperature=3", "a/humidity=4",
            ])
        #expect(shown("noise,sensor_id=a value=55", values: [("noise_laeq", "noise")]) == ["a/noise_laeq=55"])
        #expect(shown("noise,sensor_id=a value=55", values: [("noise_laeq", "value")]) == ["a/noise_laeq=55"])
    }

    @Test("takes the device from the topic where no tag is named")
    func topicDevice() {
        let decoding = decoding(device: nil, topic: "influx/{device}")
        #expect(decoding.shown(decoding.decode("influx/box-1", "m temperature=1")) == ["box-1/temperature=1"])
        #expect(decoding.shown(decoding.decode("influx/box-1", "m,a=b,c=d temperature=1")) == ["box-1/temperature=1"])
        let named = self.decoding(topic: "influx/{device}")
        #expect(named.decode("influx/box-1", "m,id=a temperature=1").reasons == [.unknownDevice])
    }

    @Test("reads several lines, with comments, empty lines and any line ends")
    func lines() {
        let payload =
            "# from Telegraf\r\n\r\nm,sensor_id=a temperature=1\r\n"
            + "  # another\n\nm,sensor_id=b   temperature=2   1630424257\n"
        #expect(shown(payload) == ["a/temperature=1", "b/temperature=2"])
    }

    @Test("reads what Telegraf sends of a machine as holding nothing known, unless `values` names it")
    func telegraf() {
        let line = "cpu,cpu=cpu-total,host=gw-01 usage_idle=91.2,usage_user=4.1 1700000000000000000"
        #expect(decoding(device: "host").decode("influx/a", line).reasons == [.noReading])
        let sensors = "sensors,chip=bme280-i2c,feature=temp1,host=gw-01 temp_input=21.5 1700000000000000000"
        #expect(
            shown("\(line)\n\(sensors)", device: "host", values: [("temperature", "sensors.temp_input")]) == [
                "gw-01/temperature=21.5"
            ])
    }

    @Test(
        "refuses a line that is none, and keeps the others",
        arguments: [
            "weather", "weather,sensor_id=a", "weather,sensor_id temperature=9", ",sensor_id=a temperature=9",
            "weather,sensor_id=a temperature", "weather,sensor_id=a temperature=9,",
            "weather,sensor_id=a temperature=21,5,humidity=61", "weather,sensor_id=a =9",
            "weather,sensor_id=a note=\"open", "weather,sensor_id=a note=\"x\"y,z=1", "weather,sensor_id=a ,z=1",
            "weather,sensor_id=a, temperature=9", "\\", "weather\\ temperature=9", "{\"temperature\":9}",
        ])
    func badLines(line: String) throws {
        let decoding = decoding()
        let message = decoding.decode("influx/a", "m,sensor_id=a temperature=1\n\(line)\nm,sensor_id=b temperature=2")
        #expect(decoding.shown(message) == ["a/temperature=1", "b/temperature=2"])
        #expect(message.reasons == [.undecodable])
        let detail = try #require(message.rejections.first?.detail)
        #expect(detail.contains("line 2"))
        #expect(detail.utf8.count < 400)
    }

    @Test(
        "refuses a value that is none, and keeps the line's others",
        arguments: ["abc", "12.5i", "i", "u", "-3u3", "12ms", "tru", "TRUEE", "0x10", "", "'x'", "on"])
    func badValues(text: String) {
        let decoding = decoding()
        let message = decoding.decode("influx/a", "m,sensor_id=a temperature=\(text),humidity=61")
        #expect(decoding.shown(message).last == "a/humidity=61")
        #expect(message.reasons == [.undecodable])
    }

    @Test("lets a value go that is not a number")
    func missing() {
        #expect(decoding().decode("influx/a", "m,sensor_id=a temperature=nan").reasons == [.missing])
        #expect(shown("m,sensor_id=a temperature=NaN,humidity=61") == ["a/humidity=61"])
    }

    @Test("says what a bad timestamp may come from, and refuses no line but its own")
    func badTimes() throws {
        let decoding = decoding()
        let message = decoding.decode(
            "influx/a",
            "m,sensor_id=a,place=Grote Markt=1 temperature=1\n"
                + "m,sensor_id=b temperature=2 99999999999999999999\nm,sensor_id=c temperature=3"
        )
        #expect(decoding.shown(message) == ["c/temperature=3"])
        #expect(message.reasons == [.badTime])
        let detail = try #require(message.rejections.first?.detail)
        #expect(detail.contains("line 1") && detail.contains("temperature=1") && detail.contains("1 more"))
        for text in ["-", "1-", "1.5", "2026-11-23T10:00:00Z", "1 2", "-9223372036854775808"] {
            #expect(decoding.decode("influx/a", "m,sensor_id=a temperature=1 \(text)").reasons == [.badTime])
        }
    }

    @Test("says once what is wrong with a hundred thousand lines")
    func hostile() {
        for line in ["a\n", "a,b c=d\n", "a b=c\n", "m,sensor_id=a temperature=1 x\n"] {
            let payload = String(repeating: line, count: 200_000 / line.utf8.count)
            let message = decoding().decode("influx/a", payload)
            #expect(message.rejections.count == 1)
            #expect(message.rejections.first?.detail.contains("more like it") == true)
        }
        let many = String(repeating: "m,sensor_id=a voc_index=t\n", count: 5000)
        let message = decoding().decode("influx/a", many)
        #expect(message.readings.count == 1000)
        #expect(message.reasons == [.tooLarge])
    }

    @Test("does not merge devices whose names are no text")
    func namesInOtherEncodings() {
        let decoding = decoding()
        for byte: UInt8 in [0xE9, 0xE8] {
            let message = decoding.decode(
                "influx/a", Array("m,sensor_id=caf".utf8) + [byte] + Array(" temperature=1".utf8))
            #expect(message.readings.isEmpty)
            #expect(message.reasons == [.unknownDevice])
        }
    }

    @Test("is not upset by backslashes, quotes and separators in any order")
    func separators() {
        let parts = ["\\", "\"", ",", "=", " ", "m", "\n", "sensor_id", "1", "#"]
        for first in parts {
            for second in parts {
                for third in parts {
                    let text = first + second + third
                    for payload in [
                        text, "m,sensor_id=a \(text)", "m,\(text) temperature=1", "m,sensor_id=a temperature=\(text)",
                    ]
                    where !payload.isEmpty {
                        decoding().decode("influx/a", payload).expectAccounted("\(payload)")
                    }
                }
            }
        }
    }
}
