import Glibc
import Storage
import Telemetry
import TestKit

// `storage-benchmark [HOURS] [DIRECTORY]`: what HOURS (24) of a street of 500 series cost to store, and how fast a year of 500
// series is read, beside the same work in plain tables of the same run. A year is shorter where HOURS is less than 24.
// Files lie in a directory of its own in DIRECTORY (/tmp), some 2 GB, and are removed at the end.

/// A plain table writes a page for each reading, so that an hour of it is enough.
let plainHours: Int64 = 1
/// Of each figure that is a time.
let rounds = 5

func measure(hours: Int64, in directory: TemporaryDirectory, _ progress: ProgressLine) throws -> Report {
    let days = Int(min(365, max(1, hours * 365 / 24)))
    let day = try StreetDay(directory: directory.path)
    let street = try day.feed(hours: hours, progress: progress)
    let sealing = try SealingCase(database: day.database, rounds: rounds, progress: progress)
    let plain = try PlainStreet(
        path: directory.file("plain.db"), from: day.database, pacedHours: min(plainHours, hours), progress: progress)
    let scans = try ScanCase(
        database: day.database, plain: plain.path, readings: street.readings, rounds: rounds
    ).run(progress: progress)
    let file = try YearFile(directory: directory.path, days: days, progress: progress)
    let year = YearCase(file: file, rounds: rounds, progress: progress)
    return Report(
        hours: hours, days: days, rounds: rounds, street: street, sealing: sealing, plain: plain, scans: scans,
        day: try year.day(), newest: try year.newest(), hoursOfSeries: try year.hours())
}

func run(hours: Int64, parent: String?) throws {
    let directory = try WorkingDirectory.make(in: parent)
    let progress = ProgressLine()
    let report = try measure(hours: hours, in: directory, progress)
    progress.clear()
    report.print()
}

let arguments = CommandLine.arguments
let hours = arguments.count > 1 ? Int64(arguments[1]) : 24
guard let hours, (1...8760).contains(hours), arguments.count <= 3 else {
    print("usage: storage-benchmark [HOURS] [DIRECTORY]")
    exit(64)
}
do {
    try run(hours: hours, parent: arguments.count > 2 ? arguments[2] : nil)
} catch {
    let complaint = "storage-benchmark: \(error)\n"
    _ = write(STDERR_FILENO, complaint, complaint.utf8.count)
    exit(1)
}
