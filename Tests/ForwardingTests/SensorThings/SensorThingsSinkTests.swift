import HTTP
import Secrets
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import Forwarding

@Suite("SensorThingsSink", .timeLimit(.minutes(3)))
struct SensorThingsSinkTests {
    static func series(
        _ number: Int = 1, device: String = "aq-0001", quantity: String = "pm2_5", unit: String = "ug/m3",
        location: SharedLocation? = SharedLocation(latitude: 52.5305, longitude: 6.0595)
    ) -> SharedSeries {
        SharedSeries(
            id: SeriesID(number), gateway: "stadshagen-01", device: device, deviceType: "air_quality",
            quantity: quantity, unit: unit, kind: .gauge, neighbourhood: "Stadshagen", location: location)
    }

    static func sink(
        _ handler: @escaping SmallHTTPServer.Handler, ids: SensorThingsOptions.IDs = .server,
        mostDatastreams: Int = 1000
    ) throws -> SensorThingsSink {
        let cancellation = HTTPCancellation()
        let sink = try SensorThingsSink(
            SensorThingsOptions(
                url: "http://sta:8080/v1.1/", authorization: .bearer(Secret("hush")), ids: ids,
                mostDatastreams: mostDatastreams),
            exchange: DirectExchange(cancellation, handler))
        sink.resume(at: nil)
        return sink
    }

    /// What is there, by key: how often, in which revision, with what result.
    static func stored(_ server: FakeSensorThings) -> [String: [(revision: Int?, result: Double?)]] {
        var stored: [String: [(revision: Int?, result: Double?)]] = [:]
        for observation in server.entities("Observations") {
            let parameters = observation["parameters"]
            stored[parameters?["key"]?.string ?? "", default: []].append(
                (parameters?["revision"]?.integer, observation["result"]?.number))
        }
        return stored
    }

    static func expect(_ rows: [SharedAggregate], in server: FakeSensorThings, _ comment: Comment = "") {
        let stored = stored(server)
        #expect(Set(stored.keys) == Set(rows.map(\.key)), comment)
        for row in rows {
            let there = stored[row.key] ?? []
            #expect(there.map(\.revision) == [row.revision], comment)
            #expect(there.map(\.result) == [row.mainFigure], comment)
        }
    }

