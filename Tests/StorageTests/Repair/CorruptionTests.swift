import Glibc
@testable import Storage
import Telemetry
import TestKit
import Testing

/// Whatever becomes of the bytes: what is shown was stored, and what is not shown is counted as lost.
@Suite("A thousand random corruptions")
struct CorruptionTests {
    enum Damage: CaseIterable {
        case flippedBit, flippedBits, zeroedPage, noisePage, tornPage, swappedPages, truncated, shortened, flippedHeader
    }

    /// What was found, over all rounds.
    private struct Tally {
        var salvaged = 0
        var whole = 0
        var refused = 0
        var lost = 0
    }

    @Test("of the file leave what was stored, or count it as lost", .timeLimit(.minutes(2)))
    func ofTheFile() throws {
        let file = try StoredFile()
        let stored = try StoredContent(file.store.reader)
        try file.store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)", operation: "copy the log")
        let tally = try run(file.files.filter { $0.key.isEmpty }, stored: stored, damaged: [""], rounds: 600)
        #expect(tally.salvaged > 450, "\(tally)")
        #expect(tally.refused == 0, "\(tally)")
    }

    @Test("of the file and its log leave what was stored, or count it as lost", .timeLimit(.minutes(2)))
    func ofTheLog() throws {
        let file = try StoredFile()
        try file.store.database.execute("PRAGMA wal_checkpoint(TRUNCATE)", operation: "copy the log")
        for _ in 0..<8 {
            try file.addReadings(turns: 4)
            try file.store.commit()
        }
        let stored = try StoredContent(file.store.reader)
        let tally = try run(file.files, stored: stored, damaged: ["-wal", "-wal", "-wal", "-shm", ""], rounds: 500)
        #expect(tally.salvaged > 200, "\(tally)")
        #expect(tally.refused == 0, "\(tally)")
    }

    private func run(
        _ files: [String: [UInt8]], stored: StoredContent, damaged: [String], rounds: Int
    ) throws -> Tally {
        var random = SeededGenerator.fromEnvironment()
        let directory = TemporaryDirectory()
        var tally = Tally()
        for round in 0..<rounds {
            let damage = Damage.allCases.randomElement(using: &random)!
            let suffix = damaged.randomElement(using: &random)!
            var changed = files
            changed[suffix] = CorruptionTests.apply(damage, to: files[suffix] ?? [], &random)
            let path = directory.file("\(round).db")
            RepairFiles.write(changed, to: path)
            let place: Comment = "seed \(random.seed), round \(round): \(damage) of poort.db\(suffix)"
            do throws(StorageError) {
                let (content, isSalvaged) = try CorruptionTests.open(path)
                #expect(content.complaint(asPartOf: stored) == nil, place)
                if !isSalvaged { #expect(content.readings.count == stored.readings.count, place) }
                tally.lost += content.lost
                if isSalvaged { tally.salvaged += 1 } else { tally.whole += 1 }
            } catch {
                Issue.record("\(place): \(error)")
                tally.refused += 1
            }
            for name in TemporaryDirectory.names(in: directory.path) { unlink(directory.file(name)) }
        }
        return tally
    }

    /// As the daemon does it: what cannot be read, at the start or later, has the file be set aside and salvaged.
    static func open(_ path: String) throws(StorageError) -> (content: StoredContent, isSalvaged: Bool) {
        var isSalvaged = false
        while true {
            do throws(StorageError) {
                let (store, salvage) = try Salvage.open(path: path, options: StoreOptions(pageSize: 1024)) {}
                if let salvage {
                    while try salvage.goOn(pages: 16) { try store.commit() }
                    _ = try salvage.finish()
                }
                return (try StoredContent(store.reader), isSalvaged)
            } catch {
                guard error.isDamage, !isSalvaged else { throw error }
                isSalvaged = true
                _ = try Salvage.setAside(path: path, now: Timestamp(milliseconds: 1_795_546_700_000))
            }
        }
    }

    static func apply(_ damage: Damage, to bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        guard bytes.count > 2048 else { return [] }
        var bytes = bytes
        let pages = bytes.count / 1024
        let page = Int.random(in: 0..<pages, using: &random) * 1024
        switch damage {
        case .flippedBit:
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
        case .flippedBits:
            for _ in 0..<Int.random(in: 2...40, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
            }
        case .flippedHeader:
            bytes[Int.random(in: 0..<100, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
        case .zeroedPage: for index in page..<(page + 1024) { bytes[index] = 0 }
        case .noisePage: for index in page..<(page + 1024) { bytes[index] = UInt8.random(in: 0...255, using: &random) }
        case .tornPage:
            // Media lose whole sectors. Less than 44 bytes of zeros at the end would pass for a page that was not sealed.
            let from = Int.random(in: 1..<16, using: &random) * 64
            for index in (page + from)..<(page + 1024) { bytes[index] = 0 }
        case .swappedPages:
            let other = Int.random(in: 0..<pages, using: &random) * 1024
            for index in 0..<1024 { bytes.swapAt(page + index, other + index) }
        case .truncated: bytes.removeLast(Int.random(in: 1...bytes.count, using: &random))
        case .shortened: bytes.removeLast()
        }
        return bytes
    }
}
