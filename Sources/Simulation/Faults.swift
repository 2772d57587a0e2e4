/// What goes wrong on the street: how much of it each fault hits, from 0 (nothing) to 1 (all).
public struct Faults: Sendable, Hashable {
    // Of messages.
    /// A value far off, in one message alone. Counters have none.
    public var spikes = 0.0
    /// What a sensor says whose wire is off, in one message alone.
    public var outOfRange = 0.0
    /// Null in place of a value.
    public var missing = 0.0
    /// The payload ends in the middle.
    public var broken = 0.0
    /// The time is a year ahead. Of a bin it is the radio gateways' clocks that are wrong.
    public var clocksAhead = 0.0
    /// The time is in 1970, as of a clock that was never set.
    public var clocksBehind = 0.0
    /// The same message once more.
    public var duplicates = 0.0
    /// The device has no connection for some minutes and then sends what it has kept, with the old times.
    public var late = 0.0

    // Of a device's time, one of them at a time, each for hours.
    /// One value again and again.
    public var stuck = 0.0
    /// A signal that hardly moves any more, as behind a clogged inlet.
    public var damped = 0.0
    /// A value that goes off further and further.
    public var drift = 0.0
    /// A temperature that jumps and stays there, as when the sun reaches the sensor.
    public var steps = 0.0
    /// Air so humid that dust sensors count its droplets.
    public var fog = 0.0
    /// Nothing at all is measured.
    public var gaps = 0.0

    // Of traffic counters.
    /// The share of reports before which a power failure sets all totals to 0.
    public var resets = 0.0
    /// The share of counters of 16 bits, which go on from 0 behind 65 535.
    public var narrowCounters = 0.0

    public init() {}
}
