import Decoding
import Telemetry
import TestKit
import Testing

/// What payload formatters make of uplinks: fields that mean the same, channels, noise, normalised measurements.
@Suite("Decoded uplinks")
struct UplinkFieldTests {
    private func decode(
        _ decoded: String, normalized: String? = nil, values: [(String, String)] = [], units: [String: String] = [:]
    ) -> (message: DecodedMessage, shown: [String]) {
        let decoding = Decoding(
            DecoderOptions(sources: [LoRaWANExamples.source("v3/#", .theThingsStackV3, values: values, units: units)]))
        let message = decoding.decode(
            "v3/app/devices/d/up",
            #"{"end_device_ids":{"device_id":"d"},"received_at":"2020-02-12T15:15:46Z","uplink_message":{"decoded_payload":"#
                + decoded + (normalized.map { #","normalized_payload":"# + $0 } ?? "") + "}}")
        return (message, decoding.shown(message))
    }

    @Test("give each quantity once: the plainest field counts, whatever the order")
    func plainest() {
        for fields in [
            [#""temperature":1"#, #""temp":2"#], [#""temperature":1"#, #""air":{"temperature":2}"#],
            [#""temp":1"#, #""air":{"temperature":2}"#], [#""temperature":1"#, #""temperature_3":2"#],
            [#""temp":1"#, #""temperature":null"#], [#""temperature":1"#, #""temp":"warm""#],
        ] {
            for order in [fields, fields.reversed()] {
                let (message, shown) = decode("{" + order.joined(separator: ",") + "}")
                #expect(shown == ["d/temperature=1"], "\(order)")
                #expect(message.rejections.isEmpty)
            }
        }
    }

    @Test("that say different things of one quantity are refused, and what is beside them is not")
    func rivals() throws {
        for decoded in [
            #"{"temp":1,"air_temperature":2,"humidity":60}"#, #"{"humidity":60,"air_temperature":2,"temp":1}"#,
            #"{"a":{"temperature":1},"b":{"temperature":2},"humidity":60}"#,
            #"{"temperature_3":1,"temperature_5":2,"humidity":60}"#,
            #"{"temperatureSensor":{"3":1,"5":2},"humidity":60}"#,
            #"{"temp":1,"air_temperature":2,"temp":1,"humidity":60}"#,
            #"{"temp":"20 °C","air_temperature":"20 °F","humidity":60}"#,
        ] {
            let (message, shown) = decode(decoded)
            #expect(shown == ["d/humidity=60"], "\(decoded)")
            #expect(message.reasons == [.unknownQuantity], "\(decoded)")
        }
        let detail = try #require(
            decode(#"{"a":{"temperature":1},"b":{"temperature":2}}"#).message.rejections.first?.detail)
        #expect(detail.contains("a.temperature") && detail.contains("b.temperature") && detail.contains("values"))
    }

    @Test("that say the same of one quantity are one")
    func same() {
        let (message, shown) = decode(#"{"temp":1.5,"air_temperature":"1.5","battery":true,"battery_level":false}"#)
        #expect(shown == ["d/temperature=1.5"])
        #expect(message.rejections.isEmpty)
    }

    @Test("whose unit depends on the decoder are left to `values`")
    func ambiguous() {
        // As TheThingsNetwork/lorawan-devices decodes the Dragino LDDS75: volts.
        let ldds75 = #"{"Bat":3.378,"Distance":1784,"Interrupt_status":0}"#
        #expect(decode(ldds75).shown == ["d/fill_distance=1784"])
        #expect(decode(ldds75, values: [("battery_voltage", "Bat")]).shown == ["d/battery_voltage=3.378"])
        #expect(decode(#"{"batt":3.6,"voc":220,"battery":98}"#).shown == ["d/battery=98"])
    }

    @Test("of a channel count while it is the only one of its kind")
    func channels() {
        #expect(
            decode(#"{"temperature_3":27.2,"relative_humidity_2":49.5,"luminosity_5":500,"analog_in_1":3.3}"#).shown
                == [
                    "d/temperature=27.2", "d/humidity=49.5", "d/illuminance=500",
                ])
        #expect(decode(#"{"barometer_3":1017.5,"humidity_2":49.5}"#).shown == ["d/pressure=1017.5", "d/humidity=49.5"])
        #expect(decode(#"{"distance_3":2116,"temperature_256":1,"temperature_x":1}"#).message.reasons == [.noReading])
        // The unit of a channel is CayenneLPP's, whatever the vendor's own fields are in.
        #expect(
            decode(#"{"barometric_pressure_0":1017.5}"#, units: ["pressure": "Pa"]).shown == ["d/pressure=1017.5"])
        #expect(decode(#"{"pressure":101750}"#, units: ["pressure": "Pa"]).shown == ["d/pressure=1017.5"])
    }

    @Test("of wind are no vehicle's speed, and those of soil and water no air's temperature")
    func groups() {
        let (message, shown) = decode(
            #"{"wind":{"speed":8.5,"direction":270},"soil":{"temperature":9},"water":{"temperature":8},"temperature":15}"#
        )
        #expect(shown == ["d/wind_speed=8.5", "d/wind_direction=270", "d/temperature=15"])
        #expect(message.rejections.isEmpty)
        #expect(decode(#"{"speed":50}"#).shown == ["d/speed=50"])
        #expect(
            decode(#"{"speed":32}"#, normalized: #"[{"wind":{"speed":16.4608}}]"#).shown == ["d/wind_speed=16.4608"])
        #expect(
            decode(#"{"soil":{"temperature":9}}"#, values: [("temperature", "soil.temperature")]).shown == [
                "d/temperature=9"
            ])
    }

    @Test(
        "lose the noise of single precision",
        arguments: [
            (27.2, 27.200000762939453), (-4.1, -4.099999904632568), (1017.2, 1017.2000122070312),
            (0.1, 0.10000000149011612),
            (3.61, 3.609999895095825), (0.000123, 0.00012300000526010990), (1234.5, 1234.5), (8_388_608.5, 8_388_608.5),
        ])
    func noise(meant: Double, sent: Double) {
        #expect(decode("{\"temperature\":\(sent)}").message.readings.map(\.value) == [meant])
    }

    @Test(
        "keep numbers that did not go through single precision",
        arguments: [
            // What analogue-to-digital converters give, counters, and doubles.
            0.30126953125, 1_234_567.125, 16_777_217, 9_007_199_254_740_991, 25.5, -0.25, 27.200000762939450, 27.2, 0.1,
            1.0 / 3, 20.123456789, 1e-30, 1e30,
        ])
    func real(value: Double) {
        #expect(decode("{\"temperature\":\(value)}").message.readings.map(\.value) == [value])
    }

    @Test("never change so much that single precision would tell, and leave doubles alone", .timeLimit(.minutes(1)))
    func noiseIsSafe() {
        var random = SeededGenerator(seed: 0xF32)
        for _ in 0..<1000 {
            let single = Float(bitPattern: UInt32.random(in: 0..<0x7F00_0000, using: &random))
            guard (1e-6...1e9).contains(single) else { continue }
            let read = decode("{\"temperature\":\(Double(single))}").message.readings.first?.value
            #expect(read.map { Float($0) } == single, "seed \(random.seed)")
            let double = Double.random(in: -1000...1000, using: &random)
            #expect(
                decode("{\"temperature\":\(double)}").message.readings.first?.value == double, "seed \(random.seed)")
        }
    }

    @Test("are known in The Things Stack's common names, in their documented units")
    func normalized() {
        #expect(
            decode(
                #"{"pressure":101320,"Hum":"61 %","pm25":8}"#,
                normalized: #"[{"air":{"temperature":20.5,"relativeHumidity":61.5,"pressure":1013.2},"battery":3.6}]"#,
                units: ["pressure": "Pa", "battery_voltage": "mV"]
            ).shown == [
                "d/temperature=20.5", "d/humidity=61.5", "d/pressure=1013.2", "d/battery_voltage=3.6", "d/pm2_5=8",
            ])
        #expect(decode("null", normalized: #"[{"air":{"co2":415}}]"#).shown == ["d/co2=415"])
        #expect(
            decode(
                "{}", normalized: #"[{"air":{"temperature":20.5}}]"#, values: [("bin_temperature", "air.temperature")]
            )
            .shown == ["d/bin_temperature=20.5"])
    }

    @Test("may be several measurements, each with its own time or the uplink's")
    func measurements() {
        let times = decode(
            "null",
            normalized: #"[{"time":"2020-02-12T15:00:00+01:00","air":{"temperature":1}},{"air":{"temperature":2}}]"#)
        #expect(
            times.message.readings.map(\.time.description) == ["2020-02-12T14:00:00.000Z", "2020-02-12T15:15:46.000Z"])
        let unreadable = decode(
            "null", normalized: #"[{"time":"noon","air":{"temperature":1}},{"air":{"temperature":2}}]"#)
        #expect(unreadable.shown == ["d/temperature=2"])
        #expect(unreadable.message.reasons == [.badTime])
        let rivals = decode(
            "null",
            normalized:
                #"[{"air":{"location":"indoor","temperature":1}},{"air":{"location":"outdoor","temperature":2}}]"#)
        #expect(rivals.message.reasons == [.unknownQuantity])
    }

    @Test("of an enormous list of measurements are read to a bound, which is said")
    func manyMeasurements() {
        let many = (0..<3000).map {
            #"{"time":"2020-02-12T15:00:\#(10 + $0 % 50).\#(100 + $0 % 900)Z","air":{"temperature":1}}"#
        }
        let message = decode("null", normalized: "[" + many.joined(separator: ",") + "]").message
        #expect(message.readings.count <= 100 && !message.readings.isEmpty)
        #expect(message.reasons == [.tooLarge])
    }

    @Test("of wrong shapes leave a trace", arguments: LoRaWANExamples.wrongValues)
    func wrongShapes(wrong: String) {
        for decoded in [
            wrong, "{\"temperature\":\(wrong)}", "{\"air\":\(wrong)}", "{\"temperatureSensor\":\(wrong)}",
            "{\"wind\":\(wrong)}",
            "{\"temperature_3\":\(wrong)}",
        ] {
            for values in [[], [("temperature", "temperature"), ("humidity", "air[0].humidity")]] {
                decode(decoded, normalized: wrong, values: values).message.expectAccounted("\(decoded)")
                decode(decoded, normalized: "[\(wrong)]", values: values).message.expectAccounted("\(decoded)")
                decode(decoded, normalized: "[{\"air\":\(wrong),\"time\":\(wrong)}]", values: values).message
                    .expectAccounted("\(decoded)")
            }
        }
    }
}
