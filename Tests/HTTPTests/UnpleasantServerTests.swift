import Glibc
import HTTP
import Secrets
import TestKit
import Testing
import Threading

@Suite("HTTPClient and unpleasant servers", .timeLimit(.minutes(2)))
struct UnpleasantServerTests {
    private func client(_ change: (inout HTTPOptions) -> Void = { _ in }) throws -> HTTPClient {
        var options = HTTPOptions()
        options.connectMilliseconds = 2000
        options.totalMilliseconds = 20_000
        change(&options)
        return try HTTPClient(options)
    }

    private func failure(
        of client: HTTPClient, _ url: String, body: [UInt8] = [1, 2, 3]
    ) throws -> HTTPError {
        let error = try #require(throws: HTTPError.self) {
            try client.send(
                HTTPRequest(
                    .post, url, headers: [HTTPRequest.Header("Authorization", scheme: "Bearer", Secret("geheim"))],
                    body: body))
        }
        #expect(!error.description.contains("geheim"))
        return error
    }

    @Test("gives up a server that takes the request and hangs")
    func hangs() throws {
        let server = try UnpleasantServer(.hangs)
        let error = try failure(of: client { $0.totalMilliseconds = 300 }, server.url)
        #expect(error.kind == .timeout)
        #expect(error.mayHaveArrived)
        #expect(error.server == "127.0.0.1:\(server.port)")
        #expect(error.description.contains("0.3 s"))
    }

    @Test("gives up a server that does not take the whole request")
    func ignores() throws {
        let server = try UnpleasantServer(.ignores)
        let error = try failure(
            of: client { $0.totalMilliseconds = 500 }, server.url, body: [UInt8](repeating: 0, count: 30_000_000))
        #expect(error.kind == .timeout)
        #expect(error.mayHaveArrived)
    }

    @Test("says that the server reset the connection, or hung up, and that the request may have arrived")
    func resets() throws {
        let server = try UnpleasantServer(.resets)
        for manner in [UnpleasantServer.Manner.resets, .hangsUp] {
            server.behave(manner)
            let error = try failure(of: client(), server.url)
            #expect(error.kind == .reset)
            #expect(error.mayHaveArrived)
        }
    }

    @Test("does not send a request again by itself when a kept connection ends under it")
    func noSecondAttempt() throws {
        let server = try UnpleasantServer(.answersOnce(UnpleasantServer.answer(204)))
        let client = try client()
        _ = try client.send(HTTPRequest(.post, server.url, body: Array("first".utf8)))
        let error = try failure(of: client, server.url, body: Array("second".utf8))
        #expect(error.kind == .reset)
        #expect(error.mayHaveArrived)
        #expect(server.requests.map { String(decoding: $0.body, as: UTF8.self) } == ["first", "second"])
        // The next is sent on a new one.
        #expect(try client.send(HTTPRequest(.post, server.url, body: [3])).status == 204)
    }

    @Test("hears an answer that comes before the whole request was sent", arguments: [true, false])
    func early(isOrderly: Bool) throws {
        let server = try UnpleasantServer(
            .refusesEarly(
                UnpleasantServer.answer(413, headers: ["Connection: close"], body: "too much"), isOrderly: isOrderly))
        let client = try client()
        for _ in 0..<20 {
            let response = try client.send(
                HTTPRequest(.post, server.url, body: [UInt8](repeating: 0, count: 30_000_000)))
            #expect(response.status == 413)
            #expect(response.body == Array("too much".utf8))
        }
    }

    @Test("takes a new connection when the server has closed the kept one meanwhile")
    func closedMeanwhile() async throws {
        let server = try UnpleasantServer(.breaksOff(UnpleasantServer.answer(204)))
        let client = try client()
        for _ in 0..<3 {
            #expect(try client.send(HTTPRequest(.post, server.url, body: [1])).status == 204)
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(server.requests.count == 3)
    }

    @Test("gives up a server that answers byte by byte")
    func dribbles() throws {
        let server = try UnpleasantServer(
            .dribbles(UnpleasantServer.answer(200, body: String(repeating: "x", count: 10_000))))
        let error = try failure(
            of: client {
                $0.slowSeconds = 1
                $0.leastBytesPerSecond = 1000
            }, server.url)
        #expect(error.kind == .timeout)
        #expect(error.mayHaveArrived)
        #expect(error.description.contains("too slowly"))
    }

    @Test(
        "takes a redirect for the answer it is, and sends nothing to where it points",
        arguments: [301, 302, 303, 307, 308])
    func redirects(status: Int) throws {
        let other = try UnpleasantServer(.answers(UnpleasantServer.answer(200)))
        let server = try UnpleasantServer(
            .answers(UnpleasantServer.answer(status, headers: ["Location: \(other.url)/write"])))
        let client = try client()
        let response = try client.send(
            HTTPRequest(
                .post, server.url, headers: [HTTPRequest.Header("Authorization", scheme: "Bearer", Secret("geheim"))],
                body: [1]))
        #expect(response.status == status)
        #expect(response.header("location") == "\(other.url)/write")
        #expect(other.connections == 0)
    }

    @Test("knows the status of an answer of 1 GiB, and takes no more of it than it may")
    func pours() throws {
        let server = try UnpleasantServer(
            .pours("HTTP/1.1 400 Bad\r\nContent-Length: 1073741824\r\n\r\n", bytes: 1 << 30))
        let client = try client { $0.longestAnswer = 1000 }
        let response = try client.send(HTTPRequest(.post, server.url, body: [1]))
        #expect(response.status == 400)
        #expect(response.body == [UInt8](repeating: UInt8(ascii: "x"), count: 1000))
        #expect(response.isCut)
        // Buffers of the two sockets.
        #expect(server.pouredBytes < 64 << 20)
        server.behave(.answers(UnpleasantServer.answer(204)))
        #expect(try client.send(HTTPRequest(.post, server.url, body: [1])).status == 204)
    }

    @Test("takes an answer that is just as long as it may be for whole")
    func longest() throws {
        let server = try UnpleasantServer(.answers(UnpleasantServer.answer(200, body: "12345")))
        let response = try client { $0.longestAnswer = 5 }.send(HTTPRequest(.get, server.url))
        #expect(response.body == Array("12345".utf8))
        #expect(!response.isCut)
        let cut = try client { $0.longestAnswer = 4 }.send(HTTPRequest(.get, server.url))
        #expect(cut.body == Array("1234".utf8))
        #expect(cut.isCut)
    }

    @Test("says that it is no HTTP where it is garbage")
    func garbage() throws {
        let server = try UnpleasantServer(.hangs)
        for text in ["220 mail.example.org ESMTP\r\n", "\u{0}\u{1}\u{2}\r\n\r\n", "HTTP/x y\r\n\r\n"] {
            server.behave(.breaksOff(text))
            let error = try failure(of: client(), server.url)
            #expect(error.kind == .malformed, "\(text.debugDescription): \(error)")
            #expect(error.mayHaveArrived)
        }
    }

    @Test("takes no headers without end")
    func headers() throws {
        let many = "HTTP/1.1 200 OK\r\n" + String(repeating: "X: y\r\n", count: 100_000)
        let long = "HTTP/1.1 200 OK\r\nX: " + String(repeating: "y", count: 1 << 20)
        let interim = String(repeating: "HTTP/1.1 102 Wait\r\n\r\n", count: 100_000)
        let server = try UnpleasantServer(.hangs)
        for text in [many, long, interim] {
            server.behave(.breaksOff(text))
            let error = try failure(of: client(), server.url)
            #expect(error.kind == .malformed, "\(error)")
        }
    }

    @Test("takes the answer behind those that only say that it will come")
    func interim() throws {
        let server = try UnpleasantServer(
            .answers(
                "HTTP/1.1 103 Early Hints\r\nX: early\r\n\r\n" + UnpleasantServer.answer(200, headers: ["X: late"])))
        let response = try client().send(HTTPRequest(.get, server.url))
        #expect(response.status == 200)
        #expect(response.header("x") == "late")
    }

    @Test("takes half an answer for none")
    func half() throws {
        let server = try UnpleasantServer(.hangs)
        for text in [
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "HTTP/1.1 200 OK\r\nContent-Le",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal",
        ] {
            server.behave(.breaksOff(text))
            let error = try failure(of: client(), server.url)
            #expect(error.kind == .reset, "\(text.debugDescription): \(error)")
            #expect(error.mayHaveArrived)
        }
    }

    @Test("says that nothing listens")
    func nobody() throws {
        let error = try failure(of: client(), "http://127.0.0.1:\(FreePort.next())/")
        #expect(error.kind == .connect)
        #expect(!error.mayHaveArrived)
        #expect(error.description.contains("nothing listens there"))
    }

    @Test("says that a name does not resolve")
    func unresolved() throws {
        let error = try failure(of: client { $0.connectMilliseconds = 10_000 }, "http://no-such-host.invalid/")
        #expect(error.kind == .resolve || error.kind == .timeout)
        #expect(!error.mayHaveArrived)
        #expect(error.description.contains("resolve"))
        #expect(error.server == "no-such-host.invalid:80")
    }

    @Test("ends the request under way when another thread says so, and later ones, until it may go on")
    func cancelled() async throws {
        let server = try UnpleasantServer(.hangs)
        let cancellation = HTTPCancellation()
        let url = server.url
        let thread = WorkerThread(name: "sender") {
            let error = #expect(throws: HTTPError.self) {
                var options = HTTPOptions()
                options.totalMilliseconds = 600_000
                options.slowSeconds = 0
                _ = try HTTPClient(options, cancellation: cancellation).send(HTTPRequest(.post, url, body: [1]))
            }
            #expect(error?.kind == .cancelled)
            #expect(error?.mayHaveArrived == true)
        }
        #expect(await eventually { !server.requests.isEmpty })
        cancellation.cancel()
        #expect(thread.join(milliseconds: 20_000))
        let client = try HTTPClient(cancellation: cancellation)
        let later = try failure(of: client, url)
        #expect(later.kind == .cancelled)
        #expect(!later.mayHaveArrived)
        #expect(server.requests.count == 1)
        cancellation.resume()
        server.behave(.answers(UnpleasantServer.answer(204)))
        #expect(try client.send(HTTPRequest(.post, url, body: [1])).status == 204)
    }
}