    @Test("makes a thing, its location and a datastream of each series and tier, and an observation of each window")
    func entities() throws {
        let server = FakeSensorThings()
        let sink = try Self.sink(server.handler)
        let rows = [
            PartnerWorld.row(Self.series(), 0, value: 4.25), PartnerWorld.row(Self.series(), 1, value: nil),
            PartnerWorld.row(Self.series(), 0, value: 5, tier: .hour),
            PartnerWorld.row(Self.series(2, quantity: "temperature", unit: "Cel"), 0, value: 7.5),
        ]
        #expect(try sink.deliver(rows) == .allTaken)
        Self.expect(rows, in: server)
        #expect(server.entities("Things").count == 1)
        #expect(server.entities("Sensors").map { $0["name"] } == ["air_quality"])
        #expect(Set(server.entities("ObservedProperties").map { $0["name"] }) == ["pm2_5", "temperature"])
        #expect(
            Set(server.entities("Datastreams").compactMap { $0["name"]?.string }) == [
                "stadshagen-01/aq-0001/pm2_5/ug/m3/15m", "stadshagen-01/aq-0001/pm2_5/ug/m3/1h",
                "stadshagen-01/aq-0001/temperature/Cel/15m",
            ])
        #expect(
            server.entities("Locations").map { $0["location"] } == [
                ["type": "Point", "coordinates": [.number(6.0595), .number(52.5305)]]
            ])
        let first = try #require(
            server.entities("Observations").first { $0["parameters"]?["key"]?.string == rows[0].key })
        #expect(first["phenomenonTime"] == "2025-11-24T16:00:00.000Z/2025-11-24T16:15:00.000Z")
        #expect(first["result"] == .number(4.25))
        #expect(first["resultQuality"] == ["valid": .boolean(true), "coverage": .integer(1)])
        #expect(first["parameters"]?["max"] == .number(5.25))
        #expect(first["parameters"]?["max_time"] == "2025-11-24T16:00:02.000Z")
        let datastream = try #require(server.entities("Datastreams").first)
        #expect(datastream["unitOfMeasurement"]?["symbol"] == "ug/m3")
    }

    @Test("gives observations a feature of interest where no location is told")
    func withoutLocation() throws {
        let server = FakeSensorThings()
        let rows = [PartnerWorld.row(Self.series(location: nil), 0, value: 1)]
        #expect(try Self.sink(server.handler).deliver(rows) == .allTaken)
        #expect(server.entities("Locations").isEmpty)
        #expect(server.entities("FeaturesOfInterest").count == 1)
        let again = [PartnerWorld.row(Self.series(location: nil), 1, value: 1)]
        #expect(try Self.sink(server.handler).deliver(again) == .allTaken)
        #expect(server.entities("FeaturesOfInterest").count == 1)
        Self.expect(rows + again, in: server)
    }

    @Test("moves a thing whose location has changed")
    func moved() throws {
        let server = FakeSensorThings()
        #expect(try Self.sink(server.handler).deliver([PartnerWorld.row(Self.series(), 0, value: 1)]) == .allTaken)
        #expect(try Self.sink(server.handler).deliver([PartnerWorld.row(Self.series(), 1, value: 1)]) == .allTaken)
        #expect(server.entities("Locations").count == 1)
        let there = Self.series(location: SharedLocation(latitude: 52, longitude: 6))
        #expect(try Self.sink(server.handler).deliver([PartnerWorld.row(there, 2, value: 1)]) == .allTaken)
        #expect(server.entities("Locations").count == 2)
        #expect(server.entities("Things").first?["Locations"] == [server.entities("Locations")[1]["@iot.id"] ?? .null])
    }

    @Test("finds what is there after a restart, and asks nothing twice")
    func restart() throws {
        let server = FakeSensorThings()
        let requests = RequestLog()
        let sink = try Self.sink(requests.handler(server.handler))
        let rows = (0..<120).map { PartnerWorld.row(Self.series(), $0, value: Double($0)) }
        #expect(try sink.deliver(Array(rows[..<100])) == .allTaken)
        let count = requests.all.count
        #expect(try sink.deliver(Array(rows[100...])) == .allTaken)
        #expect(requests.all.count == count + 1)
        let next = try Self.sink(server.handler)
        #expect(try next.deliver(rows) == .allTaken)
        Self.expect(rows, in: server)
        #expect(server.entities("Datastreams").count == 1)
        let corrected = [3, 77].map { PartnerWorld.row(Self.series(), $0, revision: 2, value: 0.5) }
        #expect(try next.deliver(corrected) == .allTaken)
        #expect(try Self.sink(server.handler).deliver([rows[3]]) == .allTaken)
        Self.expect(rows.filter { ![rows[3].key, rows[77].key].contains($0.key) } + corrected, in: server)
    }

    @Test("lets a correction without a figure take one away")
    func emptied() throws {
        let server = FakeSensorThings()
        let sink = try Self.sink(server.handler)
        #expect(try sink.deliver([PartnerWorld.row(Self.series(), 0, value: 3)]) == .allTaken)
        let empty = PartnerWorld.row(Self.series(), 0, revision: 2, value: nil)
        #expect(try sink.deliver([empty]) == .allTaken)
        Self.expect([empty], in: server)
        #expect(server.entities("Observations").first?["result"] == .null)
    }

    @Test("sends of several revisions the newest")
    func revisions() throws {
        let server = FakeSensorThings()
        let rows = (1...3).map { PartnerWorld.row(Self.series(), 0, revision: $0, value: Double($0)) }
        #expect(try Self.sink(server.handler).deliver(rows) == .allTaken)
        Self.expect([rows[2]], in: server)
    }

    @Test("tells of each row what the server says of it")
    func rowErrors() throws {
        let server = FakeSensorThings()
        let rows = (0..<4).map { PartnerWorld.row(Self.series(), $0, value: 1) }
        server.state.withLock {
            $0.rowErrors = [rows[1].key: "result is out of range", rows[2].key: "connection timed out"]
        }
        let delivery = try Self.sink(server.handler).deliver(rows)
        #expect(
            delivery.outcomes == [
                .taken, .refused("error result is out of range"), .again("error connection timed out"), .taken,
            ])
    }

    @Test("looks up what a server refuses, since it may be for being there")
    func uniqueServer() throws {
        let server = FakeSensorThings()
        server.state.withLock { $0.isUnique = true }
        let faulty = FaultyServer(server.handler)
        let sink = try Self.sink(faulty.handler)
        let row = PartnerWorld.row(Self.series(), 0, value: 1)
        // What is newest is hidden, so that it is sent as new.
        #expect(try sink.deliver([row]) == .allTaken)
        let other = try Self.sink { request in
            var response = server.handler(request)
            if request.query?.contains("expand=Observations") == true,
                let answer = try? JSONReader.read(response.body),
                case .object(let members)? = answer["value"]?.array?.first
            {
                let value = members.filter { $0.name != "Observations" } + [.init("Observations", [])]
                response.body = (["value": [.object(value)]] as JSONValue).bytes
            }
            return response
        }
        let newer = PartnerWorld.row(Self.series(), 0, revision: 2, value: 2)
        #expect(try other.deliver([newer]) == .allTaken)
        Self.expect([newer], in: server)
    }

    @Test("creates a datastream anew that was deleted")
    func deletedDatastream() throws {
        for takesMany in [true, false] {
            let server = FakeSensorThings()
            server.state.withLock { $0.takesMany = takesMany }
            let sink = try Self.sink(server.handler)
            #expect(try sink.deliver([PartnerWorld.row(Self.series(), 0, value: 1)]) == .allTaken)
            server.delete("Observations") { _ in true }
            server.delete("Datastreams") { _ in true }
            server.delete("Things") { _ in true }
            let rows = [
                PartnerWorld.row(Self.series(), 0, revision: 2, value: 2), PartnerWorld.row(Self.series(), 1, value: 3),
            ]
            #expect(try sink.deliver(rows) == .allTaken)
            Self.expect(rows, in: server)
            #expect(server.entities("Things").count == 1)
        }
    }

    @Test("leaves one of observations that came to be there twice")
    func twins() throws {
        let server = FakeSensorThings()
        let row = PartnerWorld.row(Self.series(), 0, value: 1)
        #expect(try Self.sink(server.handler).deliver([row]) == .allTaken)
        server.state.withLock { state in
            guard let twin = state.sets["Observations"]?.values.first, case .object(let members) = twin else { return }
            state.sets["Observations"]?[9999] = .object(
                members.filter { $0.name != "@iot.id" } + [.init("@iot.id", .integer(9999))])
        }
        #expect(Self.stored(server)[row.key]?.count == 2)
        let newer = PartnerWorld.row(Self.series(), 0, revision: 2, value: 2)
        #expect(try Self.sink(server.handler).deliver([newer]) == .allTaken)
        Self.expect([newer], in: server)
    }

    @Test("takes the older of entities that another gateway made at the same moment")
    func race() throws {
        let server = FakeSensorThings()
        let wasThere = RequestLog()
        let sink = try Self.sink { request in
            // Between our look and our creation, the other does the same.
            if request.method == "POST", request.path.hasSuffix("/Sensors"), wasThere.all.isEmpty {
                wasThere.add(request)
                _ = try? Self.sink(server.handler).deliver([
                    PartnerWorld.row(Self.series(7, device: "aq-0007"), 0, value: 1)
                ])
            }
            return server.handler(request)
        }
        #expect(try sink.deliver([PartnerWorld.row(Self.series(), 0, value: 1)]) == .allTaken)
        let sensors = server.entities("Sensors")
        #expect(sensors.count == 2)
        let used = Set(server.entities("Datastreams").map { $0["Sensor"]?["@iot.id"] })
        #expect(used == [sensors[0]["@iot.id"]])
    }

    @Test("posts one by one where the server does not take many")
    func oneByOne() throws {
        let server = FakeSensorThings()
        server.state.withLock { $0.takesMany = false }
        let requests = RequestLog()
        let sink = try Self.sink(requests.handler(server.handler))
        let rows = (0..<5).map { PartnerWorld.row(Self.series(location: nil), $0, value: 1) }
        #expect(try sink.deliver(rows) == .allTaken)
        Self.expect(rows, in: server)
        let more = (5..<8).map { PartnerWorld.row(Self.series(location: nil), $0, value: 1) }
        server.state.withLock { $0.rowErrors = [more[1].key: "no"] }
        guard case .refused(let reason) = try sink.deliver(more).outcomes[1] else {
            Issue.record("not refused")
            return
        }
        #expect(reason.contains("no"))
        #expect(requests.all.filter { $0.path.hasSuffix("CreateObservations") }.count == 1)
    }

    @Test("gives ids of its own where that is wanted")
    func clientIDs() throws {
        let server = FakeSensorThings()
        let row = PartnerWorld.row(Self.series(), 0, value: 1)
        #expect(try Self.sink(server.handler, ids: .client).deliver([row]) == .allTaken)
        let id = server.entities("Observations").first?["@iot.id"]?.string
        #expect(id == NameUUID(space: .url, name: "poort:\(row.key)").description.lowercased())
        let newer = PartnerWorld.row(Self.series(), 0, revision: 2, value: 2)
        #expect(try Self.sink(server.handler, ids: .client).deliver([newer]) == .allTaken)
        Self.expect([newer], in: server)
    }

    @Test("gives up in words that help, and knows whether anything arrived")
    func failures() throws {
        let server = FakeSensorThings()
        let faulty = FaultyServer(server.handler)
        let sink = try Self.sink(faulty.handler)
        let rows = [PartnerWorld.row(Self.series(), 0, value: 1)]
        func failure(_ faults: FaultyServer.Fault...) -> SinkFailure? {
            for fault in faults { faulty.plan(fault) }
            do throws(SinkFailure) {
                _ = try sink.deliver(rows)
                return nil
            } catch {
                return error
            }
        }
        #expect(failure(.unreachable)?.kind == .unavailable)
        #expect(failure(.answers(401, "{}"))?.kind == .misconfigured)
        #expect(failure(.answers(404, "{}"))?.kind == .misconfigured)
        #expect(failure(.answers(503, "{}"))?.retryAfterMilliseconds == 7000)
        let page = try #require(failure(.answers(200, "<html>")))
        #expect(page.kind == .misconfigured && !page.mayHaveArrived)
        #expect(page.cause.contains("<html>"))
        // The thing was not there: found none, created, and then the answer is lost.
        #expect(failure(.none, .cut)?.mayHaveArrived == false)
        #expect(failure() == nil)
        #expect(failure(.none)?.kind == nil)
        Self.expect(rows, in: server)
    }

    @Test("says beforehand what it would send, without the secret")
    func preview() throws {
        let server = FakeSensorThings()
        let sink = try Self.sink(server.handler)
        let row = PartnerWorld.row(Self.series(), 0, value: 4.25)
        let before = sink.preview([row])
        #expect(before.contains("POST /v1.1/CreateObservations HTTP/1.1\nHost: sta:8080\n"))
        #expect(before.contains("Authorization: Bearer •••"))
        #expect(!before.contains("hush"))
        #expect(before.contains("stadshagen-01/aq-0001/pm2_5/ug/m3/15m"))
        #expect(server.entities("Things").isEmpty)
        _ = try sink.deliver([row])
        #expect(sink.preview([row]).contains(#""Datastream":{"@iot.id":"#))
    }

    @Test("sends nothing any more when it is cancelled")
    func cancelled() throws {
        let server = FakeSensorThings()
        let sink = try Self.sink(server.handler)
        sink.cancel()
        #expect(throws: SinkFailure.self) { try sink.deliver([PartnerWorld.row(Self.series(), 0, value: 1)]) }
        #expect(server.entities("Things").isEmpty)
    }
}
