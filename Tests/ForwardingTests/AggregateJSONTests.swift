import Forwarding
import Telemetry
import TestKit
import Testing

@Suite("AggregateJSON")
struct AggregateJSONTests {
    @Test("writes a row with all that is known, in a fixed order")
    func whole() {
        let row = PartnerRows.row(PartnerRows.series(), mean: 12.25, revision: 2)
        #expect(
            AggregateJSON.text(row)
                == #"{"key":"stadshagen-01/aq-0001/pm2_5/ug/m3/15m/2026-11-23T10:00:00.000Z","gateway":"stadshagen-01","#
                + #""device":"aq-0001","type":"air_quality","neighbourhood":"Stadshagen","#
                + #""location":{"lat":52.5305,"lon":6.0595},"quantity":"pm2_5","unit":"ug/m3","tier":"15m","#
                + #""start":"2026-11-23T10:00:00.000Z","end":"2026-11-23T10:15:00.000Z","revision":2,"count":90,"#
                + #""suspect":2,"fail":0,"expected":92,"coverage":0.9782608695652174,"valid":true,"mean":12.25,"#
                + #""min":11.15,"max":14.55,"min_time":"2026-11-23T10:01:00.001Z","max_time":"2026-11-23T10:02:00.999Z","#
                + #""stddev":1,"first":12.25,"last":12.35,"p50":12.25,"p85":13.25,"p95":14.25}"#)
    }

    @Test("leaves out what is not shared and what is not there")
    func sparse() {
        let series = SharedSeries(
            id: 1, gateway: "g", device: "d", deviceType: "", quantity: "q", unit: "1", kind: .gauge)
        let shared = SharedFields([.mean, .count])
        #expect(
            AggregateJSON.text(PartnerRows.row(series, mean: 3, fields: shared))
                == #"{"key":"g/d/q/1/15m/2026-11-23T10:00:00.000Z","gateway":"g","device":"d","quantity":"q","unit":"1","#
                + #""tier":"15m","start":"2026-11-23T10:00:00.000Z","end":"2026-11-23T10:15:00.000Z","revision":1,"#
                + #""count":90,"mean":3}"#)
        #expect(!AggregateJSON.text(PartnerRows.emptyRow(series)).contains("mean"))
        #expect(!AggregateJSON.text(PartnerRows.emptyRow(series)).contains("null"))
    }

    @Test("escapes names, and the key of the same names equally")
    func escapes() {
        let series = SharedSeries(
            id: 1, gateway: "a\"b", device: "c\\d\n\u{1}é漢\u{2028}", deviceType: "", quantity: "q", unit: "%",
            kind: .gauge)
        let text = AggregateJSON.text(PartnerRows.emptyRow(series))
        #expect(text.hasPrefix(#"{"key":"a\"b/c\\d\n\u0001é漢\u2028/q/%/15m/"#))
        #expect(text.contains(#""gateway":"a\"b","device":"c\\d\n\u0001é漢\u2028""#))
    }

    @Test("writes numbers as they read back, and bytes one after the other")
    func numbers() throws {
        var random = SeededGenerator.fromEnvironment()
        var json = AggregateJSON()
        for number in 0..<500 {
            let row = PartnerRows.random(number, using: &random)
            json.removeAll()
            json.append(row)
            let text = String(decoding: json.bytes, as: UTF8.self)
            #expect(text == AggregateJSON.text(row), "seed \(random.seed)")
            guard case .number(let sum)? = row[.sum] else { continue }
            let key = try #require(text.range(of: "\"sum\":"))
            let written = text[key.upperBound...].prefix { $0 != "," && $0 != "}" }
            #expect(Double(written) == sum, "seed \(random.seed)")
        }
    }
}

extension StringProtocol {
    /// The first place of a text, without Foundation.
    func range(of text: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(text) { return start..<index(start, offsetBy: text.count) }
            start = index(after: start)
        }
        return nil
    }
}
