/// How much happened each second over the last five minutes.
struct RateMeter {
    private var buckets = [Int](repeating: 0, count: 301)
    private var second: Int64
    private let started: Int64

    /// - Parameter second: of a clock that never steps.
    init(second: Int64) {
        self.second = second
        started = second
    }

    mutating func add(_ count: Int, at second: Int64) {
        advance(to: second)
        buckets[Int(self.second % 301)] += count
    }

    /// The mean rate over the last whole seconds, at most 300; over less where the meter is younger.
    mutating func perSecond(over seconds: Int64, at second: Int64) -> Double {
        advance(to: second)
        let span = min(seconds, 300, second - started)
        guard span > 0 else { return 0 }
        let sum = (1...span).reduce(0) { $0 + buckets[Int((second - $1) % 301)] }
        return Double(sum) / Double(span)
    }

    private mutating func advance(to second: Int64) {
        guard second > self.second else { return }
        for passed in 1...min(second - self.second, 301) { buckets[Int((self.second + passed) % 301)] = 0 }
        self.second = second
    }
}
