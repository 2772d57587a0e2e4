public import Telemetry

/// A reading as a segment keeps it: what a row of `readings` holds besides its series.
public struct SealedReading: Hashable, Sendable {
    public var time: Timestamp
    /// Kept bit for bit, whatever it is.
    public var value: Double
    /// Kept beside the tests: a reading of an older file has a flag and no tests, and which flag tests make together
    /// may change from one version to the next.
    public var flag: QualityFlag
    public var tests: QualityTests

    public init(time: Timestamp, value: Double, flag: QualityFlag, tests: QualityTests) {
        self.time = time
        self.value = value
        self.flag = flag
        self.tests = tests
    }
}
