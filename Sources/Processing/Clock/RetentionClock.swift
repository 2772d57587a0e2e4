public import Telemetry

/// The time by which old readings are removed: the gateway's clock, once it is past doubt.
///
/// A box whose clock is in the future for an hour must not take that for age and empty its database. So a clock that
/// has jumped ahead is believed only after it has stood for a day; a clock that has gone back is believed at once, since
/// that removes nothing.
public struct RetentionClock: Sendable {
    /// The last time that was believed; to be kept over restarts.
    public private(set) var believed: Timestamp?
    private var doubtSince: Int64?

    /// An outage as long as this is not taken for a jump.
    static let tolerance: Int64 = 2 * 86_400_000
    static let probation: Int64 = 86_400_000

    /// - Parameter believed: what was kept, if anything was.
    public init(believed: Timestamp? = nil) {
        self.believed = believed
    }

    /// The time to remove by, now.
    /// - Parameters:
    ///   - wall: the gateway's clock.
    ///   - monotonic: a clock that never steps, in milliseconds.
    public mutating func read(wall: Timestamp, monotonic: Int64) -> Timestamp {
        guard let last = believed, wall - last > RetentionClock.tolerance else {
            believed = wall
            doubtSince = nil
            return wall
        }
        let since = doubtSince ?? monotonic
        doubtSince = since
        if monotonic - since >= RetentionClock.probation {
            believed = wall
            doubtSince = nil
            return wall
        }
        return last
    }
}
