import Glibc
import TestKit

/// The partners' servers of the chaos test, each behind a proxy that can cut it off.
final class ChaosServers {
    let broker: PrivateBroker
    let metrics: VictoriaMetrics
    let influx: InfluxDB
    let postgres: PostgreSQL
    let proxies: [String: CuttingProxy]
    let stick = TemporaryDirectory()

    init() throws {
        var options = PrivateBroker.Options()
        options.isPersistent = true
        broker = try PrivateBroker(options)
        metrics = try VictoriaMetrics(["-dedup.minScrapeInterval=1s"])
        influx = try InfluxDB()
        try influx.command("CREATE DATABASE late")
        postgres = try PostgreSQL()
        let ports = [
            "city": broker.port, "metrics": metrics.port, "air": influx.port, "late": influx.port,
            "traffic": postgres.port, "all": postgres.port, "slow": postgres.port,
        ]
        proxies = try ports.mapValues { port in try CuttingProxy(to: port) }
    }

    private func port(_ partner: String) -> Int { proxies[partner]?.port ?? 0 }

    /// Eight of them: three protocols and a stick, contracts by quantity, tier and count, one with a delay, one slow.
    func configuration(passwordFile: String) -> String {
        let fields = "fields = [\"count\", \"mean\", \"min\", \"max\", \"increase\"]"
        func postgres(_ name: String) -> String {
            """
            sink = "postgresql"
            url = "postgresql://\(PostgreSQL.user)@127.0.0.1:\(port(name))/\(PostgreSQL.database)"
            password_file = "\(passwordFile)"
            table = "\(name)_windows"
            """
        }
        return """
            [[partner]]
            name = "city"
            sink = "mqtt"
            url = "mqtt://127.0.0.1:\(port("city"))"
            topic = "central/{gateway}/{device}/{quantity}/{tier}"
            share = [{ tier = ["1m", "15m", "1h"] }]
            \(fields)
            [[partner]]
            name = "metrics"
            sink = "line-protocol"
            url = "http://127.0.0.1:\(port("metrics"))/write"
            corrections = "follow"
            share = [{ tier = ["1m", "1h"] }]
            \(fields)
            [[partner]]
            name = "air"
            sink = "line-protocol"
            url = "http://127.0.0.1:\(port("air"))/write?db=poort"
            share = [{ quantity = ["pm2_5", "temperature"], tier = ["1m", "15m"] }]
            \(fields)
            [[partner]]
            name = "late"
            sink = "line-protocol"
            url = "http://127.0.0.1:\(port("late"))/write?db=late"
            delay = "1m"
            share = [{ device = ["d-0", "d-1", "d-2"], tier = ["15m", "1h"] }]
            \(fields)
            [[partner]]
            name = "traffic"
            \(postgres("traffic"))
            smallest_count = 16
            share = [{ quantity = ["vehicle_count"], tier = ["1m", "1h"] }]
            \(fields)
            [[partner]]
            name = "all"
            \(postgres("all"))
            share = [{ tier = ["1m", "15m", "1h"] }]
            \(fields)
            [[partner]]
            name = "slow"
            \(postgres("slow"))
            max_rate = 60
            share = [{ tier = ["15m"] }]
            \(fields)
            [[partner]]
            name = "stick"
            sink = "file"
            directory = "\(stick.path)"
            rotate = "256KiB"
            share = [{ tier = ["1m"] }]
            \(fields)

            """
    }

    static let partners = ["city", "metrics", "air", "late", "traffic", "all", "slow", "stick"]

    /// Cuts somebody off, or takes a server away for a moment.
    func disturb(_ random: inout SeededGenerator) async throws {
        let proxy = proxies.sorted { $0.key < $1.key }.randomElement(using: &random)?.value
        switch Int.random(in: 0..<8, using: &random) {
        case 0...3: proxy?.cut()
        case 4:
            proxy?.swallow()
            try await Task.sleep(for: .milliseconds(Int.random(in: 50...500, using: &random)))
            proxy?.cut()
        default:
            let pause = Duration.milliseconds(Int.random(in: 100...3000, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                broker.stop()
                try await Task.sleep(for: pause)
                try broker.start()
            case 1:
                metrics.stop()
                try await Task.sleep(for: pause)
                try metrics.start()
            case 2:
                influx.stop()
                try await Task.sleep(for: pause)
                try influx.start()
            default:
                postgres.stop()
                try await Task.sleep(for: pause)
                try postgres.start()
            }
        }
    }

    /// The lines of all files on the stick.
    var stickLines: [[UInt8]] {
        TemporaryDirectory.names(in: stick.path).filter { $0.hasSuffix(".ndjson") }.sorted().flatMap { name in
            (TemporaryDirectory.bytes(of: stick.file(name)) ?? []).split(separator: UInt8(ascii: "\n")).map(Array.init)
        }
    }
}
