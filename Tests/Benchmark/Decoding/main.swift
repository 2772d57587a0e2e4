import Decoding
import Gateway
import GatewayConfiguration
import Glibc
import Telemetry
import TestKit

// `decoding-benchmark GOLDEN-FOLDER [MESSAGES]`: nanoseconds and allocations a message, for the first good message of each
// format's golden capture, and for the two sizes that have a limit.

let arguments = CommandLine.arguments
guard arguments.count >= 2 else {
    print("usage: decoding-benchmark GOLDEN-FOLDER [MESSAGES]")
    exit(64)
}
let messages = arguments.count > 2 ? Int(arguments[2]) ?? 200_000 : 200_000
let rounds = 5

func golden(_ name: String) throws -> DecodingCase? {
    let folder = "\(arguments[1])/\(name)"
    guard let input = TemporaryDirectory.read("\(folder)/input.ndjson") else { return nil }
    let options = try ConfigurationFile.load(path: "\(folder)/config.toml").decoderOptions
    for line in input.split(separator: "\n") {
        let captured = try CapturedMessage(line: Array(line.utf8))
        let decoding = DecodingCase(
            name: name, topic: captured.topic, payload: captured.payload, options: options)
        if decoding.isWhollyGood { return decoding }
    }
    return nil
}

let flat = DecodingCase(
    name: "json, flat", topic: Array("sensors/air/aq-0001/pm2_5".utf8),
    payload: Array(#"{"value":11.75,"unit":"ug/m3","ts":"2026-11-23T10:00:00.123Z","battery":92,"seq":4711}"#.utf8),
    options: DecoderOptions(sources: [
        Source(
            topic: TopicTemplate("sensors/{type}/{device}/{quantity}")!, format: .json,
            paths: PayloadPaths(value: JSONPath("value"), time: JSONPath("ts"), unit: JSONPath("unit")))
    ]))

/// The same under the name of somebody's phone: what a scanner may send all day, and nothing is kept of.
let refused = DecodingCase(
    name: "json, a personal name", topic: Array("sensors/people/A4:83:E7:0B:12:9C/pm2_5".utf8), payload: flat.payload,
    options: flat.options)

/// An uplink of a kibibyte: two gateways heard it, and a decoder gave eight values.
let uplink = DecodingCase(
    name: "the-things-stack-v3, 1 KiB", topic: Array("v3/city@ttn/devices/aq-0001/up".utf8),
    payload: Array(
        (#"{"end_device_ids":{"device_id":"aq-0001","application_ids":{"application_id":"city"},"dev_eui":"0004A30B001C0530","#
            + #""join_eui":"800000000000000C","dev_addr":"00BCB929"},"correlation_ids":["gs:uplink:01E0WZGT6Y7657CPFPE5WEYDSQ"],"#
            + #""received_at":"2026-11-23T10:00:01.014773143Z","uplink_message":{"session_key_id":"AXA50tHGUUucuzS/bCGMNw==","#
            + #""f_cnt":4711,"f_port":1,"frm_payload":"gkHeAAABAgMEBQYHCAkKCwwNDg8=","decoded_payload":{"temperature":8.5,"#
            + #""humidity":81.5,"pressure":1013.25,"pm1":4.25,"pm2_5":6.5,"pm10":11.75,"battery_voltage":3.61,"state":"ok"},"#
            + #""rx_metadata":[{"gateway_ids":{"gateway_id":"gtw1","eui":"B827EBFFFE9E28FD"},"time":"2026-11-23T10:00:00.787Z","#
            + #""timestamp":2463457000,"rssi":-85,"channel_rssi":-85,"snr":7.5,"location":{"latitude":52.51,"longitude":6.09}},"#
            + #"{"gateway_ids":{"gateway_id":"gtw2"},"time":"2026-11-23T10:00:00.791Z","rssi":-112,"snr":-3.25}],"#
            + #""settings":{"data_rate":{"lora":{"bandwidth":125000,"spreading_factor":7}},"coding_rate":"4/5","#
            + #""frequency":"868300000","timestamp":2463457000},"received_at":"2026-11-23T10:00:00.789585559Z"}}"#).utf8
    ),
    options: DecoderOptions(sources: [
        Source(topic: TopicTemplate("v3/+/devices/+/up")!, format: .theThingsStackV3, includesRadio: true)
    ]))

func column(_ text: String, _ width: Int) -> String {
    String(repeating: " ", count: max(0, width - text.count)) + text
}

func row(_ name: String, _ cells: [String]) {
    print(name + String(repeating: " ", count: max(1, 28 - name.count)) + cells.map { column($0, 12) }.joined())
}

func rounded(_ value: Double) -> String { JSONLine.number((value * 100).rounded() / 100) }

row("format", ["bytes", "readings", "ns", "allocations", "of parsing"])
let cases = [flat, refused, uplink] + (try PayloadFormat.allCases.compactMap { try golden($0.rawValue) })
for decoding in cases {
    let result = decoding.measure(rounds: rounds, messages: messages)
    let parsing = decoding.measureParsing(rounds: rounds, messages: messages)
    row(
        decoding.name,
        [
            String(decoding.payload.count), String(result.readings), String(Int(result.nanoseconds.rounded())),
            rounded(result.allocations), parsing.map { rounded(result.nanoseconds / $0) } ?? "",
        ])
}
