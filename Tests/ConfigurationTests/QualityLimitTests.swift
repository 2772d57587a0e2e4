import GatewayConfiguration
import Telemetry
import TestKit
import Testing

@Suite("Limits of quality control in a configuration")
struct QualityLimitTests {
    private func limits(_ text: String, of name: String = "pm2_5", warnings: Int = 0) throws -> QualityLimits {
        let read = try load(leastSource + "[quantity.\(name)]\n" + text)
        #expect(read.warnings.count == warnings)
        return try #require(read.quantities.first { $0.name == name }).limits
    }

    @Test("every test is read, every key of it")
    func allKeys() throws {
        let read = try limits(
            """
            spike = { method = "differential", suspect = 25, fail = 50 }
            rate_of_change = { suspect = 0.5, fail = 2 }
            flat_line = { suspect = "50m", fail = "80m", tolerance = 0.01, readings = 7 }
            attenuated_signal = { measure = "range", window = "2h", readings = 5, suspect = 0.1, fail = 0.01 }
            time_gap = { fail = "3h" }
            co_located = { quantity = "temperature", above = -2.5, age = "20m" }
            peer_spread = { suspect = 5, fail = 10, relative = 0.5, peers = 4, age = "5m" }
            """)
        let expected = QualityLimits(
            spike: SpikeLimits(method: .differential, suspect: 25, fail: 50),
            rateOfChange: RateOfChangeLimits(suspect: 0.5, fail: 2),
            flatLine: FlatLineLimits(
                suspectMilliseconds: 3_000_000, failMilliseconds: 4_800_000, tolerance: 0.01, minimumReadings: 7),
            attenuatedSignal: AttenuatedSignalLimits(
                measure: .range, windowMilliseconds: 7_200_000, minimumReadings: 5, suspect: 0.1, fail: 0.01),
            timeGap: TimeGapLimits(fail: 10_800_000),
            coLocated: CoLocatedLimits(quantity: "temperature", above: -2.5, ageMilliseconds: 1_200_000),
            peerSpread: PeerSpreadLimits(
                suspect: 5, fail: 10, relative: 0.5, minimumPeers: 4, ageMilliseconds: 300_000))
        #expect(read == expected)
    }

    @Test("what is left out has QARTOD's value, where it has one")
    func defaults() throws {
        let read = try limits(
            """
            spike = { suspect = 25 }
            attenuated_signal = { window = "1h", suspect = 0.1 }
            time_gap = {}
            co_located = { above = 70 }
            """)
        #expect(read.spike == SpikeLimits(method: .average, suspect: 25, fail: nil))
        #expect(read.attenuatedSignal?.measure == .standardDeviation && read.attenuatedSignal?.minimumReadings == 10)
        #expect(read.timeGap?.fail == 7_200_000)
        #expect(read.coLocated == CoLocatedLimits(quantity: "humidity", above: 70))
    }

    @Test("a test that is not named keeps the catalogue's limits; \"off\" turns it off")
    func off() throws {
        let builtIn = try #require(QuantityCatalogue()["pm2_5"]).limits
        #expect(try limits("") == builtIn)
        let read = try limits("flat_line = \"off\"\nspike = \"off\"")
        #expect(read.flatLine == nil && read.spike == nil)
        #expect(read.peerSpread == builtIn.peerSpread && read.peerSpread != nil)
    }

    @Test("a quantity of one's own has no limits but those it is given")
    func ownQuantity() throws {
        let read = try limits("unit = \"%\"\nkind = \"gauge\"\nspike = { suspect = 5 }", of: "leaf_wetness")
        #expect(read == QualityLimits(spike: SpikeLimits(suspect: 5)))
    }

