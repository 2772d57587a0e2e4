/// Columns of text, aligned by their widest cell.
enum TextTable {
    /// - Parameter leftColumns: how many columns stand at the left edge of their column; the others hold numbers.
    static func aligned(_ rows: [[String]], leftColumns: Int) -> [String] {
        aligned(rows, leftColumns: Set(0..<leftColumns))
    }

    /// - Parameters:
    ///   - leftColumns: the columns that hold words; the others hold numbers and stand at the right edge.
    ///   - columns: how wide a line may be; the widest column of words is cut to fit. Without it nothing is cut, and a
    ///     cell that is much wider than others moves those behind it, rather than every line being as wide.
    static func aligned(_ rows: [[String]], leftColumns: Set<Int>, columns: Int? = nil) -> [String] {
        let count = rows.map(\.count).max() ?? 0
        var widths = (0..<count).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        if let columns { shrink(&widths, leftColumns, to: columns - 2 * max(0, count - 1)) }
        return rows.map { row in
            var line = ""
            for (column, full) in row.enumerated() {
                let isWords = leftColumns.contains(column)
                let cell = cut(full, to: widths[column])
                let width = isWords && columns == nil ? min(widths[column], longestPadding) : widths[column]
                let padding = String(repeating: " ", count: max(0, width - cell.count))
                line += (column > 0 ? "  " : "") + (isWords ? cell + padding : padding + cell)
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// The same with the last column, of words, on as many lines as it takes.
    /// - Returns: the lines of each row.
    static func wrappingLast(_ rows: [[String]], leftColumns: Set<Int>, columns: Int?) -> [[String]] {
        let last = (rows.map(\.count).max() ?? 1) - 1
        guard let columns else { return aligned(rows, leftColumns: leftColumns).map { [$0] } }
        let others = (0..<last).map { column in rows.map { $0[column].count }.max() ?? 0 }.reduce(0, +)
        let room = max(narrowestWrapping, columns - others - 2 * last)
        let parts = rows.map { TextWrap.lines(of: $0[last], columns: room) }
        let blank = Array(repeating: "", count: last)
        let broken = zip(rows, parts).flatMap { row, parts in
            parts.enumerated().map { ($0.offset == 0 ? Array(row.prefix(last)) : blank) + [$0.element] }
        }
        var lines = aligned(broken, leftColumns: leftColumns, columns: columns)[...]
        return parts.map { parts in
            defer { lines = lines.dropFirst(parts.count) }
            return Array(lines.prefix(parts.count))
        }
    }

    private static let narrowestWrapping = 12
    private static let narrowestColumn = 6
    private static let longestPadding = 40

    private static func shrink(_ widths: inout [Int], _ wordColumns: Set<Int>, to columns: Int) {
        while widths.reduce(0, +) > columns {
            guard let widest = wordColumns.max(by: { widths[$0] < widths[$1] }), widths[widest] > narrowestColumn else {
                return
            }
            widths[widest] -= 1
        }
    }

    private static func cut(_ text: String, to width: Int) -> String {
        text.count <= width ? text : text.prefix(max(0, width - 1)) + "…"
    }
}
