import Glibc
import Simulation
import Storage
import Telemetry
import TestKit

let hours = CommandLine.arguments.count > 1 ? Int64(CommandLine.arguments[1]) ?? 24 : 24
let storage = CommandLine.arguments.count > 2 ? CommandLine.arguments[2] : ""
let directory = CommandLine.arguments.count > 3 ? CommandLine.arguments[3] : "/tmp/storage-benchmark"
mkdir(directory, 0o755)
let database = directory + "/street.db"
for suffix in ["", "-wal", "-shm"] { unlink(database + suffix) }
let day = try StreetDay(directory: directory, storage: storage)
var keeper: StoreReader?
let begin = Timestamp.now()
let result = try day.feed(hours: hours, database: database) { _ in
    if keeper == nil { keeper = try? StoreReader(path: database); _ = try? keeper?.series() }
}
let seconds = Double(Timestamp.now() - begin) / 1000
let holdings = try StoreReader(path: database).holdings()
print("messages \(result.messages) readings \(holdings.readings) seconds \(seconds)")
print("written a reading \(Double(result.written) / Double(holdings.readings))")
