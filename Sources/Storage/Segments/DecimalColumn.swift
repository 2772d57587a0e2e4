/// Values as whole numbers of one scale, and in full those that it does not fit.
struct DecimalColumn {
    private let scale: DecimalScale
    private let first: Int64
    private let numbers: IntegerColumn
    private var exceptions: [(gap: Int, bits: UInt64)] = []

    init(_ values: [Double], scale: DecimalScale) {
        self.scale = scale
        // In place of an exception stands what costs least: the number before it.
        var number: Int64 = 0
        for value in values {
            guard let fitting = scale.number(value) else { continue }
            number = fitting
            break
        }
        var gap = 0
        var found: [(gap: Int, bits: UInt64)] = []
        let scaled = values.map { value in
            if let fitting = scale.number(value) {
                number = fitting
                gap += 1
            } else {
                found.append((gap, value.bitPattern))
                gap = 0
            }
            return number
        }
        exceptions = found
        first = scaled.first ?? 0
        numbers = IntegerColumn(scaled)
    }

    var byteCount: Int { numbers.byteCount + exceptions.count * 9 + 4 }

    func write(to bytes: inout [UInt8]) {
        bytes.append(UInt8(scale.digits))
        bytes.append(varint: UInt64(exceptions.count))
        for exception in exceptions {
            bytes.append(varint: UInt64(exception.gap))
            bytes.append(word: exception.bits)
        }
        bytes.append(zigzag: first)
        numbers.write(to: &bytes)
    }
}

/// Reads one by one what a ``DecimalColumn`` wrote.
struct DecimalColumnReader {
    private let scale: DecimalScale
    private var numbers: IntegerColumnReader
    private var exceptions: ByteReader
    private var exceptionsLeft: Int
    private var untilException: UInt64 = .max

    /// - Parameter bytes: behind the digits.
    init?(_ bytes: UnsafeRawBufferPointer, digits: Int) {
        guard digits <= DecimalScale.mostDigits else { return nil }
        scale = DecimalScale(digits: digits)
        var reader = ByteReader(bytes)
        let count = reader.varint()
        guard count <= UInt64(reader.remaining / 9) else { return nil }
        exceptions = reader
        exceptionsLeft = Int(count)
        for _ in 0..<count {
            _ = reader.varint()
            _ = reader.take(8)
        }
        let first = reader.zigzag()
        guard !reader.hasOverrun, let numbers = IntegerColumnReader(reader.takeRest(), first: first) else { return nil }
        self.numbers = numbers
        if exceptionsLeft > 0 { untilException = exceptions.varint() }
    }

    @inline(__always)
    mutating func next() -> Double {
        let number = numbers.next()
        guard untilException > 0 else { return nextException() }
        untilException -= 1
        return scale.value(number)
    }

    private mutating func nextException() -> Double {
        let value = Double(bitPattern: exceptions.word())
        exceptionsLeft -= 1
        untilException = exceptionsLeft > 0 ? exceptions.varint() : .max
        return value
    }

    var hasOverrun: Bool { numbers.hasOverrun }
    var isAtEnd: Bool { numbers.isAtEnd && exceptionsLeft == 0 }
}
