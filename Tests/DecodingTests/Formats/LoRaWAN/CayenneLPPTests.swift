import Decoding
import Telemetry
import TestKit
import Testing

@Suite("CayenneLPP")
struct CayenneLPPTests {
    private func decoding(_ values: [(String, String)] = [], units: [String: String] = [:]) -> Decoding {
        Decoding(
            DecoderOptions(sources: [
                LoRaWANExamples.source("lpp/{device}", .cayenneLPP, values: values, units: units)
            ]))
    }

    private func shown(_ frame: [UInt8], _ values: [(String, String)] = [], units: [String: String] = [:]) -> [String] {
        let decoding = decoding(values, units: units)
        return decoding.shown(decoding.decode("lpp/d", frame))
    }

    /// Of cayenne-docs, LORA.md.
    private static let twoThermometers: [UInt8] = [0x03, 0x67, 0x01, 0x10, 0x05, 0x67, 0x00, 0xFF]

    @Test("divides integers once, so that values are as exact as they were sent")
    func exact() {
        let decoding = decoding()
        for tenths in stride(from: -32768, through: 32767, by: 13) {
            let bytes = withUnsafeBytes(of: Int16(tenths).bigEndian) { Array($0) }
            let written = "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
            #expect(decoding.decode("lpp/d", [1, 103] + bytes).readings.map(\.value) == [Double(written)])
        }
    }

    @Test("is dated by receipt")
    func time() {
        let message = decoding().decode("lpp/d", [1, 103, 0, 1])
        #expect(message.readings.map(\.time) == [Decoding.received])
        #expect(!message.carriesOwnTime)
        #expect(message.networkIdentity == 0)
    }

    @Test("takes no one's word for which of two channels is meant, and says how to tell them apart")
    func ambiguous() throws {
        let message = decoding().decode("lpp/d", CayenneLPPTests.twoThermometers + [1, 104, 100])
        #expect(message.readings.count == 1, "the humidity is on one channel")
        #expect(message.reasons == [.unknownQuantity])
        let rejection = try #require(message.rejections.first)
        #expect(rejection.readingCount == 2)
        #expect(rejection.detail.contains("channel 3") && rejection.detail.contains("channel 5"))
        #expect(rejection.detail.contains("values") && rejection.detail.contains("temperature_3"))
    }

    @Test("takes the channels that `values` lists, and no others")
    func listed() {
        let both = [("temperature", "temperature_3"), ("bin_temperature", "temperature_5")]
        #expect(shown(CayenneLPPTests.twoThermometers, both) == ["d/temperature=27.2", "d/bin_temperature=25.5"])
        #expect(shown(CayenneLPPTests.twoThermometers, [both[1]]) == ["d/bin_temperature=25.5"])
        #expect(shown([3, 103, 1, 16, 1, 104, 100], both) == ["d/temperature=27.2"])
        // The Things Stack's names, ElectronicCats' and ChirpStack's.
        for name in ["relative_humidity_255", "humidity_255", "humiditySensor.255", #""humiditySensor"."255""#] {
            #expect(shown([255, 104, 99], [("humidity", name)]) == ["d/humidity=49.5"], "\(name)")
        }
    }

    @Test(
        "takes nothing by a name that is none of a channel",
        arguments: [
            "temperature", "temperature_", "temperature_256", "temperature_-3", "temperature_3.x", "heat_3", "_3",
            "temperature_3[0]", "gps_3", "gps_3.x", "temperatureSensor", "temperatureSensor.3.x",
            "temperatureSensor.256",
        ])
    func badNames(name: String) {
        let message = decoding([("temperature", name)]).decode("lpp/d", CayenneLPPTests.twoThermometers)
        #expect(message.reasons == [.noReading])
        #expect(message.rejections[0].detail.contains("temperature_3, temperature_5"))
    }

