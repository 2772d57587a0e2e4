import MQTT
import Synchronization
import TestKit
import Threading

/// Somebody at the central broker who keeps all that comes, over restarts of it.
final class CentralSubscriber: Sendable {
    private let received = Mutex<[[UInt8]]>([])
    private let isReady = Atomic<Bool>(false)
    private let shouldStop = Atomic<Bool>(false)
    private let thread = Mutex<WorkerThread?>(nil)

    init(_ options: MQTTOptions, filter: String) {
        var options = options
        options.isCleanStart = false
        options.sessionExpirySeconds = 3600
        let settled = options
        let worker = WorkerThread(name: "subscriber") { [self] in
            while !shouldStop.load(ordering: .relaxed) {
                guard let subscriber = try? MQTTSubscriber(settled, filters: [filter]) else { continue }
                isReady.store(true, ordering: .relaxed)
                do {
                    while !shouldStop.load(ordering: .relaxed) {
                        try subscriber.receive(milliseconds: 50) { message in
                            let payload = Array(message.payload)
                            self.received.withLock { $0.append(payload) }
                        }
                    }
                    subscriber.close()
                } catch {}
            }
        }
        thread.withLock { $0 = worker }
    }

    func isSubscribed() async -> Bool { await eventually { isReady.load(ordering: .relaxed) } }

    var payloads: [[UInt8]] { received.withLock { $0 } }

    func stop() {
        shouldStop.store(true, ordering: .relaxed)
        _ = thread.withLock { $0 }?.join(milliseconds: 5000)
    }
}
