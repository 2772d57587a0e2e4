import GatewayConfiguration
import Telemetry
import TestKit
import Testing

@Suite("Configuration of the design")
struct SketchTests {
    /// The design's sketch.
    static let sketch = """
        [gateway]
        name = "stadshagen-01"
        timezone = "Europe/Amsterdam"

        [broker]
        url = "mqtt://127.0.0.1:1883"          # mqtts:// with ca_file, certificate_file, key_file
        client_id = "poort-stadshagen-01"
        username = "poort"
        password_file = "/etc/poort/mqtt-password"

        [storage]
        path = "/var/lib/poort/poort.db"
        commit_interval = "1s"
        retention = { raw = "30d", "1m" = "90d", "15m" = "2y", "1h" = "10y", "1d" = "forever" }

        [control]
        socket = "/run/poort/poort.sock"

        [devices]
        unknown = "accept"                     # or "quarantine"

        [[source]]
        topic = "sensors/{type}/{device}/{quantity}"
        format = "json"
        value = "value"                        # paths in the payload
        time = "ts"
        unit = "unit"

        [quantity.pm2_5]
        unit = "ug/m3"
        kind = "gauge"
        gross_range    = { fail = [0, 1000], suspect = [0, 500] }
        spike          = { method = "average", suspect = 25, fail = 50 }
        rate_of_change = { suspect = 0.5, fail = 2 }                        # per second
        flat_line      = { suspect = "50m", fail = "80m", tolerance = 0.01 }

        [[device]]
        id = "aq-0001"
        type = "air_quality"
        neighbourhood = "Stadshagen"
        location = { lat = 52.5305, lon = 6.0595 }
        interval = "10s"

        [[partner]]
        name = "rova"
        sink = "line-protocol"
        url = "https://metrics.example.org/api/v2/write?bucket=bins"
        share = [{ quantity = ["fill_level"], tier = ["15m", "1h"] }]
        """

