@testable import GatewayConfiguration
import TestKit
import Testing

@Suite("Complaints about a configuration")
struct ComplaintTests {
    @Test("all come at once, in the order of the file, with line and column")
    func allAtOnce() {
        let found = complaints(
            """
            [broker]
            keepalive = 60
              client_ids = "x"
            [storage]
            commit_interval = "1 hour"
            page_size = 1000
            [[source]]
            topic = "a/{device}"
            format = "jason"
            values = { pm25x = "p" }
            [[device]]
            type = "air"
            """)
        let expected = [
            ("t.toml:2:13: ", "duration in a string"), ("t.toml:3:3: ", "did you mean `client_id`?"),
            ("t.toml:5:19: ", "duration"), ("t.toml:6:13: ", "power of two"), ("t.toml:9:10: ", "did you mean `json`?"),
            ("t.toml:10:12: ", "did you mean `pm2_5`?"), ("t.toml:11:", "needs an `id`"),
        ]
        #expect(found.count == expected.count, "\(found)")
        for ((place, words), complaint) in zip(expected, found) {
            #expect(complaint.hasPrefix(place) && complaint.contains(words), "\(complaint)")
        }
    }

    @Test("name the unknown key and the one that was meant")
    func unknownKeys() {
        expectComplaint(leastSource + "[brokr]\nx = 1", at: "4:2", "unknown key `brokr`", "did you mean `broker`?")
        expectComplaint(leastSource + "[storage]\npaht = \"/x\"", at: "5:1", "`paht` in [storage]", "`path`")
        expectComplaint(leastSource + "zzzzzzzz = 1", at: "4:1", "unknown key `zzzzzzzz` in [[source]]")
        expectComplaint(
            leastSource + "[quantity.pm25x]\nunit = \"ug/m3\"", at: "4:11", "`pm25x`", "did you mean `pm2_5`?")
        expectComplaint(
            "[[source]]\ntopic = \"x/{device}\"\nvalues = { pm25x = \"p\" }", at: "3:12", "did you mean `pm2_5`?")
        expectComplaint(
            leastSource + "[[device]]\nid = \"a\"\nquantity.humidty.gross_range = { fail = [0, 1] }", at: "6:10",
            "`humidity`")
    }