    @Test("limits follow the unit, as distances, and fall away where the kind or the dimension is another")
    func unit() throws {
        let builtIn = try #require(QuantityCatalogue()["temperature"]).limits
        #expect(try limits("unit = \"K\"", of: "temperature") == builtIn)
        let fahrenheit = try limits("unit = \"[degF]\"", of: "temperature")
        #expect(try #require(fahrenheit.spike?.suspect) == 9)
        #expect(fahrenheit.flatLine?.suspectMilliseconds == builtIn.flatLine?.suspectMilliseconds)
        #expect(try #require(fahrenheit.flatLine?.tolerance).rounded(toPlaces: 6) == 0.09)
        #expect(try #require(fahrenheit.peerSpread?.fail) == 18)
        let other = try limits(
            "unit = \"V\"\ngross_range = { fail = [0, 5] }\nspike = { suspect = 1 }", of: "pm10", warnings: 1)
        #expect(other == QualityLimits(spike: SpikeLimits(suspect: 1)))
        #expect(try limits("kind = \"counter\"", of: "speed") == QualityLimits())
    }

    @Test("a device changes single tests of a quantity")
    func device() throws {
        let read = try load(
            leastSource + """
                [[device]]
                id = "a"
                interval = "1m"
                [device.quantity.temperature]
                spike = "off"
                flat_line = { suspect = "5m", tolerance = 0.01 }
                [device.quantity.humidity]
                gross_range = { fail = [1, 5] }
                """)
        let changes = try #require(read.deviceList.first).limitChanges
        #expect(changes.keys.sorted() == ["temperature"])
        let builtIn = try #require(QuantityCatalogue()["temperature"]).limits
        var changed = builtIn
        changes["temperature"]?.apply(to: &changed)
        #expect(changed.spike == nil && changed.peerSpread == builtIn.peerSpread)
        #expect(changed.flatLine == FlatLineLimits(suspectMilliseconds: 300_000, tolerance: 0.01))
    }

    @Test(
        "what is wrong is told with its place, and what would be right",
        arguments: [
            ("spike = 25", "5:9", "table of limits, or \"off\""),
            ("spike = \"on\"", "5:9", "\"off\""),
            ("spike = {}", "5:9", "needs `suspect`, `fail` or both"),
            ("spike = { methode = \"average\", suspect = 1 }", "5:11", "did you mean `method`?"),
            ("spike = { method = \"averag\", suspect = 1 }", "5:20", "did you mean `average`?"),
            ("spike = { suspect = -1 }", "5:21", "0 or more"),
            ("spike = { suspect = nan }", "5:21", "0 or more"),
            ("spike = { suspect = \"1\" }", "5:21", "must be a number"),
            ("spike = { suspect = 5, fail = 4 }", "5:31", "at least `suspect`"),
            ("rate_of_change = { fail = 1, suspect = 2 }", "5:27", "at least `suspect`"),
            ("flat_line = { suspect = 50, tolerance = 1 }", "5:25", "duration in a string"),
            ("flat_line = { suspect = \"50m\" }", "5:13", "needs a `tolerance`"),
            ("flat_line = { suspect = \"50m\", fail = \"40m\", tolerance = 1 }", "5:39", "at least `suspect`"),
            ("flat_line = { suspect = \"50m\", tolerance = 1, readings = 1 }", "5:58", "from 2 to 1000"),
            ("attenuated_signal = { suspect = 1 }", "5:21", "needs a `window`"),
            ("attenuated_signal = { window = \"1h\", suspect = 1, fail = 2 }", "5:58", "at most `suspect`"),
            ("attenuated_signal = { window = \"1h\", suspect = 1, measure = \"sd\" }", "5:61", "did you mean `std`?"),
            ("time_gap = { fail = 2 }", "5:21", "duration in a string"),
            ("co_located = { quantity = \"humidty\", above = 1 }", "5:27", "did you mean `humidity`?"),
            ("co_located = { quantity = \"humidity\" }", "5:14", "needs `above`"),
            ("peer_spread = { suspect = 1, peers = 0 }", "5:38", "from 1 to 16"),
            ("co_located = { quantity = \"pm10\", above = 1 }", "5:27", "must name another quantity"),
            ("co_located = { quantity = \"wind_direction\", above = 1 }", "5:27", "which is circular"),
            ("peer_spread = { relative = 1 }", "5:15", "needs `suspect`"),
        ])
    func complaints(text: String, place: String, words: String) {
        expectComplaint(leastSource + "[quantity.pm10]\n" + text, at: place, words)
    }

