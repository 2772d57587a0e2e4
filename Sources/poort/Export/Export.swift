import ArgumentParser
import Storage
import Telemetry

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Write readings or aggregates of any range as CSV or NDJSON.",
        discussion: """
            Works with the daemon running or not; all of it is of one moment. Rows come by time, as they are read, in \
            little memory. With --output the file has its name once it is complete. Columns and keys are in \
            Docs/output.md; times are RFC 3339.

            Exit code 0; 1 when the file cannot be read, segments were left out, or it was stopped; 74 when the output \
            cannot be written.

            Example: all hours of two stations, and last month's readings for another program
              poort export --tier 1h --device aq-0001 --device aq-0002 --output hours.csv
              poort export --format ndjson --last 30d | gzip > readings.ndjson.gz
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case csv, ndjson
    }

    @OptionGroup var location: DatabaseLocation

    @Option(help: "csv or ndjson.")
    var format: Format = .csv

    @Flag(help: "The same as --format ndjson.")
    var json = false

    @Option(help: "raw for readings; 1m, 15m, 1h or 1d for aggregates.")
    var tier: String = "raw"

    @Option(help: "Only this device; may be given several times.")
    var device: [String] = []

    @Option(help: "Only this quantity, such as pm2_5; may be given several times.")
    var quantity: [String] = []

    @OptionGroup var open: OpenRange

    @Option(help: "Write to this file instead of standard output.")
    var output: String?

    @Flag(help: "Leave out segments that are damaged, and say which.")
    var skipDamaged = false

    func validate() throws {
        if tier != "raw", Tier(name: tier) == nil {
            throw ValidationError("unknown tier \(tier): use raw, 1m, 15m, 1h or 1d")
        }
    }

    func run() throws {
        let path = try location.databasePath()
        let reader = try StoreReader(path: path)
        let wanted = try series(of: reader)
        let session = try SQLSession(path: path, skipsDamaged: skipDamaged)
        let output = try ExportOutput(path: output)
        if output.isFile { Interruption.watch() }
        session.shouldStop = { Interruption.hasCome }
        var progress = ExportProgress(until: min(open.range.upperBound, .now()), isShown: output.mayShowProgress)
        do {
            let isJSON = json || format == .ndjson
            if let tier = Tier(name: tier) {
                try write(tier, of: wanted, from: reader, AggregateLines(isJSON: isJSON), to: output, &progress)
            } else {
                try write(wanted, from: session, ReadingLines(isJSON: isJSON), to: output, &progress)
            }
            progress.finish()
            if Interruption.hasCome { throw stopped }
            try output.finish()
        } catch {
            progress.finish()
            output.abandon()
            if let error = error as? SQLError { throw failure(error) }
            throw error
        }
        try SkippedSegments.report(session)
    }

    private var stopped: CommandFailure {
        CommandFailure("stopped: \(output ?? "the output") was not written", exitCode: CommandFailure.problem)
    }

    private func failure(_ error: SQLError) -> CommandFailure {
        switch error.kind {
        case .interrupted: stopped
        case .damagedSegment:
            CommandFailure(
                "\(error.message)\n--skip-damaged reads all but such segments", exitCode: CommandFailure.problem)
        default: CommandFailure(error.message, exitCode: CommandFailure.problem)
        }
    }

    /// Those that are asked for; nil for all.
    private func series(of reader: StoreReader) throws -> [StoreReader.SeriesRow]? {
        guard !device.isEmpty || !quantity.isEmpty else { return nil }
        let all = try reader.series()
        for name in device where !all.contains(where: { $0.device == name }) {
            throw CommandFailure(
                "no device \(name) has sent anything; poort sensors lists those that have",
                exitCode: CommandFailure.problem)
        }
        for name in quantity where !all.contains(where: { $0.quantity == name }) {
            throw CommandFailure("no device measures \(name)", exitCode: CommandFailure.problem)
        }
        return all.filter {
            (device.isEmpty || device.contains($0.device)) && (quantity.isEmpty || quantity.contains($0.quantity))
        }
    }

    // MARK: - Rows

    private func write(
        _ wanted: [StoreReader.SeriesRow]?, from session: SQLSession, _ lines: ReadingLines, to output: ExportOutput,
        _ progress: inout ExportProgress
    ) throws {
        var lines = lines
        let condition = wanted.map { "AND series IN (\($0.map { String($0.id) }.joined(separator: ",")))" } ?? ""
        let select = try session.prepare(
            """
            SELECT series, device, quantity, unit, time, value, flag, tests FROM readings
            WHERE time >= ?1 AND time < ?2 \(condition) ORDER BY time
            """)
        let range = open.range
        select.bind(1, range.lowerBound.milliseconds)
        select.bind(2, range.upperBound.milliseconds)
        try output.write { lines.begin(&$0) }
        try session.run(select) { row in
            try output.write { lines.add(row, to: &$0) }
            progress.count(Timestamp(milliseconds: row.integer(4)))
            return true
        }
    }

    private func write(
        _ tier: Tier, of wanted: [StoreReader.SeriesRow]?, from reader: StoreReader, _ lines: AggregateLines,
        to output: ExportOutput, _ progress: inout ExportProgress
    ) throws {
        try output.write { lines.begin(&$0) }
        var problem: (any Error)?
        try reader.atOneMoment { () throws(StorageError) in
            let series = if let wanted { wanted } else { try reader.series() }
            let named = Dictionary(uniqueKeysWithValues: series.map { ($0.id, $0) })
            let one = wanted?.count == 1 ? wanted?.first?.id : nil
            try reader.aggregates(tier, in: open.range, series: one) { row in
                guard let series = named[row.series] else { return !Interruption.hasCome }
                do {
                    try output.write { lines.add(row, of: series, to: &$0) }
                } catch {
                    problem = error
                }
                progress.count(row.aggregate.window.start)
                return problem == nil && !Interruption.hasCome
            }
        }
        if let problem { throw problem }
    }
}
