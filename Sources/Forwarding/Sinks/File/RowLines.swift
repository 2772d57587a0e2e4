/// Rows as lines of a file, in its format, into bytes that are used again.
struct RowLines {
    /// What a file begins with.
    let header: [UInt8]
    private(set) var bytes: [UInt8] = []
    private let format: FileOptions.Format
    private var json = AggregateJSON()
    private var csv: AggregateCSV

    init(_ options: FileOptions) {
        format = options.format
        csv = AggregateCSV(options.fields)
        var first = csv
        first.appendHeader()
        header = options.format == .csv ? first.bytes : []
    }

    var headerBytes: Int64 { Int64(header.count) }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    mutating func removeFirst(_ count: Int) { bytes.removeFirst(count) }

    mutating func append(_ row: SharedAggregate) {
        switch format {
        case .lines:
            json.removeAll()
            json.append(row)
            json.append(byte: UInt8(ascii: "\n"))
            bytes += json.bytes
        case .csv:
            csv.removeAll()
            csv.append(row)
            bytes += csv.bytes
        }
    }
}
