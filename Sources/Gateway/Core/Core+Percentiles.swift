import Processing
import Storage
import Telemetry

/// Percentiles of windows in which more values differ than a distribution holds, from the readings themselves.
extension Core {
    /// Looks for the percentiles of a window's aggregates. What is not found is left out: where readings are gone already,
    /// and where the window has so many, those of all series together, that passing over them would hold up commits.
    func findPercentiles(of overfull: inout [SeriesID: Aggregate], in window: Window) throws(StorageError) {
        let limit = settings.readingsInOneSearch
        let range = window.start..<window.end
        let series = overfull.keys.sorted()
        // Each of them has more readings than a distribution holds.
        guard !overfull.isEmpty, overfull.count <= limit / Distribution.capacity,
            try store.hasReadings(atMost: limit, in: range, of: series)
        else { return }
        var searches = overfull.mapValues { PercentileSearch(count: $0.count) }
        while searches.values.contains(where: \.isOpen) {
            try store.readings(in: range, of: series) { id, _, value, flag in
                if flag.isUsable { searches[id]?.offer(value) }
            }
            for id in series { searches[id]?.narrow() }
        }
        for (id, search) in searches { overfull[id]?.percentiles = search.percentiles }
    }
}

extension Aggregate {
    /// Whether the readings must be asked, since there are more of them than a distribution holds.
    var mayBeOverfull: Bool { percentiles == nil && count > Distribution.capacity }
}
