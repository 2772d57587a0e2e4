import Processing
import Storage
import Telemetry

/// Readings that are an hour old are sealed: no window waits for them any more, and few late ones come among them.
extension Core {
    /// Whether a stretch has become old enough since the last round, or its round is not finished.
    var hasToSeal: Bool { sealedFrom > .distantPast || sealingBorder > sealedUntil }

    /// Seals one portion of what is old enough, within the current transaction.
    /// - Returns: whether more is left of this round.
    func seal() throws(StorageError) -> Bool {
        let border = sealingBorder
        // Enough of each series for a segment, or all would stay rows where there are very many.
        let limit = max(settings.rowsInOneSealing, settings.rowsOfSeriesInOneSealing * series.knownCount)
        let portion = try store.seal(from: sealedFrom, before: border, limit: limit)
        figures.sealedReadings += portion.readings
        figures.sealedBytes += portion.bytes
        sealedFrom = portion.next ?? .distantPast
        if portion.next == nil { sealedUntil = border }
        return portion.next != nil
    }

    /// What waits for a minute to be closed stays as it is: after a start it is looked for among the rows.
    private var sealingBorder: Timestamp {
        let unfinished = schedule.closedUntil - schedule.longestLateness - 120_000
        let unit = settings.sealingUnitMilliseconds
        let latest = min(now - settings.sealAfterMilliseconds, unfinished).milliseconds
        return Timestamp(milliseconds: latest - (latest % unit + unit) % unit)
    }
}
