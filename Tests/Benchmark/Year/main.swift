import GatewayConfiguration
import Glibc
import Storage
import Telemetry
import TestKit

// `year-soak [DAYS] [QUOTA] [INTERVAL]`: a simulated year (365) of 500 series under a quota (1GiB), of which each sends a
// reading every half hour (30m): so that it takes half an hour, and minutes are the most of what is stored, as they are
// of what sends each minute. The file's size is looked at at the end of each day. Exit code 1 when it was beyond the
// quota, when the ledger does not balance, or when the newest day is not whole.

let arguments = CommandLine.arguments
let days = arguments.count > 1 ? Int64(arguments[1]) ?? 365 : 365
guard let quota = Measure.size(arguments.count > 2 ? arguments[2] : "1GiB"),
    let interval = Measure.duration(arguments.count > 3 ? arguments[3] : "30m")
else {
    print("usage: year-soak [DAYS] [QUOTA] [INTERVAL], such as year-soak 365 1GiB 30m")
    exit(64)
}
_ = DayCalendar.useTimeZone("UTC")

let directory = TemporaryDirectory()
let year = try StreetYear(directory: directory.path, quota: quota, interval: interval)
let begin = Timestamp.now()
var largest: (bytes: Int64, day: Int64) = (0, 0)
var largestLog: Int64 = 0

func size(_ path: String) -> Int64 {
    var file = stat()
    return stat(path, &file) == 0 ? Int64(file.st_size) : 0
}

func column(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }

func megabytes(_ bytes: Int64) -> String { JSONLine.number(Double(bytes / 100_000) / 10) }

func row(_ cells: [String]) {
    print(cells.map { column($0, 12) }.joined())
    fflush(nil)
}

/// How many days a time lies back.
func daysBack(_ time: Timestamp?, at day: Int64) -> String {
    time.map { JSONLine.number(Double((StreetYear.start + day * StreetYear.day - $0) / 8_640_000) / 10) } ?? "-"
}

row(["day", "messages", "s", "file MB", "used MB", "log MB", "raw days", "1m days", "15m days", "1h days"])
try year.feed(days: days) { day, messages in
    let reader = try StoreReader(path: year.database)
    let space = try reader.space()
    let log = size(year.database + "-wal")
    let bytes = max(space.fileBytes, size(year.database))
    if bytes > largest.bytes { largest = (bytes, day) }
    largestLog = max(largestLog, log)
    if bytes > quota { print("day \(day): \(bytes) bytes, \(bytes - quota) beyond the quota") }
    guard day % 15 == 0 || day == days else { return }
    let reach = try reader.reach()
    row(
        ["\(day)", "\(messages)", "\((Timestamp.now() - begin) / 1000)"]
            + [space.fileBytes, space.usedBytes, log].map { megabytes($0) }
            + ([reach.readings, reach.aggregates[.minute], reach.aggregates[.quarter], reach.aggregates[.hour]]
                .map { daysBack($0, at: day) }))
}

let reader = try StoreReader(path: year.database)
let holdings = try reader.holdings()
let readings = try reader.ledger().reduce(into: LedgerCounts()) { $0.add($1.readings) }
let isBalanced =
    try reader.ledger().allSatisfy(\.isBalanced)
    && readings.stored == holdings.readings + holdings.undated + holdings.removedReadings
let end = StreetYear.start + days * StreetYear.day
var newest = 0
try reader.readings(in: end - StreetYear.day..<end) { _ in
    newest += 1
    return true
}
print("readings: \(readings.stored) stored, \(holdings.readings) in the file, \(newest) of the last day")
print(
    "removed: \(holdings.removals.readings.map { "\($0.key.rawValue) \($0.value)" }.sorted().joined(separator: ", "))")
for tier in Tier.allCases {
    let counts = holdings.removals.aggregates[tier] ?? [:]
    print("removed \(tier.name): retention \(counts[.retention] ?? 0), quota \(counts[.quota] ?? 0)")
}
print(
    "largest file \(largest.bytes) bytes, at the end of day \(largest.day), quota \(quota); largest log \(largestLog)")
print(isBalanced ? "the ledger balances" : "THE LEDGER DOES NOT BALANCE")
let isWhole = Double(newest) > 0.9 * Double(readings.stored) / Double(days)
print(isWhole ? "the newest day is whole" : "THE NEWEST DAY IS NOT WHOLE")
exit(largest.bytes <= quota && isBalanced && isWhole ? 0 : 1)
