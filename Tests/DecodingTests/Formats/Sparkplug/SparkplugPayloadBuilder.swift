/// Writes Sparkplug B payloads, field by field. Source: sparkplug_b.proto; Protocol Buffers, Encoding.
struct SparkplugPayloadBuilder {
    private(set) var bytes: [UInt8] = []

    static func payload(timestamp: UInt64? = nil, seq: UInt64? = 0, _ metrics: SparkplugPayloadBuilder...) -> [UInt8] {
        var payload = SparkplugPayloadBuilder()
        if let timestamp { payload.varint(1, timestamp) }
        for metric in metrics { payload.message(2, metric) }
        if let seq { payload.varint(3, seq) }
        return payload.bytes
    }

    enum Value {
        case int(UInt64)
        case long(UInt64)
        case float(Float)
        case double(Double)
        case boolean(Bool)
        case string(String)
        case dataSet
        case null
        case none
    }

    static func metric(
        _ name: String? = nil, alias: UInt64? = nil, timestamp: UInt64? = nil, datatype: UInt64? = nil, _ value: Value,
        historical: Bool? = nil, transient: Bool? = nil, unit: String? = nil, quality: UInt64? = nil
    ) -> SparkplugPayloadBuilder {
        var metric = SparkplugPayloadBuilder()
        if let name { metric.text(1, name) }
        if let alias { metric.varint(2, alias) }
        if let timestamp { metric.varint(3, timestamp) }
        if let datatype { metric.varint(4, datatype) }
        if let historical { metric.varint(5, historical ? 1 : 0) }
        if let transient { metric.varint(6, transient ? 1 : 0) }
        if unit != nil || quality != nil { metric.message(9, properties(unit: unit, quality: quality)) }
        switch value {
        case .int(let whole): metric.varint(10, whole)
        case .long(let whole): metric.varint(11, whole)
        case .float(let number): metric.fixed32(12, number.bitPattern)
        case .double(let number): metric.fixed64(13, number.bitPattern)
        case .boolean(let truth): metric.varint(14, truth ? 1 : 0)
        case .string(let text): metric.text(15, text)
        case .dataSet: metric.text(17, "")
        case .null: metric.varint(7, 1)
        case .none: break
        }
        return metric
    }

    private static func properties(unit: String?, quality: UInt64?) -> SparkplugPayloadBuilder {
        var set = SparkplugPayloadBuilder()
        set.text(1, "tooltip")
        if unit != nil { set.text(1, "engUnit") }
        if quality != nil { set.text(1, "Quality") }
        var tooltip = SparkplugPayloadBuilder()
        tooltip.varint(1, 12)
        tooltip.text(8, "of the lid")
        set.message(2, tooltip)
        if let unit {
            var value = SparkplugPayloadBuilder()
            value.varint(1, 12)
            value.text(8, unit)
            set.message(2, value)
        }
        if let quality {
            var value = SparkplugPayloadBuilder()
            value.varint(1, 3)
            value.varint(3, quality)
            set.message(2, value)
        }
        return set
    }

    // MARK: - Fields

    mutating func varint(_ number: UInt64, _ value: UInt64) {
        raw(number << 3)
        raw(value)
    }

    mutating func fixed64(_ number: UInt64, _ value: UInt64) {
        raw(number << 3 | 1)
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    mutating func fixed32(_ number: UInt64, _ value: UInt32) {
        raw(number << 3 | 5)
        withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }

    mutating func text(_ number: UInt64, _ text: String) {
        raw(number << 3 | 2)
        raw(UInt64(text.utf8.count))
        bytes += text.utf8
    }

    mutating func message(_ number: UInt64, _ message: SparkplugPayloadBuilder) {
        raw(number << 3 | 2)
        raw(UInt64(message.bytes.count))
        bytes += message.bytes
    }

    private mutating func raw(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
