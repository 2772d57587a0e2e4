import Telemetry

/// What the file must hold of the messages so far, kept the plain way.
struct CutAccount {
    private(set) var stored: CoreBench.Stored = [:]
    /// Of the readings without a time of their own, in their order.
    private(set) var untimed: [Double] = []
    private(set) var conflicts: Set<Conflict> = []
    private(set) var held: [String] = []
    /// Deliveries, repeated ones as well.
    private(set) var messages = 0
    private(set) var readings = LedgerCounts()
    private var seen: Set<Int> = []

    struct Conflict: Hashable {
        var series: Int
        var time: Timestamp
        var value: Double
    }

    mutating func take(_ message: CutDelivery.Message, number: Int) {
        let isNew = seen.insert(number).inserted
        messages += 1
        readings.received += message.offers.count + (message.held == nil ? 0 : 1)
        for offer in message.offers { take(offer, isNew: isNew) }
        guard let payload = message.held else { return }
        if isNew {
            held.append(payload)
            readings.quarantined += 1
        } else {
            readings.duplicate += 1
        }
    }

    private mutating func take(_ offer: CoreBench.Offer, isNew: Bool) {
        guard isNew else {
            readings.duplicate += 1
            return
        }
        guard let time = offer.time else {
            untimed.append(offer.value)
            readings.stored += 1
            return
        }
        if let there = stored[offer.series]?[time] {
            let isConflict =
                there != offer.value
                && conflicts.insert(Conflict(series: offer.series, time: time, value: offer.value)).inserted
            if isConflict { readings.quarantined += 1 } else { readings.duplicate += 1 }
        } else {
            stored[offer.series, default: [:]][time] = offer.value
            readings.stored += 1
        }
    }

    /// How a file in which all windows are closed differs from what a batch computation makes of this. The times of readings
    /// that had none are taken from the file.
    func finalDifferences(from bench: CoreBench, isThinned: Bool) throws -> [String] {
        var stored = stored
        if isThinned {
            // The windows of what the file no longer holds stay. Of series 7 they depend on more than it holds: it has no
            // interval, and goes by the median of its last 32 readings, which reach back further than three hours.
            return try bench.aggregateDifferences(from: stored).filter {
                !$0.hasPrefix("series \(CutDelivery.untimed) ") && !$0.hasPrefix("series 7 ")
            }
        }
        stored[CutDelivery.untimed] = try bench.storedValues()[CutDelivery.untimed]
        return try bench.readingDifferences(from: stored) + bench.verdictDifferences(from: stored)
            + bench.aggregateDifferences(from: stored)
    }

    /// How a file differs from this, in words; nil when it does not.
    /// - Parameter isThinned: whether retention has taken the oldest readings; how many is told by the ledger.
    func difference(from bench: CoreBench, isThinned: Bool) throws -> String? {
        let counted = try bench.readings()
        if counted != readings { return "the ledger says \(counted), should be \(readings)" }
        var there = try bench.storedValues()
        let oldest = isThinned ? there.values.flatMap(\.keys).min() ?? .distantFuture : .distantPast
        let thereUntimed = (there.removeValue(forKey: CutDelivery.untimed) ?? [:]).sorted { $0.key < $1.key }.map(
            \.value)
        if thereUntimed != (isThinned ? Array(untimed.suffix(thereUntimed.count)) : untimed) {
            return "readings without a time are \(thereUntimed), should be \(untimed)"
        }
        for series in Set(stored.keys).union(there.keys).sorted() {
            let expected = (stored[series] ?? [:]).filter { $0.key >= oldest }
            let found = there[series] ?? [:]
            if found != expected {
                return "series \(series) has \(found.count) readings, should have \(expected.count)"
            }
        }
        let quarantine = try bench.held()
        if quarantine.payloads != held.sorted() { return "\(quarantine.payloads) are held, should be \(held)" }
        if quarantine.conflicts != conflicts.count {
            return "\(quarantine.conflicts) conflicts are held, should be \(conflicts.count)"
        }
        return nil
    }
}
