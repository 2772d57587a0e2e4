import FoundationEssentials

/// The report as it goes over the socket and to `--json`.
public enum StatusCoding {
    public static func encode(_ report: StatusReport) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try Array(encoder.encode(report))
    }

    public static func decode(_ bytes: [UInt8]) throws -> StatusReport {
        let decoder = JSONDecoder()
        // It reads back what was written as long as no name ends in a digit and a letter.
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(StatusReport.self, from: Data(bytes))
    }
}
