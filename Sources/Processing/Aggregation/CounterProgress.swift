public import Telemetry

/// The last usable value of a counter before a window, from which the window's increase begins.
public struct CounterBase: Hashable, Sendable {
    public var value: Double
    public var time: Timestamp

    public init(value: Double, time: Timestamp) {
        self.value = value
        self.time = time
    }
}

/// How far a counter has come: what it counted, without what it would have counted had it been read more often.
///
/// The increase is last − first + Σ(value before each fall), for wraps with the width in place of the value. Each step is
/// added up by itself: exact for whole numbers to 2^53.
struct CounterProgress: Sendable {
    private(set) var increase = Aggregate.CounterIncrease(total: 0, resets: 0)
    private var before: CounterBase?
    private let width: CounterWidth?

    init(from base: CounterBase?, width: CounterWidth?) {
        before = base
        increase.since = base?.time
        self.width = width
    }

    mutating func count(_ value: Double, at time: Timestamp) {
        defer { before = CounterBase(value: value, time: time) }
        guard let before else { return }
        if value >= before.value {
            increase.total += value - before.value
        } else if let counted = width?.increase(from: before.value, to: value, milliseconds: time - before.time) {
            increase.wraps += 1
            increase.total += counted
        } else {
            increase.resets += 1
            increase.total += value
        }
    }
}
