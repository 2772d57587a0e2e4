public import Telemetry

extension Aggregate {
    /// Takes in the next finer window, which must lie later than all that was taken in before.
    ///
    /// Deviations are combined as in Chan, Golub and LeVeque (1979). Since each counter window's increase begins at the
    /// last value before it, increases simply add up.
    public mutating func merge(_ finer: Aggregate) {
        suspectCount += finer.suspectCount
        failCount += finer.failCount
        if let more = finer.increase {
            increase = CounterIncrease(
                total: (increase?.total ?? 0) + more.total, resets: (increase?.resets ?? 0) + more.resets)
        }
        guard let theirs = finer.statistics else { return }
        guard var ours = statistics else {
            count = finer.count
            statistics = theirs
            return
        }
        let total = count + finer.count
        let distance = theirs.mean - ours.mean
        let share = Double(finer.count) / Double(total)
        ours.squaredDeviations += theirs.squaredDeviations + distance * distance * Double(count) * share
        ours.mean += distance * share
        ours.minimum = min(ours.minimum, theirs.minimum)
        ours.maximum = max(ours.maximum, theirs.maximum)
        ours.last = theirs.last
        ours.lastTime = theirs.lastTime
        count = total
        statistics = ours
    }
}
