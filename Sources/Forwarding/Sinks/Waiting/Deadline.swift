import Threading

/// A moment until which is waited, on the clock that never steps.
struct Deadline: Sendable {
    private let milliseconds: Int64

    init(milliseconds: Int) {
        self.milliseconds = MonotonicClock.milliseconds() + Int64(milliseconds)
    }

    /// What is left, in milliseconds, never negative.
    var remaining: Int { Int(max(0, milliseconds - MonotonicClock.milliseconds())) }

    var isOver: Bool { remaining == 0 }
}
