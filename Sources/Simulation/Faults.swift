/// What goes wrong on the street: the share of messages that each fault hits, from 0 (never) to 1 (all).
public struct Faults: Sendable, Hashable {
    /// A value far off, in one message alone. Counters have none.
    public var spikes = 0.0
    /// The value of some messages before, again and again.
    public var stuck = 0.0
    /// A power failure sets all of a traffic counter's totals to 0.
    public var resets = 0.0
    /// The same message once more.
    public var duplicates = 0.0
    /// The device has no connection for some minutes and then sends what it has kept, with the old times.
    public var late = 0.0
    /// The payload ends in the middle.
    public var broken = 0.0
    /// The time is in 1970, or a year ahead. Of a bin it is the radio gateways' clocks that are wrong.
    public var wrongClocks = 0.0

    public init() {}
}
