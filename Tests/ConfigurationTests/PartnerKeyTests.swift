@testable import GatewayConfiguration
import Telemetry
import Testing

@Suite("[[partner]]")
struct PartnerKeyTests {
    /// A partner with the least that it must have; further keys behind it.
    private func partner(_ more: String = "", sink: String = "line-protocol", url: String? = nil) -> String {
        let usual = ["line-protocol": "https://m.example.org/write?db=city", "mqtt": "mqtts://b.example.org"]
        let address = (url ?? usual[sink]).map { "url = \"\($0)\"\n" } ?? ""
        return leastSource + "[[partner]]\nname = \"rova\"\nsink = \"\(sink)\"\n\(address)"
            + "share = [{ tier = [\"1h\"] }]\n\(more)"
    }

    private func only(_ text: String) throws -> Configuration.PartnerSection {
        try #require(try load(text).partners.first)
    }

    @Test("has its defaults")
    func defaults() throws {
        let partner = try only(partner())
        #expect(partner.rowsPerSecond == 1000 && partner.backlogMilliseconds == 30 * 86_400_000)
        #expect(partner.contract.smallestCount == 1 && partner.contract.delayMilliseconds == 0)
        #expect(partner.contract.fields == .all && partner.contract.privateGridMetres == 1000)
        #expect(partner.address.timeoutMilliseconds == 30_000 && partner.details.isCompressed)
        #expect(try load(leastSource).partners.isEmpty)
    }

    @Test("has a contract")
    func contract() throws {
        let text = """
            fields = ["mean", "count"]
            delay = "2h"
            smallest_count = 10
            private_grid = "500m"
            max_rate = 50
            backlog = "7d"

            """
        let read = try only(partner(text))
        #expect(read.contract.fields == SharedFields([.mean, .count]) && read.contract.delayMilliseconds == 7_200_000)
        #expect(read.contract.smallestCount == 10 && read.contract.privateGridMetres == 500)
        #expect(read.rowsPerSecond == 50 && read.backlogMilliseconds == 604_800_000)
        let endless = try only(partner("max_rate = \"none\"\nbacklog = \"forever\"\n"))
        #expect(endless.rowsPerSecond == nil && endless.backlogMilliseconds == nil)
    }

