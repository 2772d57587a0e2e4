import Storage
import Telemetry

/// How far captures were taken into a database. Kept in the transaction that stores what they held, so that a replay
/// that was cut short goes on behind it, and ends as if it had not been.
struct ReplayPosition: Hashable {
    /// Of the capture at hand, those that were taken in.
    var lines: Int64 = 0
    /// Hashes of its first line and of all so far, by which it is known again.
    var first: Int64 = 0
    var digest: Int64 = 0
    /// The capture's time, and when windows were closed last.
    var clock = Timestamp.distantPast
    var tick = Timestamp.distantPast

    init() {}

    /// - Returns: nil for a database into which nothing was replayed.
    init?(of store: Store) throws(StorageError) {
        guard let lines = try store.state("replay_lines"), let first = try store.state("replay_first"),
            let digest = try store.state("replay_digest"), let clock = try store.state("replay_clock"),
            let tick = try store.state("replay_tick")
        else { return nil }
        self.lines = lines
        self.first = first
        self.digest = digest
        self.clock = Timestamp(milliseconds: clock)
        self.tick = Timestamp(milliseconds: tick)
    }

    func keep(in store: Store) throws(StorageError) {
        try store.setState("replay_lines", lines)
        try store.setState("replay_first", first)
        try store.setState("replay_digest", digest)
        try store.setState("replay_clock", clock.milliseconds)
        try store.setState("replay_tick", tick.milliseconds)
    }

    /// Counts a line.
    mutating func note(_ line: [UInt8]) {
        digest = ReplayPosition.hash(line, after: lines == 0 ? 0 : digest)
        if lines == 0 { first = digest }
        lines += 1
    }

    /// FNV-1a, 64 bits.
    static func hash(_ line: [UInt8], after earlier: Int64 = 0) -> Int64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ UInt64(bitPattern: earlier)
        for byte in line { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int64(bitPattern: hash)
    }

    // MARK: - Readings without a time

    /// These are filed in the order in which they came, at times of their own: where the last of each series is.
    static func receiptTimes(in store: Store) throws(StorageError) -> [SeriesID: Timestamp] {
        var times: [SeriesID: Timestamp] = [:]
        for series in try store.storedSeries() {
            times[series.id] = try store.state(receiptName(series.id)).map(Timestamp.init(milliseconds:))
        }
        return times
    }

    static func keepReceiptTime(_ time: Timestamp, of series: SeriesID, in store: Store) throws(StorageError) {
        try store.setState(receiptName(series), time.milliseconds)
    }

    private static func receiptName(_ series: SeriesID) -> String { "replay_receipt/\(series)" }
}
