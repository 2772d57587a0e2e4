import FoundationEssentials
import Telemetry

/// A LoRaWAN device as The Things Stack v3 passes its uplinks on. Source: lorawan-stack-docs,
/// integrations/data-formats.
struct LoRaRadio: Sendable {
    private let deviceID: String
    private let identifiers: JSONLine
    private let sessionKeyID: String
    private var random: RandomSource
    private var frameCount = 0

    private static let application = "smart-zwolle"
    private static let tenant = "ttn"
    /// One of them has no clock, as many indoor gateways.
    private static let gateways = [
        (id: "zwolle-peperbus", hasClock: true), (id: "zwolle-stadshagen", hasClock: true),
        (id: "zwolle-sassenpoort", hasClock: false), (id: "zwolle-ijsseltoren", hasClock: true),
    ]

    init(deviceID: String, seed: UInt64) {
        self.deviceID = deviceID
        random = RandomSource(seed: seed, stream: "\(deviceID)/radio")
        var application = JSONLine()
        application.add("application_id", LoRaRadio.application)
        var identifiers = JSONLine()
        identifiers.add("device_id", deviceID)
        identifiers.add("application_ids", application)
        // The two lowest bits of the first byte say: made up here, of one device.
        identifiers.add("dev_eui", LoRaRadio.hexadecimal([0x02] + random.bytes(7)))
        identifiers.add("join_eui", "0200000000000000")
        identifiers.add("dev_addr", LoRaRadio.hexadecimal([0x26, 0x0B] + random.bytes(2)))
        self.identifiers = identifiers
        sessionKeyID = Data(random.bytes(16)).base64EncodedString()
    }

    /// - Parameter gatewayClock: what the gateways' clocks show at that time.
    mutating func uplink(
        _ values: [Measurement], at time: Timestamp, gatewayClock: Timestamp
    ) -> SimulatedMessage {
        let heard = time + random.milliseconds(60...120)
        let handled = heard + random.milliseconds(20...90)
        // The server waits 200 ms for the other gateways that heard it.
        let passedOn = handled + 200 + random.milliseconds(5...25)
        var uplink = JSONLine()
        uplink.add("session_key_id", sessionKeyID)
        // Fields that are 0 are left out.
        if frameCount > 0 { uplink.add("f_cnt", frameCount) }
        uplink.add("f_port", 2)
        uplink.add("frm_payload", LoRaRadio.frame(values))
        uplink.add("decoded_payload", LoRaRadio.decoded(values))
        uplink.add("rx_metadata", receptions(at: heard, clockError: gatewayClock - time))
        uplink.add("settings", settings())
        uplink.add("received_at", nanoseconds(handled))
        uplink.add("consumed_airtime", "0.061696s")
        frameCount += 1
        var message = JSONLine()
        message.add("end_device_ids", identifiers)
        message.add("received_at", nanoseconds(passedOn))
        message.add("uplink_message", uplink)
        return SimulatedMessage(
            published: passedOn + random.milliseconds(1...15), kind: .bin,
            topic: "v3/\(LoRaRadio.application)@\(LoRaRadio.tenant)/devices/\(deviceID)/up",
            payload: Array(message.finished.utf8))
    }

    /// One to three gateways hear it, at the same moment and not equally well.
    private mutating func receptions(at heard: Timestamp, clockError: Int64) -> [JSONLine] {
        let first = random.whole(0...LoRaRadio.gateways.count - 1)
        return (0..<random.whole(1...3)).map { offset in
            let gateway = LoRaRadio.gateways[(first + offset) % LoRaRadio.gateways.count]
            let strength = random.whole(-118 ... -62)
            var identifier = JSONLine()
            identifier.add("gateway_id", gateway.id)
            var reception = JSONLine()
            reception.add("gateway_ids", identifier)
            // A clock that is wrong must be there.
            if gateway.hasClock || clockError != 0 { reception.add("time", heard + clockError) }
            reception.add("rssi", strength)
            reception.add("channel_rssi", strength)
            reception.add("snr", (random.uniform(-8...11) * 4).rounded() / 4)
            return reception
        }
    }

    private mutating func settings() -> JSONLine {
        var lora = JSONLine()
        lora.add("bandwidth", 125_000)
        lora.add("spreading_factor", 7)
        lora.add("coding_rate", "4/5")
        var dataRate = JSONLine()
        dataRate.add("lora", lora)
        var settings = JSONLine()
        settings.add("data_rate", dataRate)
        settings.add("frequency", ["868100000", "868300000", "868500000"][random.whole(0...2)])
        return settings
    }

    /// Nine digits of a second, as the server's clock has them.
    private mutating func nanoseconds(_ time: Timestamp) -> String {
        let digits = String(random.whole(0...999_999))
        return time.description.dropLast() + String(repeating: "0", count: 6 - digits.count) + digits + "Z"
    }

    private static func decoded(_ values: [Measurement]) -> JSONLine {
        var payload = JSONLine()
        for value in values { payload.add(value.quantity, value.value) }
        return payload
    }

    /// What went over the air: each value in two bytes, in its last printed digit.
    private static func frame(_ values: [Measurement]) -> String {
        let bytes = values.flatMap { value -> [UInt8] in
            let scaled = (value.value * (value.decimals == 0 ? 1 : 10)).rounded()
            // The lowest number stands for a value that is missing.
            let word = scaled.isNaN ? Int16.min : Int16(clamping: Int(scaled))
            return [UInt8(truncatingIfNeeded: word >> 8), UInt8(truncatingIfNeeded: word)]
        }
        return Data(bytes).base64EncodedString()
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { (byte: UInt8) -> String in
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.count < 2 ? "0" + digits : digits
        }.joined()
    }
}
