/// How far a sensor may be from the median of the same quantity's other sensors in its neighbourhood.
///
/// No test of QARTOD. Finds what drifts, which no test on a single series can.
public struct PeerSpreadLimits: Hashable, Sendable {
    /// In the quantity's unit; what is farther from the median is suspect. Nil or 0 disables the level.
    public var suspect: Double?
    public var fail: Double?
    /// What is added to both, as a share of the median's size: where much is measured, places differ by more.
    public var relative: Double
    /// With fewer peers the test is not evaluated.
    public var minimumPeers: Int
    /// How old a peer's reading may be, in milliseconds.
    public var ageMilliseconds: Int64

    public init(
        suspect: Double? = nil, fail: Double? = nil, relative: Double = 0, minimumPeers: Int = 3,
        ageMilliseconds: Int64 = 900_000
    ) {
        self.suspect = suspect
        self.fail = fail
        self.relative = relative
        self.minimumPeers = minimumPeers
        self.ageMilliseconds = ageMilliseconds
    }
}
