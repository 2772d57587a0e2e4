import HTTP
import Synchronization
import Telemetry
import TestKit
import Testing
import Threading

@testable import Forwarding

/// The sinks with the real client, over real connections.
@Suite("Sinks over HTTP, over the wire", .timeLimit(.minutes(2)))
struct HTTPSinkWireTests {
    enum Kind: CaseIterable, Sendable { case sensorThings, ngsiLD, arcGIS }

    /// A sink, its server, and what the server has of a series: the revision of each window.
    private struct World {
        let server: SmallHTTPServer
        let faulty: FaultyServer
        let cancellation = HTTPCancellation()
        let sink: any Sink
        let revisions: () -> [Int]

        init(_ kind: Kind) throws {
            let handler: SmallHTTPServer.Handler
            switch kind {
            case .sensorThings:
                let fake = FakeSensorThings()
                handler = fake.handler
                revisions = { fake.entities("Observations").compactMap { $0["parameters"]?["revision"]?.integer } }
            case .ngsiLD:
                let fake = FakeBroker()
                handler = fake.handler
                revisions = { fake.entities.values.compactMap { $0["pm25"]?["revision"]?["value"]?.integer } }
            case .arcGIS:
                let fake = FakeFeatureLayer()
                handler = fake.handler
                revisions = { fake.features.values.compactMap { $0["attributes"]?["revision"]?.integer } }
            }
            let faulty = FaultyServer(handler)
            self.faulty = faulty
            server = try SmallHTTPServer { request in
                var response = faulty.handler(request)
                response.isChunked = request.method == "GET"
                return response
            }
            let client = try HTTPClient(cancellation: cancellation)
            switch kind {
            case .sensorThings:
                let made = try SensorThingsSink(
                    SensorThingsOptions(url: "\(server.url)/v1.1"), exchange: client)
                made.resume(at: nil)
                sink = made
            case .ngsiLD:
                sink = try NGSILDSink(NGSILDOptions(url: server.url), exchange: client)
            case .arcGIS:
                sink = try ArcGISSink(
                    ArcGISOptions(url: "\(server.url)/FeatureServer/0"), exchange: client)
            }
        }

        func failure(_ rows: [SharedAggregate]) -> SinkFailure? {
            do throws(SinkFailure) {
                _ = try sink.deliver(rows)
                return nil
            } catch {
                return error
            }
        }
    }

    private let series = SensorThingsSinkTests.series()

    @Test("what is answered, and what is lost, comes to the server once", arguments: Kind.allCases)
    func once(kind: Kind) throws {
        let world = try World(kind)
        let rows = (0..<40).map { PartnerWorld.row(series, $0, value: Double($0)) }
        #expect(try world.sink.deliver(Array(rows[..<20])) == .allTaken)
        for fault in [FaultyServer.Fault.cut, .cutWithin] {
            world.faulty.plan(fault)
            let failure = world.failure(Array(rows[10...]))
            // A look-up that is cut has changed nothing.
            if kind == .arcGIS || fault == .cut && kind == .ngsiLD { #expect(failure?.mayHaveArrived == true) }
            #expect(try world.sink.deliver(Array(rows[10...])) == .allTaken)
        }
        let corrected = (0..<5).map { PartnerWorld.row(series, $0 * 3, revision: 2, value: 0) }
        #expect(try world.sink.deliver(corrected) == .allTaken)
        #expect(world.revisions().sorted() == Array(repeating: 1, count: 35) + Array(repeating: 2, count: 5))
    }

    @Test("a server that is away, busy, or wants less says so", arguments: Kind.allCases)
    func failures(kind: Kind) throws {
        let world = try World(kind)
        let row = PartnerWorld.row(series, 0, value: 1)
        world.faulty.plan(.answers(503, "busy"))
        #expect(world.failure([row])?.retryAfterMilliseconds == 7000)
        world.faulty.plan(.answers(429, "slowly"))
        #expect(world.failure([row])?.kind == .unavailable)
        world.faulty.plan(.answers(401, "who?"))
        #expect(world.failure([row])?.kind == .misconfigured)
        #expect(world.failure([row]) == nil)
        world.server.stop()
        let away = world.failure([PartnerWorld.row(series, 1, value: 1)])
        #expect(away?.kind == .unavailable && away?.mayHaveArrived == false)
        try world.server.start()
        #expect(world.failure([PartnerWorld.row(series, 1, value: 1)]) == nil)
        let next = [PartnerWorld.row(series, 2, value: 1), PartnerWorld.row(series, 3, value: 1)]
        world.faulty.plan(.answers(413, "{}"))
        #expect(world.failure(next)?.kind == .tooLarge)
        #expect(world.failure(next) == nil)
        #expect(world.revisions() == [1, 1, 1, 1])
    }

    @Test("a delivery that waits is ended by a cancellation, and each one after it", arguments: Kind.allCases)
    func cancelled(kind: Kind) throws {
        let world = try World(kind)
        let isWaiting = Signal()
        let mayAnswer = Signal()
        let slow = try SmallHTTPServer { _ in
            isWaiting.raise()
            mayAnswer.wait(milliseconds: 20_000)
            return SmallHTTPServer.Response(503)
        }
        let client = try HTTPClient(cancellation: world.cancellation)
        let sink: any Sink =
            switch kind {
            case .sensorThings:
                try SensorThingsSink(
                    SensorThingsOptions(url: slow.url), exchange: client)
            case .ngsiLD:
                try NGSILDSink(NGSILDOptions(url: slow.url), exchange: client)
            case .arcGIS:
                try ArcGISSink(ArcGISOptions(url: slow.url), exchange: client)
            }
        let cancellation = world.cancellation
        let canceller = WorkerThread(name: "canceller") {
            isWaiting.wait(milliseconds: 20_000)
            cancellation.cancel()
        }
        let row = PartnerWorld.row(series, 0, value: 1)
        #expect(throws: SinkFailure.self) { try sink.deliver([row]) }
        #expect(canceller.join(milliseconds: 10_000))
        let count = slow.requests.count
        #expect(throws: SinkFailure.self) { try sink.deliver([row]) }
        #expect(slow.requests.count == count)
        mayAnswer.raise()
    }
}
