import FuzzTarget
import Telemetry
import TestKit
import Testing

/// What the fuzzer has found to reach new parts of the decoders, and of the configuration's reader, goes through each time.
@Suite("Fuzz corpora")
struct FuzzCorpusTests {
    private static let root = "\(PackageFolder.path)/Tests/Fuzz/Corpus"

    @Test("go through without a crash", arguments: PayloadFormat.allCases.map(\.rawValue) + [FuzzTarget.configuration])
    func corpus(name: String) throws {
        let target = try #require(FuzzTarget(name))
        let folder = "\(FuzzCorpusTests.root)/\(name)"
        let names = TemporaryDirectory.names(in: folder)
        #expect(names.count >= 5)
        for name in names {
            let bytes = try #require(TemporaryDirectory.bytes(of: "\(folder)/\(name)"))
            bytes.withUnsafeBytes { target.take($0) }
        }
    }
}
