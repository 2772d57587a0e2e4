import Processing
import Storage
import Telemetry

/// What the core knows of each series: by the decoder's number while readings come in, by the file's number while
/// windows are computed.
struct SeriesTable {
    private(set) var live: [LiveSeries] = []
    private var records: [SeriesRecord?] = []
    /// How many series of the file are known.
    private(set) var knownCount = 0

    /// Takes in a series that was announced. Numbers come densely from 0.
    mutating func announce(_ series: Series) {
        precondition(Int(series.number) == live.count, "series are announced in the order of their numbers")
        live.append(LiveSeries(series: series))
    }

    subscript(number: SeriesNumber) -> LiveSeries {
        _read { yield live[Int(number)] }
        _modify { yield &live[Int(number)] }
    }

    subscript(id id: SeriesID) -> SeriesRecord? {
        get { Int(id) < records.count ? records[Int(id)] : nil }
        set {
            if Int(id) >= records.count { records += Array(repeating: nil, count: Int(id) + 64 - records.count) }
            records[Int(id)] = newValue
        }
    }

    /// Takes in what the file knows of a series. What was learned of it since stays.
    mutating func enter(_ stored: StoredSeries, for number: SeriesNumber? = nil) {
        let known = self[id: stored.id]
        if known == nil { knownCount += 1 }
        var record = known ?? SeriesRecord(stored: stored)
        record.stored = stored
        if let number {
            // After a reload of the configuration the same series has a new number, under which it goes on.
            if let earlier = record.number, earlier != number { takeOver(from: earlier, to: number) }
            record.number = number
            live[Int(number)].id = stored.id
        }
        self[id: stored.id] = record
    }

    /// The flag of a stored reading is another now.
    mutating func noteRevision(of id: SeriesID, at time: Timestamp, flag: QualityFlag) {
        guard let number = self[id: id]?.number, live[Int(number)].latest?.time == time else { return }
        live[Int(number)].latest?.flag = flag
    }

    /// The times of receipt so far were wrong.
    mutating func forgetReceiptTimes() {
        for index in live.indices { live[index].lastReceiptTime = .distantPast }
    }

    /// The file was closed and its transaction lost: nothing that came from it holds any more.
    mutating func forgetStored() {
        records = []
        knownCount = 0
        for index in live.indices { live[index].id = nil }
    }

    private mutating func takeOver(from earlier: SeriesNumber, to number: SeriesNumber) {
        live[Int(number)].latest = live[Int(earlier)].latest
        live[Int(number)].storedCount = live[Int(earlier)].storedCount
        live[Int(number)].lastReceiptTime = live[Int(earlier)].lastReceiptTime
        live[Int(number)].lastUndated = live[Int(earlier)].lastUndated
        live[Int(earlier)].isSuperseded = true
    }
}

/// A series that has sent something since the start.
struct LiveSeries {
    let series: Series
    /// The series' number in the file, once it was looked up.
    var id: SeriesID?
    var latest: (time: Timestamp, value: Double, flag: QualityFlag)?
    /// Readings stored since the start.
    var storedCount = 0
    var lastReceiptTime = Timestamp.distantPast
    /// The same of readings that came before the clock was trusted, in milliseconds since the boot.
    var lastUndated = Timestamp.distantPast
    /// The last reading of a time of receipt that came out of quarantine: when it came, and where it was filed.
    var lastReplayed: (came: Timestamp, filed: Timestamp)?
    /// A reload of the configuration gave the series another number.
    var isSuperseded = false

    init(series: Series) {
        self.series = series
    }

    /// A millisecond of its own for a reading out of quarantine. These come oldest first, and a burst of hundreds has one
    /// time of receipt.
    func timeOfReplay(_ came: Timestamp) -> Timestamp {
        guard let last = lastReplayed, came >= last.came, came <= last.filed else { return came }
        return last.filed + 1
    }
}

/// A series that has readings in the file.
struct SeriesRecord {
    var stored: StoredSeries
    var number: SeriesNumber?
    /// For counters: the last usable value up to the end of the latest closed minute, to save a look into the file.
    var closed: (minute: Timestamp, last: CounterBase)?

    init(stored: StoredSeries) {
        self.stored = stored
    }
}