    @Test(
        "name the wrong type or range, and the right one",
        arguments: [
            ("[storage]\ncommit_interval = \"1ms\"", "5:19", "\"1ms\"; it must lie from 100ms to 30s"),
            ("[storage]\ncommit_interval = \"-1s\"", "5:19", "duration"),
            ("[storage]\nquarantine_limit = 5", "5:20", "size in a string"),
            ("[broker]\nreceive_maximum = 70000", "5:19", "65535"),
            ("[broker]\nreceive_maximum = 1.5", "5:19", "whole number"),
            ("[processing]\nmax_series = 10.000", "5:14", "ten thousand is 10000 or 10_000"),
            ("[quantity.geluid]\nunit = \"dB\"", "4:11", "`kind` is missing; a kind is one of gauge, "),
            ("[quantity.geluid]\ngross_range = { fail = [0, 1] }", "4:11", "`unit` and `kind` are missing; a kind"),
            ("[[devices]]\nid = \"a\"", "4:1", "did you mean `[[device]]`?"),
            ("values = { bat_mv = \"battery_voltage\" }", "4:12", "did you mean `battery_voltage = \"bat_mv\"`?"),
            ("[broker]\nclient_id = 5", "5:13", "string, not 5"),
            ("[broker]\nclient_id = \"\"", "5:13", "empty"),
            ("[broker]\nurl = \"http://x\"", "5:7", "mqtt://127.0.0.1:1883"),
            ("[broker]\nurl = \"mqtt://x:70000\"", "5:7", "mqtt"),
            ("[broker]\nstatus_topic = \"a/#\"", "5:16", "+ or #"),
            ("[broker]\nurl = \"mqtt://localhost\"\nca_file = \"/etc/passwd\"", "6:11", "mqtts://"),
            ("[gateway]\ntimezone = \"Europe/Amsterdan\"", "5:12", "time zone"),
            ("[gateway]\nname = \"a/b\"", "5:8", "topic"),
            ("[log]\nlevel = \"verbose\"", "5:9", "one of trace"),
            (
                "[quantity.pm10]\ngross_range = { fail = [0, 5], suspect = [0, 9] }", "5:42",
                "`suspect` is [0, 9] and `fail` [0, 5]"
            ),
            ("[quantity.pm10]\ngross_range = { fail = [0, nan] }", "5:24", "not [0, nan]"),
            ("[quantity.pm10]\ngross_range = { fail = [5, 1] }", "5:24", "did you mean `[1, 5]`?"),
            ("[quantity.pm10]\ngross_range = 5", "5:15", "[quantity.pm10.gross_range] must be a table, not 5"),
            ("[quantity.pm10]\nunit = \"Cel\"", "5:8", "ug/m3 or mg/m3 would be right, or give `gross_range`"),
            ("[quantity.pm10]\nrequired_coverage = 75", "5:21", "did you mean `0.75`?"),
            ("[quantity.pm10]\nrequired_coverage = -1", "5:21", "from 0 to 1"),
            ("[quantity.pm10]\nrequired_coverage = \"0.9\"", "5:21", "must be a number"),
            ("[quantity.pm10]\ncounter = { bits = 16 }", "5:11", "pm10 is of kind gauge"),
            ("[quantity.vehicle_count]\ncounter = 16", "5:11", "must be a table"),
            ("[quantity.vehicle_count]\ncounter = { bits = 64 }", "5:20", "from 1 to 53"),
            ("[quantity.vehicle_count]\ncounter = { maximum_per_second = 5 }", "5:11", "has no `bits`"),
            ("[quantity.vehicle_count]\ncounter = { bits = 16, maximum_per_second = 0 }", "5:45", "from 0.001"),
            ("[quantity.vehicle_count]\ncounter = { bits = 3 }", "5:20", "8 values and 10 a second"),
            ("[quantity.vehicle_count]\ncounter = { bit = 16, bits = 16 }", "5:13", "did you mean `bits`?"),
            ("[quantity.mine]\nkind = \"gauge\"", "4:11", "`unit` is missing"),
            ("[quantity.mine]\nunit = \"a b\"\nkind = \"gauge\"", "5:8", "did you mean `ab`?"),
            ("[quantity.mine]\nunit = \"\\u0007\"\nkind = \"gauge\"", "5:8", "control characters"),
            ("[quantity.mine]\nunit = \"123456789012345678901234567890123\"\nkind = \"gauge\"", "5:8", "32 bytes"),
            ("[quantity.\"\"]\nunit = \"1\"\nkind = \"gauge\"", "4:11", "no quantity's name"),
            ("[[device]]\nid = \"a\"\nlocation = { lat = 91, lon = 6 }", "6:20", "-90"),
            ("[[device]]\nid = \"a\"\nlocation = { lat = 52 }", "6:12", "both"),
            ("[[device]]\nid = \"a\"\n[[device]]\nid = \"a\"", "7:6", "t.toml:5:6"),
            ("[storage.retention]\nraw = \"100d\"", "5:7", "`1m` is kept for 90d, shorter than `raw` (100d)"),
            ("[storage.retention]\nraw = \"for ever\"", "5:7", "did you mean `forever`?"),
            ("[storage.retention]\nrav = \"1d\"", "5:1", "did you mean `raw`?"),
            ("[storage]\npage_size = 1000", "5:13", "did you mean `1024`?"),
            ("[storage]\npage_size = \"4096\"", "5:13", "did you mean `4096`?"),
            ("[storage]\nquarantine_limit = \"64 mb\"", "5:20", "did you mean `64MB`?"),
            ("[storage]\nquarantine_limit = \"1KiB\"", "5:20", "from 64KiB to 1TiB"),
            ("[storage]\nquota = \"1 gib\"", "5:9", "did you mean `1GiB`?"),
            ("[storage]\nquota = 1073741824", "5:9", "or \"none\""),
            ("[storage]\nquota = \"15MiB\"", "5:9", "from 16MiB to 1TiB"),
            ("[broker]\nkeepalive = \"1.5 minutes\"", "5:13", "did you mean `90s`?"),
            ("[broker]\nurl = \"broker.local:8883\"", "5:7", "did you mean `mqtts://broker.local:8883`?"),
            ("[broker]\npassword_credential = \"/etc/x\"\nusername = \"u\"", "5:23", "password_file"),
            ("[broker]\npassword_file = \"/x\"", "5:17", "`username`"),
            ("[broker]\nurl = \"mqtts://h\"\nkey_file = \"/x\"", "6:12", "`certificate_file`"),
            ("[broker]\ntopic = \"x\"", "5:1", "it belongs into [[source]]"),
            ("[log]\nbroker = \"x\"", "5:1", "it is a table of its own"),
            ("[log]\nzzzzzzzz = 1", "5:1", "unknown key `zzzzzzzz` in [log]; known are level"),
            ("[storage]\npath = \"a\\u0000\"", "5:8", "NUL"),
            ("[storage]\npath = \"\(String(repeating: "x", count: 4097))\"", "5:8", "4096 at most"),
            ("[log]\nlevel = 3", "5:9", "one of trace"),
            ("[[device]]\nid = 7", "5:6", "did you mean `\"7\"`?"),
            ("[control]\nsocket = \"/\(String(repeating: "x", count: 107))\"", "5:10", "107 at most"),
        ])
    func values(text: String, place: String, words: String) {
        expectComplaint(leastSource + text, at: place, words)
    }

