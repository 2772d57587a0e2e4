import FoundationEssentials
public import Telemetry

/// One line of a capture: `{"received":"2026-11-23T10:00:00.123Z","topic":"…","payload":"…"}`, or `"payload_base64"`.
public struct CapturedMessage: Sendable {
    public var received: Timestamp
    public var topic: [UInt8]
    public var payload: [UInt8]

    /// - Throws: in words, what is wrong with the line.
    public init(line: [UInt8]) throws(CaptureError) {
        let fields: Fields
        do {
            fields = try JSONDecoder().decode(Fields.self, from: Data(line))
        } catch let error as DecodingError {
            throw CaptureError(cause: CapturedMessage.words(for: error))
        } catch {
            throw CaptureError(cause: "not a JSON object")
        }
        guard let received = Timestamp(rfc3339: fields.received) else {
            throw CaptureError(cause: "`received` is not an RFC 3339 time: \(fields.received)")
        }
        self.received = received
        topic = Array(fields.topic.utf8)
        switch (fields.payload, fields.payloadBase64) {
        case (let text?, nil): payload = Array(text.utf8)
        case (nil, let encoded?):
            guard let bytes = Data(base64Encoded: encoded) else {
                throw CaptureError(cause: "`payload_base64` is not base64")
            }
            payload = Array(bytes)
        default: throw CaptureError(cause: "exactly one of `payload` and `payload_base64` is needed")
        }
    }

    public init(received: Timestamp, topic: [UInt8], payload: [UInt8]) {
        self.received = received
        self.topic = topic
        self.payload = payload
    }

    /// The line, without its line break. A payload that is not UTF-8 is written as base64.
    public var line: JSONLine {
        var line = JSONLine()
        add(to: &line)
        return line
    }

    /// Adds the keys of a capture to a line that holds others.
    public func add(to line: inout JSONLine) {
        line.add("received", received)
        line.add("topic", String(decoding: topic, as: UTF8.self))
        if let text = String(validating: payload, as: UTF8.self) {
            line.add("payload", text)
        } else {
            line.add("payload_base64", Data(payload).base64EncodedString())
        }
    }

    private struct Fields: Decodable {
        var received: String
        var topic: String
        var payload: String?
        var payloadBase64: String?

        enum CodingKeys: String, CodingKey {
            case received, topic, payload
            case payloadBase64 = "payload_base64"
        }
    }

    private static func words(for error: DecodingError) -> String {
        switch error {
        case .keyNotFound(let key, _): "`\(key.stringValue)` is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            "`\(context.codingPath.last?.stringValue ?? "line")` is not a string"
        default: "not a JSON object"
        }
    }
}

/// What is wrong with a capture, and where.
public struct CaptureError: Error, Sendable, CustomStringConvertible {
    /// From 1; 0 for the file as a whole.
    public var line = 0
    public var cause: String

    public init(line: Int = 0, cause: String) {
        self.line = line
        self.cause = cause
    }

    public var description: String { line > 0 ? "line \(line): \(cause)" : cause }
}
