import HTTP
import Secrets
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import Forwarding

@Suite("NGSILDSink", .timeLimit(.minutes(3)))
struct NGSILDSinkTests {
    static func series(
        _ number: Int = 1, device: String = "aq-0001", type: String = "air_quality", quantity: String = "pm2_5",
        unit: String = "ug/m3", kind: Quantity.Kind = .gauge
    ) -> SharedSeries {
        SharedSeries(
            id: SeriesID(number), gateway: "stadshagen-01", device: device, deviceType: type, quantity: quantity,
            unit: unit, kind: kind, neighbourhood: "Stadshagen",
            location: SharedLocation(latitude: 52.5305, longitude: 6.0595))
    }

    static let bin = series(10, device: "bin-1", type: "waste", quantity: "fill_level", unit: "%")

    static func sink(_ handler: @escaping SmallHTTPServer.Handler, mostThings: Int = 1000) throws -> NGSILDSink {
        let cancellation = HTTPCancellation()
        let sink = try NGSILDSink(
            NGSILDOptions(
                url: "http://broker:1026", authorization: .bearer(Secret("hush")), tenant: "zwolle",
                mostThings: mostThings), exchange: DirectExchange(cancellation, handler))
        sink.resume(at: nil)
        return sink
    }

    static let air = "urn:ngsi-ld:AirQualityObserved:stadshagen-01:aq-0001:15m:2025-11-24T16.3a00.3a00.2e000Z"

