import Compression
import TestKit
import Testing

@Suite("Gzip")
struct GzipTests {
    @Test("gives back what went in, with the same stream and buffer again and again")
    func roundTrip() throws {
        var random = SeededGenerator.fromEnvironment()
        let gzip = Gzip()
        var compressed: [UInt8] = []
        for length in [0, 1, 70_000, 3, 300_000, 12, 0, 1_000_000] {
            // Half of it repeats, half does not.
            let bytes = (0..<length).map { $0 % 100 < 50 ? UInt8($0 % 50) : UInt8.random(in: 0...255, using: &random) }
            gzip.compress(bytes, into: &compressed)
            #expect(Gzip.decompress(compressed) == bytes, "length \(length), seed \(random.seed)")
        }
    }

    @Test("is what gzip(1) reads")
    func gzipReads() throws {
        let text = String(repeating: "pm2_5,device=aq-0001 mean=4.5 1795824000000\n", count: 5000)
        var compressed: [UInt8] = []
        Gzip().compress(Array(text.utf8), into: &compressed)
        #expect(compressed.count < text.utf8.count / 50)
        let directory = TemporaryDirectory()
        let file = directory.write(compressed, to: "lines.gz")
        let gunzip = try ChildProcess("gzip", ["-dc", file])
        #expect(gunzip.wait() == .exited(0))
        #expect(gunzip.standardOutput == text)
    }

    @Test("takes no garbage, and no more than it is told to")
    func garbage() {
        #expect(Gzip.decompress(Array("no gzip".utf8)) == nil)
        var compressed: [UInt8] = []
        Gzip().compress([UInt8](repeating: 0, count: 1 << 20), into: &compressed)
        #expect(Gzip.decompress(compressed, atMost: 1 << 19) == nil)
        #expect(Gzip.decompress(Array(compressed.dropLast(9))) == nil)
    }
}
