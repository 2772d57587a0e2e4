import Synchronization

/// How much memory may be on its way through the ring beside its slots. Any thread.
///
/// A slot is small, but a rejected message travels with its whole payload: without a limit on bytes, a ring full of large
/// ones would take gigabytes.
public final class ByteBudget: Sendable {
    public let limit: Int
    private let used = Atomic<Int>(0)

    public init(limit: Int) {
        self.limit = limit
    }

    /// Whether nothing more should be taken until some is given back. One more may always be taken, however large.
    public var isExhausted: Bool { used.load(ordering: .relaxed) >= limit }

    func take(_ bytes: Int) { used.add(bytes, ordering: .relaxed) }
    func giveBack(_ bytes: Int) { used.subtract(bytes, ordering: .relaxed) }
}
