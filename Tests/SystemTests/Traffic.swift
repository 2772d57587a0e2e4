import MQTT
import Storage
import Synchronization
import Telemetry
import TestKit
import Threading

/// A known flow of readings, each a function of its index, so that what must be stored can be said without looking.
///
/// Two hours of a few dozen devices: gauges, counters that restart now and then, and payloads without a time.
struct Traffic: Sendable {
    let count: Int
    /// The time of the first reading; a whole hour, so far back that every window is closed.
    let start: Timestamp
    var deviceCount = 40
    /// One device in so many sends no time of its own; 0 for none.
    var timelessEvery = 8

    init(count: Int, start: Timestamp) {
        self.count = count
        self.start = start
    }

    /// The hour that began three hours ago.
    static func recentHour() -> Timestamp {
        Timestamp(milliseconds: (Timestamp.now().milliseconds / 3_600_000 - 3) * 3_600_000)
    }

    struct Item {
        var device: String
        var quantity: String
        /// Nil where the gateway's time of receipt counts.
        var time: Timestamp?
        var value: Double
    }

    subscript(index: Int) -> Item {
        let device = index % deviceCount
        let turn = index / deviceCount
        let isTimeless = timelessEvery > 0 && device % timelessEvery == 3
        // Some devices deliver backwards, others in order, spread over two hours.
        let turns = count / deviceCount + 1
        let place = device % 5 == 1 ? turns - 1 - turn : turn
        let time = start + Int64(place) * (7_200_000 / Int64(turns)) + Int64(device)
        return Item(
            device: "d-\(device)", quantity: quantity(of: device), time: isTimeless ? nil : time,
            value: value(of: device, at: place))
    }

    private func quantity(of device: Int) -> String {
        device % 4 == 2 ? "vehicle_count" : device % 4 == 0 ? "pm2_5" : "temperature"
    }

    private func value(of device: Int, at place: Int) -> Double {
        if device % 4 == 2 { return Double(place % 997 * 3 + place % 2) }
        // Distinct for each place, and within the gross range.
        return Double((place * 7919 + device) % 30_000) / 1000 + 1
    }

    func topic(_ item: Item) -> String { "sensors/test/\(item.device)/\(item.quantity)" }

    func payload(_ item: Item) -> [UInt8] {
        let value = JSONLine.number(item.value)
        return Array(
            (item.time.map { "{\"value\":\(value),\"ts\":\($0.milliseconds)}" } ?? "{\"value\":\(value)}").utf8)
    }

    /// Publishes on a thread of its own, as far as ``Publication/allow(_:)`` lets it.
    func publish(to options: MQTTOptions) -> Publication {
        let publication = Publication()
        publication.thread.withLock {
            $0 = WorkerThread(name: "publisher") {
                do {
                    let publisher = try MQTTPublisher(options, patienceSeconds: 30)
                    for index in 0..<count {
                        while index >= publication.allowed.load(ordering: .relaxed) {
                            try publisher.idle(milliseconds: 5)
                        }
                        let item = self[index]
                        try publisher.publish(topic(item), payload: payload(item))
                        publication.sent.store(index + 1, ordering: .relaxed)
                    }
                    try publisher.drain()
                    publication.reconnections.store(publisher.reconnections, ordering: .relaxed)
                    publisher.close()
                } catch {
                    publication.failure.withLock { $0 = "\(error)" }
                }
            }
        }
        return publication
    }

    final class Publication: Sendable {
        let sent = Atomic<Int>(0)
        fileprivate let allowed = Atomic<Int>(0)
        let failure = Mutex<String?>(nil)
        /// Known once it has finished.
        let reconnections = Atomic<Int>(0)
        fileprivate let thread = Mutex<WorkerThread?>(nil)

        /// Lets it publish the readings before that index.
        func allow(_ count: Int) { allowed.store(count, ordering: .relaxed) }

        func isFinished() async -> Bool {
            await eventually(within: .seconds(180)) { thread.withLock { $0 }?.join(milliseconds: 0) ?? true }
        }
    }
}
