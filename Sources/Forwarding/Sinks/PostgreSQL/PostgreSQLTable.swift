import Telemetry

/// The table that gets the rows, and what is said to it. Source: PostgreSQL documentation, INSERT, JSON functions.
struct PostgreSQLTable {
    let schema: String?
    let name: String
    let fields: [SharedField]

    /// - Returns: nil where that is no name of a table: one or two parts of letters, digits and underscores, up to 63 bytes.
    init?(_ name: String, fields: SharedFields) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard (1...2).contains(parts.count), parts.allSatisfy(PostgreSQLTable.isName), let last = parts.last else {
            return nil
        }
        schema = parts.count == 2 ? parts[0] : nil
        self.name = last
        self.fields = SharedField.allCases.filter { fields.contains($0) }
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, text.utf8.count <= 63 else { return false }
        return (first == "_" || first.properties.isAlphabetic)
            && text.unicodeScalars.allSatisfy { $0 == "_" || $0.properties.isAlphabetic || ("0"..."9").contains($0) }
    }

    /// As it stands in a statement.
    var quoted: String { [schema, name].compactMap { $0 }.map { "\"\($0)\"" }.joined(separator: ".") }

    struct Column {
        var name: String
        var type: String

        var definition: String { "\"\(name)\" \(type)" }
    }

    static let key = [
        Column(name: "gateway", type: "text"), Column(name: "device", type: "text"),
        Column(name: "quantity", type: "text"), Column(name: "unit", type: "text"), Column(name: "tier", type: "text"),
        Column(name: "start", type: "timestamptz"),
    ]

    var columns: [Column] {
        PostgreSQLTable.key + [
            Column(name: "end", type: "timestamptz"), Column(name: "device_type", type: "text"),
            Column(name: "neighbourhood", type: "text"), Column(name: "site", type: "text"),
            Column(name: "latitude", type: "double precision"), Column(name: "longitude", type: "double precision"),
            Column(name: "revision", type: "integer"),
        ] + fields.map { Column(name: $0.name, type: PostgreSQLTable.type(of: $0)) }
    }

    static func type(of field: SharedField) -> String {
        switch field {
        case .count, .suspect, .fail, .expected, .resets, .wraps: "bigint"
        case .valid: "boolean"
        case .minimumTime, .maximumTime, .increaseSince: "timestamptz"
        case .coverage, .mean, .minimum, .maximum, .standardDeviation, .first, .last, .p50, .p85, .p95, .sum,
            .increase, .resultant:
            "double precision"
        }
    }

    private static func list(_ columns: [Column]) -> String {
        columns.map { "\"\($0.name)\"" }.joined(separator: ", ")
    }

    var creation: String {
        "CREATE TABLE IF NOT EXISTS \(quoted) (\n    \(columns.map(\.definition).joined(separator: ",\n    ")),\n"
            + "    PRIMARY KEY (\(PostgreSQLTable.list(PostgreSQLTable.key)))\n)"
    }

    /// What adds columns that are missing.
    func alteration(adding missing: [Column]) -> String {
        "ALTER TABLE \(quoted) " + missing.map { "ADD COLUMN \($0.definition)" }.joined(separator: ", ")
    }

    /// One statement for any number of rows, which are its parameter: the array of ``AggregateJSON``. A figure that is absent
    /// in it becomes NULL, and no older revision takes the place of a newer one.
    var insertion: String {
        let others = columns.dropFirst(PostgreSQLTable.key.count)
        let sources = columns.map { column in
            switch column.name {
            case "device_type": "r.\"type\""
            case "latitude": "(r.\"location\"->>'lat')::double precision"
            case "longitude": "(r.\"location\"->>'lon')::double precision"
            default: "r.\"\(column.name)\""
            }
        }
        let read = columns.map { column in
            switch column.name {
            case "device_type": "\"type\" text"
            case "latitude": "\"location\" json"
            default: column.name == "longitude" ? nil : column.definition
            }
        }
        let changes = others.map { "\"\($0.name)\" = excluded.\"\($0.name)\"" }
        return """
            INSERT INTO \(quoted) AS t (\(PostgreSQLTable.list(columns)))
            SELECT \(sources.joined(separator: ", "))
            FROM json_to_recordset($1::json) AS r (\(read.compactMap { $0 }.joined(separator: ", ")))
            ON CONFLICT (\(PostgreSQLTable.list(PostgreSQLTable.key))) DO UPDATE SET
            \(changes.joined(separator: ", "))
            WHERE excluded."revision" >= t."revision"
            """
    }
}
