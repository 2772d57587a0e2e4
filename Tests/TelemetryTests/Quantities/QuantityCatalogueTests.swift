import Telemetry
import Testing

@Suite("QuantityCatalogue")
struct QuantityCatalogueTests {
    @Test("every built-in quantity has a name, a unit and limits that make sense", arguments: QuantityCatalogue.builtIn)
    func consistent(quantity: Quantity) throws {
        #expect(!quantity.name.isEmpty)
        #expect(quantity.name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 })
        #expect(!quantity.unit.isEmpty)
        let limits = try #require(quantity.grossRange)
        let fail = try #require(limits.fail)
        if let suspect = limits.suspect {
            #expect(fail.lowerBound <= suspect.lowerBound && suspect.upperBound <= fail.upperBound)
            #expect(suspect != fail, "a suspect span that equals the fail span never flags anything")
        }
        #expect(UnitConversion.from(quantity.unit, to: quantity) == .identity)
        // Values of a counter must be exact as doubles.
        if quantity.kind == .counter { #expect(fail == 0...9_007_199_254_740_992) }
    }

    @Test("every built-in quantity's limits make sense", arguments: QuantityCatalogue.builtIn)
    func limits(quantity: Quantity) {
        let limits = quantity.limits
        func isOrdered(_ suspect: Double?, _ fail: Double?) -> Bool {
            guard let suspect, suspect > 0 else { return false }
            return fail.map { $0 > suspect } ?? true
        }
        if let spike = limits.spike {
            #expect(isOrdered(spike.suspect, spike.fail) && spike.method == .differential)
            let range = quantity.grossRange?.fail ?? 0...0
            #expect(spike.suspect! < range.upperBound - range.lowerBound, "a spike that cannot be is never found")
        }
        if let rate = limits.rateOfChange { #expect(isOrdered(rate.suspect, rate.fail)) }
        if let flat = limits.flatLine {
            #expect(flat.tolerance > 0 && flat.minimumReadings >= 3)
            #expect(isOrdered(flat.suspectMilliseconds.map(Double.init), flat.failMilliseconds.map(Double.init)))
        }
        if let peers = limits.peerSpread { #expect(isOrdered(peers.suspect, peers.fail) && peers.minimumPeers >= 3) }
        if quantity.kind != .gauge {
            #expect(limits.spike == nil && limits.rateOfChange == nil && limits.peerSpread == nil)
        }
        // Most of what a city measures is a gauge, and a gauge that is never tested must be meant so.
        let untested: Set<String> = ["tilt", "rssi", "snr"]
        if quantity.kind == .gauge { #expect((limits == QualityLimits()) == untested.contains(quantity.name)) }
    }

    @Test("every limit belongs to a quantity")
    func limitNames() {
        let limited = QuantityCatalogue.builtIn.filter { $0.limits != QualityLimits() }
        #expect(limited.count == 32)
    }

    @Test("counts passages by class and direction, as running totals and by report")
    func traffic() {
        let catalogue = QuantityCatalogue()
        #expect(catalogue["pedestrian_intensity_towards"]?.kind == .intervalCount)
        #expect(catalogue["bicycle_count_left"]?.kind == .counter)
        #expect(catalogue["heavy_vehicle_count"]?.unit == "1")
        #expect(catalogue["wind_direction"]?.kind == .circular && catalogue["rain"]?.kind == .intervalCount)
    }

    @Test("no name stands twice")
    func unique() {
        #expect(Set(QuantityCatalogue.builtIn.map(\.name)).count == QuantityCatalogue.builtIn.count)
        #expect(QuantityCatalogue().quantities.count == QuantityCatalogue.builtIn.count)
    }

    @Test("takes definitions of one's own, the last of a name counting")
    func defines() {
        var catalogue = QuantityCatalogue()
        #expect(catalogue["leaf_wetness"] == nil)
        catalogue.define(Quantity(name: "leaf_wetness", unit: "%", kind: .gauge))
        #expect(catalogue["leaf_wetness"]?.unit == "%")
        catalogue.define(Quantity(name: "temperature", unit: "K", kind: .gauge))
        #expect(catalogue["temperature"]?.unit == "K")
        #expect(catalogue["temperature"]?.grossRange == nil)
        let twice = QuantityCatalogue([
            Quantity(name: "x", unit: "1", kind: .gauge), Quantity(name: "x", unit: "%", kind: .gauge),
        ])
        #expect(twice["x"]?.unit == "%")
    }
}
