import Control
import MQTT
import Storage
import Telemetry
import TestKit
import Testing

/// Servers that do what they should not: none of them holds up ingest, another partner or the control socket, and none costs
/// memory.
@Suite("Unpleasant partners", .serialized)
struct UnpleasantPartnersTests {
    init() { #expect(DayCalendar.useTimeZone("Europe/Amsterdam")) }

    /// What each does, by the partner's name.
    private static let manners: [(name: String, manner: UnpleasantServer.Manner)] = [
        ("hangs", .hangs), ("resets", .resets), ("hangs-up", .hangsUp),
        ("dribbles", .dribbles(UnpleasantServer.answer(200, body: String(repeating: ".", count: 1000)))),
        ("pours", .pours("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n", bytes: 1 << 30)),
        ("no-http", .speaksFirst("220 mail.example.org ESMTP\r\n")),
        ("redirects", .answers(UnpleasantServer.answer(302, headers: ["Location: http://127.0.0.1:1/elsewhere"]))),
        ("unauthorised", .answers(UnpleasantServer.answer(401, body: "who are you"))),
        ("echoes", .answers(UnpleasantServer.answer(403, body: "denied for Bearer geheim-token"))),
        (
            "page",
            .answers(
                UnpleasantServer.answer(200, headers: ["Content-Type: text/html"], body: "<html>please log in</html>"))
        ),
        ("busy", .answers(UnpleasantServer.answer(429, headers: ["Retry-After: 3600"]))),
        ("refuses", .answers(UnpleasantServer.answer(400, body: "nothing of that"))),
    ]

    @Test("hold up nobody but themselves, and cost no memory", .timeLimit(.minutes(5)))
    func heldUp() async throws {
        let street = try PrivateBroker()
        let good = try InfluxDB()
        let servers = try UnpleasantPartnersTests.manners.map { ($0.name, try UnpleasantServer($0.manner)) }
        let contract = "share = [{ tier = [\"1m\"] }]\ntimeout = \"5s\"\n"
        func partner(_ name: String, _ url: String, _ more: String = "") -> String {
            "[[partner]]\nname = \"\(name)\"\nsink = \"line-protocol\"\nurl = \"\(url)\"\n\(contract)\(more)"
        }
        let secrets = TemporaryDirectory()
        let token = secrets.write("geheim-token\n", to: "token", mode: 0o640)
        let extra =
            servers.map { name, server in
                partner(name, "\(server.url)/write", "token_file = \"\(token)\"\n")
            }.joined() + partner("good", good.writeURL) + partner("no-name", "https://partner.invalid/write")
                + """
                [[partner]]
                name = "no-secret"
                sink = "line-protocol"
                url = "http://127.0.0.1:1/write"
                token_file = "\(secrets.path)/gone"
                \(contract)
                """
        let gateway = GatewayProcess(broker: street.port, extra: extra)
        try gateway.start()
        #expect(await gateway.isConnected(), "\(gateway.log)")

        var traffic = Traffic(count: 12_000, start: Traffic.recentHour())
        traffic.timelessEvery = 0
        let publication = traffic.publish(to: street.clientOptions(clientID: "publisher"))
        var slowest = Duration.zero
        var mostResident: Int64 = 0
        for step in 1...40 {
            publication.allow(traffic.count * step / 40)
            let began = ContinuousClock.now
            let status = gateway.status
            slowest = max(slowest, ContinuousClock.now - began)
            #expect(status != nil, "the control socket does not answer")
            mostResident = max(mostResident, status?.process?.residentBytes ?? 0)
            try await Task.sleep(for: .milliseconds(250))
        }
        #expect(await publication.isFinished())
        #expect(
            await eventually(within: .seconds(60)) { gateway.storedCount >= traffic.count }, "\(gateway.storedCount)")
        let isDelivered = await eventually(within: .seconds(60)) {
            gateway.status?.partners.first { $0.name == "good" }.map { $0.pending == 0 && $0.delivered > 1000 } ?? false
        }
        #expect(isDelivered, "\(gateway.status?.partners ?? [])")
        // A debug build, with its libraries: what 1 GiB of an answer would cost is another order.
        #expect(mostResident < 200_000_000, "\(mostResident)")
        let held = try good.query("SELECT count FROM //")
        let expected = try PartnerFigures(reader: try gateway.reader()).windows([.minute])
        #expect(held.count == expected.count)
        try check(servers, gateway, secret: "geheim-token")
        #expect(gateway.stop() == .exited(0), "\(gateway.log.suffix(2000))")
    }

    private func check(
        _ servers: [(String, UnpleasantServer)], _ gateway: GatewayProcess, secret: String
    ) throws {
        let status = try #require(gateway.status)
        let partners = Dictionary(uniqueKeysWithValues: status.partners.map { ($0.name, $0) })
        for (name, server) in servers {
            let partner = try #require(partners[name])
            #expect(server.connections > 0, "\(name) was not asked")
            // It has taken the rows, and what it says besides is not listened to.
            if name == "pours" { continue }
            #expect(partner.balanced && partner.failure != nil, "\(name): \(partner)")
            #expect(partner.failure?.contains("127.0.0.1") ?? false, "\(name): \(partner.failure ?? "")")
            // What a server does not want is set aside, a little at a time; all else waits.
            #expect(name == "refuses" ? partner.refused > 0 : partner.refused == 0, "\(name): \(partner)")
            #expect(partner.delivered == 0 && partner.pending > 500, "\(name): \(partner)")
        }
        #expect(partners["redirects"]?.failure?.contains("redirects to") ?? false)
        #expect(partners["unauthorised"]?.failure?.contains("token_file") ?? false)
        #expect(partners["echoes"]?.failure?.contains("denied for Bearer •••") ?? false)
        #expect(partners["page"]?.failure?.contains("web page") ?? false)
        #expect(partners["busy"]?.nextAttemptSeconds ?? 0 > 3000)
        #expect(
            partners["no-name"]?.failure?.contains("does not resolve") ?? false, "\(partners["no-name"]?.failure ?? "")"
        )
        #expect(partners["no-secret"]?.failure?.contains("gone") ?? false, "\(partners["no-secret"]?.failure ?? "")")
        let refused = try #require(partners["refuses"])
        #expect(refused.refused <= 20, "a server that wants nothing is no reason to set all aside")
        #expect(!gateway.log.contains(secret))
        let listed = try gateway.command(["partners", "--config", gateway.configurationPath])
        #expect(listed.ending == .exited(1))
        #expect(!listed.output.contains(secret) && listed.output.contains("waiting to retry"))
        let preview = try gateway.command([
            "partners", "preview", "hangs", "--rows", "2", "--config", gateway.configurationPath,
        ])
        #expect(preview.ending == .exited(0) && preview.output.contains("Authorization: Bearer •••"), "\(preview)")
        #expect(!preview.output.contains(secret))
        let aside = try gateway.command(["partners", "refused", "refuses", "--config", gateway.configurationPath])
        #expect(aside.output.contains("nothing of that"), "\(aside.output)")
    }
}
