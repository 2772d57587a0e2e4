import Processing

/// What the configuration says of wear, for the core.
struct WearSettings: Sendable, Hashable {
    /// In milliseconds.
    var commitInterval: Int64 = 1000
    var budgetBytesPerDay: Int64?
    var keepAliveSeconds = 60

    /// Longer nothing waits, whatever the keepalive: what is not committed is not to be seen.
    static let longestInterval: Int64 = 30_000

    var rules: FlashBudget.Rules {
        FlashBudget.Rules(
            bytesPerDay: budgetBytesPerDay, interval: commitInterval,
            longest: min(WearSettings.longestInterval, Int64(keepAliveSeconds) * 500))
    }
}
