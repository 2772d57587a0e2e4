public import Telemetry

/// How full a container was at a moment: a usable reading, or the last of a quarter.
public struct FillReading: Hashable, Sendable {
    public var time: Timestamp
    /// Percent.
    public var level: Double

    public init(time: Timestamp, level: Double) {
        self.time = time
        self.level = level
    }
}