    @Test("takes parts of a position, an acceleration or a turn where they are mapped")
    func parts() {
        let position: [UInt8] = [1, 136, 0x06, 0x76, 0x5F, 0xF2, 0x96, 0x0A, 0x00, 0x03, 0xE8]
        #expect(shown(position).isEmpty)
        #expect(shown(position, [("water_level", "gps_1.altitude")]) == ["d/water_level=10"])
        #expect(shown(position, [("tilt", "gps_1.longitude")]) == ["d/tilt=-87.9094"])
        #expect(shown(position, [("tilt", "gpsLocation.1.latitude")]) == ["d/tilt=42.3519"])
        let acceleration: [UInt8] = [6, 113, 0x04, 0xD2, 0xFB, 0x2E, 0x00, 0x00]
        #expect(shown(acceleration).isEmpty)
        #expect(
            shown(acceleration, [("tilt", "accelerometer_6.y")], units: ["tilt": "deg"]) == ["d/tilt=-1.234"])
    }

    @Test("knows each type's unit, which `units` overrules for a channel that is used for something else")
    func units() {
        #expect(shown([2, 130, 0, 0, 8, 68]) == ["d/fill_distance=2116"])
        #expect(shown([2, 130, 0, 0, 8, 68], [("water_level", "distance_2")]) == ["d/water_level=2.116"])
        #expect(shown([2, 116, 1, 105], [("battery_voltage", "voltage_2")]) == ["d/battery_voltage=3.61"])
        #expect(
            shown([2, 2, 14, 26], [("battery_voltage", "analog_in_2")], units: ["battery_voltage": "mV"])
                == ["d/battery_voltage=0.0361"])
        let refused = decoding([("water_level", "temperature_3")]).decode("lpp/d", [3, 103, 1, 16])
        #expect(refused.reasons == [.unknownUnit])
        #expect(
            shown([3, 103, 1, 16], [("water_level", "temperature_3")], units: ["water_level": "cm"])
                == ["d/water_level=0.272"])
    }

    @Test("reads unsigned and signed values to their ends")
    func ends() {
        #expect(shown([1, 115, 0xFF, 0xFF]) == ["d/pressure=6553.5"])
        #expect(shown([1, 101, 0xFF, 0xFF]) == ["d/illuminance=65535"])
        #expect(shown([1, 103, 0x80, 0x00]) == ["d/temperature=-3276.8"])
        #expect(shown([1, 130, 0xFF, 0xFF, 0xFF, 0xFF]) == ["d/fill_distance=4294967295"])
        #expect(shown([1, 121, 0xFF, 0xFF], [("water_level", "altitude_1")]) == ["d/water_level=-1"])
        #expect(shown([0, 102, 1], [("lid_openings", "presence_0")]) == ["d/lid_openings=1"])
    }

    @Test("lets a kind count by its own name where the configuration defines such a quantity")
    func ownQuantities() {
        var options = DecoderOptions(sources: [LoRaWANExamples.source("lpp/{device}", .cayenneLPP)])
        options.catalogue.define(Quantity(name: "voltage", unit: "V", kind: .gauge))
        options.catalogue.define(Quantity(name: "presence", unit: "1", kind: .event))
        let decoding = Decoding(options)
        let message = decoding.decode("lpp/d", [1, 116, 1, 105, 2, 102, 1, 3, 117, 0, 1])
        #expect(decoding.shown(message) == ["d/presence=1", "d/voltage=3.61"])
    }

    @Test("keeps nothing of a frame that has a fault, and says where it is")
    func faults() throws {
        let good: [UInt8] = [3, 103, 1, 16]
        let cases: [([UInt8], String)] = [
            ([7], "byte 0"), (good + [7], "byte 4"), (good + [7, 255, 1, 2], "type 255"),
            (good + [7, 240, 1], "type 240"),
            (good + [9, 136, 1, 2, 3], "gps_9"), (good + [9, 103], "temperature_9"),
            (good + [9, 103, 1], "temperature_9"),
        ]
        for (frame, words) in cases {
            let message = decoding().decode("lpp/d", frame)
            #expect(message.readings.isEmpty && message.newSeries.isEmpty)
            #expect(message.reasons == [.undecodable])
            let detail = try #require(message.rejections.first?.detail)
            #expect(detail.contains(words), "\(detail)")
        }
    }

    @Test("is not shaken by random bytes", .timeLimit(.minutes(1)), arguments: 0..<4)
    func random(round: UInt64) {
        var random = SeededGenerator(seed: 0xCA7E + round)
        let decoders = [decoding(), decoding([("temperature", "temperature_3"), ("tilt", "gps_1.latitude")])]
        let types: [UInt8] = [
            0, 1, 2, 3, 100, 101, 102, 103, 104, 113, 115, 116, 130, 133, 134, 135, 136, 142, 240, 255,
        ]
        for _ in 0..<2000 {
            var frame = (0..<Int.random(in: 1...60, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            for index in stride(from: 1, to: frame.count, by: 4) { frame[index] = types.randomElement(using: &random)! }
            for decoding in decoders {
                decoding.decode("lpp/d", frame).expectAccounted("seed \(random.seed): \(frame)")
            }
        }
        for decoding in decoders {
            #expect(decoding.decode("lpp/d", [3, 103, 1, 16]).readings.map(\.value) == [27.2])
        }
    }

    @Test("reads a payload as large as allowed, of a thousand channels and more")
    func large() {
        let frame: [UInt8] = (0..<60_000).flatMap { (index: Int) -> [UInt8] in [UInt8(index & 0xFF), 103, 1, 16] }
        #expect(decoding().decode("lpp/d", frame).reasons == [.unknownQuantity])
        let decoding = decoding([("temperature", "temperature_3")])
        #expect(decoding.shown(decoding.decode("lpp/d", frame)) == ["d/temperature=27.2"])
    }
}
