import Glibc

/// One connection of a ``SmallHTTPServer``. Source: RFC 9112.
struct SmallHTTPConnection {
    private let socket: Int32
    private let shouldStop: () -> Bool
    private var pending: [UInt8] = []

    init(_ socket: Int32, shouldStop: @escaping () -> Bool) {
        self.socket = socket
        self.shouldStop = shouldStop
    }

    /// Until the client hangs up, an answer is cut, or the server stops.
    mutating func serve(_ handler: SmallHTTPServer.Handler) {
        defer { close(socket) }
        while let request = nextRequest() {
            let response = handler(request)
            if response.cut == .beforeAnswer { return }
            let bytes = SmallHTTPConnection.bytes(of: response, to: request)
            if response.cut == .withinBody {
                _ = say(Array(bytes.dropLast(max(1, response.body.count / 2))))
                return
            }
            guard say(bytes), request.header("Connection")?.lowercased() != "close" else { return }
        }
    }

    private static func bytes(of response: SmallHTTPServer.Response, to request: SmallHTTPServer.Request) -> [UInt8] {
        var head = "HTTP/1.1 \(response.status) \(reason(response.status))\r\n"
        for header in response.headers { head += "\(header.name): \(header.value)\r\n" }
        let hasBody = request.method != "HEAD" && response.status != 204 && response.status != 304
        guard hasBody else { return Array((head + "\r\n").utf8) }
        if !response.isChunked {
            return Array("\(head)Content-Length: \(response.body.count)\r\n\r\n".utf8) + response.body
        }
        var bytes = Array("\(head)Transfer-Encoding: chunked\r\n\r\n".utf8)
        for start in stride(from: 0, to: response.body.count, by: 1000) {
            let chunk = response.body[start..<min(start + 1000, response.body.count)]
            bytes += Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + Array("\r\n".utf8)
        }
        return bytes + Array("0\r\n\r\n".utf8)
    }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 204: "No Content"
        case 207: "Multi-Status"
        case 400..<500: "Client Error"
        case 500...: "Server Error"
        default: "So"
        }
    }

    // MARK: - Reading

    /// Nil when the client has hung up, speaks no HTTP, or the server stops.
    private mutating func nextRequest() -> SmallHTTPServer.Request? {
        var end: Int?
        while end == nil {
            end = pending.firstRange(of: Array("\r\n\r\n".utf8))?.lowerBound
            if end == nil, !fill() { return nil }
        }
        guard let end else { return nil }
        let lines = String(decoding: pending[..<end], as: UTF8.self).split(
            separator: "\r\n", omittingEmptySubsequences: false)
        pending.removeFirst(end + 4)
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3 else { return nil }
        let headers = lines.dropFirst().map { line in
            let name = line.prefix { $0 != ":" }
            let value = line.dropFirst(name.count + 1).drop { $0 == " " }
            return SmallHTTPServer.Request.Header(name: String(name), value: String(value))
        }
        var request = SmallHTTPServer.Request(method: String(words[0]), target: String(words[1]), headers: headers)
        if request.header("Expect")?.lowercased() == "100-continue" {
            guard say(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) else { return nil }
        }
        let isChunked = request.header("Transfer-Encoding")?.lowercased() == "chunked"
        let length = Int(request.header("Content-Length") ?? "0") ?? 0
        guard let body = isChunked ? chunks() : take(length) else { return nil }
        request.body = body
        return request
    }

    private mutating func take(_ count: Int) -> [UInt8]? {
        while pending.count < count { guard fill() else { return nil } }
        defer { pending.removeFirst(count) }
        return Array(pending.prefix(count))
    }

    private mutating func chunks() -> [UInt8]? {
        var body: [UInt8] = []
        while true {
            guard let line = takeLine(), let count = Int(line.prefix { $0 != ";" }, radix: 16) else { return nil }
            if count == 0 { break }
            guard let chunk = take(count), takeLine() != nil else { return nil }
            body += chunk
        }
        while let trailer = takeLine() { if trailer.isEmpty { return body } }
        return nil
    }

    private mutating func takeLine() -> String? {
        while true {
            if let range = pending.firstRange(of: Array("\r\n".utf8)) {
                defer { pending.removeFirst(range.upperBound) }
                return String(decoding: pending[..<range.lowerBound], as: UTF8.self)
            }
            guard fill() else { return nil }
        }
    }

    /// Waits for more.
    private mutating func fill() -> Bool {
        while !shouldStop() {
            guard SmallHTTPConnection.isReady(socket, POLLIN, milliseconds: 20) else { continue }
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            let count = recv(socket, &buffer, buffer.count, 0)
            if count <= 0 { return false }
            pending += buffer[..<count]
            return true
        }
        return false
    }

    // MARK: - Writing

    private func say(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            if shouldStop() { return false }
            guard SmallHTTPConnection.isReady(socket, POLLOUT, milliseconds: 20) else { continue }
            let written = bytes[sent...].withUnsafeBytes {
                send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT))
            }
            if written < 0, errno == EAGAIN || errno == EINTR { continue }
            if written <= 0 { return false }
            sent += written
        }
        return true
    }

    static func isReady(_ descriptor: Int32, _ event: Int32, milliseconds: Int32) -> Bool {
        var poller = pollfd(fd: descriptor, events: Int16(event), revents: 0)
        return poll(&poller, 1, milliseconds) > 0
    }
}