    @Test("shares by quantity, type, neighbourhood, device and labels")
    func share() throws {
        let text =
            leastSource + """
                [[device]]
                id = "bin-1"
                neighbourhood = "Assendorp"
                labels = { round = "3" }
                [[partner]]
                name = "rova"
                sink = "line-protocol"
                url = "https://m.example.org/write"
                share = [
                  { quantity = ["fill_level"], type = ["waste"], neighbourhood = ["Assendorp"], tier = ["15m", "1h"] },
                  { device = ["bin-1"], labels = { round = "3" }, tier = ["1d"] },
                ]
                """
        let read = try load(text)
        #expect(read.warnings.isEmpty)
        #expect(
            read.partners.first?.contract.rules == [
                ShareRule(
                    quantities: ["fill_level"], deviceTypes: ["waste"], neighbourhoods: ["Assendorp"],
                    tiers: [.quarter, .hour]),
                ShareRule(devices: ["bin-1"], labels: ["round": "3"], tiers: [.day]),
            ])
    }

    @Test(
        "is complained about where it is wrong",
        arguments: [
            ("name = \"a b\"\n", "name", "did you mean `a-b`"),
            ("share = [{ tier = [\"2h\"] }]\n", "share", "the tiers are 1m, 15m, 1h, 1d"),
            ("share = [{ quantity = [\"fil_level\"], tier = [\"1h\"] }]\n", "share", "did you mean `fill_level`"),
            ("share = [{ quantity = [\"pm10\"] }]\n", "share", "needs `tier`"),
            ("share = []\n", "share", "must be a list of tables"),
            ("sink = \"influxdb\"\n", "sink", "did you mean `line-protocol`"),
            ("name = \"../x\"\n", "name", "letters, digits"), ("name = \"a/b\"\n", "name", "did you mean `a-b`"),
            ("share = [{ tier = [] }]\n", "share", "empty list"),
            ("share = [{ quantity = [], tier = [\"1h\"] }]\n", "share", "empty list"),
            ("url = \"https://m.example.org/write?db=x&u=me&p=geheim\"\n", "url", "credential in it"),
            ("url = \"m.example.org\"\n", "url", "must look like https://"),
            ("url = \"ftp://m.example.org\"\n", "url", "must look like https://"),
            ("url = \"https://me:geheim@m.example.org/write\"\n", "url", "a name goes into `username`"),
        ])
    func wrong(replacement: String, key: String, words: String) {
        let lines = partner().split(separator: "\n").map { $0.hasPrefix("\(key) =") ? replacement.dropLast() : $0 }
        let found = complaints(lines.joined(separator: "\n"))
        #expect(found.count == 1 && found[0].contains(words), "\(found)")
        #expect(!found.joined().contains("geheim"))
    }

    @Test(
        "is complained about where it has what does not fit",
        arguments: [
            ("fields = [\"average\"]\n", "a window's figures are"), ("smallest_count = 0\n", "must lie from 1"),
            ("delay = 5\n", "must be a duration"), ("token = \"geheim\"\n", "does not belong here"),
            ("password_file = \"/x\"\n", "goes with a `username`"),
            ("username = \"u\"\ntoken_file = \"/x\"\n", "two ways to say who one is"),
            ("token_file = \"/x\"\ntoken_credential = \"x\"\n", "give one of the two"),
            ("token_credential = \"a/b\"\n", "not a path"),
            ("certificate_file = \"/x\"\n", "goes together with `key_file`"),
            ("proxy = \"m\"\n", "must look like http://proxy"), ("topic = \"a\"\n", "unknown key `topic`"),
            ("tennant = \"a\"\n", "unknown key `tennant`"), ("max_rate = 0\n", "must lie from 1"),
        ])
    func unfit(key: String, words: String) {
        let found = complaints(partner(key))
        #expect(found.count == 1 && found[0].contains(words), "\(found)")
        #expect(!found.joined().contains("geheim"))
    }

    @Test("has a name of its own")
    func names() {
        let second =
            "[[partner]]\nname = \"rova\"\nsink = \"file\"\ndirectory = \"/x\"\nshare = [{ tier = [\"1h\"] }]\n"
        let found = complaints(partner() + second)
        #expect(found.count == 1 && found[0].contains("is that of the [[partner]] at"), "\(found)")
        let nameless = complaints(leastSource + "[[partner]]\n")
        #expect(nameless.count == 3, "\(nameless)")
    }

    @Test("sends no secret over a connection that anybody can read, but to this box")
    func secrets() throws {
        let open = complaints(partner("token_file = \"/x\"\n", url: "http://m.example.org/write"))
        #expect(open.count == 1 && open[0].contains("unencrypted"), "\(open)")
        let local = try load(partner("token_file = \"/x\"\n", url: "http://127.0.0.1:8086/write"))
        #expect(local.partners.first?.access.token == .file("/x") && local.warnings.isEmpty)
        let bare = try load(partner(url: "http://m.example.org/write"))
        #expect(bare.warnings.count == 1 && bare.warnings[0].message.contains("not encrypted"))
        #expect(try only(partner("token_credential = \"t\"\n")).access.token == .credential("t"))
    }

    @Test("is warned of what shares nothing, and of a backlog that outlives its windows")
    func warnings() throws {
        let warned = try load(
            leastSource
                + """
                [[device]]
                id = "a"
                neighbourhood = "Assendorp"
                [[partner]]
                name = "rova"
                sink = "line-protocol"
                url = "https://m.example.org/write"
                share = [{ neighbourhood = ["Asendorp"], tier = ["1m"] }]
                backlog = "1y"
                """
        ).warnings
        #expect(warned.count == 2, "\(warned)")
        #expect(warned.contains { $0.suggestion == "\"Assendorp\"" })
        #expect(warned.contains { $0.message.contains("`1m` windows are kept") })
    }

    @Test("of each sink has its own keys")
    func sinks() throws {
        let mqtt = try only(partner("topic = \"city/{device}/{tier}\"\nclient_id = \"c\"\n", sink: "mqtt"))
        #expect(mqtt.details.topic == "city/{device}/{tier}" && mqtt.details.clientID == "c" && mqtt.address.usesTLS)
        #expect(complaints(partner("topic = \"city/{devise}\"\n", sink: "mqtt"))[0].contains("{device}"))
        #expect(complaints(partner("topic = \"city/#\"\n", sink: "mqtt"))[0].contains("no + or #"))
        let kafka = try only(
            partner("topic = \"air\"\n", sink: "kafka", url: "kafkas://a.example.org:9093,b.example.org"))
        #expect(kafka.address.usesTLS && kafka.details.topic == "air")
        #expect(complaints(partner(sink: "kafka", url: "kafka://a.example.org:99999"))[0].contains("must look like"))
        let postgres = try only(
            partner(
                "table = \"city.air\"\npassword_file = \"/x\"\n", sink: "postgresql",
                url: "postgresql://u@db.example.org/c"))
        #expect(postgres.details.table == "city.air" && postgres.access.password == .file("/x"))
        #expect(
            complaints(partner("table = \"a;b\"\n", sink: "postgresql", url: "postgresql://u@db.example.org/c")).count
                == 1)
        let file = try only(
            partner(
                "directory = \"/mnt/usb\"\nformat = \"csv\"\nrotate = \"1MiB\"\nkeep = 3\nmounted = true\n",
                sink: "file"))
        #expect(file.details.directory == "/mnt/usb" && file.details.isCSV && file.details.rotateBytes == 1 << 20)
        #expect(file.details.keptFiles == 3 && file.details.mustBeMounted == true)
        #expect(complaints(partner(sink: "file"))[0].contains("needs a `directory`"))
        let ngsi = try only(
            partner("tenant = \"zwolle\"\ncontext = [\"https://x\"]\n", sink: "ngsi-ld", url: "https://c.example.org"))
        #expect(ngsi.details.tenant == "zwolle" && ngsi.details.context == ["https://x"])
        #expect(
            try only(partner("ids = \"client\"\n", sink: "sensorthings", url: "https://s.example.org/v1.1")).details
                .hasClientIDs)
        #expect(try only(partner(sink: "arcgis", url: "https://a.example.org/FeatureServer/0")).sink == .arcGIS)
        let influx = try only(
            partner("token_file = \"/x\"\n", url: "https://m.example.org/api/v2/write?org=a&bucket=b"))
        #expect(influx.access.tokenScheme == "Token")
        #expect(try only(partner("token_file = \"/x\"\n")).access.tokenScheme == "Bearer")
        #expect(try only(partner("corrections = \"follow\"\ngzip = false\n")).details.correctionsFollow)
    }

    @Test("is no other client of a broker, and no two partners are")
    func clients() {
        let base = "[broker]\nurl = \"mqtts://b.example.org\"\nclient_id = \"gate\"\n"
        let found = complaints(base + partner("client_id = \"gate\"\n", sink: "mqtt"))
        #expect(found.count == 1 && found[0].contains("of [broker]"), "\(found)")
        let second =
            "[[partner]]\nname = \"two\"\nsink = \"mqtt\"\nurl = \"mqtts://b.example.org:8883\"\n"
            + "client_id = \"x\"\nshare = [{ tier = [\"1h\"] }]\n"
        let both = complaints(base + partner("client_id = \"x\"\n", sink: "mqtt") + second)
        #expect(both.count == 1 && both[0].contains("of partner rova"), "\(both)")
    }

    @Test("the same file has the same fingerprint, whatever the order in memory")
    func fingerprint() throws {
        let text = partner("fields = [\"mean\", \"count\"]\n").replacing(
            "share = [{ tier = [\"1h\"] }]",
            with: "share = [{ quantity = [\"pm10\", \"no2\", \"o3\", \"pm2_5\"], tier = [\"1m\", \"15m\", \"1h\"] }]")
        let fingerprints = try (0..<20).map { _ in try load(text).fingerprint }
        #expect(Set(fingerprints).count == 1)
    }

    @Test("private devices and parts of totals are told")
    func related() throws {
        let read = try load(
            leastSource + """
                [quantity.people]
                unit = "1"
                kind = "interval_count"
                [quantity.people_in]
                unit = "1"
                kind = "interval_count"
                part_of = "people"
                [[device]]
                id = "garden"
                private = true
                """)
        #expect(read.quantityTotals == ["people_in": "people"])
        #expect(read.deviceList.first?.isPrivate == true)
        let wrong = complaints(
            leastSource + "[quantity.a]\nunit = \"1\"\nkind = \"counter\"\npart_of = \"peple\"\n")
        #expect(wrong.count == 1 && wrong[0].contains("`part_of`"), "\(wrong)")
    }
}
