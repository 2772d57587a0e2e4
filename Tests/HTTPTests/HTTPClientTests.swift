import Glibc
import HTTP
import Secrets
import TestKit
import Testing

@Suite("HTTPClient", .timeLimit(.minutes(2)))
struct HTTPClientTests {
    @Test("sends what it is told to, and no header that nobody asked for")
    func request() throws {
        let server = try UnpleasantServer(
            .answers(UnpleasantServer.answer(201, headers: ["X-Id: 7", "x-id:  8 "], body: "made")))
        let client = try HTTPClient()
        let response = try client.send(
            HTTPRequest(
                .post, server.url + "/a/../b?c=d%20e",
                headers: [
                    HTTPRequest.Header("Content-Type", "text/plain"), HTTPRequest.Header("X-Empty", ""),
                    HTTPRequest.Header("Authorization", scheme: "Bearer", Secret("geheim")),
                ], body: Array("lines".utf8)))
        #expect(response.status == 201)
        #expect(response.body == Array("made".utf8))
        #expect(response.header("X-ID") == "7")
        #expect(response.headers.map(\.value) == ["4", "7", "8"])
        #expect(!response.isCut)
        let sent = try #require(server.requests.first)
        #expect(sent.body == Array("lines".utf8))
        let lines = sent.head.split(separator: "\r\n").map(String.init)
        #expect(lines.first == "POST /a/../b?c=d%20e HTTP/1.1")
        #expect(
            Set(lines.dropFirst()) == [
                "Host: 127.0.0.1:\(server.port)", "User-Agent: poort", "Accept: */*", "Content-Type: text/plain",
                "X-Empty:",
                "Authorization: Bearer geheim", "Content-Length: 5",
            ])
    }

    @Test(
        "knows the methods, with a body and without",
        arguments: [HTTPRequest.Method.get, .post, .put, .patch, .delete])
    func methods(method: HTTPRequest.Method) throws {
        let server = try UnpleasantServer(.answers(UnpleasantServer.answer(200)))
        let client = try HTTPClient()
        let bodies = method == .get ? [""] : ["", "x", String(repeating: "y", count: 3_000_000), ""]
        for body in bodies {
            #expect(try client.send(HTTPRequest(method, server.url, body: Array(body.utf8))).status == 200)
        }
        #expect(server.requests.map { String($0.head.prefix { $0 != " " }) } == bodies.map { _ in method.rawValue })
        #expect(server.requests.map(\.body.count) == bodies.map(\.utf8.count))
        #expect(server.requests.allSatisfy { !$0.head.contains("Content-Type") && !$0.head.contains("Expect") })
        #expect(server.connections == 1)
    }

    @Test("keeps a connection, and lets it go when told to")
    func keepsConnection() throws {
        let server = try UnpleasantServer(.answers(UnpleasantServer.answer(204)))
        let client = try HTTPClient()
        for _ in 0..<5 { _ = try client.send(HTTPRequest(.post, server.url, body: [1])) }
        #expect(server.connections == 1)
        client.disconnect()
        _ = try client.send(HTTPRequest(.post, server.url, body: [1]))
        #expect(server.connections == 2)
    }

    @Test("asks no proxy that only the environment names, and the one of the options")
    func proxies() throws {
        let server = try UnpleasantServer(.answers(UnpleasantServer.answer(204)))
        let proxy = try UnpleasantServer(.answers(UnpleasantServer.answer(202)))
        setenv("http_proxy", proxy.url, 1)
        setenv("all_proxy", proxy.url, 1)
        defer {
            unsetenv("http_proxy")
            unsetenv("all_proxy")
        }
        #expect(try HTTPClient().send(HTTPRequest(.get, server.url)).status == 204)
        #expect(proxy.connections == 0)
        setenv("no_proxy", "*", 1)
        defer { unsetenv("no_proxy") }
        var options = HTTPOptions()
        options.proxy = proxy.url
        let client = try HTTPClient(options)
        #expect(try client.send(HTTPRequest(.get, server.url + "/x")).status == 202)
        #expect(proxy.requests.first?.head.hasPrefix("GET http://127.0.0.1:\(server.port)/x ") == true)
        // Through it, TLS; which this one does not let through, and with the request it must not be given.
        proxy.behave(.answers(UnpleasantServer.answer(407)))
        let error = try #require(throws: HTTPError.self) {
            try client.send(
                HTTPRequest(
                    .post, "https://localhost:\(server.port)",
                    headers: [HTTPRequest.Header("Authorization", scheme: "Bearer", Secret("geheim"))], body: [1]))
        }
        #expect(error.kind == .connect)
        #expect(error.description.contains("407"))
        #expect(!error.mayHaveArrived)
        #expect(proxy.requests.last?.head.hasPrefix("CONNECT localhost:\(server.port)") == true)
        #expect(proxy.requests.allSatisfy { !$0.head.contains("geheim") })
    }

    @Test("sends no header with a line break in it, and does not show it")
    func injection() throws {
        let server = try UnpleasantServer(.answers(UnpleasantServer.answer(204)))
        let client = try HTTPClient()
        for header in [
            HTTPRequest.Header("Authorization", scheme: "Bearer", Secret("geheim\r\nX-Other: 1")),
            HTTPRequest.Header("Authorization", scheme: "Bearer", Secret("geheim\n")),
            HTTPRequest.Header("X Y", "geheim"), HTTPRequest.Header("", "geheim"),
        ] {
            let error = try #require(throws: HTTPError.self) {
                try client.send(HTTPRequest(.get, server.url, headers: [header]))
            }
            #expect(error.kind == .unusable)
            #expect(!error.description.contains("geheim"))
            #expect(!error.mayHaveArrived)
        }
        #expect(server.connections == 0)
    }

    @Test("shows a request without its secrets")
    func shown() throws {
        let request = HTTPRequest(
            .post, "https://h/write?db=x&p=geheim",
            headers: [
                HTTPRequest.Header("Content-Encoding", "gzip"),
                HTTPAuthorization.basic(username: "poort", password: Secret("geheim")).header,
                HTTPAuthorization.token(Secret("geheim")).header,
            ].compactMap { $0 })
        #expect(
            try request.shown() == """
                POST /write?db=x&p=••• HTTP/1.1
                Host: h:443
                Content-Encoding: gzip
                Authorization: Basic •••
                Authorization: Token •••

                """)
        #expect(!"\(request.headers)".contains("geheim"))
    }

    @Test(
        "says who it is as RFC 7617 has it",
        arguments: [
            ("Aladdin", "open sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), ("test", "123£", "dGVzdDoxMjPCow=="),
            ("", "", "Og=="),
        ])
    func basic(username: String, password: String, encoded: String) throws {
        let server = try UnpleasantServer(.answers(UnpleasantServer.answer(204)))
        let header = try #require(HTTPAuthorization.basic(username: username, password: Secret(password)).header)
        _ = try HTTPClient().send(HTTPRequest(.get, server.url, headers: [header]))
        #expect(server.requests.first?.head.contains("\r\nAuthorization: Basic \(encoded)") == true)
    }

    @Test("names the file that it cannot read")
    func missingFile() throws {
        var options = HTTPOptions()
        options.caFile = "/nowhere/ca.crt"
        let error = try #require(throws: HTTPError.self) { try HTTPClient(options) }
        #expect(error.kind == .unusable)
        #expect(error.description.contains("/nowhere/ca.crt"))
    }
}
