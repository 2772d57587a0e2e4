import Telemetry

/// What a statement asks of the table `readings`.
struct ReadingsRequest {
    /// Milliseconds; both are asked for.
    var firstTime = Int64.min
    var lastTime = Int64.max
    /// Ascending, each once; nil for all.
    var series: [SeriesID]?
    var order = Order.any
    var needsValues = true
    var needsVerdicts = true

    enum Order: Int32 {
        case any = 0
        case ascending = 1
        case descending = 2
    }

    var isEmpty: Bool { firstTime > lastTime || series?.isEmpty ?? false }

    /// Leaves those of its series that are in a list as well.
    mutating func restrict(to list: [SeriesID]) {
        guard let known = series else {
            series = Array(Set(list)).sorted()
            return
        }
        let wanted = Set(list)
        series = known.filter(wanted.contains)
    }

    /// Whether readings of a series are asked for.
    func holds(_ id: SeriesID) -> Bool {
        guard let series else { return true }
        var (low, high) = (0, series.count)
        while low < high {
            let middle = (low + high) / 2
            if series[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low < series.count && series[low] == id
    }

    /// Whether a segment may hold something of it.
    func overlaps(first: Int64, last: Int64) -> Bool { first <= lastTime && last >= firstTime }
}
