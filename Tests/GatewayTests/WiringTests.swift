import GatewayConfiguration
import Ingest
import Testing

@testable import Gateway

@Suite("Wiring")
struct WiringTests {
    private func subscriptions(_ topics: String...) throws -> [String] {
        let sources = topics.map { "[[source]]\ntopic = \"\($0)\"\nvalue = \"v\"\ndevice = \"d\"\nquantity = \"q\"\n" }
        let configuration = try ConfigurationFile.load(text: sources.joined(), name: "t.toml")
        return try Wiring(configuration).brokerOptions().subscriptions
    }

    @Test("subscribes once to what several sources match, so that the broker sends it once")
    func overlap() throws {
        #expect(try subscriptions("a/b/c", "a/+/c", "x/y") == ["a/+/c", "x/y"])
        #expect(try subscriptions("a/#", "a/b", "a/+/{device}") == ["a/#"])
        #expect(try subscriptions("a/{device}", "a/+") == ["a/+"], "of two equal ones the first")
        #expect(try subscriptions("a/b", "a/b/c", "+/c") == ["a/b", "a/b/c", "+/c"])
    }
}
