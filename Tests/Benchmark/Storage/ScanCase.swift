import Storage

/// Statements that read all of the street's readings, through the table `readings` of SQL and from the plain table.
struct ScanCase {
    let database: String
    let plain: String
    let readings: Int
    let rounds: Int

    /// Million readings a second.
    struct Rates {
        var statement: String
        var sealed: Double
        var plain: Double?
    }

    static let whole = "SELECT count(*), sum(value) FROM readings"
    private static let others: [(statement: String, isPlain: Bool)] = [
        ("SELECT count(*) FROM readings", true),
        ("SELECT series, avg(value), max(time) FROM readings GROUP BY series", true),
        ("SELECT count(*) FROM readings WHERE flag >= 3 AND value > 20", true),
        ("SELECT device, count(*) FROM readings GROUP BY device", false),
        ("SELECT * FROM readings ORDER BY time", true),
    ]

    /// The first of them is ``whole``.
    func run(progress: ProgressLine) throws -> [Rates] {
        let session = try SQLSession(path: database)
        let connection = try PlainConnection(path: plain)
        let statements = [(ScanCase.whole, true)] + ScanCase.others
        return try statements.enumerated().map { index, one in
            let (statement, isPlain) = one
            var (sealed, table) = (Rounds(), Rounds())
            for round in 1...rounds {
                progress.show("scanning: statement \(index + 1) of \(statements.count), round \(round) of \(rounds)")
                try sealed.measure { try expectRows(session.rows(of: statement)) }
                guard isPlain else { continue }
                try table.measure {
                    try expectRows(connection.step(statement.replacing(" readings", with: " plain")))
                }
            }
            return Rates(
                statement: statement, sealed: sealed.millions(of: readings),
                plain: isPlain ? table.millions(of: readings) : nil)
        }
    }

    private func expectRows(_ count: Int) throws {
        if count == 0 { throw BenchmarkFailure(description: "a statement gave no rows") }
    }
}

extension SQLSession {
    /// Runs a statement to its end.
    /// - Returns: how many rows it gave.
    func rows(of sql: String) throws -> Int {
        var rows = 0
        try run(prepare(sql)) { _ in
            rows += 1
            return true
        }
        return rows
    }
}
