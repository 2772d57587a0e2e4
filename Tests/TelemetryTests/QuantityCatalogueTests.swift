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
