import Compression
import Forwarding
import HTTP
import Secrets
import Telemetry
import TestKit
import Testing

@Suite("LineProtocolSink writes")
struct LineProtocolWriterTests {
    private func sink(
        _ url: String = "http://h/write?db=x", _ exchange: RecordedExchange = RecordedExchange(),
        _ change: (inout LineProtocolOptions) -> Void = { _ in }
    ) throws -> LineProtocolSink {
        var options = LineProtocolOptions(url: url)
        options.isCompressed = false
        change(&options)
        return try LineProtocolSink(options, exchange: exchange)
    }

    private func lines(_ rows: [SharedAggregate], url: String = "http://h/write?db=x") throws -> String {
        let exchange = RecordedExchange()
        #expect(try sink(url, exchange).deliver(rows) == .allTaken)
        return String(decoding: try #require(exchange.requests.first).body, as: UTF8.self)
    }

    @Test("writes a gauge's window whole")
    func gauge() throws {
        let row = SharedAggregate(SharedRows.gauge(), series: SharedRows.series(), revision: 2)
        #expect(
            try lines([row]) == """
                pm2_5,device=aq-0001,gateway=stadshagen-01,neighbourhood=Stadshagen,tier=15m,type=air_quality,unit=ug/m3 \
                count=90i,suspect=2i,fail=1i,expected=90i,coverage=1,valid=true,mean=4.25,min=0.75,max=4.25005,\
                min_time=1714521601000i,max_time=1714521602000i,stddev=3,first=4.25,last=4.15,p50=4.25,p85=4.35,p95=4.45,\
                revision=2i 1714521600000

                """)
    }

