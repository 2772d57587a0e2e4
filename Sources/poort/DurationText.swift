import ArgumentParser

/// A stretch of time as a person types it: `90s`, `30m`, `24h`, `7d`.
enum DurationText {
    private static let units: [Character: Int64] = ["s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000]

    static func milliseconds(_ text: String) throws -> Int64 {
        if text.hasSuffix("ms"), let number = Int64(text.dropLast(2)), number > 0 { return number }
        guard let unit = text.last.flatMap({ units[$0] }), let number = Double(text.dropLast()), number > 0,
            number < 1e6
        else { throw ValidationError("\(text) is not a duration such as 90s, 30m, 24h or 7d") }
        return Int64(number * Double(unit))
    }
}
