import Storage
import Telemetry

/// What is asked of a year: a day of one series, a year of its hours, and what is newest of all. A new connection each time,
/// whose opening counts.
struct YearCase {
    let file: YearFile
    let rounds: Int
    let progress: ProgressLine

    /// Readings of a day, another in each round.
    func day() throws -> (poort: Rounds, plain: Rounds) {
        var (poort, plain) = (Rounds(), Rounds())
        for round in 0..<rounds {
            progress.show("a day of one series: round \(round + 1) of \(rounds)")
            let begin = YearFile.start + Int64((2 * round + 1) * file.days / (2 * rounds)) * 24 * YearFile.hour
            let condition = """
                WHERE series = \(YearFile.wanted) AND time >= \(begin.milliseconds)
                AND time < \((begin + 24 * YearFile.hour).milliseconds) ORDER BY time
                """
            let count = Int(24 * YearFile.wantedInHour)
            try poort.measureCold(file.path) {
                try expect(
                    count, SQLSession(path: file.path).rows(of: "SELECT time, value FROM readings \(condition)"))
            }
            try plain.measureCold(file.plain) {
                try expect(
                    count, PlainConnection(path: file.plain).step("SELECT time, value FROM plain \(condition)"))
            }
        }
        return (poort, plain)
    }

    enum Way: String, CaseIterable {
        /// As `poort sql` does.
        case sql
        /// As `poort query --tier 1h --device … --quantity …` does.
        case query
        case plain
    }

    /// How long all hours of a series take to be read.
    struct Hours {
        var way: Way
        var isCold: Bool
        var times: Rounds
    }

    func hours() throws -> [Hours] {
        try Way.allCases.flatMap { way in
            try [false, true].map { Hours(way: way, isCold: $0, times: try hours(way, isCold: $0)) }
        }
    }

    private func hours(_ way: Way, isCold: Bool) throws -> Rounds {
        var times = Rounds()
        let path = way == .plain ? file.plain : file.path
        // Brings what is read into memory.
        try expect(file.days * 24, countHours(way))
        for round in 1...rounds {
            progress.show("the hours of one series: round \(round) of \(rounds)")
            if isCold {
                try times.measureCold(path) { try expect(file.days * 24, countHours(way)) }
            } else {
                try times.measure { try expect(file.days * 24, countHours(way)) }
            }
        }
        return times
    }

    private func countHours(_ way: Way) throws -> Int {
        let end = YearFile.start + Int64(file.days) * 24 * YearFile.hour
        let range = "start >= \(YearFile.start.milliseconds) AND start < \(end.milliseconds) ORDER BY start"
        switch way {
        case .sql:
            return try SQLSession(path: file.path).rows(
                of: """
                    SELECT start, count, mean, min, max, p95 FROM aggregates
                    WHERE tier = '1h' AND series = \(YearFile.wanted) AND \(range)
                    """)
        case .query:
            var count = 0
            try StoreReader(path: file.path).aggregates(.hour, in: YearFile.start..<end, series: YearFile.wanted) { _ in
                count += 1
                return true
            }
            return count
        case .plain:
            return try PlainConnection(path: file.plain).step(
                """
                SELECT start, count, mean, minimum, maximum, p95 FROM plain_hours
                WHERE series = \(YearFile.wanted) AND \(range)
                """)
        }
    }

    /// The ten newest readings of all.
    func newest() throws -> Rounds {
        var times = Rounds()
        for round in 1...rounds {
            progress.show("the ten newest readings: round \(round) of \(rounds)")
            try times.measureCold(file.path) {
                try expect(
                    10, SQLSession(path: file.path).rows(of: "SELECT * FROM readings ORDER BY time DESC LIMIT 10"))
            }
        }
        return times
    }

    private func expect(_ wanted: Int, _ found: Int) throws {
        if wanted != found { throw BenchmarkFailure(description: "\(found) rows were read in place of \(wanted)") }
    }
}
