@testable import GatewayConfiguration
import Testing

@Suite("quota")
struct QuotaKeyTests {
    @Test("is a size, or none, as where nothing is said")
    func values() throws {
        #expect(try load(leastSource + "[storage]\nquota = \"256MiB\"").storage.quotaBytes == 256 << 20)
        #expect(try load(leastSource + "[storage]\nquota = \"none\"").storage.quotaBytes == nil)
        #expect(try load(leastSource).storage.quotaBytes == nil)
    }

    @Test("a quarantine that may take more than half of it is worth a warning, where it is said")
    func quarantine() throws {
        let small = try load(leastSource + "[storage]\nquota = \"100MiB\"")
        #expect(small.warnings.map(\.message).contains { $0.contains("`quarantine_limit` is 64MiB") })
        #expect(small.warnings.first?.place.description.hasSuffix("5:9") ?? false, "\(small.warnings)")
        let fitting = try load(leastSource + "[storage]\nquota = \"100MiB\"\nquarantine_limit = \"50MiB\"")
        #expect(fitting.warnings.isEmpty)
        #expect(try load(leastSource + "[storage]\nquota = \"1GiB\"").warnings.isEmpty)
    }
}
