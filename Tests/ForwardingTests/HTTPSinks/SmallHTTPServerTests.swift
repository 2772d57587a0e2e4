import Glibc
import HTTP
import Testing

@testable import TestKit

@Suite("SmallHTTPServer", .timeLimit(.minutes(1)))
struct SmallHTTPServerTests {
    private func echo() throws -> SmallHTTPServer {
        try SmallHTTPServer { request in
            var response = SmallHTTPServer.Response(201, headers: [("X-Target", request.target)], body: request.body)
            response.isChunked = request.path == "/chunked"
            response.cut = request.path == "/gone" ? .beforeAnswer : request.path == "/half" ? .withinBody : .none
            return response
        }
    }

    /// What it says to this, until it hangs up or so many bytes have come.
    private func say(_ text: String, to server: SmallHTTPServer, until count: Int) throws -> String {
        let socket = FreePort.connect(to: server.port)
        try #require(socket >= 0)
        defer { close(socket) }
        // In pieces, so that nothing comes whole.
        for byte in text.utf8 { try #require(send(socket, [byte], 1, Int32(MSG_NOSIGNAL)) == 1) }
        var answer: [UInt8] = []
        while answer.count < count {
            var buffer = [UInt8](repeating: 0, count: 1 << 12)
            let read = recv(socket, &buffer, buffer.count, 0)
            if read <= 0 { break }
            answer += buffer[..<read]
        }
        return String(decoding: answer, as: UTF8.self)
    }

    @Test func bodiesComeWholeInEitherForm() throws {
        let server = try echo()
        let client = try HTTPClient()
        let body = (0..<70_000).map { UInt8($0 % 251) }
        for path in ["/plain?a=b%20c", "/chunked"] {
            let response = try client.send(HTTPRequest(.put, server.url + path, body: body))
            #expect(response.status == 201)
            #expect(response.body == body)
            #expect(response.header("x-target") == path)
        }
        #expect(server.requests.map(\.method) == ["PUT", "PUT"])
        #expect(server.requests.map(\.path) == ["/plain", "/chunked"])
        #expect(server.requests[0].query == "a=b%20c")
        #expect(server.requests[0].header("HOST") == "127.0.0.1:\(server.port)")
        #expect(server.requests[0].body == body)
    }

    @Test func requestsInChunksAndOneBehindTheOtherAreRead() throws {
        let server = try echo()
        let first =
            "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n"
        let second = "POST /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nfg"
        let answer = try say(first + second, to: server, until: .max)
        #expect(answer.contains("X-Target: /a\r\nContent-Length: 5\r\n\r\nabcde"))
        #expect(answer.hasSuffix("X-Target: /b\r\nContent-Length: 2\r\n\r\nfg"))
        #expect(server.requests.map(\.text) == ["abcde", "fg"])
    }

    @Test func answersAreCutWhereItIsTold() throws {
        let server = try echo()
        for path in ["/gone", "/half"] {
            do throws(HTTPError) {
                _ = try HTTPClient().send(HTTPRequest(.post, server.url + path, body: Array("0123456789".utf8)))
                Issue.record("\(path) was answered")
            } catch {
                #expect(error.mayHaveArrived, "\(path): \(error)")
            }
        }
        #expect(server.requests.count == 2)
    }

    @Test func itStopsAndStartsOnTheSamePort() throws {
        let server = try echo()
        let client = try HTTPClient()
        #expect(try client.send(HTTPRequest(.get, server.url)).status == 201)
        server.stop()
        #expect(!FreePort.isListening(server.port))
        do throws(HTTPError) {
            _ = try client.send(HTTPRequest(.get, server.url))
            Issue.record("it answers, though it is stopped")
        } catch {
            #expect(error.kind == .connect)
        }
        try server.start()
        #expect(try client.send(HTTPRequest(.get, server.url)).status == 201)
        try server.restart()
        #expect(try client.send(HTTPRequest(.get, server.url)).status == 201)
        #expect(server.requests.count == 3)
    }
}
