import Logging
import Processing
import Storage
import Telemetry

extension CoreLoop {
    /// Looks at the clock: whether it was set, and whether it is believed.
    mutating func checkClock() {
        guard let core else { return }
        let change = clock.look(for: core, wasSet: clockWasSet)
        clockWasSet = false
        if let step = change.step { logger.notice("\(step.words)") }
        if change.isVerdictNew || !hasLookedAtClock { report(core) }
        hasLookedAtClock = true
    }

    private func report(_ core: Core) {
        guard clock.trust.isTrusted else {
            logger.warning(
                "\(clock.trust.verdict.complaint(about: core.now)); what comes meanwhile is stored and dated once it is right"
            )
            return
        }
        guard hasLookedAtClock || core.undatedCount > 0 else { return }
        logger.notice(
            "the clock is believed now: it is \(core.now)",
            metadata: core.undatedCount > 0 ? ["undated": "\(core.undatedCount)"] : [:])
    }

    /// Files a part of what waited for the clock.
    mutating func dateWaiting() throws(StorageError) {
        guard let core, core.clock.isTrusted, core.mayHaveUndated else { return }
        let lost = core.figures.undatable
        try core.dateUndated(limit: Core.undatedInOneGo)
        clock.publish(core)
        try commit()
        if core.figures.undatable > lost {
            logger.warning(
                "\(core.figures.undatable - lost) readings without a time came in a boot that ended before its clock was right; they are in quarantine as undated"
            )
        }
    }
}

extension ClockTrust.Verdict {
    /// What is wrong with the clock, for a technician; empty of one that is believed.
    func complaint(about wall: Timestamp) -> String {
        switch self {
        case .trusted: ""
        case .implausible: "the clock says \(wall), which cannot be; has the box no time server?"
        case .behind(let floor):
            "the clock says \(wall), before \(floor), up to which this database is complete; set it, or, if it is right, [processing] clock = \"trusted\""
        case .awaited: "the clock says \(wall), and is not synchronised yet"
        }
    }
}

extension ClockTrust.Step {
    /// For the log.
    var words: String {
        let seconds = (abs(milliseconds) / 1000, abs(milliseconds) % 1000)
        let size = String(seconds.0) + "." + String(1000 + seconds.1).dropFirst()
        return "the clock was set \(milliseconds < 0 ? "back" : "forward") by \(size) s, to \(time)"
    }
}
