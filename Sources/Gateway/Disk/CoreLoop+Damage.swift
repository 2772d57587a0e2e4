import Logging
import Storage
import Synchronization
import Telemetry
import Threading

/// A damaged file is set aside and salvaged while messages come.
extension CoreLoop {
    /// Opens the file, or what takes the place of a damaged one.
    mutating func openRepaired() throws(StorageError) -> Store {
        if let damage {
            let name = try Salvage.setAside(path: path, now: clock.clock.now)
            self.damage = nil
            logger.error(
                "the database is damaged: \(damage.cause); it is now \(name), and what can be read is salvaged")
        }
        let beating = thread
        let (store, salvage) = try Salvage.open(path: path, options: storeOptions) {
            beating.heartbeat.store(MonotonicClock.milliseconds(), ordering: .relaxed)
        }
        self.salvage = salvage
        beginScrub()
        return store
    }

    /// Notes that the file must be set aside before it is opened again.
    mutating func note(_ error: StorageError, whileOpen: Bool) {
        // That a file which was open is no database any more is damage, and not somebody else's file.
        if error.isDamage || whileOpen && error.isNoDatabase { damage = error }
    }

    /// Salvages a part of what is left.
    /// - Returns: whether there is more.
    mutating func goOnSalvaging() throws(StorageError) -> Bool {
        guard let salvage, let core else { return false }
        let isMoreLeft = try salvage.goOn(pages: CoreLoop.salvagedPages)
        try commit()
        if isMoreLeft { return true }
        let lost = try salvage.finish()
        self.salvage = nil
        try core.resumeSchedule()
        try openDeliveries()
        logger.notice(
            "all that could be read of \(salvage.file) is salvaged; \(lost) readings are counted as lost; poort doctor tells more, and removing the file ends the warnings"
        )
        return false
    }

    mutating func beginScrub() {
        scrub = PageScrub(path: path)
        nextScrub = 0
    }

    /// Looks at a part of the file: all of it after the start, after a reload, and each day.
    mutating func scrubPages(at monotonic: Int64) throws(StorageError) {
        guard monotonic >= nextScrub else { return }
        if try scrub.look(atPages: CoreLoop.scrubbedPages) { nextScrub = monotonic + CoreLoop.scrubPause }
    }

    /// So few that messages do not wait.
    private static var salvagedPages: Int { 512 }
    /// A second: a megabyte of pages of 1 KiB.
    private static var scrubbedPages: Int { 1024 }
    private static var scrubPause: Int64 { 86_400_000 }
}
