import Telemetry
import Testing

@Suite("Lines of output")
struct OutputLinesTests {
    private let time = Timestamp(rfc3339: "2026-11-23T10:00:00.123Z")!

    @Test("shows a reading with its flag and the tests that were run")
    func reading() {
        var tests = QualityTests()
        tests[.grossRange] = .suspect
        let line = JSONLine.reading(
            device: "aq-0001", quantity: "pm2_5", unit: "ug/m3", time: time, value: 512.5, flag: .suspect, tests: tests)
        #expect(
            line.finished
                == #"{"kind":"reading","device":"aq-0001","quantity":"pm2_5","time":"2026-11-23T10:00:00.123Z","#
                + #""value":512.5,"unit":"ug/m3","flag":3,"tests":{"gross_range":3}}"#)
        let untested = JSONLine.reading(
            device: "d", quantity: "q", unit: "1", time: time, value: 1, flag: .unknown, tests: QualityTests())
        #expect(untested.finished.hasSuffix(#""flag":2,"tests":{}}"#))
    }

    @Test("shows an aggregate, with null for the figures of an empty window")
    func aggregate() {
        let window = Window(.quarter, holding: time, days: .utc)
        var aggregate = Aggregate(window: window, failCount: 2)
        func line() -> String {
            JSONLine.aggregate(device: "d", quantity: "q", unit: "1", aggregate: aggregate, revision: 3).finished
        }
        let head =
            #"{"kind":"aggregate","device":"d","quantity":"q","tier":"15m","start":"2026-11-23T10:00:00.000Z","#
            + #""end":"2026-11-23T10:15:00.000Z","#
        #expect(
            line() == head
                + #""count":0,"mean":null,"min":null,"max":null,"stddev":null,"first":null,"last":null,"coverage":null,"#
                + #""valid":false,"revision":3,"unit":"1","suspect":0,"fail":2,"expected":null}"#)
        aggregate.count = 4
        aggregate.expected = 4
        aggregate.statistics = Aggregate.Statistics(
            mean: 2.5, squaredDeviations: 16, minimum: 1, maximum: 4, first: 1, firstTime: time, last: 4, lastTime: time
        )
        aggregate.increase = Aggregate.CounterIncrease(total: 7, resets: 1)
        #expect(
            line() == head
                + #""count":4,"mean":2.5,"min":1,"max":4,"stddev":2,"first":1,"last":4,"coverage":1,"valid":true,"#
                + #""revision":3,"unit":"1","suspect":0,"fail":2,"expected":4,"increase":7,"resets":1,"wraps":0}"#)
    }

    @Test("shows what a quantity's kind adds")
    func figuresOfKinds() {
        let window = Window(.hour, holding: time, days: .utc)
        func line(_ aggregate: Aggregate) -> String {
            JSONLine.aggregate(device: "d", quantity: "q", unit: "1", aggregate: aggregate, revision: 1).finished
        }
        var counts = Aggregate(window: window, count: 2)
        counts.statistics = Aggregate.Statistics(
            mean: 2, squaredDeviations: 2, minimum: 1, minimumTime: time, maximum: 3, maximumTime: time + 1000,
            first: 1,
            firstTime: time, last: 3, lastTime: time + 1000)
        counts.sum = 4
        counts.percentiles = Percentiles(p50: 1, p85: 3, p95: 3)
        #expect(
            line(counts).hasSuffix(
                #""expected":null,"sum":4,"min_time":"2026-11-23T10:00:00.123Z","max_time":"2026-11-23T10:00:01.123Z","#
                    + #""p50":1,"p85":3,"p95":3}"#))
        var winds = Aggregate(window: window, count: 2)
        winds.direction = DirectionSum(degrees: 350, time: time)
        winds.direction?.add(DirectionSum(degrees: 10, time: time))
        #expect(
            line(winds).contains(
                #""count":2,"mean":0,"min":null,"max":null,"stddev":null,"first":350,"last":10,"coverage":null"#))
        #expect(line(winds).contains(#""expected":null,"resultant":0.98480775"#))
    }

    @Test("shows a rejection whose topic is not even text")
    func rejection() {
        let message = QuarantinedMessage(
            received: time, source: "", topic: Array("a/".utf8) + [0xFF, 0x0A], payload: [],
            rejection: Rejection(.undecodable, detail: "not JSON: \"x\""))
        #expect(
            JSONLine.rejection(message).finished
                == #"{"kind":"rejection","topic":"a/"# + "\u{FFFD}"
                + #"\n","received":"2026-11-23T10:00:00.123Z","reason":"undecodable","detail":"not JSON: \"x\""}"#)
    }
}
