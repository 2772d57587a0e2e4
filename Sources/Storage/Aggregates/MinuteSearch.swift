import Telemetry

/// Finds a counter's neighbouring minutes with usable readings.
///
/// Minutes lie by time and then by series, so each is looked for by its key, one after the other; where no series has any,
/// a look passes over all of them. Coarser windows would lead over silence faster, but they are written after the minutes in them
/// and kept for as long as they are configured to be, so that no minute can be said not to be there because they are not. Instead it is
/// remembered where a search found nothing.
///
/// Times are minutes since 1970.
final class MinuteSearch {
    private let backwards: Statement
    private let forwards: Statement
    /// Of each series the longest stretch that is known to have no usable minute.
    private var silences: [SeriesID: Range<Int64>] = [:]

    init(_ database: Database) throws(StorageError) {
        let minutes = "SELECT id, increase IS NOT NULL, last, last_time, digits FROM minutes WHERE id BETWEEN ?1 AND ?2"
        backwards = try database.prepare("\(minutes) ORDER BY id DESC LIMIT 1")
        forwards = try database.prepare("\(minutes) ORDER BY id LIMIT 1")
    }

    /// A counter's last usable value in some minutes.
    func last(of series: SeriesID, in minutes: Range<Int64>) throws(StorageError) -> (value: Double, time: Timestamp)? {
        var minute = minutes.upperBound - 1
        defer { note(silence: max(minute + 1, minutes.lowerBound)..<minutes.upperBound, of: series) }
        while minute >= minutes.lowerBound {
            if let silence = silences[series], silence.contains(minute) {
                minute = silence.lowerBound - 1
                continue
            }
            let first = AggregateKeys.minutes.id(minutes.lowerBound, 0)
            guard let id = try look(backwards, from: first, to: AggregateKeys.minutes.id(minute, series))
            else {
                minute = minutes.lowerBound - 1
                break
            }
            defer { backwards.reset() }
            let found = AggregateKeys.minutes.step(of: id)
            if AggregateKeys.minutes.series(of: id) == series, backwards.integer(1) != 0 {
                minute = found
                let digits = min(max(Int(backwards.integer(4)), 0), DecimalScale.mostDigits)
                let time = Timestamp(
                    milliseconds: found * AggregateKeys.minutes.stepMilliseconds + backwards.integer(3))
                return (backwards.figure(2, in: DecimalScale(digits: digits)) ?? 0, time)
            }
            minute = AggregateKeys.minutes.series(of: id) > series ? found : found - 1
        }
        return nil
    }

    /// The first of some minutes in which a counter has usable readings.
    func first(of series: SeriesID, in minutes: Range<Int64>) throws(StorageError) -> Int64? {
        var minute = minutes.lowerBound
        defer { note(silence: minutes.lowerBound..<min(minute, minutes.upperBound), of: series) }
        while minute < minutes.upperBound {
            if let silence = silences[series], silence.contains(minute) {
                minute = silence.upperBound
                continue
            }
            let last = AggregateKeys.minutes.id(minutes.upperBound, 0) - 1
            guard let id = try look(forwards, from: AggregateKeys.minutes.id(minute, series), to: last) else {
                minute = minutes.upperBound
                break
            }
            defer { forwards.reset() }
            let found = AggregateKeys.minutes.step(of: id)
            if AggregateKeys.minutes.series(of: id) == series, forwards.integer(1) != 0 {
                minute = found
                return found
            }
            minute = AggregateKeys.minutes.series(of: id) < series ? found : found + 1
        }
        return nil
    }

    private func look(_ select: Statement, from first: Int64, to last: Int64) throws(StorageError) -> Int64? {
        select.bind(1, first)
        select.bind(2, last)
        guard try select.step("look for a counter's minute") else {
            select.reset()
            return nil
        }
        return select.integer(0)
    }

    // MARK: - Silence

    /// Shorter ones are searched again as fast.
    private static let shortestSilence = 64

    func note(silence: Range<Int64>, of series: SeriesID) {
        guard silence.count >= MinuteSearch.shortestSilence, silence.count > silences[series]?.count ?? 0 else {
            return
        }
        silences[series] = silence
    }

    /// Must be told of each minute that gets usable readings.
    func note(usable minute: Int64, of series: SeriesID) {
        guard let silence = silences[series], silence.contains(minute) else { return }
        let (before, after) = (silence.lowerBound..<minute, minute + 1..<silence.upperBound)
        // Late readings mostly come in the order of their time.
        silences[series] = nil
        note(silence: after.count >= before.count / 2 ? after : before, of: series)
    }

    /// Where what was read is no longer what the file holds.
    func forget() { silences = [:] }
}
