import Privacy
import Processing
import Telemetry

/// What the core needs of the configuration.
struct CoreSettings: Sendable {
    /// How long after its end a window stays open, in milliseconds.
    var latenessMilliseconds: Int64 = 10_000
    /// How long a late window waits for more late readings, in milliseconds.
    var lateDelayMilliseconds: Int64 = 5000
    /// How far a device's clock may be ahead of the gateway's, in milliseconds; for what could not be judged at once.
    var clockAheadMilliseconds: Int64 = 300_000
    /// When the gateway's own clock is believed.
    var clockPolicy = ClockTrust.Policy.auto
    var calendar = DayCalendar.local
    /// How long raw readings and aggregates are kept, in milliseconds; what is absent is kept for ever.
    var rawRetentionMilliseconds: Int64?
    var tierRetentionMilliseconds: [Tier: Int64] = [:]
    /// What the file may use; nil for as much as there is.
    var quota: QuotaSettings?
    /// How old readings are when they are sealed, in milliseconds.
    var sealAfterMilliseconds: Int64 = 3_600_000
    /// Of what length the stretches are that are sealed together, in milliseconds: what begins with one needs not be cut
    /// where retention ends.
    var sealingUnitMilliseconds: Int64 = 3_600_000
    /// How many rows are looked at in one go to be sealed: a quarter of a second's work.
    var rowsInOneSealing = 250_000
    /// And for each series that the file has, however many these are.
    var rowsOfSeriesInOneSealing = 64
    /// Hexadecimal.
    var configurationFingerprint = ""
    var wear = WearSettings()
    /// How many late minute-series are computed in one go, so that a backlog does not hold up a commit.
    var lateWindowsInOneGo = 2000

    /// How many readings, of all series, are passed over for late readings in one go, about: a fifth of a second's work.
    var reviewRowsInOneGo = 1_000_000

    /// How many readings, of all series, a window may have for its percentiles to be looked for in them, six times each.
    var readingsInOneSearch = 500_000

    /// The quantity of a series in the file with the limits that apply to it; nil where the configuration knows none.
    var quantity: @Sendable (SeriesPlace) -> Quantity? = { _ in nil }

    /// Who gets aggregates, and how long they are kept for it, in milliseconds; nil without a limit.
    var partners: [(name: String, backlogMilliseconds: Int64?)] = []
    /// For readings that are put aside by themselves, with their series' names: a former version may have let any in.
    var mask = PersonalDataMask.standard

    /// Which times of readings can be right.
    var timeGate: TimeGate {
        TimeGate(
            aheadToleranceMilliseconds: clockAheadMilliseconds, retentionMilliseconds: rawRetentionMilliseconds)
    }

    /// The fingerprint as the file keeps it.
    var configurationNumber: Int64 { Int64(bitPattern: UInt64(configurationFingerprint, radix: 16) ?? 0) }
}
