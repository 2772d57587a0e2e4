import Synchronization
@testable import Forwarding
import Telemetry
import TestKit
import Testing

@Suite("Batch reader")
struct BatchReaderTests {
    private let store = MemoryStore()
    private let ten = Timestamp(rfc3339: "2026-11-28T10:00:00Z")!
    private let now = Timestamp(rfc3339: "2026-11-28T12:00:00Z")!

    private func add(
        _ id: SeriesID, _ quantity: String, device: String = "d", kind: Quantity.Kind = .gauge, unit: String = "1",
        _ change: (inout SeriesFacts) -> Void = { _ in }
    ) {
        var facts = SeriesFacts(id: id, device: device, quantity: quantity, unit: unit, kind: kind)
        change(&facts)
        store.state.withLock { $0.series.append(facts) }
    }

    private func window(_ tier: Tier, _ minute: Int64) -> Window {
        Window(tier, holding: ten + minute * 60_000, days: .utc)
    }

    private func read(
        _ contract: Contract, mostRows: Int = 1000, now: Timestamp? = nil, families: QuantityFamilies = .init()
    ) throws -> Batch {
        var reader = BatchReader(gateway: "g", contract: contract, families: families)
        let state = store.state.withLock { $0 }
        return try reader.read(
            1..<state.next, mostRows: mostRows, now: now ?? self.now, from: MemoryReading(state: state))
    }

    private func count(_ amount: Double) -> (inout Aggregate, SeriesID) -> Void {
        { aggregate, _ in aggregate.increase = .init(total: amount, resets: 0) }
    }

    @Test("takes what the contract shares, in order, and counts the rest as outside")
    func shared() throws {
        add(1, "pm10")
        add(2, "fill_level")
        store.write(window(.minute, 0), [1, 2])
        store.write(window(.hour, 0), [1, 2])
        let batch = try read(Contract(rules: [ShareRule(quantities: ["fill_level"], tiers: [.hour])]))
        #expect(batch.rows.map(\.series.quantity) == ["fill_level"] && batch.rows[0].window.tier == .hour)
        #expect(batch.changes == 1..<5 && batch.leftOut(in: 1..<5) == DeliveryCounts(outside: 3))
        #expect(batch.end(after: 0) == 4 && batch.end(after: 1) == 5)
    }

    @Test("gives no figure that the contract does not name")
    func fields() throws {
        add(1, "pm10")
        store.write(window(.hour, 0), [1])
        let fields = SharedFields([.count, .valid])
        let batch = try read(Contract(rules: [ShareRule(tiers: [.hour])], fields: fields))
        var names: [String] = []
        batch.rows[0].forEachField { field, _ in names.append(field.name) }
        #expect(names == ["count", "valid"] && batch.rows[0][.coverage] == nil)
    }

    @Test("leaves out what a newer revision replaces, and what is gone")
    func replaced() throws {
        add(1, "pm10")
        store.write(window(.hour, 0), [1])
        store.write(window(.hour, 0), [1], count: 2)
        store.write(window(.hour, 60), [1])
        let gone = window(.hour, 60).start
        store.state.withLock { $0.aggregates[.hour]?[gone] = nil }
        let batch = try read(Contract(rules: [ShareRule(tiers: [.hour])]))
        #expect(batch.rows.map(\.revision) == [2])
        #expect(batch.leftOut(in: batch.changes) == DeliveryCounts(replaced: 1, expired: 1))
    }

    @Test("counts numbers of which nothing is known as expired")
    func gaps() throws {
        add(1, "pm10")
        for minute in 0..<6 { store.write(window(.minute, Int64(minute)), [1]) }
        store.state.withLock { $0.runs.removeAll { [1, 2, 4, 6].contains($0.numbers.lowerBound) } }
        let batch = try read(Contract(rules: [ShareRule(tiers: [.minute])]))
        #expect(batch.rows.count == 2 && batch.changes == 1..<7)
        #expect(batch.leftOut(in: 1..<7) == DeliveryCounts(expired: 4))
    }

    @Test("stops when it is full, and goes on there")
    func full() throws {
        for id in 1...5 as ClosedRange<SeriesID> { add(id, "pm10", device: "d\(id)") }
        store.write(window(.minute, 0), [1, 2, 3, 4, 5])
        let batch = try read(Contract(rules: [ShareRule(tiers: [.minute])]), mostRows: 3)
        #expect(batch.rows.count == 3 && batch.changes == 1..<4)
    }

    @Test("keeps back what is to be shared later, and says until when")
    func delayed() throws {
        add(1, "pm10")
        store.write(window(.minute, 0), [1])
        store.write(window(.minute, 30), [1])
        let contract = Contract(rules: [ShareRule(tiers: [.minute])], delayMilliseconds: 3_600_000)
        let batch = try read(contract, now: ten + 61 * 60_000)
        #expect(batch.rows.count == 1 && batch.changes == 1..<2)
        #expect(batch.nextDue == ten + 91 * 60_000)
        #expect(try read(contract, now: ten + 91 * 60_000).rows.count == 2)
    }

