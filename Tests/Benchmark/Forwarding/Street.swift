import Glibc
import MQTT
import Synchronization
import Telemetry
import TestKit
import Threading

/// Publishes so many readings a second, on a thread of its own, until it is stopped.
final class Street: Sendable {
    private let shouldStop = Atomic<Bool>(false)
    private let thread = Mutex<WorkerThread?>(nil)

    init(_ broker: PrivateBroker, readingsPerSecond: Int) {
        let options = broker.clientOptions(clientID: "street")
        let worker = WorkerThread(name: "street") { [self] in
            guard let publisher = try? MQTTPublisher(options) else { return }
            var number = 0
            while !shouldStop.load(ordering: .relaxed) {
                // Ten times a second, each time its part.
                for _ in 0..<readingsPerSecond / 10 {
                    let value = Double(number % 400) / 10
                    try? publisher.publish(
                        "sensors/air_quality/aq-\(number % 100)/pm2_5",
                        payload: Array("{\"value\":\(value),\"ts\":\(Timestamp.now().milliseconds)}".utf8))
                    number += 1
                }
                usleep(100_000)
            }
            try? publisher.drain()
            publisher.close()
        }
        thread.withLock { $0 = worker }
    }

    func stop() {
        shouldStop.store(true, ordering: .relaxed)
        _ = thread.withLock { $0 }?.join(milliseconds: 10_000)
    }
}
