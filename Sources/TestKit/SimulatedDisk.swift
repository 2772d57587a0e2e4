import CPowerCuts
import Synchronization

/// A disk in memory, under SQLite, whose power can be cut: what was written and not synced may then be there, be missing
/// or be torn. Open a store on it with its ``vfs``.
///
/// One thread, and one connection to a database. The rules and their sources stand in `CPowerCuts.h`.
public final class SimulatedDisk {
    /// What a disk does when its power is cut.
    public struct Kind: Sendable, CustomStringConvertible {
        /// A power of two, 512 to 65 536.
        public var sectorBytes = 4096
        /// Whether SQLite is told that a write changes no bytes beside its own, as it believes of every disk on Linux.
        public var claimsSafeOverwrite = true
        /// Whether a write that is torn leaves garbage in its whole sectors.
        public var tearsWholeSectors = false
        /// Whether it says that it has synced and has not.
        public var ignoresSyncs = false

        public init() {}

        public var description: String {
            "\(sectorBytes) B"
                + (claimsSafeOverwrite ? ", said to overwrite safely" : "")
                + (tearsWholeSectors ? ", tears whole sectors" : "") + (ignoresSyncs ? ", ignores syncs" : "")
        }
    }

    /// The name under which SQLite knows it.
    public let vfs: String
    private let disk: OpaquePointer

    private static let count = Atomic<Int>(0)

    public init(seed: UInt64, kind: Kind = Kind()) {
        vfs = "simulated-\(SimulatedDisk.count.add(1, ordering: .relaxed).newValue)"
        let made = poort_disk_new(
            vfs, seed,
            poort_disk_kind(
                sector_bytes: Int32(kind.sectorBytes), claims_safe_overwrite: kind.claimsSafeOverwrite ? 1 : 0,
                tears_whole_sectors: kind.tearsWholeSectors ? 1 : 0, ignores_syncs: kind.ignoresSyncs ? 1 : 0))
        guard let made else { preconditionFailure("no memory for a simulated disk") }
        disk = made
    }

    deinit { poort_disk_free(disk) }

    /// Cuts the power within one of the next calls that change something: a write, a sync, a truncation, the creation or
    /// removal of a file. Everything fails from then on.
    /// - Parameter calls: 0 for at once.
    public func cutPower(afterCalls calls: Int = 0) { poort_disk_cut_after(disk, Int64(calls)) }

    /// Takes back a cut that has not come yet.
    public func keepPower() { poort_disk_cut_after(disk, -1) }

    public var isOff: Bool { poort_disk_is_off(disk) != 0 }

    /// Calls so far that changed something.
    public var calls: Int { Int(poort_disk_calls(disk)) }

    /// Decides what is found after the cut, and turns the disk on again. Nothing on it may be open.
    public func restorePower() {
        let open = poort_disk_restore(disk)
        precondition(open == 0, "\(open) files are still open on a disk that lost its power")
    }

    /// Sectors that were not synced when the power was cut, by what became of them.
    public var tally: (kept: Int, lost: Int, torn: Int) {
        let tally = poort_disk_tally_of(disk)
        return (Int(tally.kept), Int(tally.lost), Int(tally.torn))
    }
}
