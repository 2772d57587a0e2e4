import Telemetry

/// What the core has done since it was made.
struct CoreFigures: Sendable {
    var messages = 0
    var readings = 0
    var commits = 0
    var closedWindows: [Tier: Int] = [:]
    /// Windows whose aggregate was corrected after it had been written.
    var revisions = 0
    var removedReadings = 0
    /// Readings and windows of aggregates.
    var removedForQuota = 0
    /// Readings that are in segments now, and the bytes of these.
    var sealedReadings = 0
    var sealedBytes = 0
    /// Readings that no time can be told of, since the clock was never right in their boot.
    var undatable = 0
}
