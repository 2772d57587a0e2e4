/// One measured value, in its quantity's canonical unit. Plain memory: it is copied through the ring.
public struct Reading: Sendable, Hashable {
    public var series: SeriesNumber
    /// Who says when it was measured.
    public var timeOrigin: TimeOrigin
    public var flag: QualityFlag
    /// When it was measured.
    public var time: Timestamp
    /// Finite.
    public var value: Double
    public var tests: QualityTests

    public enum TimeOrigin: UInt8, Sendable {
        /// The payload carries it, so that a redelivered reading is recognised by its time.
        case device
        /// The gateway's time of receipt, for payloads without one.
        case receipt
    }

    @inlinable
    public init(
        series: SeriesNumber, time: Timestamp, value: Double, timeOrigin: TimeOrigin = .device,
        flag: QualityFlag = .unknown, tests: QualityTests = QualityTests()
    ) {
        self.series = series
        self.timeOrigin = timeOrigin
        self.flag = flag
        self.time = time
        self.value = value
        self.tests = tests
    }
}
