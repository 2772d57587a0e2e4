import Forwarding
import Glibc
import Telemetry
import TestKit
import Testing

@Suite("FileSink, whatever happens to it", .timeLimit(.minutes(5)))
struct FileSinkPropertyTests {
    /// A forwarder and its store: what is recorded, and how far.
    private struct Store {
        var bookmark: String?
        var recorded = 0
    }

    /// What a disk may do to a sink, and a crash.
    private enum Event: CaseIterable {
        case delivered, deliveredAndLost, killedWhileWriting, diskFull, restarted, reconnected
    }

    @Test(
        "any sequence of deliveries, failures, crashes and restarts leaves each row exactly once, in order",
        .enabled(if: SmallDisk.isPossible))
    func exactlyOnce() throws {
        var random = SeededGenerator.fromEnvironment()
        let seed = random.seed
        for _ in 0..<12 {
            let disk = try SmallDisk(megabytes: 4)
            var options = FileOptions(directory: disk.path, name: "street")
            options.mostFileBytes = [700, 1500, 4000, 1 << 20].randomElement(using: &random) ?? 700
            if Bool.random(using: &random) { options.format = .csv }
            let order = (0..<250).map { _ in Int.random(in: 0...300, using: &random) }
            let rows = order.enumerated().map { PartnerRows.row(PartnerRows.series("d-\($0.offset)"), $0.element) }
            var store = Store()
            var sink = try FileSink(options)
            try sink.resume(at: nil)
            while store.recorded < rows.count {
                let count = min(Int.random(in: 1...12, using: &random), rows.count - store.recorded)
                let portion = Array(rows[store.recorded..<store.recorded + count])
                switch Event.allCases.randomElement(using: &random) ?? .delivered {
                case .delivered:
                    store.bookmark = try sink.deliver(portion).bookmark
                    store.recorded += count
                case .deliveredAndLost:
                    // The store fails: the same sink goes on from what is recorded.
                    _ = try sink.deliver(portion)
                    try sink.resume(at: store.bookmark)
                case .killedWhileWriting:
                    _ = try sink.deliver(portion)
                    try tear(disk.path, after: store.bookmark, &random)
                    sink = try FileSink(options)
                    try sink.resume(at: store.bookmark)
                case .diskFull:
                    disk.fill()
                    do throws(SinkFailure) {
                        // There may be room left in the last page.
                        store.bookmark = try sink.deliver(portion).bookmark
                        store.recorded += count
                    } catch {
                        #expect(error.kind == .unavailable, "seed \(seed): \(error)")
                    }
                    disk.free()
                case .restarted:
                    sink = try FileSink(options)
                    try sink.resume(at: store.bookmark)
                case .reconnected: sink.disconnect()
                }
            }
            try expect(rows, in: disk.path, seed)
        }
    }

    /// What a crash leaves of what was not recorded: some of it, and garbage behind that. What was recorded is durable.
    private func tear(_ directory: String, after bookmark: String?, _ random: inout SeededGenerator) throws {
        guard let name = files(directory).last, let bytes = TemporaryDirectory.bytes(of: "\(directory)/\(name)") else {
            return
        }
        let recorded = (bookmark ?? "").split(separator: " ")
        let least = recorded.contains(Substring(name)) ? try #require(Int(recorded[2])) : 0
        truncate("\(directory)/\(name)", off_t(Int.random(in: least...bytes.count, using: &random)))
        let descriptor = open("\(directory)/\(name)", O_WRONLY | O_APPEND)
        defer { close(descriptor) }
        let half = String(repeating: "x", count: Int.random(in: 0...50, using: &random))
        _ = write(descriptor, half, half.utf8.count)
    }

    private func files(_ directory: String) -> [String] {
        TemporaryDirectory.names(in: directory).filter { !$0.hasPrefix(".") }.sorted()
    }

    private func expect(_ rows: [SharedAggregate], in directory: String, _ seed: UInt64) throws {
        var devices: [String] = []
        for name in files(directory) {
            let text = try #require(TemporaryDirectory.read("\(directory)/\(name)"))
            #expect(text.utf8.last == UInt8(ascii: "\n"), "seed \(seed)")
            for line in text.split(whereSeparator: \.isNewline) where !line.hasPrefix("key,") {
                let start = try #require(line.range(of: "/d-"), "seed \(seed): \(line)")
                devices.append("d-" + line[start.upperBound...].prefix { $0 != "/" })
            }
        }
        #expect(devices == rows.map(\.series.device), "seed \(seed)")
    }
}
