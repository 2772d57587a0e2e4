import HTTP
import Secrets
import Synchronization
import Telemetry
import TestKit
import Testing

@testable import Forwarding

@Suite("ArcGISSink", .timeLimit(.minutes(3)))
struct ArcGISSinkTests {
    private static let series = SensorThingsSinkTests.series()

    static func sink(
        _ handler: @escaping SmallHTTPServer.Handler, credentials: ArcGISCredentials = .none,
        clock: @escaping () -> Timestamp = Timestamp.now
    ) throws -> ArcGISSink {
        let cancellation = HTTPCancellation()
        return try ArcGISSink(
            ArcGISOptions(
                url: "http://gis:6080/FeatureServer/0", credentials: credentials),
            exchange: DirectExchange(cancellation, handler), clock: clock)
    }

    /// A good layer whose edits are answered so.
    static func edits(_ handler: @escaping SmallHTTPServer.Handler) -> SmallHTTPServer.Handler {
        let layer = FakeFeatureLayer()
        return { $0.path.hasSuffix("/applyEdits") ? handler($0) : layer.handler($0) }
    }

    static func expect(_ rows: [SharedAggregate], in layer: FakeFeatureLayer, _ comment: Comment = "") {
        let features = layer.features
        #expect(Set(features.keys) == Set(rows.map { ArcGISFeature(row: $0).globalID }), comment)
        for row in rows {
            let attributes = features[ArcGISFeature(row: row).globalID]?["attributes"]
            #expect(attributes?["revision"]?.integer == row.revision, comment)
            #expect(attributes?["mean"]?.number == row.mainFigure, comment)
        }
    }