    @Test("makes an entity of a device and a window, in which each quantity is a property")
    func air() throws {
        let broker = FakeBroker()
        let rows = [
            PartnerWorld.row(Self.series(), 0, value: 4.25),
            PartnerWorld.row(Self.series(2, quantity: "humidity", unit: "%"), 0, value: 80),
            PartnerWorld.row(Self.series(3, quantity: "wind_direction", unit: "deg", kind: .circular), 0, value: 270),
            PartnerWorld.row(Self.series(4, quantity: "noise_laeq", unit: "dB[A]"), 0, value: 55),
            PartnerWorld.row(Self.series(5, quantity: "co", unit: "mg/m3"), 0, value: 0.5),
            PartnerWorld.row(Self.series(6, quantity: "no2"), 0, value: nil),
        ]
        #expect(try Self.sink(broker.handler).deliver(rows) == .allTaken)
        #expect(Set(broker.entities.keys) == [Self.air])
        let entity = try #require(broker.entities[Self.air])
        #expect(entity["type"] == "AirQualityObserved")
        #expect(entity["pm25"]?["value"] == .number(4.25))
        #expect(entity["pm25"]?["unitCode"] == "GQ")
        #expect(entity["pm25"]?["observedAt"] == "2025-11-24T16:15:00.000Z")
        #expect(entity["pm25"]?["maximum"]?["value"] == .number(5.25))
        #expect(entity["pm25"]?["revision"]?["value"] == .integer(1))
        #expect(entity["relativeHumidity"]?["value"] == .number(0.8))
        #expect(entity["relativeHumidity"]?["minimum"]?["value"] == .number(0.79))
        #expect(entity["windDirection"]?["value"]?.number.map { abs($0 + 90) < 1e-9 } == true)
        #expect(entity["noise_laeq"]?["unitCode"] == "2N")
        #expect(entity["co"]?["unitCode"] == "GP")
        #expect(entity["no2"] == nil)
        #expect(
            entity["dateObserved"] == [
                "type": "Property", "value": ["@type": "DateTime", "@value": "2025-11-24T16:15:00.000Z"],
            ])
        #expect(
            entity["location"]?["value"] == ["type": "Point", "coordinates": [.number(6.0595), .number(52.5305)]])
        #expect(entity["@context"]?.array?.last == "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context.jsonld")
        #expect(broker.state.withLock { $0.tenants } == ["zwolle"])
    }

    @Test("counts vehicles and measures their speed in TrafficFlowObserved")
    func traffic() throws {
        let broker = FakeBroker()
        func series(_ number: Int, _ quantity: String, _ unit: String, _ kind: Quantity.Kind) -> SharedSeries {
            Self.series(number, device: "tr-1", type: "traffic", quantity: quantity, unit: unit, kind: kind)
        }
        let rows = [
            PartnerWorld.row(series(1, "vehicle_count", "1", .counter), 0, value: 42),
            PartnerWorld.row(series(2, "speed", "km/h", .gauge), 0, value: 38),
            PartnerWorld.row(series(3, "occupancy", "%", .gauge), 0, value: 12),
            PartnerWorld.row(series(4, "bicycle_count", "1", .counter), 0, value: 9),
            PartnerWorld.row(series(5, "temperature", "Cel", .gauge), 0, value: 3),
        ]
        #expect(try Self.sink(broker.handler).deliver(rows) == .allTaken)
        let entity = try #require(broker.entities.values.first)
        #expect(broker.entities.count == 1)
        #expect(entity["type"] == "TrafficFlowObserved")
        #expect(entity["intensity"]?["value"] == .integer(42))
        #expect(entity["averageVehicleSpeed"]?["unitCode"] == "KMH")
        #expect(entity["occupancy"]?["value"] == .number(0.12))
        #expect(entity["bicycle_count"]?["value"] == .integer(9))
        #expect(entity["dateObserved"]?["value"] == "2025-11-24T16:00:00.000Z/2025-11-24T16:15:00.000Z")
        #expect(entity["dateObservedFrom"]?["value"]?["@value"] == "2025-11-24T16:00:00.000Z")
    }

    @Test("chooses the model by the quantity, and by the device where that may be measured anywhere")
    func models() {
        func model(_ quantity: String, _ type: String) -> NGSILDModel {
            NGSILDModel(Self.series(type: type, quantity: quantity))
        }
        #expect(model("pm10", "weather") == .airQuality)
        #expect(model("temperature", "air_quality") == .airQuality)
        #expect(model("temperature", "waste") == .wasteContainer)
        #expect(model("temperature", "traffic") == .traffic)
        #expect(model("temperature", "") == .weather)
        #expect(model("fill_level", "") == .wasteContainer)
        #expect(model("car_intensity_left", "") == .traffic)
        #expect(model("battery", "water") == .measurement)
        #expect(model("water_level", "water") == .measurement)
        #expect(NGSILDModel.measurement.property(Self.series(quantity: "max", unit: "m")).name == "max_")
    }

    @Test("lets a correction take the place of what it corrects, and a figure that is gone be gone")
    func correction() throws {
        let broker = FakeBroker()
        let sink = try Self.sink(broker.handler)
        let other = Self.series(2, quantity: "no2")
        #expect(
            try sink.deliver([PartnerWorld.row(Self.series(), 0, value: 1), PartnerWorld.row(other, 0, value: 2)])
                == .allTaken)
        #expect(try sink.deliver([PartnerWorld.row(Self.series(), 0, revision: 2, value: 3)]) == .allTaken)
        #expect(broker.entities[Self.air]?["pm25"]?["value"] == .integer(3))
        #expect(broker.entities[Self.air]?["no2"]?["value"] == .integer(2))
        #expect(try sink.deliver([PartnerWorld.row(Self.series(), 0, revision: 3, value: nil)]) == .allTaken)
        #expect(broker.entities[Self.air]?["pm25"] == nil)
        #expect(broker.entities[Self.air]?["no2"] != nil)
    }

    @Test("keeps of a container what is newest, also after a restart", arguments: [false, true])
    func container(expands: Bool) throws {
        let broker = FakeBroker()
        broker.state.withLock { $0.expands = expands }
        let id = "urn:ngsi-ld:WasteContainer:stadshagen-01:bin-1"
        let requests = RequestLog()
        let sink = try Self.sink(requests.handler(broker.handler))
        func level() -> Double? { broker.entities[id]?["fillingLevel"]?["value"]?.number }
        #expect(try sink.deliver([PartnerWorld.row(Self.bin, 5, value: 50)]) == .allTaken)
        #expect(level() == 0.5)
        #expect(broker.entities[id]?["fillingLevel"]?["observedAt"] == "2025-11-24T17:30:00.000Z")
        #expect(try sink.deliver([PartnerWorld.row(Self.bin, 3, value: 30)]) == .allTaken)
        #expect(try sink.deliver([PartnerWorld.row(Self.bin, 6, value: nil)]) == .allTaken)
        #expect(level() == 0.5)
        #expect(try sink.deliver([PartnerWorld.row(Self.bin, 5, revision: 2, value: 51)]) == .allTaken)
        #expect(level() == 0.51)
        #expect(requests.all.filter { $0.method == "GET" }.count == 1)
        requests.forget()
        // Anything may have come to be there.
        sink.resume(at: nil)
        #expect(try sink.deliver([PartnerWorld.row(Self.bin, 5, revision: 2, value: 51)]) == .allTaken)
        #expect(requests.all.map(\.method) == ["GET"])
        let next = try Self.sink(requests.handler(broker.handler))
        #expect(try next.deliver([PartnerWorld.row(Self.bin, 5, revision: 1, value: 1)]) == .allTaken)
        #expect(try next.deliver([PartnerWorld.row(Self.bin, 4, value: 2)]) == .allTaken)
        // An hour that ends with the quarter tells less of now.
        #expect(try next.deliver([PartnerWorld.row(Self.bin, 0, value: 3)]) == .allTaken)
        #expect(level() == 0.51)
        let later = [7, 9, 8].map { PartnerWorld.row(Self.bin, $0, value: Double($0)) }
        #expect(try next.deliver(later) == .allTaken)
        #expect(level() == 0.09)
        #expect(requests.all.filter { $0.method == "GET" }.count == 2)
    }

    @Test("tells of all rows of an entity what the broker says of it")
    func partial() throws {
        let broker = FakeBroker()
        let rows = [
            PartnerWorld.row(Self.series(), 0, value: 1), PartnerWorld.row(Self.series(), 1, value: 1),
            PartnerWorld.row(Self.series(2, quantity: "no2"), 0, value: 1),
            PartnerWorld.row(Self.series(), 2, value: 1),
            PartnerWorld.row(Self.series(), 3, value: 1),
        ]
        func id(_ row: SharedAggregate) -> String { NGSILDReading(row).entityID }
        broker.state.withLock {
            $0.errors = [
                id(rows[0]): FakeBroker.error(400, "BadRequestData", "not so"),
                id(rows[3]): FakeBroker.error(503, "LdContextNotAvailable", "later"),
                id(rows[4]): FakeBroker.error(nil, "InternalError", "oh"),
            ]
        }
        let outcomes = try Self.sink(broker.handler).deliver(rows).outcomes
        #expect(
            outcomes == [
                .refused("400 BadRequestData: not so"), .taken, .refused("400 BadRequestData: not so"),
                .again("503 LdContextNotAvailable: later"), .again("InternalError: oh"),
            ])
    }

    @Test("takes what a broker answers 207 to although all is well, and nothing for granted that it does not name")
    func strangeAnswers() throws {
        let broker = FakeBroker()
        let sink = try Self.sink(broker.handler)
        #expect(try sink.deliver([PartnerWorld.row(Self.series(), 0, value: 1)]) == .allTaken)
        let mixed = [PartnerWorld.row(Self.series(), 0, value: 1), PartnerWorld.row(Self.series(), 1, value: 1)]
        #expect(try sink.deliver(mixed) == .allTaken)
        func id(_ row: SharedAggregate) -> String { NGSILDReading(row).entityID }
        // Scorpio 4.1, and in part.
        let entries: JSONValue = [
            ["id": .string(id(mixed[0])), "success": [["attributes": []]], "type": "Upsert"],
            [
                "id": .string(id(mixed[1])), "type": "Upsert",
                "failure": [["title": "Bad Request Data.", "detail": ["message": "why"], "errorCode": .integer(400)]],
            ],
        ]
        let scorpio = try Self.sink { _ in SmallHTTPServer.Response(207, entries.text) }
        #expect(
            try scorpio.deliver(mixed).outcomes == [
                .taken, .refused(#"400 Bad Request Data.: {"message":"why"}"#),
            ])
        func delivery(_ status: Int, _ text: String) throws -> Delivery {
            try Self.sink { _ in SmallHTTPServer.Response(status, text) }.deliver([mixed[0]])
        }
        guard case .again = try delivery(207, #"{"success":[],"errors":[]}"#).outcomes.first else {
            Issue.record("taken, though it is not named")
            return
        }
        for (status, text, kind) in [
            (207, "", SinkFailure.Kind.misconfigured), (207, "[]", .misconfigured), (400, "{}", .refused),
            (413, "{}", .tooLarge), (404, "{}", .misconfigured), (503, "{}", .unavailable),
        ] {
            let sink = try Self.sink { _ in SmallHTTPServer.Response(status, text) }
            do throws(SinkFailure) {
                _ = try sink.deliver([mixed[0]])
                Issue.record("\(status) \(text) is no failure")
            } catch {
                #expect(error.kind == kind, "\(status) \(text)")
            }
        }
    }

    @Test("makes names into ids that stay apart")
    func ids() {
        #expect(NGSILDReading.sanitised("aq-0001_B") == "aq-0001_B")
        #expect(NGSILDReading.sanitised("a:b/é") == "a.3ab.2f.c3.a9")
        #expect(NGSILDReading.sanitised("a.b") == "a.2eb")
    }

    @Test("says beforehand what it would send, without the secret")
    func preview() throws {
        let broker = FakeBroker()
        let text = try Self.sink(broker.handler).preview([
            PartnerWorld.row(Self.series(), 0, value: 1), PartnerWorld.row(Self.bin, 0, value: 1),
        ])
        #expect(text.contains("POST /ngsi-ld/v1/entityOperations/upsert?options=update HTTP/1.1\nHost: broker:1026\n"))
        #expect(text.contains("NGSILD-Tenant: zwolle"))
        #expect(text.contains("Authorization: Bearer •••"))
        #expect(text.contains(#""fillingLevel":{"type":"Property","value":0.01"#))
        #expect(!text.contains("hush"))
        #expect(broker.entities.isEmpty)
    }

    @Test("leaves each window in its newest revision, and each container at its newest, whatever goes wrong")
    func everythingNewest() throws {
        var random = SeededGenerator.fromEnvironment()
        for _ in 0..<60 {
            let broker = FakeBroker()
            let faulty = FaultyServer(broker.handler)
            let most = [2, 1000].randomElement(using: &random) ?? 2
            let bins = (0..<3).map {
                Self.series(20 + $0, device: "bin-\($0)", type: "waste", quantity: "fill_level", unit: "%")
            }
            var world = PartnerWorld(
                [Self.series(1), Self.series(2, quantity: "no2"), Self.series(3, device: "x:y")] + bins)
            var sink = try Self.sink(faulty.handler, mostThings: most)
            var driver = SinkDriver()
            faulty.failRandomly(0.15, seed: random.next())
            for _ in 0..<8 {
                let batch = world.nextBatch(&random)
                let crash = Bool.random(using: &random) ? Int.random(in: 0...3, using: &random) : nil
                let size = Int.random(in: 1...20, using: &random)
                if try !driver.offer(batch, to: sink, most: size, crashAfter: crash) {
                    sink = try Self.sink(faulty.handler, mostThings: most)
                    _ = try driver.offer(world.asItIsNow(batch), to: sink, most: size)
                }
            }
            let comment = Comment("seed \(random.seed)")
            #expect(driver.refused.allSatisfy { $0.reason.contains("413") }, comment)
            let refused = Set(driver.refused.map(\.row.key))
            for row in world.newest.values where row.series.quantity != "fill_level" && !refused.contains(row.key) {
                let reading = NGSILDReading(row)
                let there = broker.entities[reading.entityID]?[reading.property.name]
                #expect(there?["value"]?.number == row.mainFigure, comment)
                if row.mainFigure != nil { #expect(there?["revision"]?["value"]?.integer == row.revision, comment) }
            }
            for bin in bins {
                let rows = world.newest.values.filter { $0.series.id == bin.id }
                guard !rows.contains(where: { refused.contains($0.key) }) else { continue }
                let newest = rows.filter { $0.mainFigure != nil }.max { $0.window.end < $1.window.end }
                guard let newest else { continue }
                let there = broker.entities[NGSILDReading(newest).entityID]?["fillingLevel"]
                // A window whose figure was taken away later stays, until the next.
                let emptied = rows.contains {
                    $0.mainFigure == nil && $0.revision > 1 && $0.window.end > newest.window.end
                }
                if !emptied {
                    #expect(there?["observedAt"]?.string == newest.window.end.description, comment)
                    #expect(there?["revision"]?["value"]?.integer == newest.revision, comment)
                }
            }
        }
    }
}
