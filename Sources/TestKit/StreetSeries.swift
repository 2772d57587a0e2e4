public import Simulation
public import Telemetry

/// The values of one series of a simulated street, as they come to be stored: what sensors say, with the times they give.
public struct StreetSeries: Sendable {
    public var device: String
    public var quantity: String
    public var points: [(time: Timestamp, value: Double)]

    /// The series of a street over a stretch of time, each in the order of time, without those that come to nothing.
    public static func all(of street: Street, from start: Timestamp, to end: Timestamp) -> [StreetSeries] {
        var points: [String: [Int64: Double]] = [:]
        for message in street.messages(from: start, to: end) {
            for reading in StreetSeries.readings(of: message) {
                points[reading.series, default: [:]][reading.time.milliseconds] = reading.value
            }
        }
        return points.sorted { $0.key < $1.key }.map { name, points in
            let parts = name.split(separator: "/")
            let ordered = points.sorted { $0.key < $1.key }
            return StreetSeries(
                device: String(parts[0]), quantity: String(parts[1]),
                points: ordered.map { (Timestamp(milliseconds: $0.key), $0.value) })
        }
    }

    private typealias Point = (series: String, time: Timestamp, value: Double)

    private static func readings(of message: SimulatedMessage) -> [Point] {
        let text = String(decoding: message.payload, as: UTF8.self)
        let levels = message.topic.split(separator: "/")
        guard message.kind == .bin else {
            guard let value = number("value", in: text), let time = number("ts", in: text) else { return [] }
            return [("\(levels[2])/\(levels[3])", Timestamp(milliseconds: Int64(time)), value)]
        }
        guard let received = field("received_at", in: text), let time = Timestamp(rfc3339: received) else { return [] }
        return ["fill_level", "temperature", "battery"].compactMap { quantity in
            number(quantity, in: text).map { ("\(levels[3])/\(quantity)", time, $0) }
        }
    }

    private static func number(_ name: String, in text: String) -> Double? {
        field(name, in: text).flatMap(Double.init)
    }

    /// The first field of that name, without its quotation marks.
    private static func field(_ name: String, in text: String) -> String? {
        let bytes = Array(text.utf8)
        let key = Array("\"\(name)\":".utf8)
        guard bytes.count > key.count,
            let place = (0..<(bytes.count - key.count)).first(where: { bytes[$0..<($0 + key.count)].elementsEqual(key) }
            )
        else { return nil }
        let rest = bytes[(place + key.count)...].prefix { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "}") }
        return String(decoding: rest.filter { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
    }
}
