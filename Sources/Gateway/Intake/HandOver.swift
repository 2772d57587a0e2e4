import Synchronization

/// Carries something that has one owner into the thread that owns it from then on.
final class HandOver<Value: ~Copyable & Sendable>: Sendable {
    private let held: Mutex<Value?>

    init(_ value: consuming Value) {
        held = Mutex(consume value)
    }

    /// Once.
    func take() -> Value {
        var taken: Value?
        held.withLock { swap(&taken, &$0) }
        guard let value = taken else { preconditionFailure("handed over twice") }
        return value
    }
}
