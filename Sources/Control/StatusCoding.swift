import FoundationEssentials

/// What goes over the socket and to `--json`: keys in snake case.
public enum StatusCoding {
    public static func encode(_ content: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try Array(encoder.encode(content))
    }

    public static func decode<Content: Decodable>(_ type: Content.Type, from bytes: [UInt8]) throws -> Content {
        let decoder = JSONDecoder()
        // It reads back what was written as long as no name ends in a digit and a letter.
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: Data(bytes))
    }
}
