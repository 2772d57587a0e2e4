@testable import Storage
import Telemetry
import TestKit

/// A file of no daemon with some sealed and some unsealed readings of two devices, one a minute.
struct SealedDatabase {
    let directory = TemporaryDirectory()
    var path: String { directory.file("poort.db") }
    static let start = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!
    /// Of the second series.
    static let firstSegment: Int64 = (1_795_428_000_000 / 3_600_000) << 43 | 2 << 12

    /// Three sealed hours, and one of rows.
    init() throws {
        let store = try Store(path: path)
        for (device, quantity) in [("aq-1", "pm2_5"), ("tr, \"1\"", "speed")] {
            let series = Series(number: 0, device: device, quantity: QuantityCatalogue()[quantity]!, deviceType: "kind")
            let id = try store.identify(series).id
            for hour in 0..<Int64(4) {
                var builder = SegmentBuilder(series: id)
                for minute in 0..<Int64(60) {
                    var reading = Reading(
                        series: 0, time: SealedDatabase.start + (hour * 60 + minute) * 60_000,
                        value: Double(minute) / 10, flag: .good, tests: QualityTests(bits: 0x1))
                    if minute == 7 { (reading.flag, reading.tests) = (.suspect, QualityTests(bits: 0x31)) }
                    if hour == 3 {
                        _ = try store.insert(reading, series: id)
                    } else {
                        try builder.append(
                            SealedReading(
                                time: reading.time, value: reading.value, flag: reading.flag, tests: reading.tests))
                    }
                }
                try store.commit()
                if hour < 3 { try insert(builder.seal(), series: id, hour: hour) }
            }
        }
        _ = try store.quarantine(
            QuarantinedMessage(
                received: SealedDatabase.start, source: "s", topic: Array("a/\u{1B}[31m".utf8), payload: [0xFF, 0x00],
                rejection: Rejection(.undecodable, detail: "no")), configuration: "c")
        try store.commit()
    }

    private func insert(_ data: [UInt8], series: SeriesID, hour: Int64) {
        let first = (SealedDatabase.start + hour * 3_600_000).milliseconds
        let digits = data.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        execute(
            """
            INSERT INTO segments(id, series, first_time, last_time, count, data)
            VALUES(\((first / 3_600_000) << 43 | Int64(series) << 12), \(series), \(first), \(first + 59 * 60_000), 60, x'\(digits)')
            """)
    }

    /// As poort writes, with checksums.
    func execute(_ sql: String) {
        do {
            let database = try Database(path: path, mode: .readWrite, busyTimeoutMilliseconds: 1000)
            try database.execute(sql, operation: "change the file")
        } catch {
            preconditionFailure("\(error)")
        }
    }

    /// Runs a command on the file.
    func run(
        _ arguments: [String], columns: Int? = nil, input: String? = nil
    ) throws -> (output: String, errors: String, ending: ChildProcess.Ending?) {
        let environment = columns.map { ["COLUMNS": "\($0)"] } ?? [:]
        var command = [GatewayProcess.executable] + arguments + ["--database", path]
        if let input {
            directory.write(input, to: "input")
            command = ["sh", "-c", "exec \"$@\" < \(directory.file("input"))", "sh"] + command
        }
        let run = try ChildProcess(command[0], Array(command.dropFirst()), environment: environment)
        let ending = run.wait()
        return (run.standardOutput, run.standardError, ending)
    }
}

extension String {
    var lines: [String] { split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init) }
}
