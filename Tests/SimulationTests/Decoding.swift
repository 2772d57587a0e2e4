import FoundationEssentials
import Simulation
import Telemetry

/// What an air station or a traffic counter says.
struct PlainValue: Decodable {
    var value: Double
    var unit: String
    var ts: Int64
}

/// What a bin says, as far as tests look.
struct Uplink: Decodable {
    var endDeviceIds: Identifiers
    var receivedAt: String
    var uplinkMessage: Message

    struct Identifiers: Decodable {
        var deviceId: String
        var devEui: String
    }

    struct Message: Decodable {
        var sessionKeyId: String
        var fCnt: Int?
        var fPort: Int
        var decodedPayload: [String: Double]
        var rxMetadata: [Reception]
        var receivedAt: String
    }

    struct Reception: Decodable {
        var time: String?
        var rssi: Int
    }
}

extension SimulatedMessage {
    var plain: PlainValue? { try? JSONDecoder().decode(PlainValue.self, from: Data(payload)) }
    var uplink: Uplink? {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try? decoder.decode(Uplink.self, from: Data(payload))
    }
    var quantity: Substring { topic.split(separator: "/").last ?? "" }
    /// What its payload says the time was, before it was published.
    var ageMilliseconds: Int64? { plain.map { published.milliseconds - $0.ts } }
}

extension Street {
    /// Monday 23 November 2026, midnight.
    static let monday = Timestamp(rfc3339: "2026-11-23T00:00:00Z")!

    static func of(air: Int = 0, traffic: Int = 0, bins: Int = 0, seed: UInt64 = 7) -> Street {
        var street = Street(calendar: .utc)
        street.counts = [.air: air, .traffic: traffic, .bin: bins]
        street.seed = seed
        return street
    }

    func messages(hours: Double, from start: Timestamp = Street.monday) -> [SimulatedMessage] {
        Array(messages(from: start, to: start + Int64(hours * 3_600_000)))
    }
}

extension Sequence<Double> {
    var mean: Double {
        let (sum, count) = reduce((0.0, 0.0)) { ($0.0 + $1, $0.1 + 1) }
        return sum / count
    }
}
