/// Collects what there is to say while a configuration is read.
final class Complaints {
    private(set) var errors: [Complaint] = []
    private(set) var warnings: [Complaint] = []
    /// Where the files and directories of the configuration are named.
    var places = FilePlaces()
    /// Every key that a reader asked for, by the path of its table.
    private(set) var knownKeys: [String: Set<String>] = [:]
    /// What people call the tables, by their paths.
    private var tableNames: [String: String] = [:]
    private var unknownKeys: [UnknownKey] = []

    private struct UnknownKey {
        let field: TOMLNode.Field
        let path: String
        let table: String
    }

    func error(_ place: Place, _ message: String, suggestion: String? = nil) {
        errors.append(Complaint(place: place, message: message, suggestion: suggestion))
    }

    func warn(_ place: Place, _ message: String, suggestion: String? = nil) {
        warnings.append(Complaint(place: place, message: message, suggestion: suggestion))
    }

    func noteKnown(_ key: String, in path: String, table: String) {
        knownKeys[path, default: []].insert(key)
        tableNames[path] = table
    }

    /// Complained about at the end, when it is known what other tables call theirs.
    func noteUnknown(_ field: TOMLNode.Field, in path: String, table: String) {
        unknownKeys.append(UnknownKey(field: field, path: path, table: table))
    }

    func settleUnknownKeys() {
        for unknown in unknownKeys {
            let key = unknown.field.key
            let known = (knownKeys[unknown.path] ?? []).sorted()
            let suggestion = Spelling.nearest(to: key, among: known)
            var message = "unknown key `\(key.plain)` in \(unknown.table)"
            if suggestion == nil {
                let homes = tablesKnowing(key)
                if homes == [""] {
                    message += "; it is a table of its own"
                } else if !homes.isEmpty {
                    message += "; it belongs into \(homes.map { tableNames[$0] ?? $0 }.joined(separator: " or "))"
                } else if !known.isEmpty {
                    message += "; known are \(known.joined(separator: ", "))"
                }
            }
            error(unknown.field.keyPlace, message, suggestion: suggestion)
        }
        unknownKeys = []
    }

    /// A key that stands in the wrong table, under the header of another.
    private func tablesKnowing(_ key: String) -> [String] {
        knownKeys.filter { $0.value.contains(key) && !$0.key.contains(".") }.keys.sorted()
    }
}