    @Test("makes a flat feature of each window, with a point")
    func features() throws {
        let layer = FakeFeatureLayer()
        let rows = [
            PartnerWorld.row(Self.series, 0, value: 4.25), PartnerWorld.row(Self.series, 1, value: nil),
            PartnerWorld.row(SensorThingsSinkTests.series(2, location: nil), 2, revision: 3, value: 1),
        ]
        #expect(try Self.sink(layer.handler).deliver(rows) == .allTaken)
        Self.expect(rows, in: layer)
        let feature = try #require(layer.features[ArcGISFeature(row: rows[0]).globalID])
        #expect(
            feature["geometry"] == [
                "x": .number(6.0595), "y": .number(52.5305), "spatialReference": ["wkid": .integer(4326)],
            ])
        let attributes = feature["attributes"]
        #expect(attributes?["device"] == "aq-0001")
        #expect(attributes?["window_start"]?.integer == 1_764_000_000_000)
        #expect(attributes?["window_end"]?.integer == 1_764_000_900_000)
        #expect(attributes?["max_time"]?.integer == 1_764_000_002_000)
        #expect(attributes?["valid"] == .integer(1))
        #expect(attributes?["last_"] == .number(4.25))
        #expect(attributes?["last"] == nil)
        #expect(attributes?["sum"] == .null)
        #expect(layer.features[ArcGISFeature(row: rows[2]).globalID]?["geometry"] == .null)
    }

    @Test("calls fields as the layer does, and says what is amiss with it")
    func layer() throws {
        let layer = FakeFeatureLayer()
        layer.state.withLock {
            $0.globalIDField = "GLOBALID"
            $0.fields = ["DEVICE", "QUANTITY", "WINDOW_START", "MEAN", "REVISION"]
        }
        let row = PartnerWorld.row(Self.series, 0, value: 4.25)
        #expect(try Self.sink(layer.handler).deliver([row]) == .allTaken)
        let id = ArcGISFeature(row: row).globalID
        #expect(
            layer.features[id]?["attributes"] == [
                "GLOBALID": .string("{\(id)}"), "DEVICE": "aq-0001", "QUANTITY": "pm2_5",
                "WINDOW_START": .integer(1_764_000_000_000), "REVISION": .integer(1), "MEAN": .number(4.25),
            ])
        func failure(_ answer: JSONValue) throws -> SinkFailure? {
            let sink = try Self.sink { _ in SmallHTTPServer.Response(200, answer.text) }
            do throws(SinkFailure) {
                _ = try sink.deliver([row])
                return nil
            } catch {
                return error
            }
        }
        let fields = ["device", "quantity", "window_start"].map { name -> JSONValue in ["name": .string(name)] }
        for (answer, words) in [
            (["fields": .array(fields)] as JSONValue, "no GlobalID"), (["layers": []], "no layer"),
            (["fields": .array(Array(fields[1...])), "globalIdField": "id"], "no field device"),
            (FakeFeatureLayer.error(400, "Invalid URL"), "Invalid URL"),
        ] {
            let failure = try failure(answer)
            #expect(failure?.kind == .misconfigured && failure?.mayHaveArrived == false)
            #expect(failure?.cause.contains(words) == true, "\(failure?.cause ?? "")")
        }
    }

    @Test("turns an add of what is there into an update, and an update of what is not into an add")
    func flips() throws {
        let layer = FakeFeatureLayer()
        let sink = try Self.sink(layer.handler)
        #expect(try sink.deliver([PartnerWorld.row(Self.series, 0, value: 1)]) == .allTaken)
        let rows = [
            PartnerWorld.row(Self.series, 0, value: 2), PartnerWorld.row(Self.series, 1, revision: 2, value: 3),
            PartnerWorld.row(Self.series, 2, value: 4),
        ]
        #expect(try sink.deliver(rows) == .allTaken)
        Self.expect(rows, in: layer)
        let emptied = PartnerWorld.row(Self.series, 2, revision: 2, value: nil)
        #expect(try sink.deliver([emptied]) == .allTaken)
        Self.expect(Array(rows[..<2]) + [emptied], in: layer)
    }

    @Test("tells of each row what the layer says of it")
    func rowErrors() throws {
        let layer = FakeFeatureLayer()
        let rows = (0..<5).map { PartnerWorld.row(Self.series, $0, revision: $0 == 4 ? 2 : 1, value: 1) }
        layer.state.withLock { state in
            for (place, error) in [
                (0, (1016, "Setting of value for mean failed.")), (1, (1017, "Deadlock found in the database")),
                (2, (1012, "Operation rolled back.")), (4, (1013, "Object is missing or edit denied.")),
            ] {
                state.errors[ArcGISFeature(row: rows[place]).globalID] = (error.0, error.1)
            }
        }
        #expect(
            try Self.sink(layer.handler).deliver(rows).outcomes == [
                .refused("error 1016: Setting of value for mean failed."),
                .again("error 1017: Deadlock found in the database"), .again("error 1012: Operation rolled back."),
                .taken, .refused("error 1013: Object is missing or edit denied."),
            ])
    }

    @Test("knows by its GlobalID which feature a result is of, and wants one of each")
    func orderOfResults() throws {
        let layer = FakeFeatureLayer()
        let rows = (0..<3).map { PartnerWorld.row(Self.series, $0, value: 1) }
        layer.state.withLock {
            $0.errors[ArcGISFeature(row: rows[0]).globalID] = (1016, "no")
        }
        func sink(_ change: @escaping @Sendable ([JSONValue]) -> [JSONValue]) throws -> ArcGISSink {
            try Self.sink { request in
                var response = layer.handler(request)
                if let results = (try? JSONReader.read(response.body))?["addResults"]?.array {
                    response.body = (["addResults": .array(change(results))] as JSONValue).bytes
                }
                return response
            }
        }
        #expect(
            try sink { $0.reversed() }.deliver(rows).outcomes == [.refused("error 1016: no"), .taken, .taken])
        let short = try sink { Array($0.dropLast()) }
        #expect(throws: SinkFailure.self) { try short.deliver(rows) }
    }

    @Test("sends again what was rolled back for another's sake, and only that")
    func rolledBack() throws {
        let layer = FakeFeatureLayer()
        let rows = (0..<6).map { PartnerWorld.row(Self.series, $0, value: 1) }
        layer.state.withLock {
            $0.rollsBack = true
            $0.errors[ArcGISFeature(row: rows[3]).globalID] = (1001, "Field: mean is not nullable.")
        }
        var driver = SinkDriver()
        let isSettled = try driver.offer(rows, to: try Self.sink(layer.handler))
        #expect(isSettled)
        #expect(driver.refused.map(\.row.key) == [rows[3].key])
        Self.expect(rows.filter { $0.key != rows[3].key }, in: layer)
    }

    @Test("says what is to be done about an error of the whole request")
    func requestErrors() throws {
        let row = PartnerWorld.row(Self.series, 0, value: 1)
        func failure(_ code: Int, _ message: String = "") throws -> SinkFailure? {
            let sink = try Self.sink(
                Self.edits { _ in SmallHTTPServer.Response(200, FakeFeatureLayer.error(code, message).text) })
            do throws(SinkFailure) {
                _ = try sink.deliver([row])
                return nil
            } catch {
                return error
            }
        }
        #expect(try failure(498)?.kind == .misconfigured)
        #expect(try failure(499)?.hint.contains("token") == true)
        #expect(try failure(400, "'useGlobalIds' parameter is invalid")?.hint.contains("GlobalID") == true)
        #expect(try failure(400, "'adds' parameter is invalid")?.kind == .refused)
        #expect(try failure(413)?.kind == .tooLarge)
        #expect(try failure(500)?.kind == .unavailable)
        #expect(try failure(404)?.kind == .misconfigured)
        #expect(try failure(498, "Invalid Token")?.cause == "error 498: Invalid Token")
        let page = try Self.sink(Self.edits { _ in SmallHTTPServer.Response(200, "<html>") })
        do throws(SinkFailure) {
            _ = try page.deliver([row])
            Issue.record("a page is no answer")
        } catch {
            #expect(error.kind == .misconfigured && error.mayHaveArrived)
        }
    }

    @Test("sends the token in the form, never in the url, and shows it nowhere")
    func token() throws {
        let layer = FakeFeatureLayer()
        layer.state.withLock { $0.token = "a&b" }
        let requests = RequestLog()
        let row = PartnerWorld.row(Self.series, 0, value: 1)
        let sink = try Self.sink(requests.handler(layer.handler), credentials: .token(Secret("a&b")))
        #expect(try sink.deliver([row]) == .allTaken)
        #expect(requests.all.allSatisfy { !$0.target.contains("token") })
        let preview = sink.preview([row])
        #expect(preview.contains("POST /FeatureServer/0/applyEdits HTTP/1.1"))
        #expect(preview.contains("token=•••"))
        #expect(preview.contains("useGlobalIds=true"))
        #expect(!preview.contains("a&b"))
        #expect(throws: SinkFailure.self) { try Self.sink(layer.handler).deliver([row]) }
        #expect(throws: SinkFailure.self) {
            try Self.sink(layer.handler, credentials: .token(Secret("old"))).deliver([row])
        }
        #expect(throws: SinkFailure.self) {
            let cancellation = HTTPCancellation()
            _ = try ArcGISSink(
                ArcGISOptions(url: "http://gis/FeatureServer/0?token=abc"),
                exchange: DirectExchange(cancellation, layer.handler))
        }
    }

    @Test("asks for tokens as an app, when they are spent or not taken any more")
    func app() throws {
        let layer = FakeFeatureLayer()
        let clock = ManualClock()
        let sink = try Self.sink(
            layer.handler,
            credentials: .app(url: "http://gis:6080/oauth2/token", id: "app", secret: Secret("hush"))
        ) { clock.now }
        func deliver(_ number: Int) throws {
            #expect(try sink.deliver([PartnerWorld.row(Self.series, number, value: 1)]) == .allTaken)
        }
        func tokens() -> Int { layer.state.withLock { $0.tokens } }
        try deliver(0)
        try deliver(1)
        #expect(tokens() == 1)
        clock.advance(milliseconds: 7_200_000)
        try deliver(2)
        #expect(tokens() == 2)
        layer.state.withLock { $0.token = "another" }
        try deliver(3)
        #expect(tokens() == 3)
        let wrong = try Self.sink(
            layer.handler, credentials: .app(url: "http://gis:6080/oauth2/token", id: "app", secret: Secret("guess")))
        do throws(SinkFailure) {
            _ = try wrong.deliver([PartnerWorld.row(Self.series, 4, value: 1)])
            Issue.record("a wrong secret is taken")
        } catch {
            #expect(error.kind == .misconfigured && !error.mayHaveArrived)
            #expect(!error.description.contains("guess"))
        }
    }

    @Test("asks for tokens as a user")
    func account() throws {
        let layer = FakeFeatureLayer()
        layer.state.withLock { $0.token = "none yet" }
        let row = PartnerWorld.row(Self.series, 0, value: 1)
        func sink(_ password: String) throws -> ArcGISSink {
            try Self.sink(
                layer.handler,
                credentials: .account(
                    url: "http://gis:6080/generateToken", username: "jo", password: Secret(password)))
        }
        #expect(throws: SinkFailure.self) { try sink("guess").deliver([row]) }
        #expect(try sink("hush").deliver([row]) == .allTaken)
        #expect(layer.state.withLock { $0.tokens } == 1)
        let preview = try sink("hush").preview([row])
        #expect(preview.contains("token=•••") && !preview.contains("hush"))
    }

    @Test("leaves each window once in its newest revision, whatever goes wrong")
    func everythingOnce() throws {
        var random = SeededGenerator.fromEnvironment()
        for _ in 0..<60 {
            let layer = FakeFeatureLayer()
            layer.state.withLock { $0.rollsBack = false }
            let faulty = FaultyServer(layer.handler)
            var world = PartnerWorld([Self.series, SensorThingsSinkTests.series(2, quantity: "no2", location: nil)])
            var sink = try Self.sink(faulty.handler)
            var driver = SinkDriver()
            faulty.failRandomly(0.15, seed: random.next())
            var last: [SharedAggregate] = []
            for _ in 0..<8 {
                let batch = world.nextBatch(&random)
                let crash = Bool.random(using: &random) ? Int.random(in: 0...3, using: &random) : nil
                let size = Int.random(in: 1...20, using: &random)
                if try !driver.offer(last + batch, to: sink, most: size, crashAfter: crash) {
                    sink = try Self.sink(faulty.handler)
                    _ = try driver.offer(world.asItIsNow(last + batch), to: sink, most: size)
                }
                last = Bool.random(using: &random) ? world.asItIsNow(batch) : []
            }
            let comment = Comment("seed \(random.seed)")
            #expect(driver.refused.allSatisfy { $0.reason.contains("413") }, comment)
            let refused = Set(driver.refused.map(\.row.key))
            for row in world.newest.values where !refused.contains(row.key) {
                let attributes = layer.features[ArcGISFeature(row: row).globalID]?["attributes"]
                #expect(attributes?["revision"]?.integer == row.revision, comment)
                #expect(attributes?["mean"]?.number == row.mainFigure, comment)
            }
        }
    }
}
