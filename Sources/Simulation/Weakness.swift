/// In what ways a sensor can go wrong. Counters have none of these.
struct Weakness: Sendable, Equatable {
    /// How far a spike may throw the value off.
    let spike: Double
    /// What it says when its wire is off: the end of its scale, or what its maker has chosen.
    let invalid: Double
    /// How fast it goes off when it drifts; nil where it does not.
    var driftPerHour: Double?
    /// How far it jumps, and stays there.
    var step: Double?
    /// Whether something can clog.
    var hasInlet = false

    static let no2 = Weakness(spike: 900, invalid: 6553.5, driftPerHour: 10, hasInlet: true)
    static let fineDust = Weakness(spike: 1200, invalid: 6553.5, driftPerHour: 10, hasInlet: true)
    static let coarseDust = Weakness(spike: 2400, invalid: 6553.5, driftPerHour: 15, hasInlet: true)
    static let temperature = Weakness(spike: 90, invalid: -127, driftPerHour: 1, step: 8)
    /// Down: at its upper end there is no room.
    static let humidity = Weakness(spike: 90, invalid: 255, driftPerHour: -3)
    static let speed = Weakness(spike: 400, invalid: 655.3)
    static let fillLevel = Weakness(spike: 150, invalid: 255)
    /// Underground no sun reaches it.
    static let binTemperature = Weakness(spike: 90, invalid: -127)
    static let battery = Weakness(spike: 100, invalid: 255)
}
