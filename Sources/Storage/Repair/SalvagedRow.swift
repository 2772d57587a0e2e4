/// A row of a table as it stands in a page. Source: https://www.sqlite.org/fileformat2.html, 2.1
struct SalvagedRow {
    /// Nil in a table without row numbers.
    var number: Int64?
    var values: [Value]

    enum Value: Hashable {
        case null
        case integer(Int64)
        case real(Double)
        case text([UInt8])
        case blob([UInt8])
    }

    init(number: Int64, values: [Value]) {
        self.number = number
        self.values = values
    }

    /// - Parameter record: a row's bytes.
    /// - Returns: nil where they make no sense.
    init?(number: Int64?, record: ArraySlice<UInt8>) {
        var reader = RecordReader(record)
        guard let headerBytes = reader.varint(), headerBytes >= 2, headerBytes <= record.count else { return nil }
        let bodyStart = record.startIndex + Int(headerBytes)
        var kinds: [Int64] = []
        while reader.position < bodyStart {
            guard let kind = reader.varint() else { return nil }
            kinds.append(kind)
        }
        guard reader.position == bodyStart else { return nil }
        self.number = number
        values = []
        values.reserveCapacity(kinds.count)
        for kind in kinds {
            guard let value = reader.value(kind) else { return nil }
            values.append(value)
        }
        guard reader.position == record.endIndex else { return nil }
    }
}

/// Reads numbers of SQLite's variable length, and the values of a record. Any bytes may be given.
struct RecordReader {
    private let bytes: ArraySlice<UInt8>
    private(set) var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// Source: 1.6 of the same, "variable-length integer".
    mutating func varint() -> Int64? {
        var value: UInt64 = 0
        for count in 1...9 {
            guard position < bytes.endIndex else { return nil }
            let byte = bytes[position]
            position += 1
            if count == 9 { return Int64(bitPattern: value << 8 | UInt64(byte)) }
            value = value << 7 | UInt64(byte & 0x7F)
            if byte < 0x80 { break }
        }
        return Int64(bitPattern: value)
    }

    mutating func value(_ kind: Int64) -> SalvagedRow.Value? {
        switch kind {
        case 0: return .null
        case 1...4: return integer(Int(kind)).map { .integer($0) }
        case 5: return integer(6).map { .integer($0) }
        case 6: return integer(8).map { .integer($0) }
        case 7: return integer(8).map { .real(Double(bitPattern: UInt64(bitPattern: $0))) }
        case 8: return .integer(0)
        case 9: return .integer(1)
        case 12...:
            guard let taken = take(Int((kind - 12) / 2)) else { return nil }
            return kind % 2 == 0 ? .blob(Array(taken)) : .text(Array(taken))
        default: return nil
        }
    }

    /// Big-endian, two's complement.
    private mutating func integer(_ count: Int) -> Int64? {
        guard let taken = take(count), let first = taken.first else { return nil }
        return taken.dropFirst().reduce(Int64(Int8(bitPattern: first))) { $0 << 8 | Int64($1) }
    }

    private mutating func take(_ count: Int) -> ArraySlice<UInt8>? {
        guard count >= 0, count <= bytes.endIndex - position else { return nil }
        defer { position += count }
        return bytes[position..<(position + count)]
    }
}
