import Telemetry

/// A reading as a row of the table `hot`: one that came late, or does not fit into a ``Bundle``. Made to be short.
///
/// | column | what |
/// |---|---|
/// | id | time in milliseconds since 1970 × 2^20 + series, so that new rows are appended and each reading is unique |
/// | value | the value as a whole number of tenths, hundredths … where that is exact, or as it is |
/// | code | verdict × 16 + digits after the point, or + 15 where the value stands as it is |
///
/// Source: https://www.sqlite.org/fileformat2.html, 2.1 for the lengths of numbers: 0 and 1 take no byte, small ones few.
enum HotRow {
    /// Series have at most so many bits.
    static let seriesBits: Int64 = 20
    static let greatestSeries: SeriesID = 1 << 20 - 1
    /// What can be stored: from the year 1691 to 2248.
    static let times = Timestamp(milliseconds: -(1 << 43))..<Timestamp(milliseconds: 1 << 43)
    static let columns = "id, value, code"
    private static let asItIs: Int64 = 15
    static let mostDigits = 6

    static func id(_ time: Timestamp, _ series: SeriesID) -> Int64 { time.milliseconds << seriesBits | Int64(series) }

    /// The rows of a stretch of time, of all series; nil for none.
    static func ids(_ range: Range<Timestamp>) -> ClosedRange<Int64>? {
        let range = range.clamped(to: times)
        guard !range.isEmpty else { return nil }
        return id(range.lowerBound, 0)...id(range.upperBound - 1, greatestSeries)
    }

    static func time(_ id: Int64) -> Timestamp { Timestamp(milliseconds: id >> seriesBits) }
    static func series(_ id: Int64) -> SeriesID { SeriesID(truncatingIfNeeded: id & Int64(greatestSeries)) }

    // MARK: - Values

    /// The value as a whole number of tenths, hundredths … where that is exact and shorter than the value itself.
    static func decimal(_ value: Double) -> (number: Int64, digits: Int)? {
        for digits in 0...mostDigits {
            guard let number = DecimalScale(digits: digits).number(value), abs(number) < 1 << 31 else { continue }
            return (number, digits)
        }
        return nil
    }

    /// Binds value and code to two parameters, of which this is the first.
    static func bind(_ value: Double, verdict: Int64, to statement: Statement, at index: Int32) {
        guard let (number, digits) = decimal(value) else {
            statement.bind(index, value)
            return statement.bind(index + 1, verdict << 4 | asItIs)
        }
        statement.bind(index, number)
        statement.bind(index + 1, verdict << 4 | Int64(digits))
    }

    /// Reads value and code from two columns, of which this is the first.
    /// - Returns: nil for a code that is never written: the file is damaged.
    static func read(_ row: Statement, _ column: Int32) -> (value: Double, verdict: Int64)? {
        let code = row.integer(column + 1)
        let digits = code & 15
        guard digits <= mostDigits || digits == asItIs else { return nil }
        let value = digits == asItIs ? row.double(column) : DecimalScale(digits: Int(digits)).value(row.integer(column))
        return (value, code >> 4)
    }

    /// The same in SQL, for views.
    static let valueSQL = """
        CASE code & 15 WHEN 15 THEN value
        \(decimalSQL)
        END
        """

    /// The cases of a decimal, by its digits after the point.
    static let decimalSQL = (0...mostDigits).map { digits in
        "WHEN \(digits) THEN value / 1\(String(repeating: "0", count: digits)).0"
    }.joined(separator: " ")
}
