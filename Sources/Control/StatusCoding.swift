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
        // Not `convertFromSnakeCase`, which makes second10S of second10s and so cannot read what was written.
        decoder.keyDecodingStrategy = .custom { path in ReportKey(camelCase: path[path.count - 1].stringValue) }
        return try decoder.decode(StatusReport.self, from: Data(bytes))
    }
}

/// A key as the report's types have it.
private struct ReportKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) {
        self.stringValue = stringValue
    }

    init?(intValue: Int) { nil }

    init(camelCase snakeCase: String) {
        let parts = snakeCase.split(separator: "_")
        let rest = parts.dropFirst().map { $0.prefix(1).uppercased() + $0.dropFirst() }
        stringValue = (parts.prefix(1).map(String.init) + rest).joined()
    }
}