    @Test("writes the figures of counters, counts, directions and events")
    func otherKinds() throws {
        var counter = Aggregate(window: SharedRows.window(), count: 3, expected: 15)
        counter.increase = Aggregate.CounterIncrease(total: 1e20, resets: 1, wraps: 2, since: SharedRows.start - 60_000)
        var counts = Aggregate(window: SharedRows.window(tier: .hour), count: 60)
        counts.sum = 1234.5
        let events = Aggregate(window: SharedRows.window(tier: .day), count: 0)
        func row(_ aggregate: Aggregate, _ quantity: String, _ kind: Quantity.Kind) -> SharedAggregate {
            SharedAggregate(
                aggregate,
                series: SharedRows.series(quantity: quantity, unit: "", kind: kind, neighbourhood: "", type: ""),
                revision: 1)
        }
        #expect(
            try lines([
                row(counter, "vehicles_total", .counter), row(counts, "vehicles", .intervalCount),
                row(events, "door", .event),
            ]) == """
                vehicles_total,device=aq-0001,gateway=stadshagen-01,tier=15m count=3i,suspect=0i,fail=0i,expected=15i,\
                coverage=0.2,valid=false,increase=1e+20,resets=1i,wraps=2i,increase_since=1714521540000i,revision=1i \
                1714521600000
                vehicles,device=aq-0001,gateway=stadshagen-01,tier=1h count=60i,suspect=0i,fail=0i,valid=false,sum=1234.5,\
                revision=1i 1714521600000
                door,device=aq-0001,gateway=stadshagen-01,tier=1d count=0i,suspect=0i,fail=0i,valid=false,revision=1i \
                1714521600000

                """)
    }

    @Test("writes no figure that is not shared")
    func fields() throws {
        let row = SharedAggregate(
            SharedRows.gauge(), series: SharedRows.series(), revision: 1, fields: SharedFields([.mean, .valid]))
        let line = try #require(try PlainLine.lines(lines([row])).first)
        #expect(line.fields == ["valid": .boolean(true), "mean": .float(4.25), "revision": .integer(1)])
        let bare = SharedAggregate(SharedRows.gauge(), series: SharedRows.series(), revision: 7, fields: [])
        #expect(try PlainLine.lines(lines([bare])).first?.fields == ["revision": .integer(7)])
    }

    @Test("escapes what is special, and replaces what cannot be escaped")
    func escaping() throws {
        let series = SharedSeries(
            id: 1, gateway: "a,b", device: "c d=e", deviceType: "x\ny\tz\u{7F}", quantity: "#q u,a=n", unit: "µg/m³",
            kind: .gauge, neighbourhood: "\"quoted\" 'too'", site: "back\\slash\\")
        let line = try lines([
            SharedAggregate(Aggregate(window: SharedRows.window()), series: series, revision: 1, fields: [])
        ])
        #expect(
            line == #"""
                _q\ u\,a=n,device=c\ d\=e,gateway=a\,b,neighbourhood="quoted"\ 'too',site=back\slash_,tier=15m,type=x_y_z_,unit=µg/m³ revision=1i 1714521600000

                """#)
    }

    @Test("reads back by a plain reader as what was written, whatever the names and figures are")
    func property() throws {
        var random = SeededGenerator.fromEnvironment()
        let exchange = RecordedExchange()
        let sink = try sink("http://h/write?db=x", exchange)
        for round in 0..<200 {
            let series = (0..<5).map { SharedRows.series(randomly: &random, number: $0) }
            let rows = (0..<20).map { _ in
                SharedAggregate(
                    SharedRows.aggregate(randomly: &random), series: series.randomElement(using: &random) ?? series[0],
                    revision: Int.random(in: 1...1000, using: &random),
                    fields: SharedFields(rawValue: UInt32.random(in: 0..<(1 << 23), using: &random)))
            }
            _ = try sink.deliver(rows)
            let body = try #require(exchange.requests.last).body
            let lines = try PlainLine.lines(String(decoding: body, as: UTF8.self))
            #expect(lines == rows.map(PlainLine.init(expectedOf:)), "round \(round), seed \(random.seed)")
        }
    }

    @Test(
        "counts time as the url says, in the spelling that its server understands",
        arguments: [
            ("http://h/write?db=x", "precision=ms", 1_714_521_600_000),
            ("http://h/write?precision=s", "precision=s", 1_714_521_600),
            ("http://h/write?precision=us", "precision=u", 1_714_521_600_000_000),
            ("http://h/api/v2/write?precision=u", "precision=us", 1_714_521_600_000_000),
            ("http://h/telegraf?precision=ns", "precision=n", 1_714_521_600_000_000_000),
            ("http://h/api/v2/write?precision=n&bucket=b", "precision=ns", 1_714_521_600_000_000_000),
        ])
    func precision(url: String, query: String, time: Int64) throws {
        let exchange = RecordedExchange()
        let row = SharedAggregate(SharedRows.gauge(), series: SharedRows.series(), revision: 1)
        _ = try sink(url, exchange).deliver([row])
        let request = try #require(exchange.requests.first)
        #expect(request.url.contains(query + "&") || request.url.hasSuffix(query), "\(request.url)")
        #expect(try PlainLine.lines(String(decoding: request.body, as: UTF8.self)).first?.time == time)
    }

    @Test("lets a correction lie behind what it corrects where the server keeps both")
    func correctionsBehind() throws {
        let exchange = RecordedExchange()
        let sink = try sink("http://h/write", exchange) { $0.correction = .follows }
        let revisions = [1, 2, 3, 1000, 2_000_000]
        _ = try sink.deliver(
            revisions.map { SharedAggregate(SharedRows.gauge(), series: SharedRows.series(), revision: $0) })
        let body = try #require(exchange.requests.first).body
        let start = SharedRows.start.milliseconds
        #expect(
            try PlainLine.lines(String(decoding: body, as: UTF8.self)).map(\.time)
                == [start + 1, start + 2, start + 3, start + 1000, start + 1000])
        #expect(throws: SinkFailure.self) { try self.sink("http://h/write?precision=s") { $0.correction = .follows } }
    }

    @Test("refuses a url that cannot be one, holds a credential, or counts time too coarsely")
    func urls() throws {
        for url in [
            "metrics.example.org", "http://poort:geheim@h/write", "http://h/write?u=poort&p=geheim",
            "http://h/write?token=geheim", "http://h/write?precision=m", "http://h/write?precision=",
        ] {
            let failure = try #require(throws: SinkFailure.self) { try sink(url) }
            #expect(failure.kind == .misconfigured)
            #expect(!failure.description.contains("geheim"))
        }
    }

    @Test("compresses, unless told not to")
    func compression() throws {
        let exchange = RecordedExchange()
        let rows = (0..<100).map { SharedAggregate(SharedRows.gauge($0), series: SharedRows.series(), revision: 1) }
        let sink = try sink("http://h/write", exchange) { $0.isCompressed = true }
        let plain = try lines(rows)
        for _ in 0..<3 { _ = try sink.deliver(rows) }
        for request in exchange.requests {
            #expect(Gzip.decompress(request.body) == Array(plain.utf8))
            #expect(request.headers.map(\.shown).contains("Content-Encoding: gzip"))
            #expect(request.body.count < plain.utf8.count / 5)
        }
    }

    @Test("shows what it would send without its secrets, and sends nothing")
    func preview() throws {
        let exchange = RecordedExchange()
        let sink = try sink("https://h/api/v2/write?org=o&bucket=b", exchange) {
            $0.isCompressed = true
            $0.authorization = .token(Secret("geheim"))
        }
        let row = SharedAggregate(
            SharedRows.gauge(), series: SharedRows.series(), revision: 1, fields: SharedFields([.mean]))
        #expect(
            sink.preview([row]) == """
                POST /api/v2/write?org=o&bucket=b&precision=ms HTTP/1.1
                Host: h:443
                Content-Type: text/plain; charset=utf-8
                Content-Encoding: gzip
                Authorization: Token •••

                pm2_5,device=aq-0001,gateway=stadshagen-01,neighbourhood=Stadshagen,tier=15m,type=air_quality,unit=ug/m3 \
                mean=4.25,revision=1i 1714521600000

                """)
        #expect(exchange.requests.isEmpty)
    }

    @Test("keeps no more prefixes than it may, and writes the same with and without them")
    func manySeries() throws {
        let exchange = RecordedExchange()
        let sink = try sink("http://h/write", exchange)
        let site = String(repeating: "x", count: 1000)
        for number in 0..<3000 {
            let series = SharedRows.series(number, device: "d\(number)", site: site)
            let row = SharedAggregate(SharedRows.gauge(), series: series, revision: 1, fields: [])
            _ = try sink.deliver([row, row])
            let text = String(decoding: try #require(exchange.requests.last).body, as: UTF8.self)
            let line = "pm2_5,device=d\(number),gateway=stadshagen-01,neighbourhood=Stadshagen,site=\(site),tier=15m,"
            let lines = text.split(separator: "\n")
            try #require(lines.count == 2 && lines[0].hasPrefix(line) && lines[0] == lines[1])
            exchange.requests.removeAll()
        }
    }
}
