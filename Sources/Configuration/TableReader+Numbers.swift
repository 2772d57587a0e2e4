import Telemetry

/// Numbers, and amounts in a string with their unit.
extension TableReader {
    mutating func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let node = node(key) else { return nil }
        guard case .integer(let number) = node.value else {
            // Whoever writes 10.000 means ten thousand, and the parser knows no more of it than 10.
            let hasPoint = if case .float = node.value { true } else { false }
            complaints.error(
                node.place,
                hasPoint
                    ? "`\(key)` must be a whole number, written without a point: ten thousand is 10000 or 10_000, not 10.000"
                    : "`\(key)` must be a whole number, not \(node.shown)", suggestion: node.numberInText)
            return nil
        }
        guard let number = Int(exactly: number), range.contains(number) else {
            complaints.error(
                node.place, "`\(key)` is \(node.shown); it must lie from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    mutating func number(_ key: String, in range: ClosedRange<Double>) -> Double? {
        guard let node = node(key) else { return nil }
        guard let number = node.number else {
            complaints.error(
                node.place, "`\(key)` must be a number, not \(node.shown)", suggestion: node.numberInText)
            return nil
        }
        guard range.contains(number) else {
            let (low, high) = (JSONLine.number(range.lowerBound), JSONLine.number(range.upperBound))
            complaints.error(node.place, "`\(key)` is \(node.shown); it must lie from \(low) to \(high)")
            return nil
        }
        return number
    }

    mutating func numbers(_ key: String) -> [Double]? {
        guard let node = node(key) else { return nil }
        guard case .array(let items) = node.value else {
            let listed: String? = node.number == nil ? nil : "[\(node.shown)]"
            complaints.error(
                node.place, "`\(key)` must be a list of numbers, such as [-1, 65535], not \(node.shown)",
                suggestion: listed)
            return nil
        }
        return items.compactMap { item in
            if let number = item.number, number.isFinite { return number }
            complaints.error(
                item.place, "`\(key)` must hold numbers, not \(item.shown)", suggestion: item.numberInText)
            return nil
        }
    }

    /// Two numbers, the lower first.
    mutating func span(_ key: String) -> ClosedRange<Double>? {
        guard let node = node(key) else { return nil }
        guard case .array(let items) = node.value, items.count == 2, let low = items[0].number,
            let high = items[1].number, low.isFinite, high.isFinite
        else {
            complaints.error(
                node.place, "`\(key)` must be two numbers, the lower first, such as [0, 1000], not \(node.shown)")
            return nil
        }
        guard low <= high else {
            complaints.error(
                node.place, "`\(key)` is \(node.shown); the lower limit comes first",
                suggestion: "[\(items[1].shown), \(items[0].shown)]")
            return nil
        }
        return low...high
    }

    // MARK: - Amounts

    /// Milliseconds.
    /// - Parameter word: a text that is right as well, which the caller has looked for.
    mutating func duration(_ key: String, in range: ClosedRange<Int64>, or word: String? = nil) -> Int64? {
        guard let node = node(key) else { return nil }
        guard case .string(let text) = node.value, let milliseconds = Measure.duration(text) else {
            let other = word.map { ", or \"\($0)\"" } ?? ""
            let isWord = word.map { Spelling.nearest(to: node.text ?? "", among: [$0]) != nil } ?? false
            complaints.error(
                node.place,
                "`\(key)` must be a duration in a string, such as \"10s\" (ms, s, m, h, d, y)\(other), not \(node.shown)",
                suggestion: isWord ? word : Measure.respelledDuration(node.text ?? ""))
            return nil
        }
        guard range.contains(milliseconds) else {
            let (low, high) = (
                Measure.text(milliseconds: range.lowerBound), Measure.text(milliseconds: range.upperBound)
            )
            complaints.error(node.place, "`\(key)` is \(node.shown); it must lie from \(low) to \(high)")
            return nil
        }
        return milliseconds
    }

    /// Bytes.
    /// - Parameter word: what may be written as well, as the complaint says.
    mutating func size(_ key: String, in range: ClosedRange<Int64>, or word: String? = nil) -> Int64? {
        guard let node = node(key) else { return nil }
        guard case .string(let text) = node.value, let bytes = Measure.size(text) else {
            complaints.error(
                node.place,
                "`\(key)` must be a size in a string, such as \"64MiB\" (B, kB, KiB, MB, MiB, GB, GiB)\(word.map { ", or \"\($0)\"" } ?? ""), not \(node.shown)",
                suggestion: Measure.respelledSize(node.text ?? ""))
            return nil
        }
        guard range.contains(bytes) else {
            let (low, high) = (Measure.text(bytes: range.lowerBound), Measure.text(bytes: range.upperBound))
            complaints.error(node.place, "`\(key)` is \(node.shown); it must lie from \(low) to \(high)")
            return nil
        }
        return bytes
    }

    /// Bytes, of a size and `/day`; nil as well for `none`.
    mutating func bytesPerDay(_ key: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let node = node(key) else { return nil }
        if case .string("none") = node.value { return nil }
        guard case .string(let text) = node.value, text.hasSuffix("/day"),
            let bytes = Measure.size(String(text.dropLast(4)))
        else {
            complaints.error(
                node.place,
                "`\(key)` must be a size a day in a string, such as \"2GiB/day\" (B, kB, KiB, MB, MiB, GB, GiB), or \"none\", not \(node.shown)",
                suggestion: Measure.respelledPerDay(node.text ?? ""))
            return nil
        }
        guard range.contains(bytes) else {
            let (low, high) = (Measure.text(bytes: range.lowerBound), Measure.text(bytes: range.upperBound))
            complaints.error(
                node.place, "`\(key)` is \(node.shown); it must lie from \(low)/day to \(high)/day")
            return nil
        }
        return bytes
    }

    /// Millimetres.
    mutating func length(_ key: String, in range: ClosedRange<Double>) -> Double? {
        guard let node = node(key) else { return nil }
        guard case .string(let text) = node.value, let millimetres = Measure.length(text) else {
            complaints.error(
                node.place, "`\(key)` must be a length in a string, such as \"1800mm\" (mm, cm, m), not \(node.shown)",
                suggestion: Measure.respelledLength(node.text ?? ""))
            return nil
        }
        guard range.contains(millimetres) else {
            let (low, high) = (JSONLine.number(range.lowerBound), JSONLine.number(range.upperBound))
            complaints.error(node.place, "`\(key)` is \(node.shown); it must lie from \(low)mm to \(high)mm")
            return nil
        }
        return millimetres
    }
}
