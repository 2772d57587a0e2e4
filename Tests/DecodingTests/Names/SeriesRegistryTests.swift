@testable import Decoding
import Telemetry
import TestKit
import Testing

@Suite("SeriesRegistry")
struct SeriesRegistryTests {
    private func options(limit: Int = 10_000) -> DecoderOptions {
        var limits = DecoderLimits()
        limits.seriesCount = limit
        return DecoderOptions(
            sources: [.json("{device}/{quantity}")],
            limits: limits)
    }

    /// The number of a series and whether it was added, or the reason of the refusal.
    private func find(_ registry: inout SeriesRegistry, _ device: String, _ quantity: String) -> (
        number: UInt32, isNew: Bool, reason: RejectionReason?
    ) {
        let found = Array(device.utf8).withUnsafeBytes { device in
            Array(quantity.utf8).withUnsafeBytes { quantity in
                registry.find(device: DeviceName(device), quantity: quantity, type: nil, source: 0)
            }
        }
        switch found {
        case .known(let index): return (registry.series(index).number, false, nil)
        case .added(let index): return (registry.series(index).number, true, nil)
        case .refused(let rejection): return (0, false, rejection.reason)
        }
    }

    @Test("behaves like a dictionary over thousands of series, whatever the order", arguments: 0..<4)
    func likeDictionary(round: UInt64) {
        var random = SeededGenerator(seed: 0x5E61 + round)
        let quantities = QuantityCatalogue.builtIn.map(\.name)
        var registry = SeriesRegistry(options: options(), firstNumber: 7)
        var expected: [SeriesIdentity: UInt32] = [:]
        for _ in 0..<20_000 {
            let device = "device-\(Int.random(in: 0..<80, using: &random))"
            let quantity = quantities.randomElement(using: &random)!
            let identity = SeriesIdentity(device: device, quantity: quantity)
            let found = find(&registry, device, quantity)
            if found.reason != nil || found.isNew != (expected[identity] == nil) {
                Issue.record("\(identity): \(found), seed \(random.seed)")
                return
            }
            let number = expected[identity] ?? 7 + UInt32(expected.count)
            #expect(found.number == number)
            expected[identity] = number
        }
        #expect(expected.count > 4000, "enough to make the table grow several times")
        #expect(registry.nextNumber == 7 + UInt32(expected.count))
    }

    @Test("keeps apart names whose joined bytes are the same")
    func boundaries() {
        let catalogue = QuantityCatalogue([
            Quantity(name: "b", unit: "1", kind: .gauge), Quantity(name: "ab", unit: "1", kind: .gauge),
        ])
        var options = options()
        options.catalogue = catalogue
        var registry = SeriesRegistry(options: options, firstNumber: 0)
        #expect(find(&registry, "xa", "b").number == 0)
        #expect(find(&registry, "x", "ab").number == 1)
    }

    @Test("takes in no more series than the limit, and still serves those it has")
    func limit() {
        var registry = SeriesRegistry(options: options(limit: 3), firstNumber: 0)
        for device in ["a", "b", "c"] { #expect(find(&registry, device, "humidity").isNew) }
        #expect(find(&registry, "d", "humidity").reason == .seriesLimit)
        #expect(find(&registry, "b", "humidity") == (1, false, nil))
        #expect(find(&registry, "d", "humidity").reason == .seriesLimit)
        #expect(registry.nextNumber == 3)
    }

    @Test("counts what was taken in before against the limit, and lets it in again after a flood of new names")
    func takenBefore() {
        let taken = Set(["old-1", "old-2"].map { SeriesIdentity(device: $0, quantity: "humidity") })
        var registry = SeriesRegistry(options: options(limit: 3), firstNumber: 0, taken: taken)
        #expect(find(&registry, "new-1", "humidity").isNew)
        #expect(find(&registry, "new-2", "humidity").reason == .seriesLimit)
        #expect(find(&registry, "old-2", "humidity").isNew)
        #expect(find(&registry, "old-1", "humidity").isNew)
        #expect(registry.taken.count == 3)

        var lowered = SeriesRegistry(options: options(limit: 1), firstNumber: 0, taken: taken)
        #expect(find(&lowered, "new-1", "humidity").reason == .seriesLimit)
        #expect(find(&lowered, "old-1", "humidity").isNew)
    }

    @Test("finds a series' conversion again after another unit came between")
    func conversions() throws {
        var registry = SeriesRegistry(options: options(), firstNumber: 0)
        #expect(find(&registry, "a", "pressure").isNew)
        func converted(_ unit: String) -> Double? {
            Array(unit.utf8).withUnsafeBytes { registry.conversion(0, from: $0) }?.apply(1)
        }
        for _ in 0..<2 {
            #expect(converted("Pa") == 0.01)
            #expect(converted("kPa") == 10)
            #expect(converted("Cel") == nil)
            #expect(converted("hPa") == 1)
        }
    }
}