    @Test("moves a private device to the middle of its square, others not")
    func privateDevices() throws {
        add(1, "pm10", device: "garden") {
            $0.isPrivate = true
            $0.location = (52.530512, 6.059534)
        }
        add(2, "pm10", device: "street") { $0.location = (52.530512, 6.059534) }
        store.write(window(.hour, 0), [1, 2])
        let rows = try read(Contract(rules: [ShareRule(tiers: [.hour])], privateGridMetres: 1000)).rows
        let garden = try #require(rows[0].series.location)
        #expect(rows[1].series.location == SharedLocation(latitude: 52.530512, longitude: 6.059534))
        #expect(abs(garden.latitude - 52.530512) * 111_320 <= 501 && garden.latitude != 52.530512)
        // The same for every place of the square.
        let neighbour = SharedLocation(latitude: 52.5307, longitude: 6.0598).coarsened(gridMetres: 1000)
        #expect(garden == neighbour)
    }

    // MARK: - Small counts

    @Test("withholds counts below the least, but for none at all")
    func small() throws {
        add(1, "bicycle_count", kind: .counter)
        for (minute, amount) in [0, 1, 4, 5, 60].enumerated() {
            store.write(window(.quarter, Int64(minute) * 15), [1], change: count(Double(amount)))
        }
        let batch = try read(Contract(rules: [ShareRule(tiers: [.quarter])], smallestCount: 5))
        let figures = batch.rows.compactMap { $0.mainFigure }
        #expect(figures == [0, 5, 60])
        #expect(batch.leftOut(in: batch.changes) == DeliveryCounts(withheld: 2))
    }

    @Test("of counts shares whole windows' figures alone, from which no other window follows")
    func figuresOfCounts() throws {
        add(1, "bicycle_count", kind: .counter)
        add(2, "bicycle_intensity", kind: .intervalCount)
        add(3, "pm10", unit: "ug/m3")
        store.write(window(.minute, 0), [1, 2, 3], count: 6) { aggregate, id in
            aggregate.statistics = .init(
                mean: 20, squaredDeviations: 4, minimum: 18, minimumTime: ten, maximum: 22, maximumTime: ten, first: 18,
                firstTime: ten, last: 22, lastTime: ten)
            aggregate.percentiles = Percentiles(p50: 20, p85: 21, p95: 22)
            if id == 1 { aggregate.increase = .init(total: 50, resets: 0, since: ten - 1) }
            if id == 2 { aggregate.sum = 120 }
        }
        func names(_ row: SharedAggregate) -> Set<String> {
            var names: Set<String> = []
            row.forEachField { field, _ in names.insert(field.name) }
            return names
        }
        let rules = [ShareRule(tiers: [.minute])]
        let hidden = try read(Contract(rules: rules, smallestCount: 10)).rows
        let counts: Set = ["count", "suspect", "fail", "expected", "coverage", "valid"]
        #expect(names(hidden[0]) == counts.union(["increase", "resets", "wraps"]))
        #expect(names(hidden[1]) == counts.union(["sum", "mean"]))
        #expect(names(hidden[2]).isSuperset(of: ["min", "max", "first", "last", "p50"]))
        // Without a least count the contract alone says what goes.
        #expect(names(try read(Contract(rules: rules)).rows[0]).isSuperset(of: ["first", "last", "min_time"]))
    }

    @Test("withholds the hour from which a withheld quarter could be computed, and the day from which the hour could")
    func totals() throws {
        add(1, "bicycle_count", kind: .counter)
        for (place, amount) in [10, 3, 20, 12].enumerated() {
            store.write(window(.quarter, Int64(place) * 15), [1], change: count(Double(amount)))
        }
        for (place, amount) in [10, 30, 20, 12].enumerated() {
            store.write(window(.quarter, Int64(60 + place * 15)), [1], change: count(Double(amount)))
        }
        store.write(window(.hour, 0), [1], change: count(45))
        store.write(window(.hour, 60), [1], change: count(72))
        store.write(window(.day, 0), [1], change: count(117))
        func shared(_ tiers: Set<Tier>) throws -> [Double] {
            try read(Contract(rules: [ShareRule(tiers: tiers)], smallestCount: 5)).rows.compactMap(\.mainFigure)
        }
        #expect(try shared([.quarter, .hour, .day]) == [10, 20, 12, 10, 30, 20, 12, 72])
        // Whoever does not get the quarters cannot compute one.
        #expect(try shared([.hour, .day]) == [45, 72, 117])
        #expect(try shared([.quarter, .day]) == [10, 20, 12, 10, 30, 20, 12])
    }

