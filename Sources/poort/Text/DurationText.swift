import ArgumentParser
import GatewayConfiguration

/// A stretch of time as a person types it: `90s`, `30m`, `24h`, `7d`, `3y`; with a fraction as well.
enum DurationText {
    /// As far as the wall clock's years have four digits.
    private static let longest = 1e6 * 86_400_000

    static func milliseconds(_ text: String) throws -> Int64 {
        let digits = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        // The units are those of the configuration.
        guard let number = Double(digits), let unit = Measure.duration("1\(text.dropFirst(digits.count))"),
            case let milliseconds = number * Double(unit), milliseconds >= 1, milliseconds < longest
        else { throw ValidationError("\(text) is not a duration such as 90s, 30m, 24h, 7d or 3y") }
        return Int64(milliseconds)
    }
}
