import Gateway
import GatewayConfiguration
import Telemetry
import TestKit
import Testing

/// `Tests/Golden/NAME/{config.toml,input.ndjson,expected.ndjson}`: a capture, and what must be made of each message.
///
/// A line of `expected.ndjson` stands for the same line of `input.ndjson`: its readings, then the reasons of its
/// rejections. What is expected was written from the formats' documentation, not from what the decoder printed.
@Suite("Golden captures")
struct GoldenTests {
    static let root = "\(PackageFolder.path)/Tests/Golden"

    static let names = TemporaryDirectory.names(in: root).sorted()

    @Test("decode as their documentation says", arguments: names)
    func golden(name: String) throws {
        let folder = "\(GoldenTests.root)/\(name)"
        let configuration = try ConfigurationFile.load(path: "\(folder)/config.toml")
        let preview = CapturePreview(configuration: configuration)
        let input = try GoldenTests.lines(of: "\(folder)/input.ndjson")
        let expected = try GoldenTests.lines(of: "\(folder)/expected.ndjson")
        #expect(input.count == expected.count)
        #expect(input.count >= 5, "fewer cases than a format has traps")
        for (number, (message, expectation)) in zip(input, expected).enumerated() {
            let decoded = preview.decode(try CapturedMessage(line: Array(message.utf8)))
            #expect(GoldenTests.line(decoded) == expectation, "\(name), line \(number + 1)")
        }
    }

    @Test("are there for every format")
    func complete() {
        let missing = PayloadFormat.allCases.map(\.rawValue).filter { !GoldenTests.names.contains($0) }
        #expect(missing.isEmpty)
    }

    private static func line(_ decoded: DecodedPreview) -> String {
        var line = JSONLine()
        line.add("readings", decoded.readings.map(\.line))
        line.add("rejected", decoded.rejections.map(\.reason.rawValue))
        return line.finished
    }

    static func lines(of path: String) throws -> [String] {
        let text = try #require(TemporaryDirectory.read(path), "there is no \(path)")
        return text.split(separator: "\n").map(String.init)
    }
}
