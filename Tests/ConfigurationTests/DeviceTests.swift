import GatewayConfiguration
import Telemetry
import Testing

@Suite("Devices of a configuration")
struct DeviceTests {
    @Test("have other names, an owner, labels, and a container's geometry")
    func keys() throws {
        let read = try load(
            leastSource + """
                [[device]]
                id = "bin-0001"
                aliases = ["24E124713C140001", "bin 1"]
                owner = "ROVA"
                labels = { fraction = "glass", "van wie" = "" }
                geometry = { empty = "1.8m", full = "300mm" }
                """)
        let device = try #require(read.deviceList.first)
        #expect(device.aliases == ["24E124713C140001", "bin 1"])
        #expect(device.owner == "ROVA" && device.labels == ["fraction": "glass", "van wie": ""])
        #expect(device.geometry == ContainerGeometry(emptyMillimetres: 1800, fullMillimetres: 300))
        #expect(read.warnings.isEmpty)
    }

    private func expectComplaint(
        device: String, at place: String, _ words: String, location: SourceLocation = #_sourceLocation
    ) {
        ConfigurationTests.expectComplaint(
            leastSource + "[[device]]\nid = \"a\"\n" + device, at: place, words, location: location)
    }

    @Test("share no name, in whichever case a DevEUI is written; both places are named")
    func names() throws {
        let second = "[[device]]\nid = \"b\"\n"
        expectComplaint(device: second + "aliases = [\"x\", \"a\"]", at: "8:17", "`id` of the [[device]] at t.toml:5:6")
        expectComplaint(
            device: "aliases = [\"b\"]\n" + second, at: "8:6",
            "`id` \"b\" is the alias of the [[device]] at t.toml:6:12")
        expectComplaint(
            device: "aliases = [\"24e124713c140001\"]\n" + second + "aliases = [\"24E124713C140001\"]", at: "9:12",
            "the alias of the [[device]] at t.toml:6:12")
        // Not sixteen hexadecimal digits: these are two names.
        #expect(throws: Never.self) { try load(leastSource + "[[device]]\nid = \"aa\"\n[[device]]\nid = \"AA\"") }
        let repeated = try load(leastSource + "[[device]]\nid = \"a\"\naliases = [\"b\", \"b\", \"a\"]")
        #expect(repeated.deviceList.first?.aliases == ["b"])
        #expect(repeated.warnings.map(\.place.column) == [17, 22])
    }

    @Test("have names that the decoder takes")
    func badNames() {
        let long = String(repeating: "é", count: 65)
        expectComplaint(device: "aliases = [\"b\\u0007\"]", at: "6:12", "control characters")
        expectComplaint(device: "aliases = [\"\(long)\"]", at: "6:12", "130 bytes")
        expectComplaint(device: "aliases = [\"\"]", at: "6:12", "not empty")
        expectComplaint(device: "aliases = [5]", at: "6:12", "strings that are not empty, not 5")
        expectComplaint(device: "aliases = \"b\"", at: "6:11", "did you mean `[\"b\"]`?")
        ConfigurationTests.expectComplaint(
            leastSource + "[[device]]\nid = \"a\\n\"", at: "5:6", "\"a\\n\"", "control characters")
        #expect(throws: Never.self) {
            try load(leastSource + "[[device]]\nid = \"\(String(repeating: "x", count: 128))\"")
        }
    }

    @Test("have labels and an owner that are strings")
    func labels() {
        expectComplaint(device: "labels = { a = 5 }", at: "6:16", "did you mean `\"5\"`?")
        expectComplaint(device: "labels = { a = [1] }", at: "6:16", "must be a string, not [1]")
        expectComplaint(device: "labels = [\"a\"]", at: "6:10", "[device.labels] must be a table, not [\"a\"]")
        expectComplaint(device: "owner = true", at: "6:9", "must be a string, not true")
    }

    @Test(
        "have a geometry that makes sense",
        arguments: [
            (
                "{ empty = \"300mm\", full = \"1800mm\" }", "6:38",
                "did you mean `{ empty = \"1800mm\", full = \"300mm\" }`?"
            ),
            ("{ empty = \"1m\", full = \"100cm\" }", "6:35", "`full` is the smaller one"),
            (
                "{ empty = 1800, full = \"300mm\" }", "6:22",
                "a length in a string, such as \"1800mm\" (mm, cm, m), not 1800"
            ),
            ("{ empty = \"1.8 m\", full = \"300mm\" }", "6:22", "did you mean `1800mm`?"),
            ("{ empty = \"21m\", full = \"300mm\" }", "6:22", "from 1mm to 20000mm"),
            ("{ empty = \"2m\" }", "6:12", "has no `full`"),
            ("{ full = \"2m\" }", "6:12", "has no `empty`"),
            ("{ empty = \"2m\", ful = \"1m\", full = \"1m\" }", "6:28", "did you mean `full`?"),
            ("\"2m\"", "6:12", "[device.geometry] must be a table, not \"2m\""),
        ])
    func geometry(text: String, place: String, words: String) {
        expectComplaint(device: "geometry = " + text, at: place, words)
    }

    @Test("share a site, and say when a container is full and what speeds are of")
    func figures() throws {
        let read = try load(
            leastSource + """
                [[device]]
                id = "a"
                site = "Square"
                [[device]]
                id = "b"
                site = "Square"
                fill_threshold = 75
                speeds = "means"
                [[device]]
                id = "c"
                site = "c"
                [[device]]
                id = "d"
                """)
        #expect(read.deviceList.map(\.site) == ["Square", "Square", "c", ""])
        #expect(read.deviceList.map(\.fillThreshold) == [nil, 75, nil, nil])
        #expect(read.deviceList.map(\.speeds) == [nil, .means, nil, nil])
        expectComplaint(device: "site = 5", at: "6:8", "must be a string, not 5")
        expectComplaint(device: "site = \"a\\u0007\"", at: "6:8", "no control characters")
        expectComplaint(device: "fill_threshold = 0", at: "6:18", "from 1 to 100")
        expectComplaint(device: "fill_threshold = \"80%\"", at: "6:18", "must be a number")
        expectComplaint(device: "speeds = \"mean\"", at: "6:10", "one of vehicles, means; did you mean `means`?")
    }

    @Test("have no site with the name of a device elsewhere")
    func ambiguousSite() {
        expectComplaint(
            device: "site = \"b\"\n[[device]]\nid = \"b\"", at: "6:8",
            "the `id` of a [[device]] that is not of this site")
    }
}
