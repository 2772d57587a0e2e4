import MQTT

/// What a broker has said on one connection. One thread.
final class MQTTAnswers {
    private(set) var isOpen = false
    private(set) var failure: MQTTError?
    /// Of the rows of the delivery that is under way; nil where the broker has not answered yet.
    private(set) var outcomes: [Delivery.Outcome?] = []
    private(set) var openCount = 0
    private var rows: [Int32: Int] = [:]
    private let broker: String

    init(broker: String) {
        self.broker = broker
    }

    func begin(_ count: Int) {
        outcomes = Array(repeating: nil, count: count)
        openCount = count
        rows = [:]
    }

    func expect(_ id: Int32, for row: Int) { rows[id] = row }

    func settle(_ row: Int, _ outcome: Delivery.Outcome) {
        if outcomes[row] == nil { openCount -= 1 }
        outcomes[row] = outcome
    }

    func take(_ event: MQTTClient.Event) {
        switch event {
        case .connected: isOpen = true
        case .refused(let error): failure = error
        case .disconnected(let cause):
            failure = failure ?? MQTTError(operation: "publish", broker: broker, cause: cause)
        case .published(let id, let refusal):
            guard let row = rows.removeValue(forKey: id) else { return }
            settle(row, refusal.map { MQTTAnswers.outcome(of: $0) } ?? .taken)
        case .subscribed: break
        }
    }

    /// What a refusal of one message means. Source: MQTT 5.0, 3.4.2.1.
    static func outcome(of refusal: MQTTError) -> Delivery.Outcome {
        switch refusal.reason {
        // Not authorised, no such topic, too large, not in the form that it says.
        case 0x87, 0x90, 0x95, 0x99: .refused(refusal.cause)
        // 0x80 unspecified, 0x83 for reasons of its own, 0x91 an id in use, 0x97 a quota.
        default: .again(refusal.cause)
        }
    }
}
