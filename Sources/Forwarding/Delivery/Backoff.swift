/// How long to wait before the next attempt: twice as long at most after each failure, and anything from nothing to that, so
/// that a thousand gateways do not come back in step. Source: "Exponential Backoff and Jitter", AWS, 2015: full jitter.
struct Backoff: Sendable {
    private(set) var failures = 0
    var shortestMilliseconds: Int64 = 1000
    var longestMilliseconds: Int64 = 300_000

    /// What a server may ask for, at most.
    static let longestRequestMilliseconds: Int64 = 86_400_000

    /// - Parameter requested: how long the server wants to be left alone, in milliseconds; never less than that is waited.
    mutating func next(
        requested: Int64? = nil, using random: inout some RandomNumberGenerator
    ) -> Int64 {
        failures += 1
        let ceiling = min(
            longestMilliseconds, shortestMilliseconds << Int64(min(failures - 1, 20)))
        guard let requested else { return Int64.random(in: 0...ceiling, using: &random) }
        // Whoever was told the same second does not come back in it.
        let asked = min(max(requested, 0), Backoff.longestRequestMilliseconds)
        return asked + Int64.random(in: 0...max(shortestMilliseconds, asked / 10), using: &random)
    }

    mutating func succeeded() { failures = 0 }
}
