/// Dots in the cells of a terminal, two abreast and four high in each: Braille patterns. Source: Unicode 1.1, U+2800.
struct DotCanvas {
    let columns: Int
    let rows: Int
    private var cells: [UInt8]

    init(columns: Int, rows: Int) {
        self.columns = columns
        self.rows = rows
        cells = Array(repeating: 0, count: columns * rows)
    }

    var width: Int { columns * 2 }
    var height: Int { rows * 4 }

    /// The dots of each cell, by column of dots and row.
    private static let bits: [[UInt8]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]

    /// - Parameters:
    ///   - x: from the left, 0 to ``width`` − 1; others draw nothing.
    ///   - y: from the top, 0 to ``height`` − 1; others draw nothing.
    mutating func dot(x: Int, y: Int) {
        guard (0..<width).contains(x), (0..<height).contains(y) else { return }
        cells[y / 4 * columns + x / 2] |= DotCanvas.bits[x % 2][y % 4]
    }

    /// Bresenham's line (1965).
    mutating func line(from start: (x: Int, y: Int), to end: (x: Int, y: Int)) {
        let (width, height) = (abs(end.x - start.x), -abs(end.y - start.y))
        let (right, down) = (start.x < end.x ? 1 : -1, start.y < end.y ? 1 : -1)
        var (x, y) = start
        var error = width + height
        while true {
            dot(x: x, y: y)
            if x == end.x, y == end.y { return }
            let doubled = 2 * error
            if doubled >= height {
                error += height
                x += right
            }
            if doubled <= width {
                error += width
                y += down
            }
        }
    }

    /// Nil where no dot is.
    func character(column: Int, row: Int) -> Character? {
        let dots = cells[row * columns + column]
        return dots == 0 ? nil : Character(Unicode.Scalar(0x2800 + UInt32(dots))!)
    }
}
