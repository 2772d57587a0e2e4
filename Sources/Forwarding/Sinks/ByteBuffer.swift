/// Bytes that are written one behind the other, in memory that is used again. What is appended needs room beforehand.
struct ByteBuffer: ~Copyable {
    private var start: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 1 << 16) {
        start = UnsafeMutablePointer.allocate(capacity: capacity)
        self.capacity = capacity
    }

    deinit { start.deallocate() }

    var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

    mutating func removeAll() { count = 0 }

    /// Makes room for so many more bytes.
    @inline(__always)
    mutating func reserve(_ more: Int) {
        if capacity - count < more { grow(more) }
    }

    @inline(never)
    private mutating func grow(_ more: Int) {
        capacity = max(capacity * 2, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: start, count: count)
        start.deallocate()
        start = larger
    }

    @inline(__always)
    mutating func append(_ byte: UInt8) {
        assert(count < capacity)
        start[count] = byte
        count += 1
    }

    @inline(__always)
    mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        assert(capacity - count >= bytes.count)
        guard let source = bytes.baseAddress else { return }
        (start + count).update(from: source, count: bytes.count)
        count += bytes.count
    }

    /// At most ``longestNumber`` bytes.
    mutating func append(_ number: Int64) {
        assert(capacity - count >= ByteBuffer.longestNumber)
        var rest = number.magnitude
        if number < 0 { append(UInt8(ascii: "-")) }
        if rest < 10 { return append(UInt8(truncatingIfNeeded: rest) &+ UInt8(ascii: "0")) }
        var length = 0
        var power: UInt64 = 1
        while rest >= power {
            length += 1
            let (next, isOver) = power.multipliedReportingOverflow(by: 10)
            if isOver { break }
            power = next
        }
        var place = start + count + length
        count += length
        while rest > 0 {
            place -= 1
            place.pointee = UInt8(truncatingIfNeeded: rest % 10) &+ UInt8(ascii: "0")
            rest /= 10
        }
    }

    /// The shortest decimal text that reads back as this number, which must be finite. At most ``longestNumber`` bytes.
    mutating func append(_ number: Double) {
        // Whole numbers that a double holds exactly.
        if number.magnitude < 9_007_199_254_740_992, number == number.rounded(.towardZero) {
            return append(Int64(number))
        }
        var text = number.description
        text.withUTF8 { append($0) }
    }

    /// A double's longest is `-2.2250738585072014e-308`.
    static let longestNumber = 24
}
