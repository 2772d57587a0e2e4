/// Collects complaints while a configuration is read.
final class Complaints {
    private(set) var errors: [Complaint] = []
    private(set) var warnings: [Complaint] = []

    func error(_ place: Place, _ message: String, suggestion: String? = nil) {
        errors.append(Complaint(place: place, message: message, suggestion: suggestion))
    }

    func warn(_ place: Place, _ message: String) {
        warnings.append(Complaint(place: place, message: message))
    }
}

/// Reads the keys of one table, and complains about what is wrong, unknown or missing.
struct TableReader {
    let name: String
    let place: Place
    let complaints: Complaints
    private let fields: [TOMLNode.Field]
    private var known: Set<String> = []

    /// - Parameter name: for people: `[broker]`.
    init(_ node: TOMLNode, name: String, complaints: Complaints) {
        self.name = name
        self.complaints = complaints
        place = node.place
        if case .table(let fields) = node.value {
            self.fields = fields
        } else {
            fields = []
            complaints.error(node.place, "\(name) must be a table, not \(node.kindName)")
        }
    }

    var keys: [TOMLNode.Field] { fields }

    /// The value of a key, which is known from then on.
    mutating func node(_ key: String) -> TOMLNode? {
        known.insert(key)
        return fields.first { $0.key == key }?.node
    }

    func value(_ key: String) -> TOMLNode.Value? { fields.first { $0.key == key }?.node.value }

    func has(_ key: String) -> Bool { fields.contains { $0.key == key } }

    /// Complains about every key that nobody asked for. Call last.
    /// - Parameter laterKeys: what the design knows and this version does not.
    func finish(laterKeys: Set<String> = []) {
        for field in fields where !known.contains(field.key) {
            if laterKeys.contains(field.key) {
                complaints.error(field.keyPlace, "`\(field.key)` in \(name) is not in this version of poort")
            } else {
                complaints.error(
                    field.keyPlace, "unknown key `\(field.key)` in \(name)",
                    suggestion: Spelling.nearest(to: field.key, among: known.sorted()))
            }
        }
    }

    // MARK: - Typed values

    mutating func string(_ key: String, into target: inout String) {
        if let text = string(key) { target = text }
    }

    mutating func string(_ key: String) -> String? {
        guard let node = node(key) else { return nil }
        guard case .string(let text) = node.value else {
            complaints.error(node.place, "`\(key)` must be a string, not \(node.shown)")
            return nil
        }
        if text.isEmpty {
            complaints.error(node.place, "`\(key)` is empty")
            return nil
        }
        return text
    }

    mutating func boolean(_ key: String) -> Bool? {
        guard let node = node(key) else { return nil }
        guard case .boolean(let truth) = node.value else {
            complaints.error(node.place, "`\(key)` must be true or false, not \(node.shown)")
            return nil
        }
        return truth
    }

    mutating func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let node = node(key) else { return nil }
        guard case .integer(let number) = node.value else {
            complaints.error(node.place, "`\(key)` must be a whole number, not \(node.shown)")
            return nil
        }
        guard range.contains(Int(number)) else {
            complaints.error(
                node.place, "`\(key)` is \(number); it must lie from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return Int(number)
    }

    /// Milliseconds.
    mutating func duration(_ key: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let node = node(key) else { return nil }
        guard case .string(let text) = node.value, let milliseconds = Measure.duration(text) else {
            complaints.error(
                node.place,
                "`\(key)` must be a duration in a string, such as \"10s\" (ms, s, m, h, d, y), not \(node.shown)")
            return nil
        }
        guard range.contains(milliseconds) else {
            complaints.error(
                node.place,
                "`\(key)` is \(text); it must lie from \(Measure.text(milliseconds: range.lowerBound)) to \(Measure.text(milliseconds: range.upperBound))"
            )
            return nil
        }
        return milliseconds
    }

    /// Bytes.
    mutating func size(_ key: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let node = node(key) else { return nil }
        guard case .string(let text) = node.value, let bytes = Measure.size(text) else {
            complaints.error(
                node.place,
                "`\(key)` must be a size in a string, such as \"64MiB\" (B, kB, KiB, MB, MiB, GB, GiB), not \(node.shown)"
            )
            return nil
        }
        guard range.contains(bytes) else {
            complaints.error(
                node.place, "`\(key)` is \(text); it must lie from \(range.lowerBound) to \(range.upperBound) bytes")
            return nil
        }
        return bytes
    }

    mutating func choice(_ key: String, among choices: [String]) -> String? {
        guard let text = string(key) else { return nil }
        if choices.contains(text) { return text }
        if let node = node(key) {
            complaints.error(
                node.place, "`\(key)` is \"\(text)\"; it must be one of \(choices.joined(separator: ", "))",
                suggestion: Spelling.nearest(to: text, among: choices))
        }
        return nil
    }

    mutating func number(_ key: String, in range: ClosedRange<Double>) -> Double? {
        guard let node = node(key) else { return nil }
        guard let number = node.number else {
            complaints.error(node.place, "`\(key)` must be a number, not \(node.shown)")
            return nil
        }
        guard range.contains(number) else {
            complaints.error(
                node.place, "`\(key)` is \(number); it must lie from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    /// Two numbers, the lower first.
    mutating func span(_ key: String) -> ClosedRange<Double>? {
        guard let node = node(key) else { return nil }
        guard case .array(let items) = node.value, items.count == 2, let low = items[0].number,
            let high = items[1].number, low.isFinite, high.isFinite
        else {
            complaints.error(node.place, "`\(key)` must be two numbers, such as [0, 1000]")
            return nil
        }
        return min(low, high)...max(low, high)
    }

    mutating func numbers(_ key: String) -> [Double]? {
        guard let node = node(key) else { return nil }
        guard case .array(let items) = node.value, items.allSatisfy({ $0.number?.isFinite ?? false }) else {
            complaints.error(node.place, "`\(key)` must be a list of numbers, such as [-1, 65535]")
            return nil
        }
        return items.compactMap(\.number)
    }

    /// Texts, none of them empty.
    mutating func strings(_ key: String) -> [String]? {
        guard let node = node(key) else { return nil }
        guard case .array(let items) = node.value else {
            complaints.error(node.place, "`\(key)` must be a list of strings, not \(node.shown)")
            return nil
        }
        return items.compactMap { item in
            if case .string(let text) = item.value, !text.isEmpty { return text }
            complaints.error(item.place, "`\(key)` must hold strings, not \(item.shown)")
            return nil
        }
    }

    mutating func table(_ key: String) -> TableReader? {
        node(key).map { TableReader($0, name: "[\(key)]", complaints: complaints) }
    }

    /// The tables of `[[key]]`.
    mutating func tables(_ key: String) -> [TableReader] {
        guard let node = node(key) else { return [] }
        guard case .array(let items) = node.value else {
            complaints.error(node.place, "write [[\(key)]]: there may be several")
            return []
        }
        return items.map { TableReader($0, name: "[[\(key)]]", complaints: complaints) }
    }
}

extension TOMLNode {
    var number: Double? {
        switch value {
        case .integer(let number): Double(number)
        case .float(let number): number
        default: nil
        }
    }
}
