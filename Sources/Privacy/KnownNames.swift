/// Names that the configuration gives to things of the city's own: what looks personal in them tells of nobody.
struct KnownNames: Sendable {
    private struct Entry {
        let name: [UInt8]
        /// Where in the name the part stands by which it is looked up.
        let offset: Int
    }

    private var entries: [UInt64: [Entry]] = [:]
    private var longest = 0

    init(_ names: some Sequence<String>) {
        for name in names where !name.isEmpty {
            let name = name.utf8.map(\.lowercased)
            add(name, part: 0..<name.count)
            name.withUnsafeBytes { bytes in
                var scanner = PersonalDataScanner(bytes, keys: nil)
                while let found = scanner.next() {
                    if found.range != 0..<name.count { add(name, part: found.range) }
                }
            }
        }
    }

    private mutating func add(_ name: [UInt8], part: Range<Int>) {
        longest = max(longest, part.count)
        entries[KnownNames.hash(name[part]), default: []].append(Entry(name: name, offset: part.lowerBound))
    }

    /// Whether that part of the bytes is one of the names, or stands in one, in either case.
    func contain(_ part: Range<Int>, of bytes: UnsafeRawBufferPointer) -> Bool {
        guard part.count <= longest else { return false }
        let found = entries[KnownNames.hash(bytes.part(part))] ?? []
        return found.contains { entry in
            let start = part.lowerBound - entry.offset
            let end = start + entry.name.count
            guard start >= 0, end <= bytes.count,
                zip(bytes.part(start..<end), entry.name).allSatisfy({ $0.lowercased == $1 })
            else { return false }
            return (start == 0 || !bytes[start - 1].isAlphanumeric)
                && (end == bytes.count || !bytes[end].isAlphanumeric)
        }
    }

    /// Source: FNV-1a, draft-eastlake-fnv.
    private static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1.lowercased)) &* 0x100_0000_01B3 }
    }
}
