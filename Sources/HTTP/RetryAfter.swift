/// How long a server wants to be left alone. Source: RFC 9110, 10.2.3.
public enum RetryAfter {
    /// What is asked for beyond this is not granted: a day.
    public static let longestMilliseconds: Int64 = 86_400_000

    /// Reads the header's value: seconds, or a date.
    /// - Parameter now: what the date is counted from, in milliseconds since 1970.
    /// - Returns: 0 to ``longestMilliseconds``; nil where it is neither.
    public static func milliseconds(_ text: String, now: Int64) -> Int64? {
        let text = text.drop { $0 == " " }
        let isNumber = !text.isEmpty && text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 }
        if isNumber {
            guard let seconds = Int64(text), seconds < longestMilliseconds / 1000 else { return longestMilliseconds }
            return seconds * 1000
        }
        guard let date = HTTPDate.milliseconds(String(text), now: now) else { return nil }
        return min(max(date - now, 0), longestMilliseconds)
    }
}

extension HTTPResponse {
    /// How long the server wants to be left alone, in milliseconds; nil where it does not say. A date is counted from the
    /// server's own clock where it tells that, since ours may be wrong.
    public func retryAfterMilliseconds(now: Int64) -> Int64? {
        guard let text = header("Retry-After") else { return nil }
        let serverTime = header("Date").flatMap { HTTPDate.milliseconds($0, now: now) }
        return RetryAfter.milliseconds(text, now: serverTime ?? now)
    }
}
