import Telemetry

/// Writes rows as lines. Source: https://docs.influxdata.com/influxdb/v2/reference/syntax/line-protocol/.
///
///     pm2_5,device=aq-0001,gateway=stadshagen-01,tier=15m,unit=ug/m3 count=90i,mean=4.25,revision=1i 1795824000000
struct LineProtocolWriter: ~Copyable {
    private var lines = ByteBuffer()
    private var prefixes = LineProtocolPrefixes()
    private let precision: LineProtocolPrecision
    private let correction: LineProtocolOptions.Correction
    /// `count=`, `suspect=`, …, one behind the other, by the raw value of the field.
    private let names: [UInt8]
    private let nameRanges: [Range<Int>]

    init(_ precision: LineProtocolPrecision, _ correction: LineProtocolOptions.Correction) {
        self.precision = precision
        self.correction = correction
        var names: [UInt8] = []
        var ranges: [Range<Int>] = []
        for field in SharedField.allCases {
            let start = names.count
            names += Array("\(field.name)=".utf8)
            ranges.append(start..<names.count)
        }
        self.names = names
        nameRanges = ranges
    }

    /// The lines of these rows, until the next call.
    mutating func write(_ rows: [SharedAggregate]) -> UnsafeBufferPointer<UInt8> {
        lines.removeAll()
        for row in rows { write(row) }
        return lines.bytes
    }

    private static let roomForFields = (SharedField.allCases.count + 2) * (20 + ByteBuffer.longestNumber)

    private mutating func write(_ row: SharedAggregate) {
        prefixes.withPrefix(row.series, row.window.tier) { prefix in
            lines.reserve(prefix.count + LineProtocolWriter.roomForFields)
            lines.append(prefix)
        }
        names.withUnsafeBufferPointer { names in
            row.forEachField { field, value in
                lines.append(UnsafeBufferPointer(rebasing: names[nameRanges[Int(field.rawValue)]]))
                switch value {
                case .number(let number):
                    lines.append(number)
                case .integer(let number):
                    lines.append(Int64(number))
                    lines.append(UInt8(ascii: "i"))
                case .time(let time):
                    lines.append(time.milliseconds)
                    lines.append(UInt8(ascii: "i"))
                case .boolean(let isTrue):
                    (isTrue ? LineProtocolWriter.yes : LineProtocolWriter.no).withUTF8Buffer { lines.append($0) }
                }
                lines.append(UInt8(ascii: ","))
            }
        }
        LineProtocolWriter.revision.withUTF8Buffer { lines.append($0) }
        lines.append(Int64(row.revision))
        lines.append(UInt8(ascii: "i"))
        lines.append(UInt8(ascii: " "))
        lines.append(precision.number(of: time(of: row)))
        lines.append(UInt8(ascii: "\n"))
    }

    private func time(of row: SharedAggregate) -> Timestamp {
        switch correction {
        case .replaces: row.window.start
        // VictoriaMetrics removes duplicates within stretches that begin behind a whole second and end with the next.
        case .follows: row.window.start + min(Int64(row.revision), 1000)
        }
    }

    private static var yes: StaticString { "true" }
    private static var no: StaticString { "false" }
    private static var revision: StaticString { "revision=" }
}
