import Telemetry
import TestKit
import Testing

@Suite("Timestamp")
struct TimestampTests {
    @Test("writes what it reads, over the whole of the four-digit years", arguments: 0..<20)
    func roundTrip(round: UInt64) {
        var random = SeededGenerator(seed: 0x713E + round)
        for _ in 0..<500 {
            let time = Timestamp(
                milliseconds: Int64.random(
                    in: Timestamp.distantPast.milliseconds...Timestamp.distantFuture.milliseconds, using: &random))
            #expect(Timestamp(rfc3339: time.description) == time, "\(time.milliseconds)")
        }
    }

    @Test(
        "agrees with moments that are known from elsewhere",
        arguments: [
            ("1970-01-01T00:00:00.000Z", Int64(0)),
            ("2001-09-09T01:46:40.000Z", 1_000_000_000_000),
            ("2000-02-29T12:00:00.000Z", 951_825_600_000),
            ("1969-12-31T23:59:59.999Z", -1),
            ("1900-03-01T00:00:00.000Z", -2_203_891_200_000),
            ("2038-01-19T03:14:08.000Z", 2_147_483_648_000),
            ("0000-01-01T00:00:00.000Z", -62_167_219_200_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ])
    func knownMoments(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == milliseconds)
        #expect(Timestamp(milliseconds: milliseconds).description == text)
    }

    @Test(
        "reads every spelling that RFC 3339 allows as the same moment",
        arguments: [
            "2026-11-23T10:00:00.123Z", "2026-11-23t10:00:00.123z", "2026-11-23 10:00:00.123Z",
            "2026-11-23T10:00:00.123456789Z", "2026-11-23T10:00:00.1239999999999999999999Z",
            "2026-11-23T10:00:00.123+00:00", "2026-11-23T10:00:00.123-00:00", "2026-11-23T11:00:00.123+01:00",
            "2026-11-23T04:15:00.123-05:45", "2026-11-23T11:00:00.123+0100", "2026-11-24T09:59:00.123+23:59",
        ])
    func spellings(text: String) {
        #expect(Timestamp(rfc3339: text)?.milliseconds == 1_795_428_000_123)
    }

    @Test("cuts a fraction to milliseconds and fills up a short one")
    func fractions() {
        #expect(Timestamp(rfc3339: "2020-02-12T15:15:46.014773143Z")?.description == "2020-02-12T15:15:46.014Z")
        #expect(Timestamp(rfc3339: "2020-02-12T15:15:46.9999Z")?.description == "2020-02-12T15:15:46.999Z")
        #expect(Timestamp(rfc3339: "2020-02-12T15:15:46.5Z")?.description == "2020-02-12T15:15:46.500Z")
        #expect(Timestamp(rfc3339: "1969-12-31T23:59:59.9Z")?.milliseconds == -100)
    }

    @Test("takes a leap second for the second after it")
    func leapSecond() {
        #expect(Timestamp(rfc3339: "2016-12-31T23:59:60Z") == Timestamp(rfc3339: "2017-01-01T00:00:00Z"))
        #expect(Timestamp(rfc3339: "2016-12-31T23:59:60.25Z")?.description == "2017-01-01T00:00:00.250Z")
        #expect(Timestamp(rfc3339: "2016-12-31T23:59:61Z") == nil)
    }

    @Test(
        "refuses what is not a date, not a time, or has no offset",
        arguments: [
            "", "Z", "2026-11-23", "2026-11-23T10:00:00", "2026-11-23T10:00:00.123", "2023-05-21T01:06:38",
            "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-13-01T00:00:00Z",
            "2026-00-10T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-32T00:00:00Z",
            "2026-11-23T24:00:00Z", "2026-11-23T10:60:00Z", "2026-11-23T10:00Z", "2026-11-23T10:00:00.Z",
            "2026-11-23T10:00:00,5Z", "2026-11-23T10:00:00Z ", " 2026-11-23T10:00:00Z", "2026-11-23T10:00:00ZZ",
            "2026-11-23T10:00:00+1:00", "2026-11-23T10:00:00+010", "2026-11-23T10:00:00+24:00",
            "2026-11-23T10:00:00+01:60", "2026-11-23_10:00:00Z", "26-11-23T10:00:00Z", "+2026-11-23T10:00:00Z",
            "-001-11-23T10:00:00Z", "2026-11-2３T10:00:00Z", "yesterday",
        ])
    func refused(text: String) {
        #expect(Timestamp(rfc3339: text) == nil)
    }

    @Test("never fails on bytes of any kind", arguments: 0..<10)
    func anyBytes(round: UInt64) {
        var random = SeededGenerator(seed: 0xF022 + round)
        for _ in 0..<2000 {
            var bytes = Array("2026-11-23T10:00:00.123+01:00".utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            guard let time = bytes.withUnsafeBytes({ Timestamp(rfc3339: $0) }) else { continue }
            // An offset may reach over the ends of the four-digit years, by less than a day.
            #expect(time > .distantPast - 86_400_000 && time < .distantFuture + 86_400_000)
        }
    }

    @Test("shows times that have no four-digit year as the nearest that has")
    func clamped() {
        #expect(Timestamp(milliseconds: .max).description == "9999-12-31T23:59:59.999Z")
        #expect(Timestamp(milliseconds: .min).description == "0000-01-01T00:00:00.000Z")
    }

    @Test("orders and measures like its milliseconds")
    func arithmetic() {
        let time = Timestamp(seconds: 10)
        #expect(time + 500 - time == 500)
        #expect(time - 500 < time)
        #expect(Timestamp(seconds: -1).description == "1969-12-31T23:59:59.000Z")
    }
}
