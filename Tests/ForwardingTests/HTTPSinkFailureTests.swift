import Forwarding
import HTTP
import Secrets
import Telemetry
import TestKit
import Testing

@Suite("What sinks make of HTTP")
struct HTTPSinkFailureTests {
    /// 2024-05-01T00:00:00Z.
    private let now = SharedRows.start

    private func failure(
        _ status: Int, headers: [(name: String, value: String)] = [], body: String = "",
        authorization: HTTPAuthorization = .none
    ) -> SinkFailure? {
        SinkFailure(
            HTTPResponse(status: status, headers: headers, body: Array(body.utf8)), operation: "write", server: "h:80",
            authorization: authorization, now: now)
    }

    @Test(
        "knows what each status asks for",
        arguments: [
            (301, SinkFailure.Kind.misconfigured), (308, .misconfigured), (304, .misconfigured), (400, .refused),
            (422, .refused), (401, .misconfigured), (403, .misconfigured), (404, .misconfigured), (405, .misconfigured),
            (409, .misconfigured), (413, .tooLarge), (408, .unavailable), (425, .unavailable), (429, .unavailable),
            (500, .unavailable), (502, .unavailable), (503, .unavailable), (504, .unavailable), (599, .unavailable),
        ])
    func kinds(status: Int, kind: SinkFailure.Kind) throws {
        let failure = try #require(self.failure(status))
        #expect(failure.kind == kind)
        #expect(failure.place == "h:80")
        #expect(failure.description.contains("\(status)") || status < 400)
    }

    @Test("is content with all that says so", arguments: [200, 201, 202, 204, 299])
    func success(status: Int) {
        #expect(failure(status) == nil)
    }

    @Test("takes no page for people for an answer, whatever its status: a login has swallowed what was sent")
    func loginPage() throws {
        let login = try #require(
            failure(200, headers: [("Content-Type", "text/html; charset=utf-8")], body: "<html>please log in</html>"))
        #expect(login.kind == .misconfigured && login.hint.contains("web page"))
    }

    @Test("waits as long as it is asked to, in seconds or until a date")
    func retryAfter() {
        #expect(failure(503, headers: [("Retry-After", "7")])?.retryAfterMilliseconds == 7000)
        #expect(
            failure(429, headers: [("retry-after", "Wed, 01 May 2024 00:02:00 GMT")])?.retryAfterMilliseconds == 120_000
        )
        #expect(failure(503, headers: [("Retry-After", "soon")])?.retryAfterMilliseconds == nil)
        #expect(failure(503)?.retryAfterMilliseconds == nil)
    }

    @Test("says which secret to look at")
    func secrets() {
        #expect(failure(401)?.hint.contains("set token_file") == true)
        #expect(failure(401, authorization: .bearer(Secret("x")))?.hint.contains("token_file") == true)
        #expect(failure(403, authorization: .token(Secret("x")))?.hint.contains("token_file") == true)
        let basic = failure(403, authorization: .basic(username: "poort", password: Secret("geheim")))
        #expect(basic?.hint.contains("password_file") == true)
        #expect(basic?.description.contains("geheim") == false)
    }

    @Test("says where a redirect leads, without what may be secret in it")
    func redirects() {
        let other = failure(307, headers: [("Location", "https://other.example.org/login?token=geheim")])
        #expect(other?.cause == "it redirects to other.example.org:443")
        #expect(other?.hint == "not followed: set url to it if that is right")
        #expect(failure(302, headers: [("Location", "/login?token=geheim")])?.cause == "it redirects to /login")
        #expect(failure(302, headers: [("Location", "https://a:geheim@h/")])?.description.contains("geheim") == false)
    }

    @Test("repeats the server's words, shortened and without control characters")
    func words() {
        #expect(
            failure(400, body: "{\"error\":\"unable\u{1B}[31m to\r\n\tparse\"}")?.cause
                == "it answers 400: {\"error\":\"unable [31m to parse\"}")
        let long = failure(422, body: String(repeating: "é", count: 100_000))?.cause ?? ""
        #expect(long.count <= SinkFailure.longestCause + 1)
        #expect(long.hasPrefix("it answers 422: éééé"))
        #expect(failure(500)?.cause == "it answers 500")
        #expect(failure(400, body: "\u{0}\u{1}")?.cause == "it answers 400")
    }

    @Test("takes a web page that says 400 for another server's, and sets no row aside for it")
    func page() {
        let failure = self.failure(
            400, headers: [("Content-Type", "text/html")],
            body: "<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>")
        #expect(failure?.kind == .misconfigured)
    }

    @Test(
        "knows what no answer means",
        arguments: [
            (HTTPError.Kind.resolve, SinkFailure.Kind.unavailable), (.connect, .unavailable), (.timeout, .unavailable),
            (.reset, .unavailable), (.cancelled, .unavailable), (.tls, .misconfigured), (.malformed, .misconfigured),
            (.unusable, .misconfigured),
        ])
    func noAnswer(kind: HTTPError.Kind, expected: SinkFailure.Kind) {
        let error = HTTPError(kind, server: "h:80", cause: "cause", hint: "hint", mayHaveArrived: kind == .reset)
        let failure = SinkFailure(error, operation: "write")
        #expect(failure.kind == expected)
        #expect(failure.description == "cannot write (h:80): cause; hint")
        #expect(failure.mayHaveArrived == (kind == .reset))
    }

    @Test(
        "sets no row aside for a server that is out of order or asked the wrong way, whatever it calls that",
        arguments: [
            (
                400, "partial write: write /var/lib/influxdb/data: no space left on device dropped=1",
                SinkFailure.Kind.unavailable
            ),
            (400, "database is required", .misconfigured), (500, "retention policy not found: x", .misconfigured),
            (500, "timeout", .unavailable),
            (500, "engine: error writing WAL entry: no space left on device", .unavailable),
            (400, "unable to parse 'bucket,device=timeout x=1': invalid number", .refused),
            (400, "partial write: field type conflict: input field on measurement 'bucket' dropped=1", .refused),
            (400, "partial write: unable to parse 'x': missing fields dropped=0", .refused),
            (
                422, "failure writing points to database: partial write: points beyond retention policy dropped=1",
                .refused
            ),
        ])
    func words(status: Int, words: String, kind: SinkFailure.Kind) throws {
        let exchange = RecordedExchange()
        exchange.answer = .success(HTTPResponse(status: status, body: Array("{\"error\":\"\(words)\"}".utf8)))
        let sink = try LineProtocolSink(LineProtocolOptions(url: "http://h/write"), exchange: exchange)
        let rows = (0..<2).map { SharedAggregate(SharedRows.gauge($0), series: SharedRows.series(), revision: 1) }
        let failure = try #require(throws: SinkFailure.self) { try sink.deliver(rows) }
        #expect(failure.kind == kind)
        #expect(failure.cause.contains(words))
    }
}
