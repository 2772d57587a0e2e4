import Decoding
import Telemetry
import TestKit
import Testing

@Suite("Sparkplug B")
struct SparkplugBTests {
    private typealias Builder = SparkplugPayloadBuilder

    private static let time: UInt64 = 1_764_000_000_000

    private func decoding(
        topic: String = "spBv1.0/#", values: [(String, String)] = [], devices: [DeviceOptions] = [],
        limits: DecoderLimits = DecoderLimits()
    ) -> Decoding {
        Decoding(
            DecoderOptions(
                sources: [
                    Source(
                        topic: TopicTemplate(topic)!, format: .sparkplugB,
                        values: values.map { NamedPath(quantity: $0.0, path: JSONPath($0.1)!) })
                ], devices: devices, limits: limits))
    }

    private func birth(_ metrics: (String, UInt64)...) -> [UInt8] {
        var payload = Builder()
        payload.varint(1, SparkplugBTests.time)
        for (name, alias) in metrics {
            payload.message(
                2, Builder.metric(name, alias: alias, timestamp: SparkplugBTests.time, datatype: 10, .double(1)))
        }
        return payload.bytes
    }

    // MARK: - Births and aliases

    @Test("reads births, and data by alias behind them")
    func aliases() {
        let decoding = decoding()
        let born = decoding.decode("spBv1.0/street/DBIRTH/box/aq", birth(("Temperature", 1), ("Air/PM2.5", 2)))
        #expect(decoding.shown(born) == ["street/box/aq/temperature=1", "street/box/aq/pm2_5=1"])
        let message = decoding.decode(
            "spBv1.0/street/DDATA/box/aq",
            Builder.payload(
                timestamp: SparkplugBTests.time + 1000, Builder.metric(alias: 2, .double(8.5)),
                Builder.metric(alias: 1, timestamp: SparkplugBTests.time + 500, .double(21.5))))
        #expect(decoding.shown(message) == ["street/box/aq/pm2_5=8.5", "street/box/aq/temperature=21.5"])
        #expect(message.readings.map { $0.time.milliseconds - Int64(SparkplugBTests.time) } == [1000, 500])
        #expect(message.carriesOwnTime)
        #expect(message.newSeries.isEmpty)
    }

    @Test("reads data by name without a birth")
    func names() {
        let decoding = decoding()
        let message = decoding.decode(
            "spBv1.0/street/NDATA/box",
            Builder.payload(
                Builder.metric("Sensors/Outside/Humidity", datatype: 9, .float(61.5)),
                Builder.metric("Node Info/Uptime", datatype: 8, .long(5))))
        #expect(decoding.shown(message) == ["street/box/humidity=61.5"])
        #expect(message.readings.map(\.timeOrigin) == [.receipt])
    }

