import Telemetry

/// Who measures beside whom: the series of a site, and the sensors of one quantity in a neighbourhood.
struct Neighbours: Sendable {
    /// What is measured beside a series, and makes its readings suspect; each by its number in the file, as all here.
    private(set) var reference: [SeriesID?] = []
    /// Those that have a series as reference.
    private(set) var dependents: [[SeriesID]] = []
    /// Those whose median a series is compared with.
    private(set) var peers: [[SeriesID]] = []
    /// Those that are compared with a series.
    private(set) var watchers: [[SeriesID]] = []

    /// The same sensors of a large neighbourhood are always compared: those that follow in the order of their names.
    static let greatestPeerCount = 16

    private var places: [SeriesPlace?] = []
    private var sites: [String: [SeriesID]] = [:]
    /// In the order of names.
    private var peerGroups: [PeerKey: [SeriesID]] = [:]
    private var changedSites: Set<String> = []
    /// Those whose peers may be others now: of thousands in a neighbourhood a new one changes those of sixteen.
    private var changedMembers: Set<SeriesID> = []

    fileprivate struct PeerKey: Hashable {
        let neighbourhood: String
        let quantity: String
        let unit: String
    }

    func isInNeighbourhood(_ id: SeriesID) -> Bool { !(places[Int(id)]?.neighbourhood.isEmpty ?? true) }

    mutating func enter(_ id: SeriesID, at place: SeriesPlace) {
        while places.count <= Int(id) {
            places.append(nil)
            reference.append(nil)
            dependents.append([])
            peers.append([])
            watchers.append([])
        }
        guard places[Int(id)] != place else { return }
        if let former = places[Int(id)] { leave(id, former) }
        places[Int(id)] = place
        sites[place.siteKey, default: []].append(id)
        if let key = PeerKey(place) {
            let index = self.index(of: id, in: peerGroups[key] ?? [])
            peerGroups[key, default: []].insert(id, at: index)
            noteChange(beside: id, key)
        }
        noteChange(of: id)
    }

    private mutating func leave(_ id: SeriesID, _ place: SeriesPlace) {
        noteChange(of: id)
        sites[place.siteKey]?.removeAll { $0 == id }
        guard let key = PeerKey(place) else { return }
        noteChange(beside: id, key)
        peerGroups[key]?.removeAll { $0 == id }
    }

    /// Those before it in the order of names have it among their peers.
    private mutating func noteChange(beside id: SeriesID, _ key: PeerKey) {
        let ordered = peerGroups[key] ?? []
        let index = self.index(of: id, in: ordered)
        for step in 1..<(min(ordered.count - 1, Neighbours.greatestPeerCount) + 1) {
            changedMembers.insert(ordered[(index - step + ordered.count) % ordered.count])
        }
    }

    /// Where it is, or belongs, in the order of names.
    private func index(of id: SeriesID, in ordered: [SeriesID]) -> Int {
        var low = 0
        var high = ordered.count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(ordered[middle], id) { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Its limits are known, or others than before.
    mutating func noteChange(of id: SeriesID) {
        guard let place = places[Int(id)] else { return }
        changedSites.insert(place.siteKey)
        changedMembers.insert(id)
    }

    var hasChanges: Bool { !changedSites.isEmpty || !changedMembers.isEmpty }

    /// Brings the links up to date.
    /// - Parameter limits: of a series; nil while nobody knows them.
    mutating func relink(_ limits: (SeriesID) -> QualityLimits?) {
        for site in changedSites { relink(site: sites[site] ?? [], limits) }
        for id in changedMembers { relink(peersOf: id, limits) }
        changedSites = []
        changedMembers = []
    }

    private mutating func relink(site members: [SeriesID], _ limits: (SeriesID) -> QualityLimits?) {
        for id in members {
            reference[Int(id)] = nil
            dependents[Int(id)] = []
        }
        for id in members {
            guard let wanted = limits(id)?.coLocated?.quantity, let device = places[Int(id)]?.device else { continue }
            let candidates = members.filter { places[Int($0)]?.quantity == wanted && $0 != id }
            let own = candidates.last { places[Int($0)]?.device == device }
            let nearest = candidates.min { isBefore($0, $1) }
            guard let chosen = own ?? nearest else { continue }
            reference[Int(id)] = chosen
            dependents[Int(chosen)].append(id)
        }
    }

    private mutating func relink(peersOf id: SeriesID, _ limits: (SeriesID) -> QualityLimits?) {
        for peer in peers[Int(id)] { watchers[Int(peer)].removeAll { $0 == id } }
        peers[Int(id)] = []
        guard limits(id)?.peerSpread != nil, let key = places[Int(id)].flatMap(PeerKey.init(_:)),
            let ordered = peerGroups[key]
        else { return }
        let index = self.index(of: id, in: ordered)
        for step in 1..<(min(ordered.count - 1, Neighbours.greatestPeerCount) + 1) {
            let peer = ordered[(index + step) % ordered.count]
            peers[Int(id)].append(peer)
            watchers[Int(peer)].append(id)
        }
    }

    private func isBefore(_ first: SeriesID, _ second: SeriesID) -> Bool {
        let (one, other) = (places[Int(first)]?.device ?? "", places[Int(second)]?.device ?? "")
        return one == other ? first < second : one < other
    }
}

extension Neighbours.PeerKey {
    fileprivate init?(_ place: SeriesPlace) {
        if place.neighbourhood.isEmpty { return nil }
        self.init(neighbourhood: place.neighbourhood, quantity: place.quantity, unit: place.unit)
    }
}

extension SeriesPlace {
    /// A device's name could be that of a site, but for what stands before it.
    fileprivate var siteKey: String { site.isEmpty ? "device \(device)" : "site \(site)" }
}