    @Test("is taken as it stands, every key of it")
    func loads() throws {
        let read = try load(SketchTests.sketch)
        #expect(read.gateway.name == "stadshagen-01" && read.gateway.timezone == "Europe/Amsterdam")
        #expect(read.broker.host == "127.0.0.1")
        #expect(read.broker.port == 1883)
        #expect(!read.broker.usesTLS)
        #expect(read.broker.clientID == "poort-stadshagen-01" && read.broker.username == "poort")
        #expect(read.broker.passwordFile == "/etc/poort/mqtt-password")
        #expect(read.broker.statusTopic == "poort/stadshagen-01/status")
        #expect(read.storage.path == "/var/lib/poort/poort.db" && read.storage.commitIntervalMilliseconds == 1000)
        #expect(read.storage.rawRetention == 2_592_000_000)
        let kept: [Tier: Int64] = [.minute: 7_776_000_000, .quarter: 63_115_200_000, .hour: 315_576_000_000]
        #expect(read.storage.tierRetention == kept, "a tier that is kept for ever has no limit")
        #expect(read.control.socketPath == "/run/poort/poort.sock")
        #expect(read.devices.acceptsUnknown)
        let source = try #require(read.sources.first)
        #expect(
            source.topic.text == "sensors/{type}/{device}/{quantity}" && source.name == source.topic.text
                && source.format == .json)
        #expect(
            [source.paths.value, source.paths.time, source.paths.unit].map { $0?.text } == ["value", "ts", "unit"])
        let quantity = try #require(read.quantities.first { $0.name == "pm2_5" })
        #expect(quantity.grossRange == GrossRangeLimits(fail: 0...1000, suspect: 0...500))
        #expect(quantity.limits.spike == SpikeLimits(method: .average, suspect: 25, fail: 50))
        #expect(quantity.limits.rateOfChange == RateOfChangeLimits(suspect: 0.5, fail: 2))
        let flatLine = FlatLineLimits(suspectMilliseconds: 3_000_000, failMilliseconds: 4_800_000, tolerance: 0.01)
        #expect(quantity.limits.flatLine == flatLine)
        let device = try #require(read.deviceList.first)
        #expect(device.id == "aq-0001" && device.type == "air_quality" && device.neighbourhood == "Stadshagen")
        #expect(device.latitude == 52.5305 && device.longitude == 6.0595 && device.intervalMilliseconds == 10_000)
        let partner = try #require(read.partners.first)
        #expect(partner.name == "rova" && partner.sink == .lineProtocol && partner.address.usesTLS)
        #expect(partner.contract.rules == [ShareRule(quantities: ["fill_level"], tiers: [.quarter, .hour])])
        #expect(partner.access.tokenScheme == "Token" && partner.contract.fields == .all)
        #expect(read.warnings.isEmpty)
    }

    @Test("says of the design's later keys that this version does not have them")
    func laterKeys() {
        let found = complaints("[control]\nhttp = \"x\"\n" + leastSource)
        #expect(found.count == 1 && found.first?.contains("not in this version") == true, "\(found)")
    }

    /// A key that is read and goes nowhere is worse than one that is refused.
    @Test(
        "every other key has its effect",
        arguments: [
            ("[broker]\nclient_id = \"x\"", 0, "x"),
            ("[broker]\nstatus_topic = \"s/t\"", 1, "s/t"),
            ("[gateway]\nname = \"g\"", 0, "poort-g"),
            ("[gateway]\ntimezone = \"UTC\"", 2, "UTC"),
            ("[storage]\npath = \"/x/y\"", 3, "/x/y"),
            ("[control]\nsocket = \"/x/s\"", 4, "/x/s"),
            ("[log]\nlevel = \"debug\"", 5, "debug"),
            ("[processing]\nclock = \"synchronised\"", 6, "synchronised"),
            ("[processing]\nclock = \"trusted\"", 6, "trusted"),
        ] as [(String, Int, String)])
    func texts(text: String, key: Int, expected: String) throws {
        #expect(try load(leastSource + text).texts[key] == expected)
        #expect(try load(leastSource).texts[key] != expected)
    }

    @Test(
        "every number has its effect",
        arguments: [
            ("[broker]\nkeepalive = \"90s\"", 0, 90),
            ("[broker]\nsession_expiry = \"1h\"", 1, 3600),
            ("[broker]\nreceive_maximum = 17", 2, 17),
            ("[broker]\nmax_packet = \"4KiB\"", 3, 4096),
            ("[storage]\ncommit_interval = \"250ms\"", 4, 250),
            ("[storage]\npage_size = 2048", 5, 2048),
            ("[storage]\nquarantine_limit = \"1MB\"", 6, 1_000_000),
            ("[storage.retention]\nraw = \"2d\"", 7, 172_800_000),
            ("[storage.retention]\n\"1d\" = \"5y\"", 8, 157_788_000_000),
            ("[processing]\nring_capacity = 512", 9, 512),
            ("[processing]\nlateness = \"3s\"", 10, 3000),
            ("[processing]\nlate_delay = \"4s\"", 11, 4000),
            ("[processing]\nclock_ahead = \"1m\"", 12, 60_000),
            ("[processing]\nmax_payload = \"2KiB\"", 13, 2048),
            ("[processing]\nmax_series = 5", 14, 5),
            ("[devices]\nunknown = \"quarantine\"", 15, 0),
            ("[storage]\nflash_budget = \"2GiB/day\"", 17, 2 << 30),
            ("[storage]\nquota = \"1GiB\"", 18, 1 << 30),
            ("[broker]\nurl = \"mqtts://h:99\"", 16, 99),
            ("[broker]\nurl = \"mqtts://h\"", 16, 8883),
        ] as [(String, Int, Int64)])
    func numbers(text: String, key: Int, expected: Int64) throws {
        #expect(try load(leastSource + text).numbers[key] == expected)
        #expect(try load(leastSource).numbers[key] != expected)
    }

    @Test("sources, devices and quantities have their parts")
    func parts() throws {
        let read = try load(
            """
            [[source]]
            name = "ttn"
            topic = "v3/+/devices/{device}/#"
            format = "the-things-stack-v3"
            radio = true
            interval = "5m"
            values = { battery_voltage = "SBX_BATT", leaf = "a[0].\\"x.y\\"" }
            units = { battery_voltage = "mV" }
            [[source]]
            topic = "all"
            device = "d"
            quantity = "q"
            [quantity.leaf]
            unit = "%"
            kind = "gauge"
            required_coverage = 0.9
            [quantity.steps]
            unit = "1"
            kind = "counter"
            counter = { bits = 16 }
            [quantity.vehicle_count]
            counter = { bits = 32, maximum_per_second = 2.5 }
            [quantity.temperature]
            unit = "K"
            [[device]]
            id = "a"
            quantity.humidity.gross_range = { fail = [1, 5] }
            """)
        #expect(read.sources.map(\.name) == ["ttn", "all"])
        let ttn = try #require(read.sources.first)
        #expect(ttn.format == .theThingsStackV3 && ttn.includesRadio && ttn.intervalMilliseconds == 300_000)
        #expect(
            ttn.values.map(\.quantity) == ["battery_voltage", "leaf"]
                && ttn.values.map(\.path.text) == ["SBX_BATT", "a[0].\"x.y\""])
        #expect(ttn.units == ["battery_voltage": "mV"])
        #expect(read.sources.last?.paths.device?.text == "d" && read.sources.last?.paths.quantity?.text == "q")
        #expect(read.quantities.count == QuantityCatalogue.builtIn.count + 2)
        let kelvin = try #require(read.quantities.first { $0.name == "temperature" })
        #expect(
            kelvin.unit == "K" && kelvin.grossRange?.fail?.lowerBound == 233.14999999999998, "limits follow the unit")
        #expect(read.quantities.map(\.requiredCoverage).filter { $0 != 0.75 } == [0.9])
        let widths = read.quantities.compactMap { quantity in quantity.counterWidth.map { (quantity.name, $0) } }
        #expect(widths.map(\.0) == ["steps", "vehicle_count"])
        #expect(
            widths.map(\.1) == [
                CounterWidth(bits: 16, maximumPerSecond: 10), CounterWidth(bits: 32, maximumPerSecond: 2.5),
            ])
        #expect(read.deviceList.first?.grossRanges["humidity"]?.fail == 1...5)
    }
}

extension Configuration {
    fileprivate var texts: [String] {
        [
            broker.clientID, broker.statusTopic, gateway.timezone, storage.path, control.socketPath, log.level,
            processing.clock.rawValue,
        ]
    }

    fileprivate var numbers: [Int64] {
        [
            Int64(broker.keepAliveSeconds), broker.sessionExpirySeconds, Int64(broker.receiveMaximum),
            broker.maximumPacketBytes,
            storage.commitIntervalMilliseconds, Int64(storage.pageSizeBytes), storage.quarantineLimitBytes,
            storage.rawRetention ?? -1, storage.tierRetention[.day] ?? -1, Int64(processing.ringCapacity),
            processing.latenessMilliseconds, processing.lateDelayMilliseconds, processing.clockAheadMilliseconds,
            processing.maximumPayloadBytes, Int64(processing.seriesLimit), devices.acceptsUnknown ? 1 : 0,
            Int64(broker.port), storage.flashBudgetBytesPerDay ?? -1, storage.quotaBytes ?? -1,
        ]
    }
}
