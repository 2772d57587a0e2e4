import Decoding
import Telemetry
import TestKit
import Testing

@Suite("Shelly of the second generation")
struct ShellyGen2Tests {
    private func decoding(
        _ topic: String = "{device}/#", values: [(String, String)] = [], devices: [DeviceOptions] = []
    ) -> Decoding {
        let source = Source(
            topic: TopicTemplate(topic)!, format: .shellyGen2,
            values: values.map { NamedPath(quantity: $0.0, path: JSONPath($0.1)!) })
        return Decoding(DecoderOptions(sources: [source], devices: devices))
    }

    private func notification(
        _ params: String, ts: String = "1736603810.49", method: String = "NotifyStatus",
        source: String = #""src":"shellyplus1-08b61fd90730","#
    ) -> String {
        #"{\#(source)"dst":"x/events","method":"\#(method)","params":{"ts":\#(ts),\#(params)}}"#
    }

    private func shown(_ params: String, values: [(String, String)] = []) -> [String] {
        let decoding = decoding(values: values)
        return decoding.shown(decoding.decode("s/events/rpc", notification(params)))
    }

    @Test(
        "knows the components that measure",
        arguments: [
            (#""temperature:0":{"id":0,"tC":21.5,"tF":70.7}"#, "s/temperature=21.5"),
            (#""temperature:100":{"tF":77}"#, "s/temperature=25"), (#""humidity:0":{"rh":42.2}"#, "s/humidity=42.2"),
            (#""illuminance:0":{"lux":21,"illumination":"dark"}"#, "s/illuminance=21"),
            (#""devicepower:0":{"battery":{"V":5.86,"percent":93}}"#, "s/battery=93 s/battery_voltage=5.86"),
            (#""wifi":{"rssi":-58,"status":"got ip"}"#, "s/rssi=-58"),
        ])
    func components(params: String, expected: String) {
        #expect(shown(params) == expected.split(separator: " ").map(String.init))
    }

    @Test("takes the first wired probe, else the device's own, and others by `values` alone")
    func severalComponents() {
        #expect(
            shown(#""temperature:0":{"tC":1},"temperature:100":{"tC":2},"temperature:101":{"tC":3}"#) == [
                "s/temperature=2"
            ])
        #expect(shown(#""temperature:0":{"tC":1},"temperature:100":{"tC":null}"#) == ["s/temperature=1"])
        #expect(shown(#""temperature:1":{"tC":1},"temperature:101":{"tC":3}"#).isEmpty)
        #expect(
            shown(
                #""temperature:100":{"tC":2},"temperature:101":{"tC":3}"#,
                values: [("temperature", "temperature:101.tC")])
                == ["s/temperature=3"])
    }

    @Test(
        "lets go of changes of anything else",
        arguments: [
            #""switch:0":{"id":0,"output":false}"#, #""em:0":{"id":0,"a_voltage":231}"#, #""pm1:0":{"apower":12}"#,
            #""cover:0":{"current_pos":50}"#, #""input:0":{"state":true}"#, #""sys":{"cfg_rev":35}"#,
            #""cloud":{"connected":true}"#, #""temperature:101":{"tC":3}"#, #""humidity:0":{}"#,
        ])
    func otherComponents(params: String) {
        #expect(decoding().decode("s/events/rpc", notification(params)).reasons == [.ignoredTopic])
        let mapped = decoding(values: [("temperature", "temperature:0.tC")])
        #expect(mapped.decode("s/events/rpc", notification(params)).reasons == [.ignoredTopic])
    }

    @Test(
        "reads nothing but notifications and statuses",
        arguments: [
            "online", "rpc", "command", "debug/log", "announce", "status", "events/rpc/x", "status/temperature:0/x",
        ])
    func otherTopics(topic: String) {
        #expect(decoding().decode("s/\(topic)", notification(#""temperature:0":{"tC":1}"#)).reasons == [.ignoredTopic])
        #expect(decoding().decode("s/\(topic)", "true").reasons == [.ignoredTopic])
    }

    @Test("lets go of events and answers")
    func otherMethods() {
        let decoding = decoding()
        #expect(
            decoding.decode("s/events/rpc", notification(#""temperature:0":{"tC":1}"#, method: "NotifyEvent")).reasons
                == [.ignoredTopic])
        #expect(
            decoding.decode("s/events/rpc", #"{"id":1,"src":"x","result":{"temperature:0":{"tC":1}}}"#).reasons == [
                .ignoredTopic
            ])
        let full = notification(#""temperature:0":{"tC":1}"#, method: "NotifyFullStatus")
        #expect(decoding.shown(decoding.decode("s/events/rpc", full)) == ["s/temperature=1"])
    }

    @Test(
        "takes the notification's time, but not one that counts from the start",
        arguments: [
            ("1736603810.49", "2025-01-11T13:56:50.490Z device"), ("1736603810", "2025-01-11T13:56:50.000Z device"),
            ("1.61", "2026-11-23T10:00:00.000Z receipt"), ("null", "2026-11-23T10:00:00.000Z receipt"),
            (#""now""#, "bad_time"), ("{}", "bad_time"), ("1e300", "bad_time"),
            ("-1", "2026-11-23T10:00:00.000Z receipt"),
        ])
    func times(ts: String, expected: String) {
        let message = decoding().decode("s/events/rpc", notification(#""temperature:0":{"tC":1}"#, ts: ts))
        #expect(
            (message.readings.first.map { "\($0.time) \($0.timeOrigin)" } ?? message.reasons.first?.rawValue)
                == expected)
    }

    @Test("is the topic's device or the notification's source")
    func devices() {
        let payload = notification(#""temperature:0":{"tC":1}"#)
        let bySource = decoding("+/events/rpc")
        #expect(bySource.shown(bySource.decode("s/events/rpc", payload)) == ["shellyplus1-08b61fd90730/temperature=1"])
        let nameless = notification(#""temperature:0":{"tC":1}"#, source: "")
        #expect(bySource.decode("s/events/rpc", nameless).reasons == [.unknownDevice])
        let byTopic = decoding()
        #expect(byTopic.shown(byTopic.decode("s/events/rpc", nameless)) == ["s/temperature=1"])
        let alias = decoding(devices: [DeviceOptions(id: "curb", aliases: ["shellyplus1-08b61fd90730"])])
        #expect(alias.shown(alias.decode("s/events/rpc", payload)) == ["curb/temperature=1"])
    }

    @Test("reads a component's whole status by receipt, by the same paths")
    func status() {
        let own = decoding()
        let message = own.decode("s/status/temperature:0", #"{"id":0,"tC":19.8,"tF":67.6}"#)
        #expect(own.shown(message) == ["s/temperature=19.8"])
        #expect(!message.carriesOwnTime)
        let mapped = decoding("+/status/+", values: [("temperature", "temperature:101.tC")])
        #expect(mapped.shown(mapped.decode("s/status/temperature:101", #"{"tC":4}"#)) == ["s/temperature=4"])
        #expect(mapped.decode("s/status/temperature:0", #"{"tC":4}"#).reasons == [.ignoredTopic])
        #expect(own.decode("s/status/temperature:0", #"{"tC":null}"#).reasons == [.missing])
        #expect(own.decode("s/status/temperature:0", "19.8").reasons == [.undecodable])
    }

    @Test(
        "leaves a trace of what is no notification",
        arguments: [
            "{}", "[]", "7", "null", "true", #"{"src":"x","method":"NotifyStatus"}"#,
            #"{"src":"x","method":"NotifyStatus","params":[]}"#, #"{"src":7,"method":{}}"#,
            #"{"src":"x","method":"NotifyStatus","params":{"temperature:0":7,"devicepower:0":{"battery":7}}}"#,
            #"{"src":"x","method":"NotifyStatus","params":{":":{},"temperature:":{"tC":{}},"":{}}}"#,
        ])
    func hostile(payload: String) {
        let message = decoding().decode("s/events/rpc", payload)
        message.expectAccounted("\(payload)")
        #expect(message.readings.isEmpty)
    }
}
