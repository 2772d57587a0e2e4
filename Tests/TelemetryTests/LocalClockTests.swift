import Telemetry
import Testing

/// The tests run in Europe/Amsterdam: `TZ` in the Makefile.
@Suite("LocalClock")
struct LocalClockTests {
    private func time(_ text: String, _ meaning: TimeWithoutOffset, near: String = "2026-11-23T10:00:00Z") -> String? {
        Array(text.utf8).withUnsafeBytes {
            Timestamp(withoutOffset: $0, as: meaning, near: Timestamp(rfc3339: near)!)?.description
        }
    }

    @Test("shows winter and summer time")
    func seasons() {
        #expect(time("2026-01-15T12:00:00", .local) == "2026-01-15T11:00:00.000Z")
        #expect(time("2026-07-15T12:00:00", .local) == "2026-07-15T10:00:00.000Z")
        #expect(time("2026-07-15T00:30:00.999", .local) == "2026-07-14T22:30:00.999Z")
    }

    @Test(
        "repeats an hour in autumn",
        arguments: [
            ("2026-10-25T01:59:59", "2026-10-24T23:59:59.000Z", "2026-10-24T23:59:59.000Z"),
            ("2026-10-25T02:00:00", "2026-10-25T00:00:00.000Z", "2026-10-25T01:00:00.000Z"),
            ("2026-10-25T02:59:59", "2026-10-25T00:59:59.000Z", "2026-10-25T01:59:59.000Z"),
            ("2026-10-25T03:00:00", "2026-10-25T02:00:00.000Z", "2026-10-25T02:00:00.000Z"),
        ])
    func autumn(text: String, earlier: String, later: String) {
        #expect(time(text, .local, near: "2026-10-24T12:00:00Z") == earlier)
        #expect(time(text, .local, near: "2026-10-26T12:00:00Z") == later)
    }

    @Test("skips an hour in spring")
    func spring() {
        #expect(time("2026-03-29T01:59:59", .local) == "2026-03-29T00:59:59.000Z")
        #expect(time("2026-03-29T02:00:00", .local) == nil)
        #expect(time("2026-03-29T02:59:59.999", .local) == nil)
        #expect(time("2026-03-29T03:00:00", .local) == "2026-03-29T01:00:00.000Z")
    }

    @Test("reads the first and the last day of the four-digit years, and years without summer time")
    func farAway() {
        #expect(time("1970-01-01T01:00:00", .local) == "1970-01-01T00:00:00.000Z")
        #expect(time("9999-12-31T23:59:59", .local) == "9999-12-31T22:59:59.000Z")
        #expect(time("0000-01-01T00:00:00", .utc) == "0000-01-01T00:00:00.000Z")
        #expect(time("1975-07-01T12:00:00", .local) == "1975-07-01T11:00:00.000Z")
    }

    @Test("is not asked where the source says nothing, or the time has an offset")
    func refused() {
        #expect(time("2026-01-15T12:00:00", .refused) == nil)
        for meaning in TimeWithoutOffset.allCases {
            #expect(time("2026-01-15T12:00:00Z", meaning) == nil)
            #expect(time("2026-01-15T12:00:00+01:00", meaning) == nil)
            #expect(time("2026-01-15", meaning) == nil)
        }
    }
}
