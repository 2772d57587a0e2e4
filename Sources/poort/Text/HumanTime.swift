import Telemetry

/// A moment as a person reads it.
enum HumanTime {
    /// UTC, to the second: `2026-11-23 10:00:00Z`.
    static func text(_ time: Timestamp) -> String {
        time.description.prefix(19).replacing("T", with: " ", maxReplacements: 1) + "Z"
    }
}
