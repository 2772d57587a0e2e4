import Telemetry

/// Gathers the values of a window for its distribution, in bounded memory.
struct ValueCollector: Sendable {
    private var gathered: Distribution?
    private var waiting: [Double] = []
    /// More values differ than a distribution holds.
    private var isOverfull = false

    private static let mostWaiting = 2 * Distribution.capacity

    mutating func add(_ value: Double) {
        guard !isOverfull else { return }
        waiting.append(value)
        if waiting.count >= ValueCollector.mostWaiting { gather() }
    }

    /// Nil when nothing was added, or too much.
    var distribution: Distribution? {
        var all = self
        all.gather()
        return all.gathered
    }

    private mutating func gather() {
        guard !waiting.isEmpty else { return }
        if let gathered {
            self.gathered = Distribution(waiting).flatMap(gathered.merged)
        } else {
            gathered = Distribution(waiting)
        }
        isOverfull = gathered == nil
        waiting = []
    }
}
