import Glibc
import TestKit

// A million windows wait for a VictoriaMetrics: how fast do they go, in how much memory, and do readings that come meanwhile
// wait longer for their commit? `forwarding-benchmark POORT [WINDOWS]`; `make bench` builds and calls it.

func configuration(in directory: TemporaryDirectory, broker: PrivateBroker, url: String) -> String {
    directory.write(
        """
        [gateway]
        name = "bench"
        [broker]
        url = "mqtt://127.0.0.1:\(broker.port)"
        [storage]
        path = "\(directory.file("poort.db"))"
        commit_interval = "100ms"
        [control]
        socket = "\(directory.file("poort.sock"))"
        [[source]]
        topic = "sensors/{type}/{device}/{quantity}"
        value = "value"
        time = "ts"
        interval = "10s"
        [[partner]]
        name = "\(PendingFile.partner)"
        sink = "line-protocol"
        url = "\(url)"
        max_rate = "none"
        fields = ["count", "mean", "min", "max"]
        share = [{ tier = ["1m"] }]

        """, to: "poort.toml")
}

func run() throws {
    let arguments = CommandLine.arguments
    guard arguments.count >= 2 else {
        throw GatewayRun.Failure(description: "usage: forwarding-benchmark POORT [WINDOWS]")
    }
    let count = arguments.count > 2 ? Int(arguments[2]) ?? 1_000_000 : 1_000_000
    let directory = TemporaryDirectory()
    let broker = try PrivateBroker()
    _ = try PendingFile(path: directory.file("poort.db"), count: count)
    // Its disk is another box's: on ours, what it writes would be made durable with each of our commits.
    let metrics = try VictoriaMetrics(in: access("/dev/shm", W_OK) == 0 ? "/dev/shm" : nil)
    let file = configuration(in: directory, broker: broker, url: metrics.writeURL)
    func begin() throws -> GatewayRun {
        try GatewayRun(
            poort: arguments[1], configuration: file, socket: directory.file("poort.sock"),
            log: directory.file("poort.log"))
    }
    let street = Street(broker, readingsPerSecond: 1000)
    defer { street.stop() }

    metrics.stop()
    var quiet = try begin()
    try quiet.watch(seconds: 15, untilDrained: false)
    quiet.stop()
    try metrics.start()
    var busy = try begin()
    try busy.watch(seconds: 180, untilDrained: true)
    busy.stop()

    // The same once more, unasked, for its memory.
    let database = directory.file("poort.db")
    for suffix in ["", "-wal", "-shm"] { unlink(database + suffix) }
    _ = try PendingFile(path: database, count: count)
    var unasked = try begin()
    try unasked.waitUntilDrained(database: database, seconds: 180)
    unasked.stop()

    let rate = Double(busy.drained) / busy.drainSeconds
    print("\(busy.drained) windows to VictoriaMetrics beside 1000 readings/s: \(Int(rate)) windows/s")
    func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
    func megabytes(_ bytes: Int) -> Double { (Double(bytes) / 1e5).rounded() / 10 }
    print(
        "  peak RSS \(megabytes(unasked.peakResidentBytes)) MB; asked for its status 60 times a second "
            + "\(megabytes(busy.peakResidentBytes)), and without windows that wait \(megabytes(quiet.peakResidentBytes))"
    )
    print(
        "  commits, every 100 ms, p99: \(rounded(busy.commitPercentile99)) ms of \(busy.commits.count), "
            + "without \(rounded(quiet.commitPercentile99)) ms of \(quiet.commits.count)")
}

do {
    try run()
} catch {
    let complaint = "forwarding-benchmark: \(error)\n"
    _ = write(STDERR_FILENO, complaint, complaint.utf8.count)
    exit(1)
}
