import Telemetry

/// What a contract makes of each series; learned once, and again when the contract changes.
struct PartnerSeries {
    let gateway: String
    let contract: Contract
    private let families: QuantityFamilies
    private var entries: [Entry?] = []
    private var devices: [String: [SeriesID]] = [:]

    /// What a partner gets of a series.
    struct Entry {
        let facts: SeriesFacts
        /// Nil where the contract does not name it.
        let shared: SharedSeries?
        let tiers: Set<Tier>
        let fields: SharedFields
        /// The shared series of the same device that are counted in it, itself included; empty where nothing is withheld.
        var parts: [SeriesID] = []
    }

    init(gateway: String, contract: Contract, families: QuantityFamilies) {
        self.gateway = gateway
        self.contract = contract
        self.families = families
    }

    subscript(id: SeriesID) -> Entry? { id >= 0 && Int(id) < entries.count ? entries[Int(id)] : nil }

    /// Takes in all series of the file.
    mutating func learn(_ all: [SeriesFacts]) {
        devices = [:]
        entries = Array(repeating: nil, count: Int(all.map(\.id).max() ?? -1) + 1)
        for facts in all where facts.id >= 0 {
            let tiers = contract.tiers(of: facts)
            let shared = tiers.isEmpty ? nil : share(facts)
            let hidesSmall = contract.smallestCount > 1 && facts.isCounted
            let fields = hidesSmall ? contract.fields.intersection(facts.fieldsOfCounts) : contract.fields
            entries[Int(facts.id)] = Entry(facts: facts, shared: shared, tiers: tiers, fields: fields)
            if shared != nil, facts.isCounted { devices[facts.device, default: []].append(facts.id) }
        }
        guard contract.smallestCount > 1 else { return }
        for (_, counted) in devices {
            for id in counted {
                guard let total = self[id]?.facts.quantity else { continue }
                let parts = counted.filter { part in
                    self[part].map { families.includes($0.facts.quantity, in: total) } ?? false
                }
                entries[Int(id)]?.parts = parts
            }
        }
    }

    private func share(_ facts: SeriesFacts) -> SharedSeries {
        SharedSeries(
            id: facts.id, gateway: gateway, device: facts.device, deviceType: facts.deviceType,
            quantity: facts.quantity, unit: facts.unit, kind: facts.kind, neighbourhood: facts.neighbourhood,
            site: facts.site, location: location(of: facts))
    }

    private func location(of facts: SeriesFacts) -> SharedLocation? {
        guard let location = facts.location else { return nil }
        let exact = SharedLocation(latitude: location.latitude, longitude: location.longitude)
        return facts.isPrivate ? exact.coarsened(gridMetres: contract.privateGridMetres) : exact
    }
}
