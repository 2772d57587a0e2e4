import Glibc
import Synchronization
import Threading

/// Runs what nobody can end (resolving a name, a library's connect) on a thread of its own, so that its caller need not
/// wait for it.
///
/// Left alone it runs to its end, and its value is dropped there.
final class BlockingCall<Value: Sendable>: Sendable {
    private let outcome: Outcome

    private final class Outcome: Sendable {
        let value = Mutex<Value?>(nil)
        let done = Signal()
    }

    /// - Parameter name: of the thread, at most 15 bytes.
    init(_ name: String, _ body: @escaping @Sendable () -> Value) {
        let outcome = Outcome()
        self.outcome = outcome
        _ = WorkerThread(name: name) {
            let value = body()
            outcome.value.withLock { $0 = value }
            outcome.done.raise()
        }
    }

    var isOver: Bool { outcome.value.withLock { $0 != nil } }

    /// Waits for it.
    /// - Returns: nil when it is not over in time, or its caller was told to end.
    func value(until deadline: Deadline, _ cancellation: Cancellation) -> Value? {
        _ = cancellation.wait(for: outcome.done.descriptor, Int16(POLLIN), until: deadline)
        return outcome.value.withLock { $0 }
    }
}

/// Hands something to another thread that belongs to one thread at a time.
struct HandedOver<Value>: @unchecked Sendable {
    let value: Value

    init(_ value: Value) {
        self.value = value
    }
}
