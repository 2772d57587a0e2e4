import Telemetry
import TestKit
import Testing

@testable import Processing

/// Who is compared with whom, while series come, move, and get other limits.
@Suite("Links between neighbours")
struct NeighbourLinkTests {
    @Test("are the same, step by step, as when all are linked at once", arguments: 0..<20 as Range<UInt64>)
    func stepByStep(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var places: [SeriesID: SeriesPlace] = [:]
        var spreads: Set<SeriesID> = []
        var neighbours = Neighbours()
        for _ in 0..<300 {
            let id = SeriesID(Int.random(in: 0..<50, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                if spreads.remove(id) == nil { spreads.insert(id) }
                if places[id] != nil { neighbours.noteChange(of: id) }
            case 1: neighbours.relink { Self.limits(spreads.contains($0)) }
            default:
                let place = Self.place(of: id, in: ["", "Assendorp", "Wipstrik"].randomElement(using: &random)!)
                places[id] = place
                neighbours.enter(id, at: place)
            }
        }
        neighbours.relink { Self.limits(spreads.contains($0)) }
        var atOnce = Neighbours()
        for (id, place) in places { atOnce.enter(id, at: place) }
        atOnce.relink { Self.limits(spreads.contains($0)) }
        for id in places.keys {
            #expect(neighbours.peers[Int(id)] == atOnce.peers[Int(id)])
            #expect(neighbours.watchers[Int(id)].sorted() == atOnce.watchers[Int(id)].sorted())
            let others = places.filter { $0.value.neighbourhood == places[id]!.neighbourhood && $0.key != id }
            let isCompared = spreads.contains(id) && !places[id]!.neighbourhood.isEmpty
            #expect(neighbours.peers[Int(id)].count == (isCompared ? min(16, others.count) : 0))
        }
    }

    private static func place(of id: SeriesID, in neighbourhood: String) -> SeriesPlace {
        // Names in another order than numbers.
        SeriesPlace(
            device: "d-\(id % 7)\(id)", quantity: "temperature", unit: "Cel", site: "", neighbourhood: neighbourhood)
    }

    private static func limits(_ hasSpread: Bool) -> QualityLimits {
        QualityLimits(peerSpread: hasSpread ? PeerSpreadLimits(suspect: 5, fail: 10) : nil)
    }
}
