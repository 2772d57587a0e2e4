import Processing

/// Judges the box's clock for the core, and lets the broker thread know.
struct ClockKeeper {
    let clock: GatewayClock
    private(set) var trust = ClockTrust()

    init(_ clock: GatewayClock) {
        self.clock = clock
    }

    /// Looks at the clock and tells the core.
    /// - Parameter wasSet: whether the system says that it was set since the last look.
    mutating func look(for core: Core, wasSet: Bool) -> ClockTrust.Change {
        let reading = clock.read()
        let change = trust.read(
            reading, floor: core.schedule.closedUntil, policy: core.settings.clockPolicy, wasSet: wasSet)
        core.tell(now: reading.wall)
        core.clock = CoreClock(
            isTrusted: trust.isTrusted, began: reading.began, bootIdentity: clock.source.bootIdentity)
        publish(core)
        return change
    }

    /// Lets the broker thread know by which clock messages come. As long as something waits they follow it, so that what
    /// came first is filed first.
    func publish(_ core: Core) { clock.set(isTrusted: trust.isTrusted && !core.mayHaveUndated) }
}
