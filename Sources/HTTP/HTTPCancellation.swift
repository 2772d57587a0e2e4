import Synchronization

/// Ends what clients are waiting for, from another thread. One may serve several clients.
public final class HTTPCancellation: Sendable {
    private let flag = Atomic<Bool>(false)

    public init() {}

    /// The request under way fails within about a second, each later one at once, until ``resume()``. Any thread.
    public func cancel() { flag.store(true, ordering: .releasing) }

    /// Any thread.
    public func resume() { flag.store(false, ordering: .releasing) }

    public var isCancelled: Bool { flag.load(ordering: .acquiring) }
}
