import Storage
import Telemetry

/// Rows that are shown as a table, so many at a time.
struct SQLTable {
    private let columns: [String]
    private var rows: [[String]] = []
    /// Columns in which something else than a number stands.
    private var wordColumns: Set<Int> = []
    private var numberColumns: Set<Int> = []
    private var shownCount = 0

    /// More are aligned anew, below another line of names.
    private static let most = 1000
    /// Of a text nobody reads more in a table.
    private static let longestCell = 2000

    init(_ columns: [String]) {
        self.columns = columns.map(TerminalText.plain)
    }

    var isFull: Bool { rows.count >= SQLTable.most }

    var hasRows: Bool { !rows.isEmpty }

    mutating func add(_ row: SQLStatement) {
        rows.append(
            columns.indices.map { column in
                switch row.value(column) {
                case .null: return ""
                case .integer(let number):
                    numberColumns.insert(column)
                    return String(number)
                case .real(let number):
                    numberColumns.insert(column)
                    return number.isFinite ? JSONLine.number(number) : "\(number)"
                case .text(let bytes):
                    wordColumns.insert(column)
                    return SQLTable.cell(String(decoding: bytes.prefix(SQLTable.longestCell), as: UTF8.self))
                case .blob(let bytes):
                    wordColumns.insert(column)
                    var digits: [UInt8] = []
                    digits.append(hexadecimal: bytes.prefix(SQLTable.longestCell / 2))
                    return "x'\(String(decoding: digits, as: UTF8.self))'"
                }
            })
    }

    private static func cell(_ text: String) -> String {
        TerminalText.plain(text.replacing("\r\n", with: " ").replacing("\n", with: " ").replacing("\t", with: " "))
    }

    /// The rows since the last time, aligned, below the names of the columns.
    mutating func takeLines() -> [String] {
        guard !rows.isEmpty || shownCount == 0 else { return [] }
        defer {
            shownCount += rows.count
            rows.removeAll()
            wordColumns.removeAll()
            numberColumns.removeAll()
        }
        let width = Terminal.size?.columns
        // Where nothing stands, the names of the columns are words.
        let words = Set(columns.indices).subtracting(numberColumns).union(wordColumns)
        let all = [columns] + rows
        var lines = TextTable.aligned(all, leftColumns: words)
        if let width, lines.contains(where: { $0.count > width }) {
            lines =
                words.contains(columns.count - 1)
                ? TextTable.wrappingLast(all, leftColumns: words, columns: width).flatMap { $0 }
                : TextTable.aligned(all, leftColumns: words, columns: width)
            if lines.contains(where: { $0.count > width }) || lines[0].contains("…") { return records(width) }
        }
        let separator = shownCount > 0 ? [""] : []
        return separator + [Emphasis.quiet.applied(to: lines[0])] + lines.dropFirst()
    }

    /// A line for each value, where a row does not fit on one.
    private func records(_ width: Int) -> [String] {
        rows.enumerated().flatMap { index, row in
            let cells = zip(columns, row).map { [$0, $1] }
            let lines = TextTable.wrappingLast(cells, leftColumns: [0, 1], columns: width).flatMap { $0 }
            return [Emphasis.quiet.applied(to: "row \(shownCount + index + 1)")] + lines
        }
    }
}
