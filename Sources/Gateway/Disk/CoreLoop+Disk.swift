import Glibc
import Logging
import Processing
import Storage
import Synchronization
import Telemetry
import Threading

/// How the core's thread stands with its disk: how much is written, how long that takes, and whether it is there.
extension CoreLoop {
    /// Has something done to the disk, with the watchdog knowing of it.
    mutating func onDisk<Failure: Error>(
        _ work: DiskWatch.Work, _ body: (inout CoreLoop) throws(Failure) -> Void
    ) throws(Failure) {
        let before = thread.disk.enter(work)
        defer {
            thread.disk.leave(to: before)
            thread.heartbeat.store(MonotonicClock.milliseconds(), ordering: .relaxed)
        }
        try body(&self)
    }

    mutating func note(commitMilliseconds milliseconds: Double) {
        let seconds = MeasureWords.text(Int64(milliseconds))
        switch commits.note(milliseconds: milliseconds, at: .now()) {
        case .becameSlow:
            logger.warning("slow disk: a commit took \(seconds); messages wait in the broker meanwhile")
        case .becameQuick(let count):
            logger.notice("the disk is quick again, after \(count) slow commit\(count == 1 ? "" : "s")")
        case nil: break
        }
    }

    /// Looks at what was written, and how far apart commits are to be.
    mutating func lookAtWear(at monotonic: Int64, messagesPerSecond: Double) {
        guard wear.isDue(at: monotonic) else { return }
        let now = clock.clock.now
        let core = core
        let words = wear.look(
            WearKeeper.Circumstances(
                day: clock.trust.isTrusted ? (settings.calendar.day(holding: now), now) : nil,
                storeBytes: { core?.store.writtenBytes() }, messagesPerSecond: messagesPerSecond,
                window: thread.intake.window.load(ordering: .relaxed)),
            settings: settings.wear, at: monotonic)
        thread.intake.commitInterval.store(wear.budget.interval, ordering: .relaxed)
        if let words { logger.notice("\(words)") }
    }

    // MARK: - The lock and the place

    /// Before the file is opened again: it must lie where it lay, and be nobody else's.
    func claimDatabase() throws(StorageError) {
        if let objection = place?.objection() { throw objection }
        do throws(GatewayError) {
            try thread.lock?.take()
        } catch {
            throw StorageError(
                operation: error.operation, path: path, code: StorageError.code(of: error.systemError),
                cause: error.cause, hint: error.hint)
        }
    }

    /// A disk that is to be unmounted, mended and mounted again must not be held by an open file.
    func releaseDatabase(after error: StorageError) {
        switch error.condition {
        case .full, .locked, .damaged: break
        case .readOnly, .gone, .failing, .unreachable: thread.lock?.release()
        }
    }
}
