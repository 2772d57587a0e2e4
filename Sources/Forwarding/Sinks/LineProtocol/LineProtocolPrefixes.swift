import Telemetry

/// What stands at the beginning of each line of a series and tier: measurement and tags, escaped once and kept.
///
/// Source: https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/, "Special characters".
struct LineProtocolPrefixes {
    /// When more is to be kept, all of it goes and is made anew.
    static let mostBytes = 1 << 20

    private var bytes: [UInt8] = []
    private var places: [Key: Place] = [:]
    private var last: (series: SharedSeries, tier: Tier, range: Range<Int>)?

    private struct Key: Hashable {
        var series: ObjectIdentifier
        var tier: Tier
    }

    private struct Place {
        /// Kept, so that no other takes its address.
        var series: SharedSeries
        var range: Range<Int>
    }

    /// Lends the prefix, a space at its end.
    @inline(__always)
    mutating func withPrefix(_ series: SharedSeries, _ tier: Tier, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        let range: Range<Int>
        if let last, last.series === series, last.tier == tier {
            range = last.range
        } else {
            range = find(series, tier)
            last = (series, tier, range)
        }
        bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range])) }
    }

    private mutating func find(_ series: SharedSeries, _ tier: Tier) -> Range<Int> {
        let key = Key(series: ObjectIdentifier(series), tier: tier)
        if let place = places[key] { return place.range }
        if bytes.count > LineProtocolPrefixes.mostBytes {
            bytes.removeAll()
            places.removeAll()
        }
        let start = bytes.count
        bytes += LineProtocolPrefixes.prefix(series, tier)
        let range = start..<bytes.count
        places[key] = Place(series: series, range: range)
        return range
    }

    /// Tags in the order of their names, which spares the server sorting them.
    private static func prefix(_ series: SharedSeries, _ tier: Tier) -> [UInt8] {
        let tags = [
            ("device", series.device), ("gateway", series.gateway), ("neighbourhood", series.neighbourhood),
            ("site", series.site), ("tier", tier.name), ("type", series.deviceType), ("unit", series.unit),
        ]
        var line = escaped(series.quantity, special: ", ")
        // Else it would be a comment.
        if line.first == UInt8(ascii: "#") { line[0] = UInt8(ascii: "_") }
        for (name, value) in tags where !value.isEmpty {
            line += Array(",\(name)=".utf8) + escaped(value, special: ", =")
        }
        return line + [UInt8(ascii: " ")]
    }

    /// Control characters cannot stand in a line at all, and a backslash where another escape could be read into it: before a
    /// special character or another backslash, and at the end, since servers differ in what they make of it. An underscore
    /// stands for them.
    private static func escaped(_ text: String, special: String) -> [UInt8] {
        let substitute = UInt8(ascii: "_")
        let backslash = UInt8(ascii: "\\")
        var result: [UInt8] = []
        let bytes = Array(text.utf8)
        for (index, byte) in bytes.enumerated() {
            let next = index + 1 < bytes.count ? bytes[index + 1] : backslash
            if byte < 0x20 || byte == 0x7F {
                result.append(substitute)
            } else if byte == backslash, next == backslash || ", =\"".utf8.contains(next) || next < 0x20 {
                result.append(substitute)
            } else {
                if special.utf8.contains(byte) { result.append(backslash) }
                result.append(byte)
            }
        }
        return result.isEmpty ? [substitute] : result
    }
}