    @Test("refuses an alias that no birth has defined, and says so once")
    func unborn() throws {
        let decoding = decoding()
        let data = Builder.payload(Builder.metric(alias: 7, .double(1)), Builder.metric(alias: 8, .double(2)))
        let message = decoding.decode("spBv1.0/street/DDATA/box/aq", data)
        #expect(message.reasons == [.undecodable])
        let rejection = try #require(message.rejections.first)
        #expect(rejection.readingCount == 2)
        #expect(rejection.detail.contains("alias 7") && rejection.detail.contains("Rebirth"))
        _ = decoding.decode("spBv1.0/street/DBIRTH/box/aq", birth(("Temperature", 7), ("Humidity", 8)))
        #expect(
            decoding.shown(decoding.decode("spBv1.0/street/DDATA/box/aq", data)) == [
                "street/box/aq/temperature=1", "street/box/aq/humidity=2",
            ])
    }

    @Test("keeps the aliases of nodes and devices apart")
    func apart() {
        let decoding = decoding()
        _ = decoding.decode("spBv1.0/street/DBIRTH/box/aq", birth(("Temperature", 1)))
        _ = decoding.decode("spBv1.0/street/DBIRTH/box/bin", birth(("Humidity", 1)))
        _ = decoding.decode("spBv1.0/street/NBIRTH/box2", birth(("Pressure", 1)))
        let data = Builder.payload(Builder.metric(alias: 1, .double(2)))
        #expect(decoding.shown(decoding.decode("spBv1.0/street/DDATA/box/aq", data)) == ["street/box/aq/temperature=2"])
        #expect(decoding.shown(decoding.decode("spBv1.0/street/DDATA/box/bin", data)) == ["street/box/bin/humidity=2"])
        #expect(decoding.shown(decoding.decode("spBv1.0/street/NDATA/box2", data)) == ["street/box2/pressure=2"])
        for topic in ["NDATA/box", "DDATA/box2/aq", "DDATA/box/other"] {
            #expect(decoding.decode("spBv1.0/street/\(topic)", data).reasons == [.undecodable])
        }
        #expect(decoding.decode("spBv1.0/other/DDATA/box/aq", data).reasons == [.undecodable])
    }

    @Test("forgets what a publisher said when it is born again, and of a node's birth what its devices said too")
    func rebirth() {
        let decoding = decoding()
        let data = Builder.payload(Builder.metric(alias: 1, .double(2)))
        _ = decoding.decode("spBv1.0/street/NBIRTH/box", birth(("Pressure", 9)))
        _ = decoding.decode("spBv1.0/street/DBIRTH/box/aq", birth(("Temperature", 1)))
        _ = decoding.decode("spBv1.0/street/DBIRTH/box/aq", birth(("Humidity", 1)))
        #expect(decoding.shown(decoding.decode("spBv1.0/street/DDATA/box/aq", data)) == ["street/box/aq/humidity=2"])
        _ = decoding.decode("spBv1.0/street/DBIRTH/box/aq", birth(("Humidity", 2)))
        #expect(decoding.decode("spBv1.0/street/DDATA/box/aq", data).reasons == [.undecodable])
        _ = decoding.decode("spBv1.0/street/DBIRTH/box/aq", birth(("Humidity", 1)))
        _ = decoding.decode("spBv1.0/street/NBIRTH/box", birth(("Pressure", 9)))
        #expect(decoding.decode("spBv1.0/street/DDATA/box/aq", data).reasons == [.undecodable])
        _ = decoding.decode("spBv1.0/street/DBIRTH/box/aq", birth(("Temperature", 1)))
        #expect(decoding.shown(decoding.decode("spBv1.0/street/DDATA/box/aq", data)) == ["street/box/aq/temperature=2"])
    }

    @Test("still knows what births have said after a reload, in the words of the new configuration")
    func reloaded() {
        let before = decoding()
        _ = before.decode("spBv1.0/street/DBIRTH/box/aq", birth(("Temperature", 1), ("Soil/Wetness", 2)))
        let after = decoding(topic: "spBv1.0/#", values: [("humidity", "Wetness"), ("bin_temperature", "Temperature")])
        after.decoder.takeOver(from: before.decoder)
        let data = Builder.payload(Builder.metric(alias: 1, .double(2)), Builder.metric(alias: 2, .double(3)))
        #expect(
            after.shown(after.decode("spBv1.0/street/DDATA/box/aq", data)) == [
                "street/box/aq/bin_temperature=2", "street/box/aq/humidity=3",
            ])
        let other = decoding(topic: "spBv1.0/street/#")
        other.decoder.takeOver(from: after.decoder)
        #expect(other.decode("spBv1.0/street/DDATA/box/aq", data).reasons == [.undecodable], "another source")
    }

    @Test("lets no birth out of quarantine speak for a publisher that was born anew since")
    func outdatedBirth() {
        let decoding = decoding()
        let data = Builder.payload(Builder.metric(alias: 1, .double(2)))
        func replay(_ topic: String, _ payload: [UInt8], hoursAgo: Int64) -> [String] {
            decoding.shown(
                decoding.decode(
                    topic, payload, received: Decoding.received - hoursAgo * 3_600_000, isReplayed: true))
        }
        let device = "spBv1.0/street/DBIRTH/box/aq"
        // Nothing is known yet, so it counts; then the later of two.
        #expect(replay(device, birth(("Pressure", 1)), hoursAgo: 2) == ["street/box/aq/pressure=1"])
        #expect(decoding.shown(decoding.decode("spBv1.0/street/DDATA/box/aq", data)) == ["street/box/aq/pressure=2"])
        _ = replay(device, birth(("Humidity", 1)), hoursAgo: 1)
        #expect(decoding.shown(decoding.decode("spBv1.0/street/DDATA/box/aq", data)) == ["street/box/aq/humidity=2"])
        _ = decoding.decode(device, birth(("Temperature", 1)))
        #expect(
            replay(device, birth(("Humidity", 1)), hoursAgo: 1) == ["street/box/aq/humidity=1"], "its own values count")
        _ = replay("spBv1.0/street/NBIRTH/box", birth(("Humidity", 1)), hoursAgo: 1)
        #expect(decoding.shown(decoding.decode("spBv1.0/street/DDATA/box/aq", data)) == ["street/box/aq/temperature=2"])
    }

    @Test("lets go deaths, commands, states, and births without readings")
    func ignored() {
        let decoding = decoding()
        let nothing = Builder.payload(Builder.metric("bdSeq", datatype: 4, .long(3)))
        for topic in [
            "spBv1.0/street/NDEATH/box", "spBv1.0/street/DDEATH/box/aq", "spBv1.0/street/NCMD/box",
            "spBv1.0/street/DCMD/box/aq", "spBv1.0/STATE/scada-1", "spBv1.0/street/NBIRTH/box",
        ] {
            #expect(decoding.decode(topic, nothing).reasons == [.ignoredTopic])
        }
        #expect(decoding.decode("spBv1.0/STATE/scada-1", #"{"online":true}"#).reasons == [.ignoredTopic])
        #expect(decoding.decode("spBv1.0/street/NDATA/box", nothing).reasons == [.noReading])
        let transient = Builder.payload(Builder.metric("Temperature", datatype: 10, .double(1), transient: true))
        #expect(decoding.decode("spBv1.0/street/NDATA/box", transient).reasons == [.ignoredTopic])
    }

    // MARK: - Values

    @Test(
        "reads whole numbers by their datatype",
        arguments: [
            (1, .int(0xFF), -1), (1, .int(0xFFFF_FFFF), -1), (1, .int(5), 5), (2, .int(0xFFFE), -2),
            (3, .int(0xFFFF_FFF6), -10), (3, .int(0xFFFF_FFFF_FFFF_FFF6), -10), (3, .long(0xFFFF_FFFF_FFFF_FFF6), -10),
            (4, .long(0xFFFF_FFFF_FFFF_FFF6), -10), (4, .long(1 << 40), 1_099_511_627_776), (5, .int(0xFF), 255),
            (6, .int(0xFFFF), 65535), (7, .int(0xFFFF_FFFF), 4_294_967_295), (7, .long(0xFFFF_FFFF), 4_294_967_295),
            (8, .long(0xFFFF_FFFF_FFFF_FFFF), 0x1p64), (9, .float(-3.25), -3.25), (9, .float(27.2), 27.2),
            (10, .double(27.2), 27.2), (12, .string("12,5"), 12.5), (0, .int(7), 7), (99, .int(7), 7),
        ] as [(UInt64, SparkplugPayloadBuilder.Value, Double)])
    func datatypes(code: UInt64, value: SparkplugPayloadBuilder.Value, expected: Double) {
        let decoding = decoding()
        let metric = Builder.metric("Temperature", alias: 1, datatype: code, value)
        let message = decoding.decode("spBv1.0/street/NBIRTH/box", Builder.payload(metric))
        #expect(message.readings.map(\.value) == [expected])
        for later in [Builder.metric(alias: 1, value), Builder.metric("Temperature", value)] {
            #expect(
                decoding.decode("spBv1.0/street/NDATA/box", Builder.payload(later)).readings.map(\.value) == [expected],
                "by the birth's datatype")
        }
    }

    @Test("refuses a number that is negative or large, where no birth has told which")
    func unknownSign() {
        let decoding = decoding()
        func message(_ value: Builder.Value) -> DecodedMessage {
            decoding.decode("spBv1.0/street/NDATA/box", Builder.payload(Builder.metric("Temperature", value)))
        }
        #expect(message(.int(0xFFFF_FFF6)).reasons == [.undecodable])
        #expect(message(.long(0xFFFF_FFFF_FFFF_FFF6)).reasons == [.undecodable])
        #expect(message(.int(21)).readings.map(\.value) == [21])
        #expect(message(.long(3_000_000_000)).readings.map(\.value) == [3_000_000_000])
    }

    @Test("lets go values that are null, not a number, bad or stale")
    func missing() {
        let decoding = decoding()
        for metric in [
            Builder.metric("Temperature", datatype: 10, .null),
            Builder.metric("Temperature", datatype: 10, .double(.nan)),
            Builder.metric("Temperature", datatype: 9, .float(.nan)),
            Builder.metric("Temperature", datatype: 10, .double(5), quality: 0),
            Builder.metric("Temperature", datatype: 10, .double(5), quality: 500),
        ] {
            #expect(decoding.decode("spBv1.0/street/NDATA/box", Builder.payload(metric)).reasons == [.missing])
        }
        let good = Builder.metric("Temperature", datatype: 10, .double(5), quality: 192)
        #expect(decoding.decode("spBv1.0/street/NDATA/box", Builder.payload(good)).readings.map(\.value) == [5])
    }

    @Test("takes no date, data set, state or nothing for a temperature")
    func others() {
        let decoding = decoding(values: [("temperature", "T")])
        for metric in [
            Builder.metric("T", datatype: 13, .long(1_764_000_000_000)), Builder.metric("T", datatype: 16, .dataSet),
            Builder.metric("T", datatype: 11, .boolean(true)), Builder.metric("T", datatype: 12, .string("warm")),
            Builder.metric("T", datatype: 10, .double(.infinity)), Builder.metric("T", datatype: 10, .none),
        ] {
            #expect(decoding.decode("spBv1.0/street/NDATA/box", Builder.payload(metric)).reasons == [.badValue])
        }
    }

    @Test("converts from the unit that the metric, or its birth, tells")
    func units() {
        let decoding = decoding()
        let born = decoding.decode(
            "spBv1.0/street/NBIRTH/box",
            Builder.payload(
                Builder.metric("Pressure", alias: 1, datatype: 10, .double(101_320), unit: "Pa", quality: 192)))
        #expect(decoding.shown(born) == ["street/box/pressure=1013.2"])
        let later = Builder.payload(
            Builder.metric(alias: 1, .double(99_760)),
            Builder.metric(alias: 1, timestamp: 1, .double(99.76), unit: "kPa"))
        #expect(decoding.decode("spBv1.0/street/NDATA/box", later).readings.map(\.value) == [997.6, 997.6])
        let unknown = Builder.payload(Builder.metric("Pressure", datatype: 10, .double(1), unit: "furlong"))
        #expect(decoding.decode("spBv1.0/street/NDATA/box", unknown).reasons == [.unknownUnit])
    }

    // MARK: - Names and times

    @Test("knows metrics by the names that `values` lists, whole or behind the folders")
    func listed() {
        let decoding = decoding(values: [("pm2_5", "Air/PM2.5"), ("bin_temperature", "T")])
        let message = decoding.decode(
            "spBv1.0/street/NDATA/box",
            Builder.payload(
                Builder.metric("Air/PM2.5", datatype: 10, .double(1)),
                Builder.metric("Lid/T", datatype: 10, .double(2)),
                Builder.metric("Humidity", datatype: 10, .double(3))))
        #expect(decoding.shown(message) == ["street/box/pm2_5=1", "street/box/bin_temperature=2"])
    }

    @Test("calls a device by its path, its configured name, or the topic's {device}")
    func devices() {
        let data = Builder.payload(Builder.metric("Temperature", datatype: 10, .double(1)))
        let configured = decoding(devices: [
            DeviceOptions(id: "aq"), DeviceOptions(id: "bin", aliases: ["street/box/b"]),
        ])
        for (topic, device) in [
            ("DDATA/box/b", "bin"), ("DDATA/box/aq", "street/box/aq"), ("DDATA/box2/aq", "street/box2/aq"),
            ("NDATA/box", "street/box"),
        ] {
            let message = configured.decode("spBv1.0/street/\(topic)", data)
            #expect(configured.shown(message) == ["\(device)/temperature=1"])
        }
        let placed = decoding(topic: "spBv1.0/+/+/+/{device}")
        #expect(placed.shown(placed.decode("spBv1.0/street/DDATA/box/aq", data)) == ["aq/temperature=1"])
        let aliased = decoding(
            topic: "spBv1.0/+/+/+/{device}", devices: [DeviceOptions(id: "bin", aliases: ["street/box/b"])])
        #expect(aliased.shown(aliased.decode("spBv1.0/street/DDATA/box/b", data)) == ["bin/temperature=1"])
        let bridged = decoding(topic: "site/spBv1.0/#")
        #expect(bridged.shown(bridged.decode("site/spBv1.0/s/NDATA/n", data)) == ["s/n/temperature=1"])
    }

    @Test("refuses what is no topic of Sparkplug B")
    func topics() {
        let decoding = decoding(topic: "#")
        let data = Builder.payload(Builder.metric("Temperature", datatype: 10, .double(1)))
        for topic in [
            "spBv1.0", "spBv1.0/", "spBv1.0/street", "spBv1.0/street/NDATA", "spBv1.0/street/NDATA/",
            "spAv1.0/s/NDATA/n",
            "spBv1.0//NDATA/n", "spBv1.0/s/NDATA/n/d", "spBv1.0/s/DDATA/n", "spBv1.0/s/DDATA/n/d/e",
            "spBv1.0/s/XDATA/n",
            "elsewhere",
        ] {
            #expect(decoding.decode(topic, data).reasons == [.undecodable])
        }
    }

    @Test("dates a metric by its own time, the payload's, or the receipt; 0 is none")
    func times() {
        let decoding = decoding()
        func message(payload: UInt64?, metric: UInt64?, historical: Bool? = nil) -> DecodedMessage {
            decoding.decode(
                "spBv1.0/street/NDATA/box",
                Builder.payload(
                    timestamp: payload,
                    Builder.metric("Temperature", timestamp: metric, datatype: 10, .double(1), historical: historical)))
        }
        let time = SparkplugBTests.time
        #expect(message(payload: time, metric: time - 5).readings.map(\.time.milliseconds) == [Int64(time) - 5])
        #expect(message(payload: time, metric: nil).readings.map(\.time.milliseconds) == [Int64(time)])
        #expect(message(payload: time, metric: 0).readings.map(\.time.milliseconds) == [Int64(time)])
        #expect(message(payload: nil, metric: nil).readings.map(\.timeOrigin) == [.receipt])
        #expect(message(payload: 0, metric: 0).readings.map(\.timeOrigin) == [.receipt])
        #expect(message(payload: nil, metric: time / 1000).readings.map(\.time.milliseconds) == [Int64(time)])
        #expect(message(payload: nil, metric: .max).reasons == [.badTime])
        #expect(message(payload: .max, metric: nil).reasons == [.badTime])
        #expect(
            message(payload: time, metric: time - 86_400_000, historical: true).readings.map(\.time.milliseconds) == [
                Int64(time) - 86_400_000
            ])
        #expect(message(payload: time, metric: nil, historical: true).reasons == [.badTime])
    }

    @Test("finds the time wherever it stands in the payload")
    func order() {
        var payload = Builder()
        payload.message(2, Builder.metric("Temperature", datatype: 10, .double(1)))
        payload.varint(99, 5)
        payload.varint(1, SparkplugBTests.time)
        #expect(
            decoding().decode("spBv1.0/s/NDATA/n", payload.bytes).readings.map(\.time.milliseconds) == [
                Int64(SparkplugBTests.time)
            ])
    }

    // MARK: - Hostile input

    @Test("refuses what is no payload")
    func malformed() {
        let decoding = decoding()
        for payload in [Array(#"{"timestamp":1,"metrics":[]}"#.utf8), [0xFF], [0x12, 0x7F], [0x08, 0x80]] as [[UInt8]] {
            #expect(decoding.decode("spBv1.0/s/NDATA/n", payload).reasons == [.undecodable])
        }
        var compressed = Builder()
        compressed.text(4, "SPBV1.0_COMPRESSED")
        compressed.text(5, "\u{1F}\u{08}")
        let message = decoding.decode("spBv1.0/s/NDATA/n", compressed.bytes)
        #expect(message.reasons == [.undecodable])
        #expect(message.rejections.first?.detail.contains("compressed") == true)
    }

    @Test("keeps the good metrics of a payload with bad ones")
    func partly() {
        var payload = Builder()
        payload.text(2, "\u{7F}")
        payload.message(2, Builder.metric("Temperature", datatype: 10, .double(1)))
        payload.message(2, Builder.metric(nil, .double(2)))
        let decoding = decoding()
        let message = decoding.decode("spBv1.0/s/NDATA/n", payload.bytes)
        #expect(decoding.shown(message) == ["s/n/temperature=1"])
        #expect(message.reasons == [.undecodable])
    }

    @Test("remembers no more metrics than it has room for, and says so")
    func bounded() {
        var limits = DecoderLimits()
        limits.seriesCount = 2
        let decoding = decoding(limits: limits)
        var payload = Builder()
        for alias in 0..<100 {
            payload.message(2, Builder.metric("m\(alias)", alias: UInt64(alias), datatype: 10, .double(1)))
        }
        for round in 0..<3 {
            let message = decoding.decode("spBv1.0/s/NBIRTH/n", payload.bytes)
            #expect(message.reasons == [.seriesLimit], "\(round): what was remembered before counts no more")
            #expect(message.rejections.first?.detail.contains("91 more") == true)
        }
        #expect(decoding.decode("spBv1.0/s/DBIRTH/n/d", birth(("Temperature", 1))).reasons == [.seriesLimit])
    }

    @Test("remembers no more nodes and devices than it has room for, and goes on reading names")
    func manyPublishers() {
        let decoding = decoding()
        for node in 0..<2000 { _ = decoding.decode("spBv1.0/s/NBIRTH/n\(node)", birth(("Status", 1))) }
        let late = decoding.decode("spBv1.0/s/NBIRTH/late", birth(("Temperature", 1)))
        #expect(decoding.shown(late) == ["s/late/temperature=1"])
        #expect(late.reasons == [.seriesLimit])
        let data = Builder.payload(Builder.metric(alias: 1, .double(2)))
        #expect(decoding.decode("spBv1.0/s/NDATA/late", data).reasons == [.undecodable])
        #expect(decoding.decode("spBv1.0/s/NDATA/n5", data).reasons == [.noReading])
        let long = String(repeating: "n", count: 200)
        #expect(decoding.decode("spBv1.0/s/NBIRTH/\(long)", birth(("Temperature", 1))).reasons.contains(.seriesLimit))
    }

    @Test("never fails under random damage, and each message leaves a trace", .timeLimit(.minutes(1)), arguments: 0..<4)
    func damaged(round: UInt64) {
        var random = SeededGenerator(seed: 0x5BB1 + round)
        let decoding = decoding()
        let payloads = [
            birth(("Temperature", 1), ("Air/PM2.5", 2)),
            Builder.payload(
                timestamp: SparkplugBTests.time, Builder.metric(alias: 1, .double(2)), Builder.metric(alias: 2, .int(7))
            ),
            Builder.payload(Builder.metric("Humidity", datatype: 9, .float(61), unit: "%", quality: 192)),
        ]
        let topics = ["spBv1.0/s/NBIRTH/n", "spBv1.0/s/NDATA/n", "spBv1.0/s/DBIRTH/n/d", "spBv1.0/s/DDATA/n/d"]
        for _ in 0..<3000 {
            var payload = payloads.randomElement(using: &random)!
            for _ in 0..<Int.random(in: 1...4, using: &random) where !payload.isEmpty {
                let position = Int.random(in: 0..<payload.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: payload[position] = UInt8.random(in: 0...255, using: &random)
                case 1: payload.remove(at: position)
                default: payload.insert(UInt8.random(in: 0...255, using: &random), at: position)
                }
            }
            decoding.decode(topics.randomElement(using: &random)!, payload).expectAccounted("seed \(random.seed)")
        }
    }
}
