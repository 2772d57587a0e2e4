/// Durations and sizes as the configuration writes them: a number and a unit in a string.
public enum Measure {
    private static let durations: [(suffix: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("y", 31_557_600_000),
    ]

    private static let sizes: [(suffix: String, bytes: Int64)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
        ("kB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1),
    ]

    /// Milliseconds; nil when the text is not a duration.
    static func duration(_ text: String) -> Int64? {
        for (suffix, factor) in durations where text.hasSuffix(suffix) {
            guard let number = whole(text.dropLast(suffix.count)) else { continue }
            let (product, overflow) = number.multipliedReportingOverflow(by: factor)
            return overflow ? nil : product
        }
        return nil
    }

    /// Bytes; nil when the text is not a size.
    static func size(_ text: String) -> Int64? {
        for (suffix, factor) in sizes where text.hasSuffix(suffix) {
            guard let number = whole(text.dropLast(suffix.count)) else { continue }
            let (product, overflow) = number.multipliedReportingOverflow(by: factor)
            return overflow ? nil : product
        }
        return nil
    }

    private static func whole(_ text: Substring) -> Int64? {
        guard let number = Int64(text), number >= 0, text.first != "+" else { return nil }
        return number
    }

    /// A duration as a person would write it: `10s`, `2h`.
    public static func text(milliseconds: Int64) -> String {
        for (suffix, factor) in durations.reversed() where milliseconds >= factor && milliseconds % factor == 0 {
            return "\(milliseconds / factor)\(suffix)"
        }
        return "\(milliseconds)ms"
    }
}
