@testable import Decoding
import Telemetry
import Testing

/// The tests run in Europe/Amsterdam: `TZ` in the Makefile.
@Suite("PayloadTime")
struct PayloadTimeTests {
    private func time(
        _ text: String, _ meaning: TimeWithoutOffset = .refused, near: String = "2026-11-23T10:00:00Z"
    ) -> String? {
        Array(text.utf8).withUnsafeBytes {
            PayloadTime.time(text: $0, withoutOffset: meaning, received: Timestamp(rfc3339: near)!)?.description
        }
    }

    @Test("refuses a time without an offset, unless the source says what it means")
    func withoutOffset() {
        let text = "2026-07-01T12:00:00"
        #expect(time(text) == nil)
        #expect(time(text, .utc) == "2026-07-01T12:00:00.000Z")
        #expect(time(text, .local) == "2026-07-01T10:00:00.000Z")
        #expect(time("2026-12-01 12:00:00.25", .local) == "2026-12-01T11:00:00.250Z")
    }

    @Test("believes an offset whatever the source says of times without one")
    func withOffset() {
        for meaning in TimeWithoutOffset.allCases {
            #expect(time("2026-07-01T12:00:00Z", meaning) == "2026-07-01T12:00:00.000Z")
            #expect(time("2026-07-01T12:00:00+05:45", meaning) == "2026-07-01T06:15:00.000Z")
            #expect(time("1764000000", meaning) == "2025-11-24T16:00:00.000Z")
        }
    }

    @Test(
        "takes of the hour that comes twice the one that is nearer to the receipt",
        arguments: [
            ("2026-10-25T00:31:00Z", "2026-10-25T00:30:00.000Z"), ("2026-10-25T01:29:00Z", "2026-10-25T01:30:00.000Z"),
            ("2026-10-26T12:00:00Z", "2026-10-25T01:30:00.000Z"), ("2026-10-24T12:00:00Z", "2026-10-25T00:30:00.000Z"),
        ])
    func twice(near: String, expected: String) {
        #expect(time("2026-10-25T02:30:00", .local, near: near) == expected)
        #expect(time("2026-10-25T02:30:00", .utc, near: near) == "2026-10-25T02:30:00.000Z")
    }

    @Test("refuses an hour that clocks skip, and takes the ones about it")
    func skipped() {
        #expect(time("2026-03-29T02:30:00", .local) == nil)
        #expect(time("2026-03-29T02:30:00", .utc) == "2026-03-29T02:30:00.000Z")
        #expect(time("2026-03-29T01:59:59", .local) == "2026-03-29T00:59:59.000Z")
        #expect(time("2026-03-29T03:00:00", .local) == "2026-03-29T01:00:00.000Z")
    }

    @Test(
        "tells the unit of a number by its magnitude, on either side of each border",
        arguments: [
            (99_999_999_999, 99_999_999_999_000), (100_000_000_000, 100_000_000_000),
            (99_999_999_999_999, 99_999_999_999_999), (100_000_000_000_000, 100_000_000_000),
            (99_999_999_999_999_999, 99_999_999_999_999), (100_000_000_000_000_000, 100_000_000_000),
            (Int64.max, 9_223_372_036_854), (Int64.min, -9_223_372_036_854), (0, 0), (-1, -1000),
        ] as [(Int64, Int64)])
    func magnitudes(whole: Int64, milliseconds: Int64) {
        #expect(PayloadTime.time(whole: whole)?.milliseconds == milliseconds)
    }

    @Test("reads fractions of a second, and large numbers that went through a float")
    func fractions() {
        #expect(PayloadTime.time(seconds: 1_764_000_000.25)?.milliseconds == 1_764_000_000_250)
        #expect(PayloadTime.time(seconds: 1.764000000123e12)?.milliseconds == 1_764_000_000_123)
        #expect(PayloadTime.time(seconds: .nan) == nil)
        #expect(PayloadTime.time(seconds: .infinity) == nil)
        #expect(PayloadTime.time(seconds: 1e19) == nil)
        #expect(PayloadTime.time(seconds: -1e19) == nil)
    }

    @Test(
        "takes nothing else for a time",
        arguments: [
            "", " ", "noon", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-23", "10:00:00",
            "2026-11-23T10:00:00Zulu", "nan", "inf", "9223372036854775808000", "-99999999999",
            String(repeating: "1", count: 65),
        ])
    func others(text: String) {
        for meaning in TimeWithoutOffset.allCases { #expect(time(text, meaning) == nil) }
    }
}
