import Decoding
import Telemetry
import TestKit
import Testing

@Suite("JSON format")
struct JSONFormatTests {
    @Test("takes value, time and unit at their paths, device and quantity from the topic")
    func sketch() throws {
        let decoding = Decoding()
        let message = decoding.decode(#"{"value":21.5,"unit":"Cel","ts":1764000000}"#)
        #expect(decoding.shown(message) == ["aq-1/temperature=21.5"])
        #expect(message.rejections.isEmpty)
        #expect(message.source == 0)
        let reading = try #require(message.readings.first)
        #expect(reading.time == Timestamp(seconds: 1_764_000_000))
        #expect(reading.timeOrigin == .device)
        #expect(reading.flag == .unknown)
        let series = try #require(message.newSeries.first)
        #expect(series.deviceType == "air")
        #expect(series.quantity == QuantityCatalogue()["temperature"])
        #expect(message.carriesOwnTime)
    }

    @Test("announces a series once, before its first reading")
    func announcesOnce() {
        let decoding = Decoding()
        #expect(decoding.decode(#"{"value":1}"#).newSeries.map(\.number) == [0])
        #expect(decoding.decode(#"{"value":2}"#).newSeries.isEmpty)
        #expect(decoding.decode("sensors/air/aq-2/temperature", #"{"value":3}"#).newSeries.map(\.number) == [1])
        #expect(decoding.decoder.nextSeries == 2)
    }

    @Test(
        "tells the unit of a time by its magnitude, and reads RFC 3339",
        arguments: [
            ("1764000000", 1_764_000_000_000), ("1764000000.25", 1_764_000_000_250),
            ("\"1764000000\"", 1_764_000_000_000),
            ("1764000000123", 1_764_000_000_123), ("1764000000123456", 1_764_000_000_123),
            ("1764000000123456789", 1_764_000_000_123), ("\"1764000000123456789\"", 1_764_000_000_123),
            ("1.764e9", 1_764_000_000_000), ("1.764000000123e12", 1_764_000_000_123),
            ("\"1764000000.5\"", 1_764_000_000_500),
            ("99999999999", 99_999_999_999_000), ("100000000000", 100_000_000_000),
            ("\"2025-11-24T16:00:00.014773143Z\"", 1_764_000_000_014),
            ("\"2025-11-24T17:00:00+01:00\"", 1_764_000_000_000),
            ("0", 0), ("-1.5", -1500), ("\"1970-01-01T00:00:00Z\"", 0), ("\"2027-11-23T10:00:00Z\"", 1_826_964_000_000),
        ] as [(String, Int64)])
    func times(text: String, milliseconds: Int64) {
        let message = Decoding().decode("{\"value\":1,\"ts\":\(text)}")
        #expect(message.readings.map(\.time.milliseconds) == [milliseconds])
        #expect(message.readings.map(\.timeOrigin) == [.device])
    }

    @Test(
        "takes the time of receipt where the payload has none", arguments: [#"{"value":1}"#, #"{"value":1,"ts":null}"#])
    func noTime(payload: String) {
        let message = Decoding().decode(payload)
        #expect(message.readings.map(\.time) == [Decoding.received])
        #expect(message.readings.map(\.timeOrigin) == [.receipt])
        #expect(!message.carriesOwnTime)
    }

    @Test(
        "refuses what is not a time, instead of guessing",
        arguments: [
            "true", "\"yesterday\"", "\"\"", "{}", "[1764000000]", "\"2023-05-21T01:06:38\"", "18446744073709551615",
            "1e300",
            "\"nan\"", "\"inf\"", "-99999999999", "\"1e999\"",
        ])
    func badTimes(text: String) {
        let message = Decoding().decode("{\"value\":1,\"ts\":\(text)}")
        #expect(message.readings.isEmpty)
        #expect(message.reasons == [.badTime])
    }

    @Test(
        "reads numbers that are written as strings",
        arguments: [
            ("\"35.67\"", 35.67), ("\"-1e-3\"", -0.001), ("\"7\"", 7), ("0", 0), ("-0.5", -0.5),
            ("12345678901234567", 12_345_678_901_234_568),
        ])
    func numbers(text: String, value: Double) {
        #expect(Decoding().decode("{\"value\":\(text)}").readings.map(\.value) == [value])
    }

    @Test(
        "refuses values that are no numbers, and says what stands there",
        arguments: [
            ("\"Infinity\"", "Infinity"), ("\"-inf\"", "-inf"), ("\"1e400\"", "1e400"), ("true", "true"),
            ("[1]", "an array"), ("{}", "an object"), ("\"1,234.5\"", "1,234.5"), ("\"12:30\"", "12:30"),
            ("\"\(String(repeating: "1", count: 65))\"", "111"),
        ])
    func badValues(text: String, shown: String) {
        let message = Decoding().decode("{\"value\":\(text)}")
        #expect(message.readings.isEmpty)
        #expect(message.reasons == [.badValue])
        #expect(message.rejections.first?.readingCount == 1)
        #expect(message.rejections.first?.detail.contains(shown) == true)
    }

    @Test(
        "lets a message go whose sensor says that it has no value",
        arguments: ["null", "\"\"", "\" \"", "\"nan\"", "\"NaN\"", "\"unavailable\"", "-999"])
    func missing(text: String) {
        var source = Source.sketch
        source.missing = [-999, -1]
        let message = Decoding(json: source).decode("{\"value\":\(text)}")
        #expect(message.readings.isEmpty)
        #expect(message.reasons == [.missing])
    }

    @Test("says which unit it does not know that stands behind a number")
    func unknownUnitInText() {
        let message = Decoding().decode(#"{"value":"12 ug"}"#)
        #expect(message.reasons == [.unknownUnit])
        #expect(message.rejections.first?.detail.contains("`ug`") == true)
    }

    @Test("follows paths through objects, arrays and keys with dots")
    func paths() {
        let decoding = Decoding(
            json: .values([
                ("temperature", "BME280.Temperature"), ("pm2_5", "SDS0X1.\"PM2.5\""), ("pm10", "list[1].v"),
                ("humidity", "missing.path"), ("pressure", "list[7].v"), ("noise_laeq", "grid[1][0]"),
            ]), topic: "tele/{device}/SENSOR")
        let message = decoding.decode(
            "tele/box/SENSOR",
            #"{"BME280":{"Temperature":20.5},"SDS0X1":{"PM2.5":11.8},"list":[{"v":1},{"v":2}],"grid":[[1],[55]]}"#)
        #expect(
            decoding.shown(message) == ["box/temperature=20.5", "box/pm2_5=11.8", "box/pm10=2", "box/noise_laeq=55"])
        #expect(message.rejections.isEmpty)
    }

    @Test("keeps what is good of a message with several values, and says what is not")
    func goodInPart() {
        let decoding = Decoding(json: .values([("temperature", "t"), ("humidity", "h")]), topic: "x/{device}")
        let message = decoding.decode("x/d", #"{"t":20,"h":"wet"}"#)
        #expect(decoding.shown(message) == ["d/temperature=20"])
        #expect(message.reasons == [.badValue])
        #expect(decoding.decode("x/d", #"{"other":1}"#).reasons == [.noReading])
    }

    @Test("finds device and quantity in the payload where a path says so")
    func namesInPayload() {
        let format = Source.json(
            value: JSONPath("v"), device: JSONPath("meta.id"), quantity: JSONPath("what"))
        let decoding = Decoding(json: format, topic: "all")
        #expect(
            decoding.shown(decoding.decode("all", #"{"v":3,"meta":{"id":"kid"},"what":"humidity"}"#)) == [
                "kid/humidity=3"
            ])
        #expect(decoding.decode("all", #"{"v":3,"what":"humidity"}"#).reasons == [.unknownDevice])
        #expect(decoding.decode("all", #"{"v":3,"meta":{"id":"kid"}}"#).reasons == [.unknownQuantity])
    }

    @Test("takes a payload that is nothing but a number")
    func scalar() {
        let decoding = Decoding(json: .json())
        for payload in ["12.3", " 12.3\n", "\"12.3\""] {
            #expect(decoding.shown(decoding.decode(payload)) == ["aq-1/temperature=12.3"])
        }
        #expect(decoding.decode("ON").reasons == [.undecodable])
        #expect(decoding.decode(#"{"value":1}"#).reasons == [.badValue])
    }

    @Test("lets no name with control characters, and no value that cannot be squared, into the database")
    func unfit() {
        let decoding = Decoding(json: .json(value: JSONPath("v"), device: JSONPath("d")))
        for name in [#"aq-1\u0000evil"#, #"a\u001b[2Jb"#, #"a\u007fb"#, #"a\nb"#] {
            #expect(decoding.decode(#"{"d":"\#(name)","v":1}"#).reasons == [.unknownDevice])
        }
        #expect(decoding.decode(#"{"d":"a","v":1e151}"#).reasons == [.badValue])
        #expect(decoding.decode(#"{"d":"a","v":-1.7e308}"#).reasons == [.badValue])
        #expect(decoding.decode(#"{"d":"a","v":1e150}"#).readings.count == 1)
    }

    @Test("takes no hexadecimal text for a measured value")
    func hexadecimal() {
        #expect(Decoding(json: .json()).decode(#""0x10""#).reasons == [.badValue])
    }

    @Test("counts each value that a bad time leaves without a date")
    func undated() {
        let format = Source.json(
            values: ["temperature", "humidity", "pressure"].map { NamedPath(quantity: $0, path: JSONPath($0)!) },
            time: JSONPath("ts"))
        let message = Decoding(json: format).decode(#"{"ts":"noon","temperature":1,"humidity":2}"#)
        #expect(message.rejections.map(\.readingCount) == [2])
    }

    @Test("converts from the unit of the message, else from the configured one")
    func units() {
        let format = Source.json(
            value: JSONPath("value"), time: JSONPath("ts"), unit: JSONPath("unit"), units: ["pressure": "Pa"])
        let decoding = Decoding(json: format)
        func value(_ topic: String, _ payload: String) -> Double? {
            decoding.decode(topic, payload).readings.first?.value
        }
        #expect(value("sensors/air/a/pressure", #"{"value":101300}"#) == 1013)
        #expect(value("sensors/air/a/pressure", #"{"value":101.3,"unit":"kPa"}"#) == 1013)
        #expect(value("sensors/air/a/pressure", #"{"value":101300}"#) == 1013)
        #expect(value("sensors/air/a/temperature", #"{"value":77,"unit":"°F"}"#).map { abs($0 - 25) < 1e-9 } == true)
        #expect(value("sensors/air/a/temperature", #"{"value":25.000000000000004,"unit":"Cel"}"#) == 25.000000000000004)
        let unknown = decoding.decode("sensors/air/a/temperature", #"{"value":1,"unit":"Pa"}"#)
        #expect(unknown.reasons == [.unknownUnit])
        #expect(unknown.rejections.first?.detail.contains("Cel") == true)
    }

    @Test("refuses a value that its unit makes too large for a number")
    func overflow() {
        let message = Decoding().decode("sensors/air/a/pm10", #"{"value":1e308,"unit":"mg/m3"}"#)
        #expect(message.readings.isEmpty)
        #expect(message.reasons == [.badValue])
    }

    @Test("gives each device the limits, type and interval of the configuration")
    func configuredDevices() throws {
        let limits = GrossRangeLimits(fail: 0...1)
        var changes = QualityLimitChanges()
        changes.spike = .off
        let decoding = Decoding(
            DecoderOptions(
                sources: [
                    Source(
                        name: "s", topic: TopicTemplate("s/{type}/{device}/{quantity}")!, format: .json,
                        paths: Source.sketch.paths, intervalMilliseconds: 60_000)
                ],
                devices: [
                    DeviceOptions(
                        id: "a", type: "waste", intervalMilliseconds: 10_000, grossRanges: ["humidity": limits],
                        limitChanges: ["humidity": changes]),
                    DeviceOptions(id: "b"),
                ]))
        let first = try #require(decoding.decode("s/air/a/humidity", #"{"value":1}"#).newSeries.first)
        #expect(first.deviceType == "waste" && first.intervalMilliseconds == 10_000)
        #expect(first.quantity.grossRange == limits)
        let builtIn = try #require(QuantityCatalogue()["humidity"]).limits
        #expect(first.quantity.limits.spike == nil && first.quantity.limits.flatLine == builtIn.flatLine)
        let second = try #require(decoding.decode("s/air/b/humidity", #"{"value":1}"#).newSeries.first)
        #expect(second.deviceType == "air" && second.intervalMilliseconds == 60_000)
        #expect(second.quantity.grossRange == QuantityCatalogue()["humidity"]?.grossRange)
        #expect(second.quantity.limits == builtIn)
    }
}
