import Privacy
import Processing
import Storage
import Telemetry
import Testing

@testable import Gateway

/// What the core puts aside by itself.
@Suite("Personal data in the core")
struct CorePersonalDataTests {
    @Test(
        "a conflict of a series that a former version let in is put aside without its name", arguments: [false, true])
    func conflict(isConfigured: Bool) throws {
        let now = Timestamp(rfc3339: "2026-11-23T10:00:00Z")!
        var settings = CoreSettings()
        if isConfigured { settings.mask = .init(knownNames: ["cam-GBB-01-B"]) }
        let core = try Core(
            store: try Store(path: ":memory:"), settings: settings, series: SeriesTable(), sources: ["street"], now: now
        )
        let quantity = Quantity(name: "speed", unit: "km/h", kind: .gauge)
        try core.take(.series(Boxed(Series(number: 0, device: "cam-GBB-01-B", quantity: quantity))))
        for value in [30.0, 31] {
            try core.take(
                .message(MessageHeader(received: now, source: 0, packetID: 0, identity: 0, readingCount: 1)))
            try core.take(.reading(Reading(series: 0, time: now, value: value, timeOrigin: .device)))
        }
        try core.commit()
        let held = try #require(try core.store.reader.heldMessages(limit: 1).first).message
        let shown = isConfigured ? "cam-GBB-01-B" : "cam-xxx-00-x"
        #expect(held.rejection.reason == .conflict && held.rejection.detail.hasPrefix("\(shown) speed"))
        #expect(String(decoding: held.payload, as: UTF8.self).hasPrefix(#"{"device":"\#(shown)","quantity":"speed","#))
    }
}
