@testable import Decoding
import Telemetry
import Testing

@Suite("SourceVocabulary")
struct SourceVocabularyTests {
    private func vocabulary(
        values: [(String, String)] = [], units: [String: String] = [:],
        conventions: [String: FieldConvention] = [:], catalogue: QuantityCatalogue = QuantityCatalogue()
    ) -> SourceVocabulary {
        SourceVocabulary(
            source: .values(values, topic: "x/{device}", units: units), catalogue: catalogue, conventions: conventions)
    }

    /// `quantity`, `quantity/unit`, and `!` behind what somebody named; nil for nothing.
    private func shown(_ meaning: FieldMeaning?) -> String? {
        meaning.map { meaning in
            String(decoding: meaning.quantity, as: UTF8.self)
                + (meaning.unit.map { "/" + String(decoding: $0, as: UTF8.self) } ?? "")
                + (meaning.isExplicit ? "!" : "")
        }
    }

    private func field(_ vocabulary: SourceVocabulary, _ name: String) -> String? {
        shown(Array(name.utf8).withUnsafeBytes(vocabulary.meaning(ofField:)))
    }

    private func quantity(_ vocabulary: SourceVocabulary, _ name: String) -> String? {
        shown(Array(name.utf8).withUnsafeBytes(vocabulary.meaning(ofQuantity:)))
    }

    @Test("knows a field by the format's convention, or in any case by the catalogue's name or an alias")
    func names() {
        let vocabulary = vocabulary(
            units: ["pressure": "kPa"],
            conventions: [
                "P1": FieldConvention("pm10"), "BME280_pressure": FieldConvention("pressure", "Pa"),
                "BMP_temperature": FieldConvention("temperature", "Cel"),
            ])
        for _ in 0..<2 {
            #expect(field(vocabulary, "P1") == "pm10")
            #expect(field(vocabulary, "BMP_temperature") == "temperature/Cel")
            #expect(field(vocabulary, "BME280_pressure") == "pressure/kPa", "the configuration comes first")
            #expect(field(vocabulary, "pm2_5") == "pm2_5")
            #expect(field(vocabulary, "PM2.5") == "pm2_5")
            #expect(field(vocabulary, "Temp") == "temperature")
            #expect(field(vocabulary, "Temperature") == "temperature")
            #expect(field(vocabulary, "NO2") == "no2")
            #expect(field(vocabulary, "barometricPressure") == "pressure/kPa")
            #expect(field(vocabulary, "p1") == nil, "a convention is of the exact name")
            #expect(field(vocabulary, "status") == nil)
            #expect(field(vocabulary, "") == nil)
        }
    }

    @Test("knows no other fields than those of `values`, where it lists some")
    func listed() {
        let vocabulary = vocabulary(
            values: [("pm2_5", "SDS.fine"), ("pm10", "\"PM10\""), ("humidity", "\"a.b\"")], units: ["pm10": "mg/m3"],
            conventions: ["P1": FieldConvention("pm10")])
        #expect(field(vocabulary, "SDS.fine") == "pm2_5!")
        #expect(field(vocabulary, "PM10") == "pm10/mg/m3!", "without the quotes")
        #expect(field(vocabulary, "a.b") == "humidity!")
        #expect(field(vocabulary, "P1") == nil)
        #expect(field(vocabulary, "temperature") == nil)
        #expect(vocabulary.listed.map(\.path.text) == ["SDS.fine", "\"PM10\"", "\"a.b\""])
    }

    @Test("keeps a quantity's name as it is where the catalogue does not know it, for somebody to be told")
    func quantities() {
        let vocabulary = vocabulary(units: ["temperature": "K"])
        for _ in 0..<2 {
            #expect(quantity(vocabulary, "temperature") == "temperature/K!")
            #expect(quantity(vocabulary, "Temp") == "temperature/K!")
            #expect(quantity(vocabulary, "moisture") == "moisture!")
        }
    }

    @Test("gives an alias no quantity that the catalogue does not have, and the configuration's quantities their names")
    func ownCatalogue() {
        let catalogue = QuantityCatalogue([Quantity(name: "lid_open", unit: "1", kind: .event)])
        let vocabulary = vocabulary(catalogue: catalogue)
        #expect(field(vocabulary, "lid_open") == "lid_open")
        #expect(field(vocabulary, "pm25") == nil)
    }

    @Test("names only quantities of the catalogue in its aliases")
    func aliases() {
        let catalogue = QuantityCatalogue()
        for (alias, name) in QuantityAliases.canonical {
            #expect(catalogue[name] != nil, "\(alias)")
            #expect(alias == alias.lowercased())
        }
    }
}
