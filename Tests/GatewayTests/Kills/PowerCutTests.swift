import Glibc
import Telemetry
import TestKit
import Testing

/// What was acknowledged is there, once; what was not is there whole or not at all; and once it was delivered again the
/// file is as if the power had never failed.
@Suite("Power cuts")
struct PowerCutTests {
    init() { #expect(DayCalendar.useTimeZone("Europe/Amsterdam")) }

    /// `make soak` asks for ten times as many.
    private static let runs = (getenv("POORT_POWER_CUTS").flatMap { Int(String(cString: $0)) } ?? 1000) / cutsInOneRun
    private static let cutsInOneRun = 40

    /// The disks that SQLite is right about.
    private static func kind(of seed: UInt64) -> SimulatedDisk.Kind {
        var kind = SimulatedDisk.Kind()
        kind.sectorBytes = seed % 2 == 0 ? 4096 : 512
        kind.claimsSafeOverwrite = seed % 4 < 2
        kind.tearsWholeSectors = !kind.claimsSafeOverwrite
        return kind
    }

    @Test("leave what was acknowledged, whenever they come", arguments: 0..<runs)
    func acknowledged(round: Int) {
        let seed = 0xC07 + UInt64(round)
        let run = CutRun(seed: seed, kind: PowerCutTests.kind(of: seed))
        let complaint = run.complaint(cuts: PowerCutTests.cutsInOneRun)
        #expect(complaint == nil)
        #expect(complaint != nil || run.cuts >= PowerCutTests.cutsInOneRun)
    }

    /// Why this suite can be believed, and why the store syncs each commit.
    @Test(
        "are noticed where a commit is not synced, or a sync is not one",
        arguments: [("PRAGMA synchronous = NORMAL", false), ("PRAGMA synchronous = OFF", false), ("", true)])
    func unsynced(settings: String, ignoresSyncs: Bool) {
        var kind = SimulatedDisk.Kind()
        kind.ignoresSyncs = ignoresSyncs
        #expect(complaints(kind, settings: settings).count == 4)
    }

    /// The limit of what is promised, as long as SQLite is left to believe in it: https://www.sqlite.org/psow.html
    @Test("lose an acknowledged commit where a write that is torn destroys what lies beside it in its sector")
    func unsafeOverwrite() {
        var kind = SimulatedDisk.Kind()
        kind.tearsWholeSectors = true
        #expect(complaints(kind).contains { $0.contains("were acknowledged") })
        kind.claimsSafeOverwrite = false
        #expect(complaints(kind).isEmpty)
    }

    private func complaints(_ kind: SimulatedDisk.Kind, settings: String = "") -> [String] {
        (0..<4).compactMap { seed in
            CutRun(seed: seed, kind: kind, settings: settings).complaint(cuts: PowerCutTests.cutsInOneRun)
        }
    }
}
