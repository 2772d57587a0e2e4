/// A place in a file; lines and columns count from 1.
public struct Place: Sendable, Hashable, CustomStringConvertible {
    public var file: String
    public var line: Int
    public var column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    public var description: String { line > 0 ? "\(file):\(line):\(column)" : file }
}

/// One thing that is wrong with a configuration, and where.
public struct Complaint: Sendable, Hashable, CustomStringConvertible {
    public var place: Place
    /// What is wrong and what would be right.
    public var message: String
    /// The nearest thing that would be right.
    public var suggestion: String?

    public init(place: Place, message: String, suggestion: String? = nil) {
        self.place = place
        self.message = message
        self.suggestion = suggestion
    }

    public var description: String {
        "\(place): \(message)" + (suggestion.map { "; did you mean `\($0)`?" } ?? "")
    }
}

/// All that is wrong with a configuration. Show it whole: a technician mends it in one go.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// In the order of the file.
    public var complaints: [Complaint]

    public init(complaints: [Complaint]) {
        self.complaints = complaints
    }

    public var description: String { complaints.map(\.description).joined(separator: "\n") }
}

/// The nearest of the words that would be right.
enum Spelling {
    /// - Returns: nil when none is near enough to be meant.
    static func nearest<Words: Sequence<String>>(to word: String, among words: Words) -> String? {
        var best: (word: String, distance: Int)?
        for candidate in words {
            let distance = distance(word.lowercased(), candidate.lowercased())
            if distance <= max(1, candidate.count * 2 / 5), best.map({ distance < $0.distance }) ?? true {
                best = (candidate, distance)
            }
        }
        return best?.word
    }

    /// Edits from one word to the other: insertions, deletions, replacements, and swaps of neighbours, which are what
    /// fingers do most (optimal string alignment).
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        var earlier: [Int] = []
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            let above = row
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                row[j + 1] = min(above[j + 1] + 1, row[j] + 1, above[j] + (a == b ? 0 : 1))
                if i > 0, j > 0, a == right[j - 1], b == left[i - 1] {
                    row[j + 1] = min(row[j + 1], earlier[j - 1] + 1)
                }
            }
            earlier = above
        }
        return row[right.count]
    }
}
