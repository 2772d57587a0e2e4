import Decoding
import Processing
import Synchronization

/// A decoder and its rules, on their way to the broker thread. Any thread puts; the broker thread takes.
final class IntakeReplacement: Sendable {
    struct Rules: Sendable {
        var decoder: DecoderOptions
        var timeGate: TimeGate
    }

    private let rules = Mutex<Rules?>(nil)
    private let isWaiting = Atomic<Bool>(false)

    func put(_ new: Rules) {
        rules.withLock { $0 = new }
        isWaiting.store(true, ordering: .releasing)
    }

    func take() -> Rules? {
        guard isWaiting.load(ordering: .acquiring) else { return nil }
        isWaiting.store(false, ordering: .releasing)
        return rules.withLock { rules in
            defer { rules = nil }
            return rules
        }
    }
}
