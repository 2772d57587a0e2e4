/// A way into a JSON document: `a.b`, `a[0].b`, and `a."PM2.5"` for keys with dots.
public struct JSONPath: Sendable, Hashable {
    public let steps: [Step]
    public let text: String

    public enum Step: Sendable, Hashable {
        case key([UInt8])
        case index(Int)
    }

    /// - Returns: nil when the text is not a path.
    public init?(_ text: String) {
        var steps: [Step] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            if rest.first == "[" {
                guard !steps.isEmpty, let end = rest.firstIndex(of: "]"),
                    let index = Int(rest[rest.index(after: rest.startIndex)..<end]), index >= 0
                else { return nil }
                steps.append(.index(index))
                rest = rest[rest.index(after: end)...]
                continue
            }
            if !steps.isEmpty {
                guard rest.first == "." else { return nil }
                rest.removeFirst()
            }
            guard let key = JSONPath.takeKey(from: &rest) else { return nil }
            steps.append(.key(Array(key.utf8)))
        }
        guard !steps.isEmpty else { return nil }
        self.steps = steps
        self.text = text
    }

    private static func takeKey(from rest: inout Substring) -> Substring? {
        if rest.first == "\"" {
            rest.removeFirst()
            guard let end = rest.firstIndex(of: "\"") else { return nil }
            defer { rest = rest[rest.index(after: end)...] }
            return rest[..<end]
        }
        let end = rest.firstIndex { $0 == "." || $0 == "[" } ?? rest.endIndex
        guard end > rest.startIndex else { return nil }
        defer { rest = rest[end...] }
        return rest[..<end]
    }
}
