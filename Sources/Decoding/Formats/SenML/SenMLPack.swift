import Telemetry

/// Resolves a pack: base fields are applied to the records that follow, relative times to the time of receipt, and the
/// outcome is in chronological order. Source: RFC 8428, 4.6.
///
/// Reused from pack to pack, so that its arrays keep their room. One thread.
struct SenMLPack {
    /// A record that stands by itself. Its unit is valid while the payload's document is.
    struct Record {
        /// Index into ``SenMLPack/names``, which are in the order of their first appearance.
        let name: Int
        let unit: UnsafeRawBufferPointer?
        /// Since 1970, within the years 0 to 9999.
        let seconds: Double
        /// The pack says when, and not only how long ago.
        let hasOwnTime: Bool
        let value: SenMLValue
        let sum: Double?
        fileprivate let place: Int
    }

    /// A name, base name and all.
    struct Name {
        /// In ``SenMLPack/nameBytes``.
        let range: Range<Int>
        fileprivate let hash: UInt64
    }

    enum Fault {
        /// The pack cannot be understood, since nobody knows what the record means for those that follow.
        case pack(String)
        /// Only this record is lost.
        case record(RejectionReason, String)
    }

    /// In the order in which they came, until ``finish()``.
    private(set) var records: [Record] = []
    private(set) var names: [Name] = []
    private(set) var nameBytes: [UInt8] = []
    private var received = 0.0
    private var base = Base()
    private var place = 0

    private struct Base {
        var name: UnsafeRawBufferPointer?
        var unit: UnsafeRawBufferPointer?
        var time = 0.0
        var value = 0.0
        var sum: Double?
    }

    /// A time below is relative to the time of receipt: RFC 8428, 4.5.3.
    private static let firstAbsoluteTime = 268_435_456.0
    /// More than a device's name and a field's may have together.
    private static let longestName = 512
    private static let earliest = Double(Timestamp.distantPast.milliseconds / 1000)
    private static let latest = Double(Timestamp.distantFuture.milliseconds / 1000)

    mutating func begin(received: Timestamp) {
        records.removeAll(keepingCapacity: true)
        names.removeAll(keepingCapacity: true)
        nameBytes.removeAll(keepingCapacity: true)
        self.received = Double(received.milliseconds) / 1000
        base = Base()
        place = 0
    }

    /// Takes the pack's next record.
    mutating func add(_ record: SenMLRecord) -> Fault? {
        if let version = record.baseVersion, !SenMLPack.understands(version) {
            return .pack("is of SenML version \(version); versions up to 10 are understood, and 26")
        }
        apply(record)
        place += 1
        guard record.valueCount == 1 || record.valueCount == 0 && record.sum != nil else {
            return .record(
                .undecodable, "has \(record.valueCount) values; exactly one of `v`, `vs`, `vb` and `vd` is right")
        }
        let time = base.time + (record.time ?? 0)
        let hasOwnTime = time >= SenMLPack.firstAbsoluteTime
        let seconds = hasOwnTime ? time : received + time
        guard seconds >= SenMLPack.earliest, seconds <= SenMLPack.latest else {
            return .record(.badTime, "has a time of \(time) s, not one since 1970 or relative to now")
        }
        let name: Int
        switch enter(record.name) {
        case .success(let index): name = index
        case .failure(let complaint): return .record(.undecodable, complaint.text)
        }
        var value = record.value
        if case .number(let number) = value { value = .number(base.value + number) }
        var sum = record.sum
        if let baseSum = base.sum { sum = baseSum + (sum ?? 0) }
        records.append(
            Record(
                name: name, unit: record.unit ?? base.unit, seconds: seconds, hasOwnTime: hasOwnTime, value: value,
                sum: sum, place: place))
        return nil
    }

    /// Puts the records in chronological order, those of one time in the pack's.
    mutating func finish() {
        let isOrdered = zip(records, records.dropFirst()).allSatisfy { $0.seconds <= $1.seconds }
        if isOrdered { return }
        records.sort { ($0.seconds, $0.place) < ($1.seconds, $1.place) }
    }

    /// A version's bits are the features that it needs (RFC 9100). 10 is RFC 8428; bit 4 is secondary units, RFC 8798.
    private static func understands(_ version: Int64) -> Bool { version > 0 && version <= 10 || version == 26 }

    /// Base fields hold from their record on.
    private mutating func apply(_ record: SenMLRecord) {
        if let name = record.baseName { base.name = name }
        if let unit = record.baseUnit { base.unit = unit }
        if let time = record.baseTime { base.time = time }
        if let value = record.baseValue { base.value = value }
        if let sum = record.baseSum { base.sum = sum }
    }

    // MARK: - Names

    private struct Complaint: Error {
        let text: String
    }

    /// The number of the record's full name, which is entered where it is new.
    private mutating func enter(_ name: UnsafeRawBufferPointer?) -> Result<Int, Complaint> {
        let count = (base.name?.count ?? 0) + (name?.count ?? 0)
        guard count > 0 else { return .failure(Complaint(text: "has neither name nor base name")) }
        guard count <= SenMLPack.longestName else {
            return .failure(
                Complaint(text: "has a name of \(count) bytes; at most \(SenMLPack.longestName) are allowed"))
        }
        let start = nameBytes.count
        if let baseName = base.name { nameBytes.append(contentsOf: baseName) }
        if let name { nameBytes.append(contentsOf: name) }
        let (hash, isValid) = nameBytes.withUnsafeBytes { bytes in
            let whole = bytes.part(start...)
            return (PayloadIdentity.hash(whole, seed: 4), whole.isSenMLName)
        }
        if let known = names.lastIndex(where: { $0.hash == hash && isSame($0.range, start..<nameBytes.count) }) {
            nameBytes.removeLast(count)
            return .success(known)
        }
        guard isValid else {
            let shown = String(decoding: nameBytes[start...], as: UTF8.self).excerpt
            nameBytes.removeLast(count)
            return .failure(
                Complaint(text: "has the name \(shown); letters, digits and -:./_ behind a letter or digit are allowed")
            )
        }
        names.append(Name(range: start..<nameBytes.count, hash: hash))
        return .success(names.count - 1)
    }

    private func isSame(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        nameBytes.withUnsafeBytes { bytes in
            bytes.part(left)
                .hasSameBytes(as: bytes.part(right))
        }
    }
}

extension UnsafeRawBufferPointer {
    /// RFC 8428, 4.5.1.
    fileprivate var isSenMLName: Bool {
        guard let first, first.isLetter || first.isDigit else { return false }
        return allSatisfy { $0.isLetter || $0.isDigit || $0.isSenMLSeparator }
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) }

    /// What may stand in a name beside letters and digits.
    var isSenMLSeparator: Bool {
        switch self {
        case UInt8(ascii: ":"), UInt8(ascii: "/"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"): true
        default: false
        }
    }
}
