public import Telemetry

/// Asks the daemon over its socket. Blocks, with a limit at each step.
public struct ControlClient: Sendable {
    private let path: String

    public init(path: String) {
        self.path = path
    }

    /// The daemon's status.
    /// - Throws: when the daemon is not there, or does not answer in time.
    public func status() throws(ControlError) -> StatusReport {
        try understand(StatusReport.self, ask("GET", "/status", timeoutSeconds: 2))
    }

    /// Has the daemon work on quarantined messages, a bounded number of them: go on after
    /// ``QuarantineOutcome/continueAfter`` until it is nil.
    /// - Throws: when the daemon is not there, is busy, or its storage fails. What it did not do is still in quarantine.
    public func quarantine(
        _ action: QuarantineAction, _ selection: QuarantineSelection
    ) throws(ControlError) -> QuarantineOutcome {
        let body: [UInt8]
        do {
            body = try StatusCoding.encode(QuarantineRequest(action: action, selection: selection))
        } catch {
            throw ControlError(operation: "ask the daemon", path: path, cause: "\(error)")
        }
        return try understand(
            QuarantineOutcome.self, ask("POST", "/quarantine", body: body, timeoutSeconds: 30))
    }

    private func understand<Content: Decodable>(
        _ type: Content.Type, _ body: [UInt8]
    ) throws(ControlError) -> Content {
        do {
            return try StatusCoding.decode(type, from: body)
        } catch {
            throw ControlError(
                operation: "understand the daemon", path: path, cause: "its answer is not what was asked for",
                hint: "are the daemon and this command of the same version?")
        }
    }

    /// One request a connection, so that the answer ends where the connection does. Source: RFC 9112, section 6.3.
    func ask(
        _ method: String, _ target: String, body: [UInt8] = [], timeoutSeconds: Int
    ) throws(ControlError) -> [UInt8] {
        let socket = try UnixSocket(path: path, timeoutSeconds: timeoutSeconds)
        var request = "\(method) \(target) HTTP/1.1\r\nHost: poort\r\nConnection: close\r\n"
        if !body.isEmpty { request += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n" }
        guard socket.send(Array((request + "\r\n").utf8) + body), let answer = socket.receiveAll(limit: 64 << 20) else {
            throw ControlError(
                operation: "ask the daemon", path: path, cause: "it did not answer within \(timeoutSeconds) s",
                hint: "it may be busy: try again, or look at journalctl -u poort")
        }
        guard let end = answer.headerEnd else { throw refusal(answer, body: []) }
        let body = Array(answer[end...])
        guard String(decoding: answer.prefix(12), as: UTF8.self) == "HTTP/1.1 200" else {
            throw refusal(answer, body: body)
        }
        return body
    }

    private func refusal(_ answer: [UInt8], body: [UInt8]) -> ControlError {
        if let said = try? StatusCoding.decode(ControlRefusal.self, from: body) {
            return ControlError(operation: "do that", path: path, cause: said.error, hint: said.hint)
        }
        return ControlError(
            operation: "ask the daemon", path: path,
            cause: "it answered: \(String(decoding: answer.prefix { $0 != 0x0D }, as: UTF8.self))",
            hint: "are the daemon and this command of the same version?")
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
