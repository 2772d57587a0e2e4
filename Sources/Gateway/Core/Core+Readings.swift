import Processing
import Storage
import Telemetry

/// What happens to a single reading.
extension Core {
    /// Stores a reading and counts what became of it.
    func store(_ reading: Reading, of message: inout OpenMessage) throws(StorageError) {
        let id = try identify(reading.series)
        if message.header.isUndated { return try keepUndated(reading, id: id, of: &message) }
        // When it was stored with the message's first coming, its time of receipt was made a free one: no time tells it.
        if reading.timeOrigin == .receipt, message.takeEarlier(id) {
            accounts.update(message.header.source) { $0.readings.received -= 1 }
            message.noteAccepted(id)
            return
        }
        if reading.time < quota.rawFloor {
            try quarantineTooOld(reading, header: message.header)
            message.hasConflict = true
            return
        }
        switch try store(reading, id: id, isReplayed: message.row != nil) {
        case .stored:
            message.storedCount += 1
            message.noteAccepted(id)
        case .duplicate:
            if message.takeEarlier(id) {
                accounts.update(message.header.source) { $0.readings.received -= 1 }
            } else {
                accounts.update(message.header.source) { $0.readings.duplicate += 1 }
            }
            message.noteAccepted(id)
        case .conflict(let existing):
            if try quarantineConflict(reading, existing: existing, header: message.header) {
                message.hasConflict = true
            }
        }
    }

    private func store(_ offered: Reading, id: SeriesID, isReplayed: Bool) throws(StorageError) -> InsertOutcome {
        var reading = offered
        let number = reading.series
        if reading.timeOrigin == .receipt {
            // What comes out of quarantine came before others that are stored already.
            reading.time =
                isReplayed
                ? series[number].timeOfReplay(reading.time)
                : Core.receiptTime(reading.time, after: series[number].lastReceiptTime)
        }
        if !histories.isEquipped(id) { try equip(id, for: series[number].series) }
        let outcome = try insert(&reading, id: id)
        guard case .stored = outcome else { return outcome }
        if reading.timeOrigin == .receipt {
            if isReplayed {
                series[number].lastReplayed = (came: offered.time, filed: reading.time)
            } else {
                series[number].lastReceiptTime = reading.time
            }
        }
        try noteStored(reading, id: id)
        return outcome
    }

    /// Judges a reading of a series that is ready for it, and stores it under its time.
    func insert(_ reading: inout Reading, id: SeriesID) throws(StorageError) -> InsertOutcome {
        let isNewest = histories.newestTime(id).map { $0 < reading.time } ?? histories.isWhole(id)
        return isNewest ? try storeNewest(&reading, id: id) : try storeLate(&reading, id: id)
    }

    /// Nothing of its series that is known is as new.
    private func storeNewest(_ reading: inout Reading, id: SeriesID) throws(StorageError) -> InsertOutcome {
        let judgement = judge(&reading, id: id)
        let outcome = try store.insert(reading, series: id)
        guard case .stored(reading.time) = outcome else {
            // Its series was silent for so long that a newer reading lies deeper in the file than was looked for.
            histories.forget(id)
            if case .stored(let time) = outcome {
                reading.time = time
                try noteUnjudged(time, id: id)
            }
            return outcome
        }
        try revise(judgement, of: id, at: reading.time)
        return outcome
    }

    private func storeLate(_ reading: inout Reading, id: SeriesID) throws(StorageError) -> InsertOutcome {
        reading.tests = histories.provisionalTests(of: reading.value, in: id)
        reading.flag = reading.tests.combined
        let outcome = try store.insert(reading, series: id)
        guard case .stored(let time) = outcome else { return outcome }
        reading.time = time
        histories.insert(SeriesPoint(time: time, value: reading.value), late: reading.tests, to: id)
        try noteUnjudged(time, id: id)
        return outcome
    }

    /// Two messages within a millisecond both count, in their order. A clock that was hours ahead is not followed, or all
    /// that comes after its correction would be filed there as well.
    static func receiptTime(_ time: Timestamp, after last: Timestamp) -> Timestamp {
        let lead = last - time
        return lead >= 0 && lead < WindowSchedule.smallestCorrection ? last + 1 : time
    }

    func noteStored(_ reading: Reading, id: SeriesID) throws(StorageError) {
        let number = reading.series
        series[number].storedCount += 1
        if series[number].latest.map({ $0.time <= reading.time }) ?? true {
            series[number].latest = (reading.time, reading.value, reading.flag)
        }
        try noteInFile(at: reading.time, of: id)
    }

    /// A series has a reading more in the file.
    func noteInFile(at time: Timestamp, of id: SeriesID) throws(StorageError) {
        if series[id: id]?.stored.firstTime.map({ time < $0 }) ?? true {
            series[id: id]?.stored.firstTime = time
            try store.setFirstTime(time, of: id)
        }
        try noteChange(at: time, of: id)
    }

    private func identify(_ number: SeriesNumber) throws(StorageError) -> SeriesID {
        if let id = series[number].id { return id }
        let stored = try store.identify(series[number].series)
        series.enter(stored, for: number)
        histories.enter(stored.id, at: stored.place)
        schedule.setLateness(stored.latenessMilliseconds, of: stored.id)
        try equip(stored.id, for: series[number].series)
        if let earlier = earlierReceiptTimes.removeValue(forKey: stored.id) {
            series[number].lastReceiptTime = max(series[number].lastReceiptTime, earlier)
        }
        return stored.id
    }

    /// Keeps the value that came second for a time that is taken.
    /// - Returns: whether it was new.
    private func quarantineConflict(
        _ reading: Reading, existing: Double, header: MessageHeader
    ) throws(StorageError) -> Bool {
        let series = series[reading.series].series
        return try quarantine(
            reading, header: header,
            Rejection(
                .conflict,
                detail:
                    "\(series.device) \(series.quantity.name) already has \(JSONLine.number(existing)) at this time",
                readingCount: 1))
    }

    /// Keeps a reading that was on its way when others of its time went for the quota.
    private func quarantineTooOld(_ reading: Reading, header: MessageHeader) throws(StorageError) {
        _ = try quarantine(
            reading, header: header, TimeGate.rejection(of: reading.time, before: quota.rawFloor))
    }

    /// Puts a reading aside by itself, and counts it.
    /// - Returns: whether it was new.
    private func quarantine(
        _ reading: Reading, header: MessageHeader, _ rejection: Rejection
    ) throws(StorageError) -> Bool {
        let series = series[reading.series].series
        var line = JSONLine()
        line.addReading(
            device: series.device, quantity: series.quantity.name, time: reading.time, value: reading.value,
            unit: series.quantity.unit)
        let isNew = try putAside(
            line, received: header.received, source: accounts.name(of: header.source), rejection)
        accounts.update(header.source) {
            if isNew { $0.readings.quarantined += 1 } else { $0.readings.duplicate += 1 }
        }
        return isNew
    }
}
