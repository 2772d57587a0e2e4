import ArgumentParser
import Simulation
import Telemetry

/// Which street `poort simulate` plays.
struct StreetOptions: ParsableArguments {
    @Option(help: "Air stations: no2, pm2_5, pm10, temperature, humidity.")
    var air = 5

    @Option(help: "Traffic counters: vehicles, heavy ones, bicycles, pedestrians, speed.")
    var traffic = 3

    @Option(help: "Waste bins, over The Things Stack: fill_level, temperature, battery.")
    var bins = 3

    @Option(help: "How often an air station reports; 10s when not given.", transform: DurationText.milliseconds)
    var airInterval: Int64 = 10_000

    @Option(help: "How often a traffic counter reports; 60s when not given.", transform: DurationText.milliseconds)
    var trafficInterval: Int64 = 60_000

    @Option(help: "How often a bin reports; 15m when not given.", transform: DurationText.milliseconds)
    var binInterval: Int64 = 900_000

    @Option(help: "Over how many neighbourhoods they are spread, 1 to 6; sensors are compared within one.")
    var neighbourhoods = 6

    @Option(help: "Divide all intervals by this, to see much in little time.")
    var speedUp = 1.0

    @Option(help: "The same seed gives the same street.")
    var seed: UInt64 = 1

    @Option(help: "Whose days people live by; by default that of --config, else Europe/Amsterdam.")
    var timezone: String?

    func validate() throws {
        for (name, count) in [("--air", air), ("--traffic", traffic), ("--bins", bins)]
        where !(0...StreetOptions.maximumCount).contains(count) {
            throw ValidationError("\(name) \(count): use 0 to \(StreetOptions.maximumCount)")
        }
        if air + traffic + bins == 0 {
            throw ValidationError("an empty street says nothing: give --air, --traffic or --bins")
        }
        guard (1...6).contains(neighbourhoods) else {
            throw ValidationError("--neighbourhoods \(neighbourhoods): use 1 to 6")
        }
        guard speedUp.isFinite, speedUp >= 1 else { throw ValidationError("--speed-up \(speedUp): use 1 or more") }
        for (name, interval) in [
            ("--air-interval", airInterval), ("--traffic-interval", trafficInterval), ("--bin-interval", binInterval),
        ] where scaled(interval) < StreetOptions.shortestMilliseconds {
            throw ValidationError(
                "\(name) is \(scaled(interval)) ms with --speed-up; use at least \(StreetOptions.shortestMilliseconds) ms"
            )
        }
        if let timezone, !DayCalendar.isKnownTimeZone(timezone) {
            throw ValidationError("the system has no time zone \(timezone); use a name such as Europe/Amsterdam")
        }
    }

    private static let maximumCount = 1000
    /// What a configuration takes as an interval.
    private static let shortestMilliseconds: Int64 = 100

    private func scaled(_ milliseconds: Int64) -> Int64 { Int64((Double(milliseconds) / speedUp).rounded()) }

    /// The street, in the process's time zone, which must be set before.
    func street(faults: Faults) -> Street {
        var street = Street(calendar: .local)
        street.counts = [.air: air, .traffic: traffic, .bin: bins]
        street.intervals = [.air: scaled(airInterval), .traffic: scaled(trafficInterval), .bin: scaled(binInterval)]
        street.neighbourhoodCount = neighbourhoods
        street.seed = seed
        street.faults = faults
        return street
    }
}

/// What goes wrong in it.
struct FaultOptions: ParsableArguments {
    @Option(help: "Share of messages with a value far off, 0 to 1.")
    var spikes = 0.0

    @Option(help: "Share with what a sensor says whose wire is off.")
    var outOfRange = 0.0

    @Option(help: "Share with null for a value.")
    var missing = 0.0

    @Option(help: "Share whose payload ends in the middle.")
    var broken = 0.0

    @Option(help: "Share with a time a year ahead.")
    var clocksAhead = 0.0

    @Option(help: "Share with a time in 1970.")
    var clocksBehind = 0.0

    @Option(help: "Share that is sent twice.")
    var duplicates = 0.0

    @Option(help: "Share that is held for minutes and then sent in one go, with the old times.")
    var late = 0.0

    @Option(help: "Share of a device's time in which a sensor repeats one value for 14 to 30 h.")
    var stuck = 0.0

    @Option(help: "… in which no2 or dust hardly moves for 6 to 12 h.")
    var damped = 0.0

    @Option(help: "… in which a value goes off further and further, for 18 to 30 h.")
    var drift = 0.0

    @Option(help: "… in which a temperature is 8 °C up, for 2 to 6 h.")
    var steps = 0.0

    @Option(help: "… in which fog passes for dust, for 2 to 6 h.")
    var fog = 0.0

    @Option(help: "… in which the device is dead, for 3 to 8 h.")
    var gaps = 0.0

    @Option(help: "Share of a traffic counter's reports before which its totals fall to 0.")
    var resets = 0.0

    @Option(help: "Share of the traffic counters whose totals have 16 bits.")
    var narrowCounters = 0.0

    func validate() throws {
        for (name, rate) in [
            ("--spikes", spikes), ("--out-of-range", outOfRange), ("--missing", missing), ("--broken", broken),
            ("--clocks-ahead", clocksAhead), ("--clocks-behind", clocksBehind), ("--duplicates", duplicates),
            ("--late", late), ("--stuck", stuck), ("--damped", damped), ("--drift", drift), ("--steps", steps),
            ("--fog", fog), ("--gaps", gaps), ("--resets", resets), ("--narrow-counters", narrowCounters),
        ] where !(0...1).contains(rate) {
            throw ValidationError("\(name) \(rate): it is a share, from 0 (never) to 1 (always), such as 0.01")
        }
    }

    var faults: Faults {
        var faults = Faults()
        faults.spikes = spikes
        faults.outOfRange = outOfRange
        faults.missing = missing
        faults.broken = broken
        faults.clocksAhead = clocksAhead
        faults.clocksBehind = clocksBehind
        faults.duplicates = duplicates
        faults.late = late
        faults.stuck = stuck
        faults.damped = damped
        faults.drift = drift
        faults.steps = steps
        faults.fog = fog
        faults.gaps = gaps
        faults.resets = resets
        faults.narrowCounters = narrowCounters
        return faults
    }
}
