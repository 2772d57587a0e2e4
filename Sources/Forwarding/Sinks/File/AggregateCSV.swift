import Telemetry

/// Rows as CSV with a fixed order of columns, into bytes that are used again. Source: RFC 4180.
struct AggregateCSV {
    let fields: [SharedField]
    private(set) var bytes: [UInt8] = []

    init(_ fields: SharedFields) {
        self.fields = SharedField.allCases.filter { fields.contains($0) }
    }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    static let names = [
        "key", "gateway", "device", "type", "neighbourhood", "site", "lat", "lon", "quantity", "unit", "tier", "start",
        "end", "revision",
    ]

    mutating func appendHeader() { appendLine(AggregateCSV.names + fields.map(\.name)) }

    mutating func append(_ row: SharedAggregate) {
        let series = row.series
        let location = series.location
        appendLine(
            [
                row.key, series.gateway, series.device, series.deviceType, series.neighbourhood, series.site,
                location.map { JSONLine.number($0.latitude) } ?? "",
                location.map { JSONLine.number($0.longitude) } ?? "",
                series.quantity, series.unit, row.window.tier.name, row.window.start.description,
                row.window.end.description, "\(row.revision)",
            ] + fields.map { AggregateCSV.text(row[$0]) })
    }

    private static func text(_ value: SharedField.Value?) -> String {
        switch value {
        case nil: ""
        case .number(let number): JSONLine.number(number)
        case .integer(let number): String(number)
        case .boolean(let isTrue): isTrue ? "true" : "false"
        case .time(let time): time.description
        }
    }

    private mutating func appendLine(_ values: [String]) {
        for (index, value) in values.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(value)
        }
        bytes += [0x0D, 0x0A]
    }

    private mutating func append(_ value: String) {
        let isPlain = value.utf8.allSatisfy { $0 != UInt8(ascii: ",") && $0 != UInt8(ascii: "\"") && $0 >= 0x20 }
        if isPlain { return bytes.append(contentsOf: value.utf8) }
        bytes.append(UInt8(ascii: "\""))
        for byte in value.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
