import GatewayConfiguration
import Testing

@Suite("[privacy]")
struct PrivacyKeyTests {
    @Test("keys come beside those that are built in, and count in the fingerprint")
    func keys() throws {
        let none = try load(leastSource)
        #expect(none.privacy.keys.isEmpty)
        let some = try load(leastSource + "[privacy]\nkeys = [\"resident\", \"huisnummer\"]")
        #expect(some.privacy.keys == ["resident", "huisnummer"])
        #expect(some.fingerprint != none.fingerprint)
    }

    @Test("what is no key is told with its place")
    func complaints() {
        expectComplaint(leastSource + "[privacy]\nkeys = \"resident\"", at: "5:8", "did you mean")
        expectComplaint(leastSource + "[privacy]\nkeys = [\"--\"]", at: "5:9", "a letter or digit")
        expectComplaint(leastSource + "[privacy]\nkeys = [1]", at: "5:9", "strings that are not empty")
        expectComplaint(leastSource + "[privacy]\nmask = false", at: "5:1", "mask")
    }
}
