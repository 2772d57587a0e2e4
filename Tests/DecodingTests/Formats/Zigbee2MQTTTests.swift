import Decoding
import Telemetry
import TestKit
import Testing

@Suite("Zigbee2MQTT")
struct Zigbee2MQTTTests {
    private func decoding(
        _ topic: String = "zigbee2mqtt/#", values: [(String, String)] = [], units: [String: String] = [:]
    ) -> Decoding {
        let source = Source(
            topic: TopicTemplate(topic)!, format: .zigbee2MQTT,
            values: values.map { NamedPath(quantity: $0.0, path: JSONPath($0.1)!) }, units: units)
        return Decoding(DecoderOptions(sources: [source]))
    }

    private func shown(_ payload: String) -> [String] {
        let decoding = decoding()
        return decoding.shown(decoding.decode("zigbee2mqtt/z", payload))
    }

    @Test(
        "takes the friendly name, over all its levels",
        arguments: [
            ("zigbee2mqtt/#", "zigbee2mqtt/0x00158d00018255df", "0x00158d00018255df"),
            ("zigbee2mqtt/#", "zigbee2mqtt/street/bench/3", "street/bench/3"),
            ("zigbee2mqtt/{device}", "zigbee2mqtt/bench", "bench"),
            ("zigbee2mqtt/{device}/#", "zigbee2mqtt/bench", "bench"),
            ("zigbee2mqtt/{device}/#", "zigbee2mqtt/street/bench/3", "street/bench/3"),
            ("{type}/zigbee2mqtt/{device}/#", "air/zigbee2mqtt/street/bench", "street/bench"),
            ("{device}/zigbee2mqtt/#", "box/zigbee2mqtt/street", "box"), ("#", "bench", "bench"),
        ])
    func names(template: String, topic: String, device: String) {
        let decoding = decoding(template)
        #expect(decoding.shown(decoding.decode(topic, #"{"humidity":44.72}"#)) == ["\(device)/humidity=44.72"])
    }

    @Test("is nobody's where neither the topic nor its rest names the device")
    func nameless() {
        #expect(decoding("zigbee2mqtt/+").decode("zigbee2mqtt/z", #"{"humidity":1}"#).reasons == [.unknownDevice])
        #expect(decoding().decode("zigbee2mqtt", #"{"humidity":1}"#).reasons == [.unknownDevice])
    }

    @Test(
        "reads nothing but states",
        arguments: [
            "z/availability", "a/b/availability", "z/set", "z/get", "z/set/state", "z/get/temperature", "z/action",
            "bridge/state", "bridge/info", "bridge/devices", "bridge/request/permit_join", "bridge",
        ])
    func otherTopics(topic: String) {
        for template in ["zigbee2mqtt/#", "zigbee2mqtt/{device}/#"] {
            let decoding = decoding(template)
            for payload in ["online", #"{"state":"online"}"#, #"{"humidity":1}"#] {
                #expect(decoding.decode("zigbee2mqtt/\(topic)", payload).reasons == [.ignoredTopic])
            }
        }
    }

    @Test(
        "takes the time of the last frame in every form",
        arguments: [
            (#""2026-11-23T09:59:58.250Z""#, "2026-11-23T09:59:58.250Z device"),
            (#""2026-11-23T10:59:58+01:00""#, "2026-11-23T09:59:58.000Z device"),
            ("1795427998250", "2026-11-23T09:59:58.250Z device"), ("null", "2026-11-23T10:00:00.000Z receipt"),
            (#""2026-11-23T09:59:58""#, "bad_time"), (#""12 seconds ago""#, "bad_time"), ("true", "bad_time"),
        ])
    func times(lastSeen: String, expected: String) {
        let message = decoding().decode("zigbee2mqtt/z", #"{"humidity":1,"last_seen":\#(lastSeen)}"#)
        #expect(
            (message.readings.first.map { "\($0.time) \($0.timeOrigin)" } ?? message.reasons.first?.rawValue)
                == expected)
    }

    @Test(
        "knows the names and units of what devices expose",
        arguments: [
            (#"{"temperature":-2.5,"humidity":81,"pressure":1003.2}"#, "temperature=-2.5 humidity=81 pressure=1003.2"),
            (#"{"pm25":8,"co2":612,"voc_index":120}"#, "pm2_5=8 co2=612 voc_index=120"),
            (#"{"battery":97,"voltage":3005,"linkquality":120}"#, "battery=97 battery_voltage=3.005"),
            (#"{"battery_low":false,"voltage":2900}"#, "battery_voltage=2.9"), (#"{"voltage":231,"power":0}"#, ""),
            (#"{"illuminance":21761,"illuminance_lux":150}"#, "illuminance=150"),
            (#"{"illuminance_lux":150,"illuminance":21761}"#, "illuminance=150"),
            (#"{"illuminance":150}"#, "illuminance=150"), (#"{"voc":300,"distance":3,"speed":2,"weight":4}"#, ""),
            (#"{"occupancy":true,"tilt":false,"contact":true}"#, ""), (#"{"noise":51.5}"#, "noise_laeq=51.5"),
            (#"{"battery":null,"humidity":60}"#, "humidity=60"), (#"{"update":{"battery":3},"color":{"x":1}}"#, ""),
        ])
    func exposes(payload: String, expected: String) {
        #expect(shown(payload) == expected.split(separator: " ").map { "z/\($0)" })
    }

    @Test("takes only what `values` lists")
    func mapping() {
        let decoding = decoding(
            values: [("fill_distance", "distance"), ("temperature", "probe.temperature")], units: ["fill_distance": "m"]
        )
        let message = decoding.decode("zigbee2mqtt/z", #"{"distance":1.25,"probe":{"temperature":4},"humidity":60}"#)
        #expect(decoding.shown(message) == ["z/fill_distance=1250", "z/temperature=4"])
    }

    @Test(
        "leaves a trace of what is no state",
        arguments: [
            "[]", "7", "online", "null", "{}", #"{"temperature":[]}"#, #"{"state":"ON"}"#, #"{"temperature":{}}"#,
        ])
    func hostile(payload: String) {
        let message = decoding().decode("zigbee2mqtt/z", payload)
        message.expectAccounted("\(payload)")
        #expect(message.readings.isEmpty)
    }
}
