import HTTP
import Testing

@Suite("RetryAfter")
struct RetryAfterTests {
    /// 1994-11-06T08:49:37Z, the moment of RFC 9110's examples.
    private let moment: Int64 = 784_111_777_000

    @Test("reads seconds, up to a day")
    func seconds() {
        #expect(RetryAfter.milliseconds("120", now: moment) == 120_000)
        #expect(RetryAfter.milliseconds("0", now: moment) == 0)
        #expect(RetryAfter.milliseconds("86400", now: moment) == 86_400_000)
        #expect(RetryAfter.milliseconds("86401", now: moment) == 86_400_000)
        #expect(RetryAfter.milliseconds("99999999999999999999999", now: moment) == 86_400_000)
    }

    @Test(
        "reads a date in each of its three forms",
        arguments: ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])
    func dates(text: String) {
        #expect(HTTPDate.milliseconds(text, now: moment) == moment)
        #expect(RetryAfter.milliseconds(text, now: moment - 90_000) == 90_000)
        // Past is now, and a day is the longest.
        #expect(RetryAfter.milliseconds(text, now: moment + 1) == 0)
        #expect(RetryAfter.milliseconds(text, now: 0) == 86_400_000)
    }

    @Test("takes a year of two digits for the one that is not more than fifty years ahead")
    func centuries() {
        // 2026-11-28.
        let now: Int64 = 1_795_824_000_000
        #expect(HTTPDate.milliseconds("Saturday, 28-Nov-26 00:00:00 GMT", now: now) == now)
        #expect(HTTPDate.milliseconds("Sunday, 06-Nov-94 08:49:37 GMT", now: now) == moment)
        let ahead = HTTPDate.milliseconds("Monday, 01-Jan-76 00:00:00 GMT", now: now)
        #expect(ahead == 3_345_062_400_000)
        #expect(HTTPDate.milliseconds("Saturday, 01-Jan-77 00:00:00 GMT", now: now) == 220_924_800_000)
    }

    @Test(
        "takes nonsense for nothing",
        arguments: [
            "", " ", "soon", "-1", "1.5", "12s", "0x10", "Sun, 06 Nov 1994", "Sun, 06 Nov 1994 08:49:37 CET",
            "Son, 06 Nov 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 94 08:49:37 GMT", "Sun, 06 Nob 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT",
            "Sun Nov 6 08:49:37", "Sunday, 06-Nov-1994 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT",
        ])
    func nonsense(text: String) {
        #expect(RetryAfter.milliseconds(text, now: moment) == nil)
    }

    @Test("counts a date from the server's own clock, where it tells that")
    func serverClock() {
        let dated = HTTPResponse(
            status: 503,
            headers: [
                ("retry-after", "Sun, 06 Nov 1994 08:50:37 GMT"), ("date", "Sun, 06 Nov 1994 08:49:37 GMT"),
            ])
        #expect(dated.retryAfterMilliseconds(now: 0) == 60_000)
        let undated = HTTPResponse(status: 503, headers: [("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT")])
        #expect(undated.retryAfterMilliseconds(now: moment - 5000) == 5000)
        #expect(HTTPResponse(status: 503).retryAfterMilliseconds(now: moment) == nil)
    }
}
