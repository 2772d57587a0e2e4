/// How many rows go at a time: more while a server answers at once, fewer when it takes long or says that it is too much.
struct BatchSize {
    let most: Int
    private(set) var rows: Int

    static let first = 500
    private static let quickMilliseconds: Int64 = 500
    private static let slowMilliseconds: Int64 = 5000

    init(most: Int) {
        self.most = max(1, most)
        rows = min(self.most, BatchSize.first)
    }

    /// - Parameter sent: how many rows were answered in that time.
    mutating func answered(_ sent: Int, milliseconds: Int64) {
        if milliseconds > BatchSize.slowMilliseconds {
            rows = max(1, min(rows, sent) / 2)
        } else if milliseconds < BatchSize.quickMilliseconds, sent >= rows {
            rows = min(most, rows * 2)
        }
    }

    /// No answer came in time, or it was too much.
    mutating func failed(_ sent: Int) { rows = max(1, min(rows, sent) / 2) }
}
