import GatewayConfiguration
import Testing

/// The least that a configuration must have, to which the tests add what they are about.
let leastSource = "[[source]]\ntopic = \"sensors/{type}/{device}/{quantity}\"\nvalue = \"value\"\n"

func load(_ text: String) throws -> Configuration { try ConfigurationFile.load(text: text, name: "t.toml") }

/// The complaints about a text, as a person reads them; a text without any fails the test.
func complaints(_ text: String, location: SourceLocation = #_sourceLocation) -> [String] {
    let error = #expect(throws: ConfigurationError.self, sourceLocation: location) { try load(text) }
    return error?.complaints.map(\.description) ?? []
}

/// Expects one complaint, at that place, with those words.
func expectComplaint(
    _ text: String, at place: String, _ words: String..., location: SourceLocation = #_sourceLocation
) {
    let found = complaints(text, location: location)
    #expect(found.count == 1, "\(found)", sourceLocation: location)
    let first = found.first ?? ""
    #expect(first.hasPrefix("t.toml:\(place): "), "\(first)", sourceLocation: location)
    for word in words { #expect(first.contains(word), "\(first)", sourceLocation: location) }
}
