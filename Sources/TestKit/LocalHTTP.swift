public import HTTP

/// Requests to the servers of a test.
public enum LocalHTTP {
    public struct Unexpected: Error, CustomStringConvertible {
        public let description: String
    }

    /// The body of what is answered with a status below 300.
    public static func get(_ url: String, headers: [HTTPRequest.Header] = []) throws -> [UInt8] {
        try send(HTTPRequest(.get, url, headers: headers))
    }

    @discardableResult
    public static func send(_ request: HTTPRequest) throws -> [UInt8] {
        var options = HTTPOptions()
        options.longestAnswer = 1 << 28
        let response = try HTTPClient(options).send(request)
        guard response.status < 300 else {
            throw Unexpected(
                description:
                    "\(request.url) answers \(response.status): \(String(decoding: response.body, as: UTF8.self))")
        }
        return response.body
    }

    /// What may stand in a query's value. Source: RFC 3986, 2.
    public static func encoded(_ text: String) -> String {
        text.utf8.map { byte in
            let character = Character(UnicodeScalar(byte))
            let isPlain = byte < 0x80 && (character.isLetter || character.isNumber || "-._~".contains(character))
            return isPlain ? String(character) : "%" + hex(byte >> 4) + hex(byte & 15)
        }.joined()
    }

    private static func hex(_ digit: UInt8) -> String { String(digit, radix: 16, uppercase: true) }
}
