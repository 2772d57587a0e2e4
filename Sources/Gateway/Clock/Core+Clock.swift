import Processing
import Storage
import Telemetry

/// What the core is told of the box's clock.
struct CoreClock {
    /// Whether the time of day may date anything.
    var isTrusted = true
    /// When the box was booted, by the time of day.
    var began = Timestamp(milliseconds: 0)
    /// What tells this boot from every other.
    var bootIdentity = ""
}

/// What comes while the clock is not trusted is stored against the boot, and filed once the clock is right.
extension Core {
    // MARK: - While it is wrong

    /// Stores a reading that nothing can be said of yet: neither when it was measured, where it has no time of its own, nor
    /// whether its own time can be right.
    func keepUndated(_ reading: Reading, id: SeriesID, of message: inout OpenMessage) throws(StorageError) {
        var time = reading.time
        if reading.timeOrigin == .receipt {
            time = Core.receiptTime(time, after: series[reading.series].lastUndated)
            series[reading.series].lastUndated = time
        }
        try store.keepUndated(
            UndatedReading(
                boot: try currentBoot().number, received: message.header.received.milliseconds,
                time: time.milliseconds, timeOrigin: reading.timeOrigin, series: id, value: reading.value,
                source: accounts.name(of: message.header.source)))
        undatedCount += 1
        message.storedCount += 1
        message.noteAccepted(id)
    }

    /// This boot's row, which is made when something refers to it first.
    func currentBoot() throws(StorageError) -> Boot {
        mayHaveUndated = true
        if let known = boots.first(where: { $0.identity == clock.bootIdentity }) { return known }
        let boot = try store.enterBoot(
            clock.bootIdentity, earliest: max(schedule.closedUntil, ClockTrust.earliestPlausible))
        boots.append(boot)
        return boot
    }

    /// Removes what has waited in this boot for longer than readings are kept: that needs no time of day.
    /// - Parameter sinceBoot: now, in milliseconds.
    func removeLongUndated(sinceBoot: Int64) throws(StorageError) {
        guard let kept = settings.rawRetentionMilliseconds, sinceBoot > kept,
            let boot = boots.first(where: { $0.identity == clock.bootIdentity })
        else { return }
        let removed = try store.removeUndated(boot: boot.number, before: sinceBoot - kept, limit: Core.undatedInOneGo)
        undatedCount -= removed
        figures.removedReadings += removed
    }

    /// Some tens of milliseconds' work, and more than comes out of the ring in one turn.
    static var undatedInOneGo: Int { 4000 }

    /// A clock that was set back by more than a little was ahead before: what comes now is not to be filed behind what
    /// came then.
    func noteReceipt(_ header: MessageHeader) {
        guard case .broker = header.origin, !header.isUndated else { return }
        if lastReceived - header.received > ReceiptClock.greatestLead { forgetReceiptTimes() }
        lastReceived = header.received
    }

    private func forgetReceiptTimes() {
        series.forgetReceiptTimes()
        earlierReceiptTimes = [:]
        haveReceiptTimesGone = true
    }

    // MARK: - Once it is right

    /// What came under the wrong clock is filed before what comes under the right one: no more of it than was in the ring.
    func fileWhatCameBefore(_ header: MessageHeader) throws(StorageError) {
        guard case .broker = header.origin, !header.isUndated, clock.isTrusted else { return }
        while undatedCount > 0 { try dateUndated(limit: Core.undatedInOneGo) }
    }

    /// Files readings that waited, the first that came first, within the current transaction.
    func dateUndated(limit: Int) throws(StorageError) {
        for boot in boots where boot.identity == clock.bootIdentity && boot.began == nil {
            try store.setBegan(clock.began, ofBoot: boot.number)
        }
        boots = try store.boots()
        let waiting = try store.undatedReadings(limit: limit)
        for reading in waiting {
            let boot = boots.first { $0.number == reading.boot }
            try file(
                reading, of: boot ?? Boot(number: reading.boot, identity: "", earliest: ClockTrust.earliestPlausible))
        }
        undatedCount -= waiting.count
        guard waiting.count < limit else { return }
        try store.dateQuarantined()
        try store.forgetBoots()
        boots = try store.boots()
        mayHaveUndated = false
    }

