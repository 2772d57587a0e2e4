import Telemetry

extension Aggregate {
    /// Takes in the next finer window, which must lie later than all that was taken in before.
    ///
    /// Since each counter window's increase begins at the last value before it, increases simply add up, as sums and
    /// vectors do. Percentiles do not: they follow from the distribution once everything is taken in; see
    /// ``WindowMerger``. A figure that one part with readings does not have is not known of the whole.
    mutating func merge(_ finer: Aggregate) {
        suspectCount = suspectCount.clampedSum(finer.suspectCount)
        failCount = failCount.clampedSum(finer.failCount)
        if let more = finer.increase {
            increase = increase?.adding(more) ?? more
        }
        percentiles = nil
        guard finer.count > 0 else { return }
        if count == 0 {
            statistics = finer.statistics
            sum = finer.sum
            direction = finer.direction
            distribution = finer.distribution
        } else {
            let counts = (count, finer.count)
            statistics = joined(statistics, finer.statistics) { $0.joined(with: $1, counts: counts) }
            sum = joined(sum, finer.sum) { $0 + $1 }
            direction = joined(direction, finer.direction) { $0.adding($1) }
            distribution = joined(distribution, finer.distribution) { $0.merged(with: $1) }
        }
        count = count.clampedSum(finer.count)
    }
}

private func joined<Figure>(
    _ ours: Figure?, _ theirs: Figure?, _ join: (Figure, Figure) -> Figure?
) -> Figure? {
    guard let ours, let theirs else { return nil }
    return join(ours, theirs)
}

extension Aggregate.Statistics {
    /// Deviations are combined as in Chan, Golub and LeVeque (1979).
    fileprivate func joined(with theirs: Aggregate.Statistics, counts: (Int, Int)) -> Aggregate.Statistics {
        var joined = self
        let total = counts.0.clampedSum(counts.1)
        let share = Double(counts.1) / Double(total)
        let distance = theirs.mean - mean
        joined.squaredDeviations += theirs.squaredDeviations + distance * distance * Double(counts.0) * share
        joined.mean = distance.isFinite ? mean + distance * share : mean * (1 - share) + theirs.mean * share
        if theirs.minimum < minimum {
            joined.minimum = theirs.minimum
            joined.minimumTime = theirs.minimumTime
        }
        if theirs.maximum > maximum {
            joined.maximum = theirs.maximum
            joined.maximumTime = theirs.maximumTime
        }
        joined.last = theirs.last
        joined.lastTime = theirs.lastTime
        return joined
    }
}

extension Aggregate.CounterIncrease {
    fileprivate func adding(_ more: Aggregate.CounterIncrease) -> Aggregate.CounterIncrease {
        Aggregate.CounterIncrease(
            total: total + more.total, resets: resets.clampedSum(more.resets), wraps: wraps.clampedSum(more.wraps),
            since: since)
    }
}

extension DirectionSum {
    fileprivate func adding(_ later: DirectionSum) -> DirectionSum {
        var sum = self
        sum.add(later)
        return sum
    }
}

extension Int {
    /// For counts out of a file that may be damaged: no sum of them traps.
    func clampedSum(_ other: Int) -> Int {
        let (sum, isOverflow) = addingReportingOverflow(other)
        return isOverflow ? (other < 0 ? .min : .max) : sum
    }
}
