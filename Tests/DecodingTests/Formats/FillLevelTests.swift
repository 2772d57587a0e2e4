import Decoding
import Telemetry
import Testing

/// Fill levels that follow from a distance and the container's geometry.
@Suite("Fill level")
struct FillLevelTests {
    private static let devices = [
        DeviceOptions(id: "bin", geometry: ContainerGeometry(emptyMillimetres: 2100, fullMillimetres: 100)),
        DeviceOptions(id: "plain"),
    ]

    private func decoding(units: [String: String] = [:], catalogue: QuantityCatalogue = QuantityCatalogue()) -> Decoding
    {
        let source = Source.values(
            [("fill_distance", "d"), ("fill_level", "l"), ("temperature", "t")], topic: "x/{device}", units: units)
        return Decoding(DecoderOptions(sources: [source], catalogue: catalogue, devices: FillLevelTests.devices))
    }

    private func shown(_ payload: String, device: String = "bin", units: [String: String] = [:]) -> [String] {
        let decoding = decoding(units: units)
        return decoding.shown(decoding.decode("x/\(device)", payload))
    }

    @Test(
        "follows from the distance",
        arguments: [
            (100, 100), (600, 75), (1100, 50), (2100, 0), (50, 100), (0, 100), (2200, 0), (2300, 0), (2301, -10.05),
            (4100, -100),
        ] as [(Double, Double)])
    func level(distance: Double, percent: Double) {
        let decoding = decoding()
        let message = decoding.decode("x/bin", "{\"d\":\(distance)}")
        #expect(message.readings.count == 2)
        #expect(message.readings.last.map { abs($0.value - percent) < 1e-9 } == true)
    }

    @Test("is computed from millimetres, whatever the distance arrives in")
    func units() {
        #expect(shown(#"{"d":"110 cm"}"#) == ["bin/fill_distance=1100", "bin/fill_level=50"])
        #expect(shown(#"{"d":1.1}"#, units: ["fill_distance": "m"]) == ["bin/fill_distance=1100", "bin/fill_level=50"])
        var metres = QuantityCatalogue()
        metres.define(Quantity(name: "fill_distance", unit: "m", kind: .gauge))
        let decoding = decoding(catalogue: metres)
        #expect(
            decoding.shown(decoding.decode("x/bin", #"{"d":"1100 mm"}"#)) == [
                "bin/fill_distance=1.1", "bin/fill_level=50",
            ])
    }

    @Test("gives way to the payload's own, before or behind the distance")
    func own() {
        #expect(shown(#"{"d":1100,"l":42}"#) == ["bin/fill_distance=1100", "bin/fill_level=42"])
        #expect(shown(#"{"d":1100,"l":null}"#) == ["bin/fill_distance=1100", "bin/fill_level=50"])
    }

    @Test("is not guessed for a container of unknown geometry, nor where there is no distance")
    func unknown() {
        #expect(shown(#"{"d":1100}"#, device: "plain") == ["plain/fill_distance=1100"])
        #expect(shown(#"{"t":11}"#) == ["bin/temperature=11"])
        #expect(shown(#"{"d":"nan","t":11}"#) == ["bin/temperature=11"])
    }

    @Test("has the distance's time")
    func time() {
        let message = decoding().decode("x/bin", #"{"d":1100,"ts":1764000000}"#)
        #expect(message.readings.map(\.time) == Array(repeating: Timestamp(seconds: 1_764_000_000), count: 2))
        #expect(message.carriesOwnTime)
    }

    @Test("needs a geometry whose empty mark is further away than its full mark")
    func geometry() {
        #expect(ContainerGeometry(emptyMillimetres: 100, fullMillimetres: 100) == nil)
        #expect(ContainerGeometry(emptyMillimetres: 100, fullMillimetres: -1) == nil)
        #expect(ContainerGeometry(emptyMillimetres: .infinity, fullMillimetres: 0) == nil)
        #expect(ContainerGeometry(emptyMillimetres: .nan, fullMillimetres: 0) == nil)
        #expect(
            ContainerGeometry(emptyMillimetres: 1200, fullMillimetres: 0)?.fillLevelPercent(distanceMillimetres: 300)
                == 75)
    }
}
