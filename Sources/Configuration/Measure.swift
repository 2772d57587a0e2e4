/// Durations, sizes and lengths as the configuration writes them: a number and a unit in a string.
public enum Measure {
    private static let durations: [(suffix: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("y", 31_557_600_000),
    ]

    private static let sizes: [(suffix: String, bytes: Int64)] = [
        ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40),
        ("kB", 1000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("B", 1),
    ]

    private static let lengths: [(suffix: String, millimetres: Double)] = [("mm", 1), ("cm", 10), ("m", 1000)]

    /// Milliseconds of a whole number and a unit, `ms` to `y`, years being 365.25 days; nil when the text is not a duration.
    public static func duration(_ text: String) -> Int64? {
        for (suffix, factor) in durations where text.hasSuffix(suffix) {
            guard let number = whole(text.dropLast(suffix.count)) else { continue }
            let (product, overflow) = number.multipliedReportingOverflow(by: factor)
            return overflow ? nil : product
        }
        return nil
    }

    /// Bytes; nil when the text is not a size.
    public static func size(_ text: String) -> Int64? {
        for (suffix, factor) in sizes where text.hasSuffix(suffix) {
            guard let number = whole(text.dropLast(suffix.count)) else { continue }
            let (product, overflow) = number.multipliedReportingOverflow(by: factor)
            return overflow ? nil : product
        }
        return nil
    }

    /// Millimetres; nil when the text is not a length. Here alone a number may have a fraction: nobody measures a
    /// container of 1.8 m in another unit.
    static func length(_ text: String) -> Double? {
        for (suffix, factor) in lengths where text.hasSuffix(suffix) {
            if let number = decimal(text.dropLast(suffix.count)) { return number * factor }
        }
        return nil
    }

    private static func whole(_ text: Substring) -> Int64? {
        guard let number = Int64(text), number >= 0, text.first != "+" else { return nil }
        return number
    }

    private static func decimal(_ text: Substring) -> Double? {
        let isDecimal =
            text.count <= 15 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E }
            && text.first != "." && text.last != "."
        return isDecimal ? Double(text) : nil
    }

    /// A duration as a person would write it: `10s`, `2h`.
    public static func text(milliseconds: Int64) -> String {
        for (suffix, factor) in durations.reversed() where milliseconds >= factor && milliseconds % factor == 0 {
            return "\(milliseconds / factor)\(suffix)"
        }
        return "\(milliseconds)ms"
    }

    /// A size in the largest binary unit that leaves no fraction: `64KiB`.
    public static func text(bytes: Int64) -> String {
        for (suffix, factor) in sizes.prefix(4).reversed() where bytes >= factor && bytes % factor == 0 {
            return "\(bytes / factor)\(suffix)"
        }
        return "\(bytes)B"
    }
}

// MARK: - What was meant

extension Measure {
    /// `10 sec` is `10s`, `1.5h` is `90m`; nil where nothing is near.
    static func respelledDuration(_ text: String) -> String? {
        guard let (number, word) = parts(of: text) else { return nil }
        let unit: Int64? =
            switch word {
            case "ms", "msec", "millis", "millisecond", "milliseconds": 1
            case "s", "sec", "secs", "second", "seconds": 1000
            case "m", "min", "mins", "minute", "minutes": 60_000
            case "h", "hr", "hrs", "hour", "hours": 3_600_000
            case "d", "day", "days": 86_400_000
            case "w", "week", "weeks": 7 * 86_400_000
            case "y", "yr", "year", "years": 31_557_600_000
            default: nil
            }
        guard let unit, let milliseconds = Int64(exactly: (number * Double(unit)).rounded()) else { return nil }
        return Measure.text(milliseconds: milliseconds)
    }

    static func respelledSize(_ text: String) -> String? {
        guard let (number, word) = parts(of: text), number == number.rounded(), number < 1e9 else { return nil }
        let suffix: String? =
            switch word {
            case "b", "byte", "bytes": "B"
            case "k", "kb": "kB"
            case "kib": "KiB"
            case "m", "mb": "MB"
            case "mib": "MiB"
            case "g", "gb": "GB"
            case "gib": "GiB"
            default: nil
            }
        return suffix.map { "\(Int(number))\($0)" }
    }

    /// `2 GiB`, `2GiB per day` and `2GiB/d` are `2GiB/day`; nil where nothing is near.
    static func respelledPerDay(_ text: String) -> String? {
        let plain = text.lowercased().filter { $0 != " " }
        let ending = ["perday", "aday", "/day", "/d", "daily"].first { plain.hasSuffix($0) } ?? ""
        return respelledSize(String(plain.dropLast(ending.count))).map { "\($0)/day" }
    }

    static func respelledLength(_ text: String) -> String? {
        guard let (number, word) = parts(of: text), number < 1e9 else { return nil }
        let millimetres: Double? =
            switch word {
            case "mm", "millimeter", "millimeters", "millimetre", "millimetres": number
            case "cm", "centimeter", "centimeters", "centimetre", "centimetres": number * 10
            case "m", "meter", "meters", "metre", "metres": number * 1000
            default: nil
            }
        return millimetres.map { "\(Int($0.rounded()))mm" }
    }

    /// The number and the word behind it, in lower case, whatever stands between them.
    private static func parts(of text: String) -> (number: Double, word: String)? {
        let plain = text.lowercased().filter { $0 != " " }
        let digits = plain.prefix { $0.isASCII && ($0.isNumber || $0 == "." || $0 == ",") }
        guard digits.count <= 15, let number = Double(digits.replacing(",", with: ".")) else { return nil }
        return (number, String(plain.dropFirst(digits.count)))
    }
}
