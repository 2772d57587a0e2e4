import Telemetry

/// The entities that the rows of a delivery make: none is in it twice, since brokers differ in what they make of that
/// (Orion-LD issues 463, 660).
struct NGSILDBatch {
    private struct Part {
        /// In the delivery.
        let places: [Int]
        let reading: NGSILDReading
    }

    private let context: JSONValue
    /// By entity, in the order in which they came first; in each by property.
    private var order: [String] = []
    private var parts: [String: [String: Part]] = [:]
    /// Which entity each row went into.
    private var ids: [Int: String] = [:]

    init(_ rows: [(place: Int, row: SharedAggregate)], context: [String]) {
        self.context = .array(context.map { .string($0) })
        for (place, row) in rows {
            let reading = NGSILDReading(row)
            let id = reading.entityID
            ids[place] = id
            if parts[id] == nil {
                order.append(id)
                parts[id] = [:]
            }
            let name = reading.property.name
            if let other = parts[id]?[name] {
                // Things: the newest window. Observations: two quantities that the model does not tell apart; the later counts.
                let isNewer = !reading.model.isThing || NGSILDBatch.supersedes(reading, other.reading)
                parts[id]?[name] = Part(places: other.places + [place], reading: isNewer ? reading : other.reading)
            } else {
                parts[id]?[name] = Part(places: [place], reading: reading)
            }
        }
    }

    /// A window without a figure says nothing of a thing.
    private static func supersedes(_ reading: NGSILDReading, _ other: NGSILDReading) -> Bool {
        if reading.value == nil { return false }
        return other.value == nil || reading.age > other.age
    }

    /// The ids of those entities that are things.
    var thingIDs: [String] { order.filter { parts[$0]?.values.first?.reading.model.isThing == true } }

    /// Takes out of things what the broker has newer, and what says nothing.
    mutating func leaveOut(olderThan known: [String: [String: NGSILDAge]]) {
        for id in thingIDs {
            parts[id] = parts[id]?.filter { name, part in
                guard part.reading.value != nil else { return false }
                return known[id]?[name].map { $0 < part.reading.age } ?? true
            }
            if parts[id]?.isEmpty == true {
                parts[id] = nil
                order.removeAll { $0 == id }
            }
        }
    }

    /// What to send, in order.
    var entities: [(id: String, entity: JSONValue)] {
        order.compactMap { id in
            guard let parts = parts[id]?.sorted(by: { $0.key < $1.key }).map(\.value),
                let first = parts.first
            else { return nil }
            let attributes = parts.compactMap(\.reading.attribute)
            return (id, .object(first.reading.head + attributes + [.init("@context", context)]))
        }
    }

    /// Of things: the age of each property that is sent.
    var ages: [String: [String: NGSILDAge]] {
        var ages: [String: [String: NGSILDAge]] = [:]
        for id in thingIDs { ages[id] = parts[id]?.mapValues(\.reading.age) }
        return ages
    }

    /// Of observations: properties that may be there from before, and have no figure now.
    var emptied: [String: [String]] {
        var emptied: [String: [String]] = [:]
        for id in order {
            let names = (parts[id] ?? [:]).filter {
                !$0.value.reading.model.isThing && $0.value.reading.value == nil && $0.value.reading.row.revision > 1
            }.keys.sorted()
            if !names.isEmpty { emptied[id] = names }
        }
        return emptied
    }

    /// What became of each row: what became of its entity. Rows that were not sent are settled.
    func outcomes(_ outcomes: [String: Delivery.Outcome]) -> [Int: Delivery.Outcome] {
        ids.mapValues { outcomes[$0] ?? .taken }
    }
}