    private func file(_ waiting: UndatedReading, of boot: Boot) throws(StorageError) {
        guard waiting.timeOrigin == .device || boot.began != nil else {
            figures.undatable += 1
            try putAside(
                waiting, time: nil,
                Rejection(
                    .undated,
                    detail:
                        "it came \(waiting.received / 1000) s after a boot that ended before the clock was right, later than \(boot.earliest)",
                    readingCount: 1))
            return
        }
        let received = boot.began.map { $0 + waiting.received } ?? now
        let began = boot.began ?? now
        let time =
            waiting.timeOrigin == .device ? Timestamp(milliseconds: waiting.time) : began + waiting.time
        if let rejection = settings.timeGate.rejection(of: time, received: received, now: now, floor: quota.rawFloor) {
            try putAside(waiting, time: time, rejection)
        } else {
            try file(waiting, at: time)
        }
    }

    private func file(_ waiting: UndatedReading, at time: Timestamp) throws(StorageError) {
        let id = waiting.series
        let number = series[id: id]?.number
        var reading = Reading(
            series: number ?? 0, time: time, value: waiting.value, timeOrigin: waiting.timeOrigin)
        if waiting.timeOrigin == .receipt {
            let last = number.map { series[$0].lastReceiptTime } ?? earlierReceiptTimes[id]
            reading.time = Core.receiptTime(time, after: last ?? .distantPast)
        }
        if let number, !histories.isEquipped(id) { try equip(id, for: series[number].series) }
        switch histories.isEquipped(id) ? try insert(&reading, id: id) : try insertUnjudged(&reading, id: id) {
        case .stored:
            try store.settle(waiting, as: .stored)
            if waiting.timeOrigin == .receipt { noteReceiptTime(reading.time, of: id, number: number) }
            if number == nil { try noteInFile(at: reading.time, of: id) } else { try noteStored(reading, id: id) }
        case .duplicate: try store.settle(waiting, as: .duplicate)
        case .conflict(let existing):
            let detail = "the series already has \(JSONLine.number(existing)) at this time"
            try putAside(waiting, time: time, Rejection(.conflict, detail: detail, readingCount: 1))
        }
    }

    /// What comes next was received later.
    private func noteReceiptTime(_ time: Timestamp, of id: SeriesID, number: SeriesNumber?) {
        if let number {
            series[number].lastReceiptTime = max(series[number].lastReceiptTime, time)
        } else {
            earlierReceiptTimes[id] = max(earlierReceiptTimes[id] ?? .distantPast, time)
        }
    }

    /// Of a quantity that is not in the configuration nobody knows the limits before it is heard again.
    private func insertUnjudged(_ reading: inout Reading, id: SeriesID) throws(StorageError) -> InsertOutcome {
        let outcome = try store.insert(reading, series: id)
        guard case .stored(let time) = outcome else { return outcome }
        reading.time = time
        histories.forget(id)
        try noteUnjudged(time, id: id)
        return outcome
    }

    /// Keeps a reading in quarantine by itself: what else was in its message is filed or put aside for itself.
    private func putAside(
        _ waiting: UndatedReading, time: Timestamp?, _ rejection: Rejection
    ) throws(StorageError) {
        let boot = boots.first { $0.number == waiting.boot }
        var line = JSONLine()
        if let names = try store.names(of: waiting.series) {
            line.addReading(
                device: names.device, quantity: names.quantity, time: time, value: waiting.value, unit: names.unit)
        }
        if time == nil {
            line.add("boot", boot?.identity ?? "")
            line.add("milliseconds_since_boot", Int(waiting.time))
        }
        let isNew = try putAside(
            line, received: boot?.began.map { $0 + waiting.received } ?? Timestamp(milliseconds: waiting.received),
            boot: boot?.began == nil ? waiting.boot : nil,
            source: waiting.source == SourceLedger.unmatched ? "" : waiting.source, rejection)
        try store.settle(waiting, as: isNew ? .quarantined : .duplicate)
    }
}
