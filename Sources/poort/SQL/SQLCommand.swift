import ArgumentParser
import Glibc
import Storage

struct SQLCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sql",
        abstract: "Read the database with SQL: all readings, aggregates, devices, quarantine, ledger.",
        discussion: """
            Works with the daemon running or not, and changes nothing. Tables: readings, aggregates, series, devices, \
            quarantine, ledger; about explains their columns. Times are milliseconds since 1970: utc(time) shows one, \
            ms('2026-11-23T10:00:00Z') and ms() for now compare with one. Statements are SQLite's, several with ; \
            between them.

            Exit code 0; 64 for a mistake in a statement, 1 when the file cannot be read or segments were left out.

            Example: what is explained, and the hourly PM2.5 of a station as CSV
              poort sql "SELECT * FROM about"
              poort sql --format csv "SELECT utc(start), mean FROM aggregates WHERE tier = '1h'
                AND device = 'aq-0001' AND quantity = 'pm2_5' AND start >= ms('2026-11-23')"
            """)

    @OptionGroup var location: DatabaseLocation

    @Argument(help: "The statement; - reads it from standard input.")
    var statement: String?

    @Option(help: "Read the statements from this file.")
    var file: String?

    @Option(help: "table, csv or ndjson.")
    var format: RowFormat = .table

    @Flag(help: "The same as --format ndjson.")
    var json = false

    @Flag(help: "Leave out segments that are damaged, and say which.")
    var skipDamaged = false

    func validate() throws {
        if statement != nil, file != nil { throw ValidationError("give a statement or --file, not both") }
        if json, format == .csv { throw ValidationError("--json is --format ndjson") }
    }

    func run() throws {
        if statement == nil, file == nil, isatty(STDIN_FILENO) == 1 { throw CleanExit.helpRequest(self) }
        var text = SQLText(try source())
        let shown = text
        let session = try SQLSession(path: location.databasePath(), skipsDamaged: skipDamaged)
        var rows = SQLRows(json ? .ndjson : format)
        do {
            var count = 0
            while let statement = try session.next(in: &text) {
                count += 1
                rows.begin(statement.columns)
                do {
                    try session.run(statement) { row in
                        rows.add(row)
                        return true
                    }
                } catch {
                    rows.end(isComplete: false)
                    throw error
                }
                rows.end()
            }
            if count == 0 { throw CommandFailure("there is no statement to run", exitCode: CommandFailure.usage) }
        } catch let error as SQLError {
            throw SQLMistake(error, in: shown).failure
        }
        try SkippedSegments.report(session)
    }

    private func source() throws -> [UInt8] {
        if let statement, statement != "-" { return Array(statement.utf8) }
        var reader = try LineReader(path: file ?? "-")
        var bytes: [UInt8] = []
        do {
            while let line = try reader.next() { bytes += line + [0x0A] }
        } catch is LineReader.LineTooLong {
            throw CommandFailure("a line of the statements is longer than 8 MiB", exitCode: CommandFailure.usage)
        }
        return bytes
    }
}

/// Segments that were left out of what was printed.
enum SkippedSegments {
    private static let mostShown = 5

    /// - Throws: exit code 1 where there are any.
    static func report(_ session: SQLSession) throws {
        let skipped = session.skipped
        guard !skipped.isEmpty else { return }
        for segment in skipped.prefix(mostShown) { StandardError.write("poort: left out: \(segment)\n") }
        if skipped.count > mostShown {
            StandardError.write("poort: and \(skipped.count - mostShown) more segments\n")
        }
        throw ExitCode(CommandFailure.problem)
    }
}
