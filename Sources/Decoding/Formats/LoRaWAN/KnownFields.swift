import Telemetry

/// The fields of one payload whose names say what they are: one for each quantity.
///
/// Where several mean the same, the plainest counts: a number rather than what is none, an outer field rather than an inner
/// one, the quantity's own name rather than another. Between equals the order decides nothing, since network servers sort
/// fields as they like: equal values are one, and of different ones none is taken. Reused from message to message.
struct KnownFields {
    private var fields: [Field] = []

    private struct Field {
        let meaning: FieldMeaning
        let value: FieldValue
        /// Nil for the payload's own.
        let time: ReadingTime?
        let rank: Int
        let place: Place
        /// A field that means the same and says something else.
        var rival: Place?
    }

    /// Where a field stands; valid while its message is.
    struct Place {
        var parent: UnsafeRawBufferPointer?
        var name: UnsafeRawBufferPointer

        fileprivate var shown: String { ((parent.map { $0.text + "." } ?? "") + name.text).excerpt }
    }

    /// How plain a field is; less is plainer.
    enum Plainness {
        case normalized
        case named(depth: Int)
        case channel(depth: Int)
    }

    mutating func removeAll() { fields.removeAll(keepingCapacity: true) }

    func contains(_ quantity: StaticString) -> Bool {
        quantity.withUTF8Buffer { name in
            fields.contains {
                $0.meaning.quantity.withUnsafeBytes { $0.hasSameBytes(as: UnsafeRawBufferPointer(name)) }
            }
        }
    }

    mutating func offer(
        _ value: FieldValue, meaning: FieldMeaning, at place: Place, plainness: Plainness, time: ReadingTime? = nil
    ) {
        var rank: Int
        switch plainness {
        case .normalized: rank = 0
        case .named(let depth):
            let isOwnName = meaning.quantity.withUnsafeBytes { $0.hasSameBytes(as: place.name) }
            rank = 1 + depth * 3 + (isOwnName ? 0 : 1)
        case .channel(let depth): rank = 3 + depth * 3
        }
        switch value.meaning {
        case .number: break
        case .boolean, .missing: rank += 1000
        case .none: return
        }
        let field = Field(meaning: meaning, value: value, time: time, rank: rank, place: place)
        for index in fields.indices where fields[index].meaning.quantity == meaning.quantity {
            if fields[index].rank < rank { return }
            if fields[index].rank > rank {
                fields[index] = field
                return
            }
            guard fields[index].time?.time == time?.time else { continue }
            if !KnownFields.areEqual(fields[index].value, value) { fields[index].rival = place }
            return
        }
        fields.append(field)
    }

    private static func areEqual(_ left: FieldValue, _ right: FieldValue) -> Bool {
        switch (left.meaning, right.meaning) {
        case (.number(let left, let unit), .number(let right, let other)):
            guard left == right else { return false }
            guard let unit, let other else { return unit == nil && other == nil }
            return unit.hasSameBytes(as: other)
        // Neither is a value to be told from another.
        default: return true
        }
    }

    /// Hands the fields over, and says which of them are in each other's way.
    func add(of report: Report, into writer: ReadingWriter) {
        for field in fields {
            if let rival = field.rival {
                let quantity = String(decoding: field.meaning.quantity, as: UTF8.self)
                writer.reject(
                    .unknownQuantity,
                    "\(field.place.shown) and \(rival.shown) would both be \(quantity); say in `values` which is",
                    readings: 2)
                continue
            }
            var report = report
            if let time = field.time { report.time = time }
            writer.add(field.value, as: field.meaning, of: report)
        }
    }
}
