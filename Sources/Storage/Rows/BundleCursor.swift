import Telemetry

/// Passes over the readings of bundles in the order of time and series, or against it.
///
/// Bundles overlap by up to a minute: some of them are opened at a time, and what can still lie between others waits.
final class BundleCursor {
    private let database: Database
    private let select: Statement
    private let series: [SeriesID]?
    private let isWanted: Set<SeriesID>?
    private let isNewestFirst: Bool
    private var range: ClosedRange<Int64> = 0...0
    private var hasMore = false
    /// Those that were opened, of which `ready` of the last are in order, the next one at the end.
    private var opened: [BundledReading] = []
    private var ready = 0

    private static let openedAtOnce = 16
    /// Of so many series each is looked for.
    private static let fewSeries = 8

    init(_ database: Database, of series: [SeriesID]?, newestFirst: Bool) throws(StorageError) {
        self.database = database
        self.series = series
        isWanted = series.map { Set($0) }
        isNewestFirst = newestFirst
        select = try database.prepare(
            "SELECT id, data FROM main.bundles WHERE id BETWEEN ?1 AND ?2 ORDER BY id \(newestFirst ? "DESC" : "")")
    }

    func open(_ times: Range<Timestamp>) throws(StorageError) {
        close()
        guard let bundles = Bundle.ids(times), let ids = HotRow.ids(times) else { return }
        range = ids
        select.bind(1, bundles.lowerBound)
        select.bind(2, bundles.upperBound)
        hasMore = try select.step("read readings")
    }

    func close() {
        select.reset()
        hasMore = false
        opened.removeAll(keepingCapacity: true)
        ready = 0
    }

    /// - Returns: the next reading, which stays the next until it is taken.
    func peek() throws(StorageError) -> BundledReading? {
        while ready == 0 {
            if opened.isEmpty, !hasMore { return nil }
            try fill()
        }
        return opened[opened.count - 1]
    }

    func take() {
        opened.removeLast()
        ready -= 1
    }

    private func fill() throws(StorageError) {
        // As many again as wait, or these would be put in order anew for a few.
        let wanted = 2 * opened.count
        var count = 0
        while hasMore, count < BundleCursor.openedAtOnce || opened.count < wanted {
            try add(try select.bundle(of: database))
            hasMore = try select.step("read readings")
            count += 1
        }
        // The next one is at the end.
        if isNewestFirst { opened.sort { $0.id < $1.id } } else { opened.sort { $0.id > $1.id } }
        guard hasMore else {
            ready = opened.count
            return select.reset()
        }
        let start = HotRow.time(select.integer(0))
        // What lies behind it may also be in those that are not open yet.
        if isNewestFirst {
            let border = HotRow.id(start + BundleRecord.greatestOffset, HotRow.greatestSeries)
            ready = opened.count - (opened.firstIndex { $0.id > border } ?? opened.count)
        } else {
            let border = HotRow.id(start, 0)
            ready = opened.count - (opened.firstIndex { $0.id < border } ?? opened.count)
        }
    }

    private func add(_ bundle: Bundle) throws(StorageError) {
        guard let series, series.count <= BundleCursor.fewSeries else {
            for reading in bundle.readings
            where range.contains(reading.id) && isWanted?.contains(reading.series) ?? true { opened.append(reading) }
            return
        }
        for id in series where id <= BundleRecord.greatestSeries {
            var index = bundle.index(from: BundleRecord.key(id, offset: 0))
            while index < bundle.records.count, case let reading = bundle[index], reading.series == id {
                if range.contains(reading.id) { opened.append(reading) }
                index += 1
            }
        }
    }
}