    @Test("withholds the total of classes and directions from which a withheld one could be computed")
    func families() throws {
        add(1, "car_count", kind: .counter)
        add(2, "heavy_vehicle_count", kind: .counter)
        add(3, "vehicle_count", kind: .counter)
        add(4, "vehicle_count", device: "other", kind: .counter)
        add(5, "temperature", unit: "Cel")
        let amounts: [SeriesID: Double] = [1: 40, 2: 2, 3: 42, 4: 42, 5: 3]
        store.write(window(.hour, 0), [1, 2, 3, 4, 5]) { aggregate, id in
            aggregate.increase = .init(total: amounts[id] ?? 0, resets: 0)
        }
        let all = try read(Contract(rules: [ShareRule(tiers: [.hour])], smallestCount: 5))
        #expect(all.rows.map(\.series.id) == [1, 4, 5])
        // Whoever does not get the part cannot compute it.
        let totals = Contract(
            rules: [ShareRule(quantities: ["vehicle_count", "car_count"], tiers: [.hour])], smallestCount: 5)
        #expect(try read(totals).rows.map(\.series.id) == [1, 3, 4])
    }

    @Test("takes speeds of single vehicles for counts of them, and no other gauge")
    func passings() throws {
        add(1, "speed", unit: "km/h") { $0.isOfPassings = true }
        add(2, "speed", device: "means", unit: "km/h")
        store.write(window(.quarter, 0), [1, 2], count: 3)
        store.write(window(.quarter, 15), [1, 2], count: 9)
        store.write(window(.hour, 0), [1, 2], count: 12)
        let rows = try read(Contract(rules: [ShareRule(tiers: [.quarter, .hour])], smallestCount: 5)).rows
        #expect(rows.map { "\($0.series.id)/\($0.window.tier.name)" } == ["2/15m", "1/15m", "2/15m", "2/1h"])
    }

    @Test("knows parts that the configuration names")
    func configuredParts() throws {
        add(1, "people_in", kind: .intervalCount)
        add(2, "people", kind: .intervalCount)
        store.write(window(.hour, 0), [1, 2]) { aggregate, id in aggregate.sum = id == 1 ? 2 : 30 }
        let contract = Contract(rules: [ShareRule(tiers: [.hour])], smallestCount: 5)
        #expect(try read(contract).rows.map(\.series.id) == [2])
        #expect(try read(contract, families: QuantityFamilies(totals: ["people_in": "people"])).rows.isEmpty)
    }

    @Test("shares nothing from which what is withheld could be computed, whatever was counted")
    func nothingComputable() throws {
        var random = SeededGenerator.fromEnvironment()
        add(1, "car_count_left", kind: .counter)
        add(2, "car_count_right", kind: .counter)
        add(3, "car_count", kind: .counter)
        for round in 0..<20 {
            store.state.withLock {
                $0.aggregates = [:]
                $0.runs = []
                $0.next = 1
            }
            var sums: [Tier: [Timestamp: [SeriesID: Double]]] = [:]
            for quarter in 0..<16 {
                let left = Double(Int.random(in: 0...9, using: &random))
                let right = Double(Int.random(in: 4...30, using: &random))
                for (tier, values) in [Tier.quarter: 15, .hour: 60] {
                    let start = window(tier, Int64(quarter * 15 / values * values)).start
                    for (id, amount) in [1: left, 2: right, 3: left + right] as [SeriesID: Double] {
                        sums[tier, default: [:]][start, default: [:]][id, default: 0] += amount
                    }
                }
            }
            for tier in [Tier.quarter, .hour] {
                for (start, amounts) in sums[tier]!.sorted(by: { $0.key < $1.key }) {
                    store.write(Window(tier, holding: start, days: .utc), [1, 2, 3]) { aggregate, id in
                        aggregate.increase = .init(total: amounts[id] ?? 0, resets: 0)
                    }
                }
            }
            let rows = try read(Contract(rules: [ShareRule(tiers: [.quarter, .hour])], smallestCount: 5)).rows
            func isShared(_ tier: Tier, _ start: Timestamp, _ id: SeriesID) -> Bool {
                rows.contains { $0.window.tier == tier && $0.window.start == start && $0.series.id == id }
            }
            for (tier, windows) in sums {
                for (start, amounts) in windows {
                    for (id, amount) in amounts where amount != 0 && amount < 5 {
                        #expect(!isShared(tier, start, id))
                        // One way to compute it: the total of both directions less the other.
                        if id < 3 { #expect(!isShared(tier, start, 3), "round \(round), seed \(random.seed)") }
                        // The other: the hour less its other quarters.
                        if tier == .quarter {
                            let hour = Window(.hour, holding: start, days: .utc).start
                            #expect(!isShared(.hour, hour, id), "round \(round), seed \(random.seed)")
                            if id < 3 { #expect(!isShared(.hour, hour, 3), "seed \(random.seed)") }
                        }
                    }
                }
            }
            #expect(!rows.isEmpty)
        }
    }
}
