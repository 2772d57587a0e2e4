import Telemetry

/// What quality control said of one reading.
struct Verdict: Hashable {
    var flag: QualityFlag
    var tests: QualityTests
}

/// The flags and tests of a segment: a list of those that occur, and which holds for how many readings, or for each one
/// where they change too often.
enum VerdictColumn {
    /// Behind the list, where it has more than one entry.
    static let runs: UInt8 = 0
    static let packed: UInt8 = 1

    static func write(_ verdicts: [Verdict], to bytes: inout [UInt8]) {
        let (list, places) = number(verdicts)
        let width = (64 - list.reduce(0) { $0 | UInt64(bitPattern: $1.tests.bits) }.leadingZeroBitCount + 7) / 8
        bytes.append(varint: UInt64(list.count))
        bytes.append(UInt8(width))
        for verdict in list {
            bytes.append(verdict.flag.rawValue)
            for byte in 0..<width { bytes.append(UInt8(truncatingIfNeeded: verdict.tests.bits >> Int64(byte * 8))) }
        }
        guard list.count > 1 else { return }
        let runs = encodeRuns(places)
        let packed = pack(places, width: placeWidth(of: list.count))
        bytes.append(runs.count <= packed.count ? VerdictColumn.runs : VerdictColumn.packed)
        bytes += runs.count <= packed.count ? runs : packed
    }

    /// Bits that tell which of so many it is.
    static func placeWidth(of count: Int) -> Int { 64 - UInt64(max(count, 1) - 1).leadingZeroBitCount }

    /// The different ones in the order in which they first occur, and which of them each is.
    private static func number(_ verdicts: [Verdict]) -> (list: [Verdict], places: [Int]) {
        var list: [Verdict] = []
        var known: [Verdict: Int] = [:]
        var last = (verdict: Verdict?.none, place: 0)
        let places = verdicts.map { verdict in
            if verdict == last.verdict { return last.place }
            let place = known[verdict] ?? list.count
            if place == list.count {
                known[verdict] = place
                list.append(verdict)
            }
            last = (verdict, place)
            return place
        }
        return (list, places)
    }

    private static func encodeRuns(_ places: [Int]) -> [UInt8] {
        var bytes: [UInt8] = []
        var start = 0
        for index in 1...places.count where index == places.count || places[index] != places[start] {
            bytes.append(varint: UInt64(places[start]))
            bytes.append(varint: UInt64(index - start))
            start = index
        }
        return bytes
    }

    private static func pack(_ places: [Int], width: Int) -> [UInt8] {
        var writer = BitWriter()
        for place in places { writer.write(UInt64(place), width: width) }
        return writer.finish()
    }
}

/// Reads one by one what a ``VerdictColumn`` wrote.
struct VerdictColumnReader {
    private let list: UnsafeRawBufferPointer
    private let count: UInt64
    private let testsWidth: Int
    private var current: Verdict
    private var currentPlace: UInt64 = 0
    /// How many readings the current one still holds for.
    private var left: UInt64 = .max
    private var runs: ByteReader
    private var packed: BitReader
    private let placeWidth: Int
    /// Whether each reading has its own.
    private let isPacked: Bool
    private var isBroken = false

    init?(_ bytes: UnsafeRawBufferPointer) {
        var reader = ByteReader(bytes)
        count = reader.varint()
        testsWidth = Int(reader.byte())
        guard !reader.hasOverrun, count > 0, testsWidth <= 8, count <= UInt64(reader.remaining / (testsWidth + 1)),
            let list = reader.take(Int(count) * (testsWidth + 1)),
            let first = VerdictColumnReader.verdict(0, in: list, testsWidth: testsWidth)
        else { return nil }
        self.list = list
        current = first
        placeWidth = VerdictColumn.placeWidth(of: Int(count))
        let kind = count > 1 ? reader.byte() : VerdictColumn.runs
        guard kind <= VerdictColumn.packed, !reader.hasOverrun else { return nil }
        isPacked = kind == VerdictColumn.packed
        let rest = reader.takeRest()
        runs = ByteReader(isPacked ? UnsafeRawBufferPointer(rebasing: rest[..<0]) : rest)
        packed = BitReader(isPacked ? rest : UnsafeRawBufferPointer(rebasing: rest[..<0]))
        if count > 1 { left = 0 }
    }

    /// Wrong where ``hasOverrun``.
    @inline(__always)
    mutating func next() -> Verdict {
        if left == 0 { change() }
        left &-= 1
        return current
    }

    private mutating func change() {
        let place = isPacked ? packed.read(width: placeWidth) : runs.varint()
        left = isPacked ? 1 : runs.varint()
        if left == 0 { isBroken = true }
        guard place != currentPlace else { return }
        guard place < count,
            let verdict = VerdictColumnReader.verdict(Int(place), in: list, testsWidth: testsWidth)
        else {
            isBroken = true
            return
        }
        currentPlace = place
        current = verdict
    }

    private static func verdict(_ place: Int, in list: UnsafeRawBufferPointer, testsWidth: Int) -> Verdict? {
        let start = place * (testsWidth + 1)
        guard let flag = QualityFlag(rawValue: list[start]) else { return nil }
        var bits: UInt64 = 0
        for byte in 0..<testsWidth { bits |= UInt64(list[start + 1 + byte]) << UInt64(byte * 8) }
        return Verdict(flag: flag, tests: QualityTests(bits: Int64(bitPattern: bits)))
    }

    var hasOverrun: Bool { isBroken || runs.hasOverrun || packed.hasOverrun }

    /// Whether the last one ended where the bytes do.
    var isAtEnd: Bool {
        guard !hasOverrun else { return false }
        if count == 1 { return runs.remaining == 0 }
        return left == 0 && (isPacked ? packed.isAtEnd : runs.remaining == 0)
    }
}