    @Test("tests that reckon on a line are refused for a direction")
    func circular() throws {
        expectComplaint(
            leastSource + "[quantity.wind_direction]\nspike = { suspect = 1 }", at: "5:1", "circular quantity")
        expectComplaint(
            leastSource + "[[device]]\nid = \"a\"\nquantity.wind_direction.peer_spread = { suspect = 1 }", at: "6:25",
            "circular quantity")
        expectComplaint(
            leastSource + "[quantity.vehicle_count]\nspike = { suspect = 1 }", at: "5:1", "counter, which only grows")
        #expect(
            try limits("rate_of_change = { suspect = 5 }", of: "vehicle_count").rateOfChange
                == RateOfChangeLimits(suspect: 5))
        #expect(try limits("flat_line = \"off\"\nspike = \"off\"", of: "wind_direction") == QualityLimits())
    }

    @Test("limits that a device's interval makes senseless are refused")
    func interval() {
        func device(_ text: String) -> String {
            leastSource + "[[device]]\nid = \"a\"\ninterval = \"10m\"\nquantity.pm10." + text
        }
        expectComplaint(
            device("flat_line = { suspect = \"5m\", fail = \"1h\", tolerance = 1 }"), at: "7:39",
            "shorter than the device's interval", "`readings`")
        expectComplaint(
            device("attenuated_signal = { window = \"1h\", suspect = 1 }"), at: "7:46", "holds 6 readings",
            "fewer than the 10")
        expectComplaint(
            device("attenuated_signal = { window = \"30d\", suspect = 1 }"), at: "7:46", "holds 4320 readings",
            "at most 4000")
    }

    @Test("what can find nothing, or nothing else, is worth a warning")
    func senseless() throws {
        func warnings(_ text: String) throws -> [String] {
            try load(leastSource + "interval = \"60s\"\n" + text).warnings.map(\.message)
        }
        let attenuated = try warnings("[quantity.pm10]\nattenuated_signal = { window = \"5m\", suspect = 1 }")
        #expect(attenuated.count == 1 && attenuated[0].contains("holds 5 readings"), "\(attenuated)")
        let flat = try warnings("[quantity.pm10]\nflat_line = { suspect = \"10s\", tolerance = 0.1 }")
        #expect(flat.count == 1 && flat[0].contains("flags every reading: 10s is shorter"), "\(flat)")
        #expect(try warnings("[quantity.pm10]\nflat_line = { suspect = \"10s\", tolerance = 1, readings = 3 }") == [])
        let above = try warnings("[quantity.pm10]\nco_located = { above = 800 }")
        #expect(above.count == 1 && above[0].contains("humidity never is"), "\(above)")
        #expect(try warnings("[quantity.pm10]\nco_located = { above = 80 }") == [])
        let lateness = try warnings("lateness = \"1s\"\n[processing]\nlateness = \"10m\"")
        #expect(lateness.count == 1 && lateness[0].contains("it changes nothing"), "\(lateness)")
        #expect(try warnings("lateness = \"11m\"\n[processing]\nlateness = \"10m\"") == [])
        // With a source whose interval nobody knows it may be another.
        let two = "[[source]]\ntopic = \"a/{device}/{quantity}\"\n"
        #expect(
            try warnings(two + "[quantity.pm10]\nflat_line = { suspect = \"10s\", tolerance = 0.1 }").isEmpty)
    }

    @Test("a tolerance of 0 is QARTOD's, and worth a warning")
    func zeroTolerance() throws {
        let read = try load(leastSource + "[quantity.pm10]\nflat_line = { suspect = \"50m\", tolerance = 0 }")
        #expect(read.warnings.count == 1 && read.warnings.first?.message.contains("never flags") == true)
        #expect(read.quantities.first { $0.name == "pm10" }?.limits.flatLine?.tolerance == 0)
    }
}

extension Double {
    fileprivate func rounded(toPlaces places: Int) -> Double {
        var scale = 1.0
        for _ in 0..<places { scale *= 10 }
        return (self * scale).rounded() / scale
    }
}
