import Processing
import Simulation
import Telemetry

/// What a street's sensors say, series by series, and what quality control says of it.
struct StreetQuality {
    struct SeriesKey: Hashable {
        var device: String
        var quantity: String
    }

    var points: [SeriesKey: [SeriesPoint]] = [:]
    private(set) var flags: [SeriesKey: [QualityTests]] = [:]
    private let street: Street
    private static let catalogue = QuantityCatalogue()

    init(_ street: Street, hours: Double) {
        self.street = street
        var values: [SeriesKey: [Timestamp: Double]] = [:]
        let messages = street.messages(from: Street.monday, to: Street.monday + Int64(hours * 3_600_000))
        for message in messages {
            for (key, time, value) in message.readings
            // What the gate holds back.
            where abs(time - message.published) < 86_400_000 && values[key]?[time] == nil {
                values[key, default: [:]][time] = value
            }
        }
        points = values.mapValues { series in
            series.map { SeriesPoint(time: $0.key, value: $0.value) }.sorted { $0.time < $1.time }
        }
    }

    func quantity(_ key: SeriesKey) -> Quantity { StreetQuality.catalogue[key.quantity]! }

    /// Runs every test, with each neighbourhood's sensors as peers.
    mutating func judge() {
        let devices = Dictionary(uniqueKeysWithValues: street.devices.map { ($0.id, $0) })
        for (key, series) in points {
            let control = QualityControl(
                of: quantity(key), intervalMilliseconds: devices[key.device]?.intervalMilliseconds)
            flags[key] = control.judge(series)
        }
        let groups = Dictionary(grouping: points.keys) { key in
            "\(devices[key.device]?.kind.rawValue ?? "") \(devices[key.device]?.place.neighbourhood ?? "") \(key.quantity)"
        }
        for group in groups.values { comparePeers(group) }
    }

    private mutating func comparePeers(_ group: [SeriesKey]) {
        guard let first = group.first, let limits = quantity(first).limits.peerSpread else { return }
        let range = quantity(first).grossRange
        let usable = group.map { points[$0]!.filter { range?.flag($0.value) == .good } }
        for (own, key) in group.enumerated() {
            var next = Array(repeating: 0, count: group.count)
            for (index, point) in points[key]!.enumerated() {
                var values: [Double] = []
                for peer in group.indices where peer != own {
                    while next[peer] < usable[peer].count, usable[peer][next[peer]].time <= point.time {
                        next[peer] += 1
                    }
                    guard next[peer] > 0 else { continue }
                    let last = usable[peer][next[peer] - 1]
                    if limits.applies(to: point.time, from: last.time) { values.append(last.value) }
                }
                flags[key]![index][.peerSpread] = limits.flag(point.value, peers: &values)
            }
        }
    }
}

extension SimulatedMessage {
    /// Its values with their times; none of a payload that is broken.
    fileprivate var readings: [(StreetQuality.SeriesKey, Timestamp, Double)] {
        guard kind == .bin else {
            guard let plain else { return [] }
            let parts = topic.split(separator: "/")
            let key = StreetQuality.SeriesKey(device: String(parts[2]), quantity: String(parts[3]))
            return [(key, Timestamp(milliseconds: plain.ts), plain.value)]
        }
        guard let uplink, let time = Timestamp(rfc3339: uplink.receivedAt) else { return [] }
        return uplink.uplinkMessage.decodedPayload.map { name, value in
            (.init(device: uplink.endDeviceIds.deviceId, quantity: name), time, value)
        }
    }
}