    @Test("find what is wrong with a source")
    func sources() {
        #expect(complaints("").first?.contains("there is no [[source]]") == true)
        expectComplaint("[[source]]\ntopic = \"a\"\nquantity = \"q\"", at: "2:9", "nothing names the device", "\"a\"")
        expectComplaint("[[source]]\ntopic = \"a/{device}\"", at: "2:9", "nothing names the quantity")
        expectComplaint("[[source]]\ntopic = \"a/{device}\"\nvalues = {}", at: "2:9", "nothing names the quantity")
        expectComplaint(
            "[[source]]\ntopic = \"a/{device}\"\nvalue = \"v\"\nvalues = { pm10 = \"p\" }", at: "2:9",
            "nothing names the quantity")
        expectComplaint(leastSource + leastSource, at: "5:9", "already (t.toml:2:9)", "`name`")
        expectComplaint("[[sources]]\ntopic = \"{device}/{quantity}\"", at: "1:3", "did you mean `source`?")
        for (name, format) in [
            ("ttn", "the-things-stack-v3"), ("LoRa", "the-things-stack-v3"), ("chirpstack", "chirpstack-v4"),
            ("influx", "line-protocol"), ("ngsi_ld", "smart-data-models"),
        ] {
            expectComplaint("[[source]]\ntopic = \"a\"\nformat = \"\(name)\"", at: "3:10", "did you mean `\(format)`?")
        }
        expectComplaint("source = []", at: "1:1", "there is no [[source]]")
        expectComplaint("source = [5]", at: "1:11", "[[source]] must be a table, not 5")
        expectComplaint("[source]\ntopic = \"x\"", at: "1:1", "[[source]]")
        expectComplaint("[[source]]\ntopic = \"a\\tb/{device}\"", at: "2:9", "control characters")
        expectComplaint(leastSource + "missing = -1", at: "4:11", "did you mean `[-1]`?")
        expectComplaint(leastSource + "missing = [\"-1\"]", at: "4:12", "did you mean `-1`?")
        expectComplaint(leastSource + "radio = true", at: "4:9", "format \"json\"", "the-things-stack-v3")
        expectComplaint(leastSource + "time_without_offset = \"locale\"", at: "4:23", "did you mean `local`?")
        expectComplaint(
            leastSource + "units = { temperature = \"Paa\" }", at: "4:25", "Cel, [degF] or K would be right")
        expectComplaint(leastSource + "values = { temp = \"t\" }", at: "4:12", "did you mean `temperature`?")
        expectComplaint(
            "[[source]]\ntopic = \"a\"\nformat = \"telram\"\nradio = 5", at: "3:10", "did you mean `telraam`?")
        for topic in [
            "{device}/#/{quantity}", "x{device}/{device}/{quantity}", "{device}/{quantity}/a+",
            "{device}/{device}/{quantity}",
        ] {
            expectComplaint("[[source]]\ntopic = \"\(topic)\"", at: "2:9")
        }
        expectComplaint("[[source]]\ntopic = \"{devise}/{quantity}/{device}\"", at: "2:9", "did you mean `{device}`?")
    }

