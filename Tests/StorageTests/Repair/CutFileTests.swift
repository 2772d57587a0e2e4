import CSQLite
import Glibc
@testable import Storage
import Telemetry
import TestKit
import Testing

/// What a power cut leaves is not damage: nothing is set aside for it.
@Suite("Files that a power cut leaves")
struct CutFileTests {
    @Test("are not taken for damaged ones, with or without a page torn in the midst of a copied log")
    func cuts() throws {
        var random = SeededGenerator.fromEnvironment()
        let directory = TemporaryDirectory()
        let path = directory.file("poort.db")
        var withLog = 0
        for round in 0..<300 {
            var kind = SimulatedDisk.Kind()
            kind.tearsWholeSectors = round % 2 == 1
            kind.sectorBytes = [512, 4096][round / 2 % 2]
            // Where that is not said, nothing is promised: PowerCutTests.unsafeOverwrite.
            kind.claimsSafeOverwrite = !kind.tearsWholeSectors
            let disk = SimulatedDisk(seed: random.next(), kind: kind)
            for _ in 0..<3 {
                CutFileTests.work(on: disk, &random)
                if !disk.isOff { disk.cutPower() }
                disk.restorePower()
                CutFileTests.copy(from: disk.vfs, to: path)
                if (TemporaryDirectory.bytes(of: path + "-wal")?.count ?? 0) > 4152 { withLog += 1 }
                #expect(Salvage.damage(at: path) == nil, "seed \(random.seed), round \(round)")
                var scrub = PageScrub(path: path)
                #expect(throws: Never.self, "seed \(random.seed), round \(round)") {
                    while try !scrub.look(atPages: 100) {}
                }
            }
        }
        #expect(withLog > 200)
    }

    /// Until the power goes: commits, and now and then a copied log.
    private static func work(on disk: SimulatedDisk, _ random: inout SeededGenerator) {
        disk.cutPower(afterCalls: Int.random(in: 20...400, using: &random))
        defer { disk.keepPower() }
        do throws(StorageError) {
            let store = try Store(path: "poort.db", options: StoreOptions(vfs: disk.vfs))
            var time = try store.state("time") ?? 0
            for turn in 0..<60 {
                for _ in 0..<Int.random(in: 1...60, using: &random) {
                    time += 1
                    let reading = Reading(series: 0, time: Timestamp(milliseconds: time), value: Double(time))
                    _ = try store.insert(reading, series: SeriesID.random(in: 1...9, using: &random))
                }
                try store.setState("time", time)
                try store.commit()
                if turn % 5 == 4 { try store.database.execute("PRAGMA wal_checkpoint(RESTART)", operation: "copy") }
            }
        } catch {
            // The power went.
        }
    }

    /// The files of a simulated disk as files.
    private static func copy(from name: String, to path: String) {
        var files: [String: [UInt8]] = [:]
        guard let vfs = sqlite3_vfs_find(name) else { return }
        for (suffix, kind) in [("", SQLITE_OPEN_MAIN_DB), ("-wal", SQLITE_OPEN_WAL)] {
            let file = UnsafeMutableRawPointer.allocate(byteCount: Int(vfs.pointee.szOsFile), alignment: 16)
            defer { file.deallocate() }
            file.initializeMemory(as: UInt8.self, repeating: 0, count: Int(vfs.pointee.szOsFile))
            let opened = file.assumingMemoryBound(to: sqlite3_file.self)
            guard vfs.pointee.xOpen("poort.db\(suffix)", vfs, opened, kind) else { continue }
            var size: sqlite3_int64 = 0
            _ = opened.pointee.pMethods.pointee.xFileSize(opened, &size)
            var bytes = [UInt8](repeating: 0, count: Int(size))
            _ = opened.pointee.pMethods.pointee.xRead(opened, &bytes, Int32(size), 0)
            _ = opened.pointee.pMethods.pointee.xClose(opened)
            files[suffix] = bytes
        }
        RepairFiles.write(files, to: path)
    }
}

extension sqlite3_vfs {
    /// - Returns: whether there is such a file.
    fileprivate func xOpen(
        _ name: String, _ vfs: UnsafeMutablePointer<sqlite3_vfs>, _ file: UnsafeMutablePointer<sqlite3_file>,
        _ kind: Int32
    ) -> Bool {
        self.xOpen(vfs, name, file, SQLITE_OPEN_READWRITE | kind, nil) == SQLITE_OK
    }
}
