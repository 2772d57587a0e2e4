import Storage
import Telemetry
import TestKit

/// Sealed readings through the table `readings` of SQL.
struct TableCase {
    let start: Timestamp
    private static let seriesCount = 500
    private static let hour: Int64 = 3_600_000

    func run(rounds: Int, days: Int) throws {
        print("")
        row("a day of 500 series, SQL", ["M rows", "sealed M/s", "plain M/s"])
        try scan(rounds: rounds)
        print("")
        row("a day of one series, cold", ["rows", "open ms", "query ms"])
        try findDay(rounds: rounds, days: days)
    }

    // MARK: - All of a day

    private func scan(rounds: Int) throws {
        let file = try ScanFile(seriesCount: TableCase.seriesCount)
        var count = 0
        try file.fill {
            for hour in 0..<Int64(24) {
                for series in 1...SeriesID(TableCase.seriesCount) {
                    var synthetic = SyntheticSeries(start: start + hour * TableCase.hour, seed: UInt64(series))
                    let points = synthetic.points(count: 360, jitter: series % 2 == 0 ? 150 : 0, tenths)
                    try file.seal(points, series: series)
                    try file.insertPlain(points, series: series)
                    count += points.count
                }
            }
        }
        for (statement, isPlain) in [
            ("SELECT count(*), sum(value) FROM readings", true), ("SELECT count(*) FROM readings", true),
            ("SELECT series, avg(value), max(time) FROM readings GROUP BY series", true),
            ("SELECT count(*) FROM readings WHERE flag >= 3 AND value > 20", true),
            ("SELECT device, count(*) FROM readings GROUP BY device", false),
            ("SELECT * FROM readings ORDER BY time", true),
        ] {
            let session = try SQLSession(path: file.path)
            let sealed = try fastest(rounds) { try file.step(statement, in: session) }
            let plain = isPlain ? try fastest(rounds) { try file.stepPlain(statement) } : nil
            row(
                statement.replacing("SELECT ", with: "").replacing(" FROM readings", with: ""),
                [rounded(Double(count) / 1e6), rate(count, sealed), plain.map { rate(count, $0) } ?? ""])
        }
    }

    // MARK: - Little of much

    /// Every series has a segment an hour; that which is looked for has 360 readings in it, the others four.
    private func findDay(rounds: Int, days: Int) throws {
        let file = try ScanFile(seriesCount: TableCase.seriesCount)
        let wanted: SeriesID = 250
        try file.fill {
            for hour in 0..<Int64(days * 24) {
                for series in 1...SeriesID(TableCase.seriesCount) {
                    var synthetic = SyntheticSeries(start: start + hour * TableCase.hour, seed: UInt64(series))
                    let points = synthetic.points(count: series == wanted ? 360 : 4, tenths)
                    try file.seal(points, series: series)
                }
            }
        }
        for (name, day) in [("first day", 0), ("middle", days / 2), ("last day", days - 1)] {
            let from = (start + Int64(day) * 24 * TableCase.hour).milliseconds
            var (opened, queried, count) = (Duration.seconds(1000), Duration.seconds(1000), 0)
            for _ in 0..<rounds {
                file.forget()
                var session: SQLSession?
                let opening = try ContinuousClock().measure { session = try SQLSession(path: file.path) }
                let querying = try ContinuousClock().measure {
                    count = try file.step(
                        """
                        SELECT time, value FROM readings WHERE series = \(wanted) AND time >= \(from)
                        AND time < \(from + 24 * TableCase.hour) ORDER BY time
                        """, in: session!)
                }
                opened = min(opened, opening)
                queried = min(queried, querying)
            }
            row("\(name) of \(days)", [String(count), milliseconds(opened), milliseconds(queried)])
        }
        let day = try ContinuousClock().measure {
            file.forget()
            _ = try file.step(
                "SELECT * FROM readings ORDER BY time DESC LIMIT 10", in: SQLSession(path: file.path))
        }
        row("the latest ten of all", ["10", "", milliseconds(day)])
    }

    private func fastest(_ rounds: Int, _ work: () throws -> Int) throws -> Duration {
        var best = Duration.seconds(1000)
        for _ in 0..<rounds {
            var count = 0
            let taken = try ContinuousClock().measure { count = try work() }
            precondition(count > 0, "nothing was read")
            best = min(best, taken)
        }
        return best
    }

    private func rate(_ count: Int, _ duration: Duration) -> String {
        rounded(Double(count) / (duration / .seconds(1)) / 1e6)
    }

    private func milliseconds(_ duration: Duration) -> String { rounded(duration / .milliseconds(1)) }
}
