import TestKit
import Testing

@Suite("Partners' libraries")
struct PartnerLibrariesTests {
    @Test("are none that the program is linked with, so that nobody needs them who has no such partner")
    func notLinked() throws {
        let run = try ChildProcess("readelf", ["-d", GatewayProcess.executable])
        #expect(run.wait() == .exited(0), "\(run.standardError)")
        let needed = run.standardOutput.split(separator: "\n").filter { $0.contains("(NEEDED)") }
        #expect(needed.contains { $0.contains("libmosquitto") })
        for library in ["libcurl", "libpq", "librdkafka"] {
            #expect(!needed.contains { $0.contains(library) }, "\(library)")
        }
    }

    @Test("are loaded for a partner that needs them, and then alone", .timeLimit(.minutes(1)))
    func loaded() async throws {
        let street = try PrivateBroker()
        func maps(_ gateway: GatewayProcess) -> String {
            TemporaryDirectory.read("/proc/\(gateway.processID)/maps") ?? ""
        }
        let plain = GatewayProcess(broker: street.port)
        try plain.start()
        #expect(await plain.isConnected())
        #expect(maps(plain).contains("libsqlite3"))
        for library in ["libcurl", "libpq", "librdkafka"] { #expect(!maps(plain).contains(library), "\(library)") }
        #expect(plain.stop() == .exited(0))

        let share = "share = [{ tier = [\"1m\"] }]\n"
        let gateway = GatewayProcess(
            broker: street.port,
            extra: """
                [[partner]]
                name = "tables"
                sink = "postgresql"
                url = "postgresql://u@127.0.0.1:1/d"
                \(share)
                [[partner]]
                name = "lines"
                sink = "line-protocol"
                url = "http://127.0.0.1:1/write"
                \(share)
                """)
        try gateway.start()
        #expect(await gateway.isConnected())
        // The first window makes the sinks.
        var traffic = Traffic(count: 400, start: Traffic.recentHour())
        traffic.timelessEvery = 0
        let publication = traffic.publish(to: street.clientOptions(clientID: "publisher"))
        publication.allow(400)
        #expect(await eventually { maps(gateway).contains("libcurl") && maps(gateway).contains("libpq") })
        #expect(!maps(gateway).contains("librdkafka"))
        #expect(await publication.isFinished())
        #expect(gateway.stop() == .exited(0))
    }
}
