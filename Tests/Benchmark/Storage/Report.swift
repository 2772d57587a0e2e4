/// What was measured, and what is asked of it.
struct Report {
    var hours: Int64
    var days: Int
    var rounds: Int
    var street: StreetDay.Result
    var sealing: SealingCase
    var plain: PlainStreet
    /// The first is the whole of the readings.
    var scans: [ScanCase.Rates]
    var day: (poort: Rounds, plain: Rounds)
    var newest: Rounds
    var hoursOfSeries: [YearCase.Hours]

    func print() {
        Swift.print(
            """
            \(hours) h of \(street.seriesCount) series of a street, synchronous=FULL, a commit each 10 s:
            \(street.readings) readings, \(street.duration.formatted) to take in.
            Then \(days) days of \(YearFile.seriesCount) series, a segment an hour of each: \(YearFile.wantedInHour) readings in those
            of the series that is looked for, \(YearFile.othersInHour) in the others.

            """)
        FigureTable.print(stored + read)
        Swift.print("")
        FigureTable.print(Array(scans.dropFirst()))
        Swift.print("")
        for note in notes { Swift.print(note) }
    }

    private var stored: [Figure] {
        let megabytes = 1e6
        return [
            Figure(
                name: "bytes written a reading", measured: perReading(street.written, street.readings),
                plain: perReading(plain.paced.bytes, plain.paced.readings), bound: .atMost(80), aim: 40),
            Figure(
                name: "bytes at rest a sealed reading", measured: sealing.bytesPerReading, plain: plain.bytesPerReading,
                bound: .atMost(6), aim: 3),
            Figure(
                name: "file after the run, MB", measured: Double(street.fileBytes) / megabytes,
                plain: plain.bytesPerReading * Double(street.readings) / megabytes),
            Figure(
                name: "sealing, M readings/s", measured: sealing.rounds.millions(of: sealing.readings),
                bound: .atLeast(2)),
            Figure(
                name: "count and sum, M readings/s", measured: scans[0].sealed, plain: scans[0].plain,
                bound: .atLeast(5)),
        ]
    }

    private var read: [Figure] {
        [
            Figure(
                name: "a day of one series, cold, ms", measured: day.poort.milliseconds, plain: day.plain.milliseconds,
                bound: day.poort.hasReadDisk ? .atMost(20) : nil)
        ]
            + [(.sql, false), (.query, false), (.sql, true)].map(hoursFigure)
            + [Figure(name: "the ten newest of all, cold, ms", measured: newest.milliseconds)]
    }

    private func hoursFigure(_ way: YearCase.Way, isCold: Bool) -> Figure {
        Figure(
            name: "its \(days * 24) hours, \(isCold ? "sql, cold" : "poort \(way.rawValue)"), ms",
            measured: milliseconds(way, isCold: isCold), plain: milliseconds(.plain, isCold: isCold),
            bound: isCold ? nil : .atMost(20))
    }

    private func milliseconds(_ way: YearCase.Way, isCold: Bool) -> Double? {
        hoursOfSeries.first { $0.way == way && $0.isCold == isCold }?.times.milliseconds
    }

    /// Nil where nothing reached a disk.
    private func perReading(_ bytes: Int64?, _ readings: Int) -> Double? {
        bytes.flatMap { $0 > 0 ? Double($0) / Double(max(1, readings)) : nil }
    }

    private var notes: [String] {
        var notes = [
            "Poort's bytes written are those of readings, aggregates, ledger, sealing and",
            "the last checkpoint; at rest: all pages of segments. Sealing: from rows to",
            "segments, committed. Plain: readings alone, in a table with the key",
            "(series, time), with SQLite's own page size and checkpoints; committed as often",
            "in the first \(plain.pacedHours) h, and its bytes written are of these. Times are the median of",
            "\(rounds). Cold: the file was not in memory, and opening it counts.",
        ]
        if hours < 24 { notes.append("What is asked is asked of 24 h and 365 days: less was measured.") }
        if perReading(street.written, street.readings) == nil {
            notes.append("Nothing was written to a disk here: name a DIRECTORY that lies on one.")
        }
        if ![day.poort, day.plain, newest].allSatisfy(\.hasReadDisk) {
            notes.append("Not cold: the system did not let go what it had of a file in memory.")
        }
        return notes
    }
}

extension Duration {
    fileprivate var formatted: String { "\(FigureTable.text(self / .seconds(1))) s" }
}