    @Test("want a Zigbee device's name from {device} or from # at the end")
    func zigbee() throws {
        let format = "\nformat = \"zigbee2mqtt\""
        expectComplaint("[[source]]\ntopic = \"zigbee2mqtt/+\"" + format, at: "2:9", "nothing names the device")
        for topic in ["zigbee2mqtt/#", "zigbee2mqtt/{device}", "zigbee2mqtt/{device}/#"] {
            #expect(try load("[[source]]\ntopic = \"\(topic)\"" + format).sources.count == 1)
        }
    }

    @Test(
        "refuse what is not a path, and nothing else",
        arguments: [
            (".", false), ("a.", false), (".a", false), ("a..b", false), ("[0]", false), ("a[", false), ("a[]", false),
            ("a[x]", false), ("a[-1]", false), ("a[0", false), ("a[0]b", false), ("'\"a'", false), ("'\"a\"b'", false),
            ("a.[0]", false), ("a[99999999999999999999]", false), ("a", true), ("a[0][12].b", true),
            ("'a.\"PM2.5\"[1]'", true),
            ("switch:0", true), ("'\"[0]\"'", true),
        ])
    func paths(path: String, isRight: Bool) {
        let quoted = path.hasPrefix("'") ? path : "\"\(path)\""
        let text = "[[source]]\ntopic = \"{device}/{quantity}\"\nvalue = \(quoted)"
        if isRight {
            #expect(throws: Never.self) { try load(text) }
        } else {
            expectComplaint(text, at: "3:9", "not a path")
        }
    }

    @Test("show where the syntax is wrong")
    func syntax() {
        #expect(complaints("[broker\nurl = 1").first?.hasPrefix("t.toml:1:") == true)
        #expect(complaints("a = 1\nb = \"x\nc = 2").first?.hasPrefix("t.toml:2:") == true)
        #expect(complaints("a = 1\na = 2").first?.contains("not TOML") == true)
    }

