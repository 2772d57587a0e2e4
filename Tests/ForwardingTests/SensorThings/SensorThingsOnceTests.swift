import Synchronization
import Telemetry
import TestKit
import Testing

@testable import Forwarding

@Suite("SensorThingsSink, each window once", .timeLimit(.minutes(3)))
struct SensorThingsOnceTests {
    @Test("sends nothing twice when the answer is lost, or is none")
    func lostAnswers() throws {
        for fault in [FaultyServer.Fault.cut, .cutWithin, .mangles("[]"), .mangles("<html>")] {
            let server = FakeSensorThings()
            let faulty = FaultyServer(server.handler)
            let sink = try SensorThingsSinkTests.sink(faulty.handler)
            let rows = (0..<30).map { PartnerWorld.row(SensorThingsSinkTests.series(), $0, value: 1) }
            #expect(try sink.deliver(Array(rows[..<10])) == .allTaken)
            faulty.plan(fault)
            do throws(SinkFailure) {
                _ = try sink.deliver(Array(rows[10...]))
                Issue.record("no failure")
            } catch {
                #expect(error.mayHaveArrived)
            }
            #expect(try sink.deliver(Array(rows[10...])) == .allTaken)
            SensorThingsSinkTests.expect(rows, in: server)
        }
    }

    @Test("finds all that is there, however short the server's pages are")
    func shortPages() throws {
        let server = FakeSensorThings()
        server.state.withLock { $0.pageSize = 1 }
        let rows = (0..<30).map { number in
            PartnerWorld.row(
                SensorThingsSinkTests.series(number, device: "aq-\(number % 10)", quantity: "q\(number / 10)"), 0,
                value: 1)
        }
        for _ in 0..<2 { #expect(try SensorThingsSinkTests.sink(server.handler).deliver(rows) == .allTaken) }
        SensorThingsSinkTests.expect(rows, in: server)
        #expect(server.entities("Things").count == 10)
        #expect(server.entities("ObservedProperties").count == 3)
        #expect(server.entities("Datastreams").count == 30)
    }

    @Test("looks up all where the server does not say what is newest")
    func unknownNewest() throws {
        let server = FakeSensorThings()
        server.state.withLock { $0.expandsAll = true }
        let rows = (0..<10).map { PartnerWorld.row(SensorThingsSinkTests.series(), $0, value: 1) }
        for _ in 0..<2 { #expect(try SensorThingsSinkTests.sink(server.handler).deliver(rows) == .allTaken) }
        let sink = try SensorThingsSinkTests.sink(server.handler)
        for row in rows { #expect(try sink.deliver([row]) == .allTaken) }
        SensorThingsSinkTests.expect(rows, in: server)
    }

    @Test(
        "is told by the server of what came late, where ids are ours; else the next correction leaves one",
        arguments: [true, false])
    func lateRequest(isOurs: Bool) throws {
        let server = FakeSensorThings()
        let held = Mutex<SmallHTTPServer.Request?>(nil)
        let shouldHold = Mutex(true)
        // The server still works at a request that was given up, and ends only when the next one comes.
        let handler: SmallHTTPServer.Handler = { request in
            guard request.path.hasSuffix("CreateObservations") else { return server.handler(request) }
            let isHeld = shouldHold.withLock { shouldHold in
                defer { shouldHold = false }
                return shouldHold
            }
            if isHeld {
                held.withLock { $0 = request }
                var lost = SmallHTTPServer.Response(500)
                lost.cut = .beforeAnswer
                return lost
            }
            let before = held.withLock { held in
                defer { held = nil }
                return held
            }
            if let before { _ = server.handler(before) }
            return server.handler(request)
        }
        let sink = try SensorThingsSinkTests.sink(handler, ids: isOurs ? .client : .server)
        let row = PartnerWorld.row(SensorThingsSinkTests.series(), 0, value: 1)
        var driver = SinkDriver()
        let isSettled = try driver.offer([row], to: sink)
        #expect(isSettled && driver.refused.isEmpty)
        #expect(driver.failures.first?.mayHaveArrived == true)
        #expect(SensorThingsSinkTests.stored(server)[row.key]?.count == (isOurs ? 1 : 2))
        let newer = PartnerWorld.row(SensorThingsSinkTests.series(), 0, revision: 2, value: 2)
        #expect(try sink.deliver([newer]) == .allTaken)
        SensorThingsSinkTests.expect([newer], in: server)
    }

    @Test("leaves each window once in its newest revision, whatever goes wrong", arguments: [true, false])
    func everythingOnce(takesMany: Bool) throws {
        var random = SeededGenerator.fromEnvironment()
        for _ in 0..<40 {
            let server = FakeSensorThings()
            server.state.withLock {
                $0.takesMany = takesMany
                $0.pageSize = Int.random(in: 5...60, using: &random)
            }
            let faulty = FaultyServer(server.handler)
            let ids: SensorThingsOptions.IDs = Bool.random(using: &random) ? .server : .client
            // Fewer than there are, at times.
            let most = [2, 1000].randomElement(using: &random) ?? 2
            var world = PartnerWorld([
                SensorThingsSinkTests.series(1), SensorThingsSinkTests.series(2, device: "o'brien", location: nil),
                SensorThingsSinkTests.series(3, quantity: "no2"),
            ])
            var sink = try SensorThingsSinkTests.sink(faulty.handler, ids: ids, mostDatastreams: most)
            var driver = SinkDriver()
            faulty.failRandomly(0.15, seed: random.next())
            var last: [SharedAggregate] = []
            for _ in 0..<8 {
                let batch = world.nextBatch(&random)
                let crash = Bool.random(using: &random) ? Int.random(in: 0...3, using: &random) : nil
                let size = Int.random(in: 1...20, using: &random)
                if try !driver.offer(last + batch, to: sink, most: size, crashAfter: crash) {
                    sink = try SensorThingsSinkTests.sink(faulty.handler, ids: ids, mostDatastreams: most)
                    _ = try driver.offer(world.asItIsNow(last + batch), to: sink, most: size)
                }
                // Sent, and not recorded: it goes again with the next.
                last = Bool.random(using: &random) ? world.asItIsNow(batch) : []
            }
            faulty.heal()
            let refused = Set(driver.refused.map(\.row.key))
            let (stored, comment) = (SensorThingsSinkTests.stored(server), Comment("seed \(random.seed)"))
            #expect(Set(stored.keys).isSubset(of: world.newest.values.map(\.key)), comment)
            for row in world.newest.values where !refused.contains(row.key) {
                #expect(stored[row.key]?.map(\.revision) == [row.revision], comment)
                #expect(stored[row.key]?.map(\.result) == [row.mainFigure], comment)
            }
            // Refused are only those that were too large alone.
            #expect(driver.refused.map(\.reason).filter { !$0.contains("413") } == [], comment)
        }
    }
}
