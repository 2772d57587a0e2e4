import Glibc
import Synchronization
import Threading

/// Ends what a sink waits for, from any thread, for good.
public final class Cancellation: Sendable {
    private let isRaised = Atomic<Bool>(false)
    private let signal = Signal()

    public init() {}

    public func cancel() {
        isRaised.store(true, ordering: .sequentiallyConsistent)
        signal.raise()
    }

    public var isCancelled: Bool { isRaised.load(ordering: .sequentiallyConsistent) }

    enum Waited {
        /// What poll(2) found.
        case ready(Int16)
        case timeUp
        case cancelled
    }

    /// Waits for a descriptor, no longer than until the deadline or a cancellation.
    /// - Parameters:
    ///   - events: of poll(2).
    ///   - milliseconds: no longer than this in any case.
    func wait(for descriptor: Int32, _ events: Int16, until deadline: Deadline, atMost milliseconds: Int = .max)
        -> Waited
    {
        while true {
            if isCancelled { return .cancelled }
            let time = Int32(clamping: min(deadline.remaining, milliseconds))
            var pollers = [
                pollfd(fd: signal.descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: descriptor, events: events, revents: 0),
            ]
            let count = poll(&pollers, 2, time)
            if isCancelled { return .cancelled }
            if count > 0, pollers[1].revents != 0 { return .ready(pollers[1].revents) }
            // Otherwise interrupted by a signal.
            if count >= 0, deadline.remaining == 0 || time >= milliseconds { return .timeUp }
            if count < 0, errno != EINTR { return .timeUp }
        }
    }

    /// What a sink throws that was cancelled.
    static func failure(_ operation: String, place: String, mayHaveArrived: Bool = false) -> SinkFailure {
        SinkFailure(
            .unavailable, operation: operation, place: place, cause: "ended on request",
            mayHaveArrived: mayHaveArrived)
    }
}
