import Telemetry

/// A bound on what the database file may use, and between which marks it is kept.
struct QuotaSettings: Sendable, Hashable {
    var bytes: Int64
    /// Readings that are younger stay, whatever the quota, in milliseconds.
    var protectedMilliseconds: Int64 = 86_400_000

    /// Where removal begins: what is left holds what may come before the next look.
    var upperMark: Int64 { bytes - bytes / 40 }
    /// Down to where it goes on, so that it does not begin again at once.
    var lowerMark: Int64 { bytes - bytes / 20 }
}

/// How the quota stands.
struct QuotaStanding: Sendable, Hashable {
    enum Condition: String, Sendable {
        /// There is none.
        case none
        case within
        case removing
        /// All that may go has gone, and the file still uses more than it should.
        case tooSmall = "too_small"
    }

    var condition = Condition.none
    /// Readings that are older are not let in any more, since others of their minutes may have gone.
    var rawFloor = Timestamp.distantPast
}