    @Test("a key of a hundred thousand parts is refused before the parser sees it; dots elsewhere are none")
    func longKeys() {
        #expect(complaints(String(repeating: "a.", count: 100_000) + "a = 1").first?.contains("16 parts") == true)
        #expect(
            complaints("x = 1\n[" + String(repeating: "a.", count: 100_000) + "a]").first?.hasPrefix("t.toml:2:1:")
                == true)
        #expect(
            complaints("x = { " + String(repeating: "\"a\".", count: 100_000) + "a = 1 }").first?.contains("16 parts")
                == true)
        let dots = String(repeating: ".", count: 40)
        for comment in ["# \(dots)", "  # it's \(dots)", "# \"\(dots)"] {
            #expect(throws: Never.self) { try load(comment + "\n" + leastSource + comment) }
        }
        let name = "name = \"\(dots)\\\"\(dots)\"\n"
        #expect(throws: Never.self) { try load(leastSource + name) }
        #expect(throws: Never.self) { try load(leastSource + "name = '''\n\(dots)'\(dots)'''\n") }
        #expect(throws: Never.self) { try load(leastSource + "name = \"\"\"\n\(dots)\"\(dots)\"\"\"\n") }
    }

    @Test("never show a password")
    func secrets() {
        for url in ["mqtt://poort:geheim@host:1883", "mqtt://poort:geheim@", "http://poort:geheim@host"] {
            let found = complaints(leastSource + "[broker]\nurl = \"\(url)\"")
            #expect(found.count == 1 && found.first?.contains("password_file") == true, "\(found)")
            #expect(found.first?.contains("geheim") == false)
        }
        let key = complaints(leastSource + "[broker]\npassword = \"geheim\"")
        #expect(key.count == 1 && key.first?.contains("geheim") == false)
        #expect(key.first?.contains("password_file") == true, "\(key)")
    }

    @Test("what is allowed and yet worth a look is a warning")
    func warnings() throws {
        let read = try load(
            leastSource + leastSource.split(separator: "\n").joined(separator: "\n")
                + "\nname = \"two\"\n[broker]\nurl = \"mqtt://broker.example\"")
        #expect(read.warnings.map(\.place.line) == [5, 9])
        #expect(read.warnings.last?.message.contains("not encrypted") == true)
        #expect(read.warnings.first?.message.contains("overlaps") == true)
    }

    @Test(
        "what is probably another thing than was meant is a warning",
        arguments: [
            ("[[device]]\nid = \"a \"", "5:6", "did you mean `\"a\"`?"),
            ("[[device]]\nid = \"a\"\naliases = [\" b\"]", "6:12", "a space at an end"),
            (
                "[[device]]\nid = \"a\"\nlocation = { lat = 6.0595, lon = 52.5305 }", "6:12",
                "did you mean `{ lat = 52.5305, lon = 6.0595 }`?"
            ),
            ("[broker]\nurl = \"mqtt://localhost:8883\"", "5:7", "did you mean `mqtts://localhost:8883`?"),
        ])
    func doubts(text: String, place: String, words: String) throws {
        let found = try load(leastSource + text).warnings.map(\.description)
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.hasPrefix("t.toml:\(place): ") == true && found.first?.contains(words) == true, "\(found)")
    }

    @Test("topics that overlap are worth a look, but for an exception that stands before its rule")
    func overlaps() throws {
        func warnings(_ topics: String...) throws -> [String] {
            let sources = topics.map {
                "[[source]]\ntopic = \"\($0)\"\nvalue = \"v\"\ndevice = \"d\"\nquantity = \"q\"\n"
            }
            return try load(sources.joined()).warnings.map(\.description)
        }
        #expect(try warnings("a/b", "a/#").isEmpty)
        #expect(try warnings("a/b", "c/#").isEmpty)
        let lost = try warnings("a/#", "a/b")
        #expect(lost.count == 1 && lost[0].hasPrefix("t.toml:7:9: ") && lost[0].contains("gets nothing"), "\(lost)")
        let shared = try warnings("a/+/c", "a/b/+")
        #expect(shared.count == 1 && shared[0].hasSuffix("takes what both match"), "\(shared)")
        let star = try warnings("a/*/c")
        #expect(star.count == 1 && star[0].hasSuffix("did you mean `a/+/c`?"), "\(star)")
    }

    @Test("a unit that nothing is converted to is worth a look")
    func unknownUnits() throws {
        func warnings(_ text: String) throws -> [String] { try load(leastSource + text).warnings.map(\.description) }
        #expect(
            try warnings("[quantity.mine]\nunit = \"mm/h\"\nkind = \"gauge\"").map { $0.prefix(12) } == ["t.toml:5:8: "]
        )
        #expect(try warnings("[quantity.mine]\nunit = \"mm\"\nkind = \"gauge\"").isEmpty)
        #expect(try warnings("[quantity.pm10]\nunit = \"1/cm3\"\ngross_range = { fail = [0, 1] }").count == 1)
        #expect(try warnings("[quantity.pm10]\nunit = \"mg/m3\"").isEmpty)
    }
}
