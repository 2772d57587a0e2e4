import Gateway
import GatewayConfiguration
import Telemetry
import Testing

@Suite("CapturePreview")
struct CapturePreviewTests {
    private func unread(_ topic: String, _ payload: String, _ configuration: String) throws -> [String] {
        let preview = CapturePreview(
            configuration: try ConfigurationFile.load(text: "[[source]]\n" + configuration, name: "t.toml"))
        let message = CapturedMessage(received: .now(), topic: Array(topic.utf8), payload: Array(payload.utf8))
        _ = preview.decode(CapturedMessage(received: .now(), topic: Array("x".utf8), payload: [1]))
        return preview.decode(message).unreadNames
    }

    @Test("names the fields of an uplink that say nothing")
    func uplink() throws {
        let payload =
            #"{"end_device_ids":{"device_id":"d"},"received_at":"2026-11-23T10:00:00Z","uplink_message":"#
            + #"{"decoded_payload":{"TempC_SHT":11.2,"temperature":4,"Hum_SHT":70.1,"temperature_2":3}}}"#
        let source = "topic = \"v3/#\"\nformat = \"the-things-stack-v3\""
        #expect(try unread("v3/a/devices/d/up", payload, source) == ["TempC_SHT", "Hum_SHT"])
        // What `values` leaves out is left out on purpose.
        #expect(try unread("v3/a/devices/d/up", payload, source + "\nvalues = { humidity = \"Hum_SHT\" }").isEmpty)
    }

    @Test("names the fields of a line that say nothing")
    func line() throws {
        let source = "topic = \"telegraf/{device}\"\nformat = \"line-protocol\""
        #expect(try unread("telegraf/d", "weather temperature=3,wetness=4", source) == ["wetness"])
    }
}
