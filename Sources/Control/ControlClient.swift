/// Asks the daemon over its socket. Blocks for two seconds at most at each step.
public struct ControlClient: Sendable {
    private let path: String

    public init(path: String) {
        self.path = path
    }

    /// The daemon's status.
    /// - Throws: when the daemon is not there, or does not answer in time.
    public func status() throws(ControlError) -> StatusReport {
        let body = try get("/status")
        do {
            return try StatusCoding.decode(body)
        } catch {
            throw ControlError(
                operation: "understand the daemon", path: path, cause: "its answer is not a status report",
                hint: "are the daemon and this command of the same version?")
        }
    }

    /// One request a connection, so that the answer ends where the connection does. Source: RFC 9112, section 6.3.
    func get(_ target: String) throws(ControlError) -> [UInt8] {
        let socket = try UnixSocket(path: path, timeoutSeconds: 2)
        let request = "GET \(target) HTTP/1.1\r\nHost: poort\r\nConnection: close\r\n\r\n"
        guard socket.send(Array(request.utf8)), let answer = socket.receiveAll(limit: 64 << 20) else {
            throw ControlError(
                operation: "ask the daemon", path: path, cause: "it did not answer within two seconds",
                hint: "it may be busy: try again, or look at journalctl -u poort")
        }
        guard let end = answer.headerEnd, String(decoding: answer.prefix(12), as: UTF8.self) == "HTTP/1.1 200" else {
            throw ControlError(
                operation: "ask the daemon", path: path,
                cause: "it answered: \(String(decoding: answer.prefix { $0 != 0x0D }, as: UTF8.self))")
        }
        return Array(answer[end...])
    }
}

extension [UInt8] {
    /// The index after the empty line that ends an HTTP header.
    fileprivate var headerEnd: Int? {
        guard count >= 4 else { return nil }
        for index in 0...(count - 4) where self[index] == 0x0D && self[index..<(index + 4)] == [0x0D, 0x0A, 0x0D, 0x0A]
        {
            return index + 4
        }
        return nil
    }
}
