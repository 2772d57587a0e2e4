/// The nearest of the words that would be right.
public enum Spelling {
    /// - Returns: nil when none is near enough to be meant.
    public static func nearest<Words: Sequence<String>>(to word: String, among words: Words) -> String? {
        let lower = word.lowercased()
        var best: (word: String, distance: Int)?
        var longer: String?
        for candidate in words {
            let distance = distance(lower, candidate.lowercased())
            let isNear =
                distance <= max(1, candidate.count * 2 / 5) && distance < max(lower.utf8.count, candidate.utf8.count)
            if isNear, best.map({ distance < $0.distance }) ?? true {
                best = (candidate, distance)
            }
            // An abbreviation is far from its word in edits.
            if lower.count >= 3, candidate.lowercased().hasPrefix(lower), candidate.count < longer?.count ?? .max {
                longer = candidate
            }
        }
        return best?.word ?? longer
    }

    /// Edits from one word to the other: insertions, deletions, replacements, and swaps of neighbours, which are what
    /// fingers do most (optimal string alignment).
    private static func distance(_ left: String, _ right: String) -> Int {
        let (left, right) = (Array(left.utf8.prefix(longestWord)), Array(right.utf8.prefix(longestWord)))
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

    /// What is longer is no word, and the table of distances grows with both.
    private static let longestWord = 64
}
