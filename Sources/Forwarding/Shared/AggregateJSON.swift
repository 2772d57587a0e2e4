import Telemetry

/// Rows as JSON, into bytes that are used again: what stands in an MQTT or Kafka message, and in a line of a file.
///
///     {"key":"stadshagen-01/aq-0001/pm2_5/ug/m3/15m/2026-11-23T10:00:00.000Z","gateway":"stadshagen-01",
///      "device":"aq-0001","type":"air_quality","neighbourhood":"Stadshagen","site":"…",
///      "location":{"lat":52.5305,"lon":6.0595},"quantity":"pm2_5","unit":"ug/m3","tier":"15m","start":"…","end":"…",
///      "revision":1,"count":90,"mean":12.25,…}
///
/// What is unknown or not shared is absent, never null. Times are RFC 3339 in UTC with milliseconds. One thread.
public struct AggregateJSON: Sendable {
    public private(set) var bytes: [UInt8] = []

    public init() {
        bytes.reserveCapacity(1 << 16)
    }

    public static func text(_ row: SharedAggregate) -> String {
        var json = AggregateJSON()
        json.append(row)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    /// Keeps the room that the bytes take.
    public mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Appends bytes between rows: a line break, a comma.
    public mutating func append(byte: UInt8) { bytes.append(byte) }

    /// Appends one row's object, without a line break.
    public mutating func append(_ row: SharedAggregate) {
        let series = row.series
        let window = row.window
        put("{\"key\":\"")
        putKey(row)
        put("\",\"gateway\":")
        putQuoted(series.gateway)
        put(",\"device\":")
        putQuoted(series.device)
        putUnlessEmpty(",\"type\":", series.deviceType)
        putUnlessEmpty(",\"neighbourhood\":", series.neighbourhood)
        putUnlessEmpty(",\"site\":", series.site)
        if let location = series.location, location.latitude.isFinite, location.longitude.isFinite {
            put(",\"location\":{\"lat\":")
            putNumber(location.latitude)
            put(",\"lon\":")
            putNumber(location.longitude)
            put("}")
        }
        put(",\"quantity\":")
        putQuoted(series.quantity)
        put(",\"unit\":")
        putQuoted(series.unit)
        put(",\"tier\":\"")
        put(window.tier.name)
        put("\",\"start\":\"")
        putTime(window.start)
        put("\",\"end\":\"")
        putTime(window.end)
        put("\",\"revision\":")
        putInteger(row.revision)
        row.forEachField { field, value in
            put(",\"")
            put(field.name)
            put("\":")
            putValue(value)
        }
        put("}")
    }

    private mutating func putKey(_ row: SharedAggregate) {
        let series = row.series
        putEscaped(series.gateway)
        put("/")
        putEscaped(series.device)
        put("/")
        putEscaped(series.quantity)
        put("/")
        putEscaped(series.unit)
        put("/")
        put(row.window.tier.name)
        put("/")
        putTime(row.window.start)
    }

    private mutating func putUnlessEmpty(_ key: StaticString, _ value: String) {
        if value.isEmpty { return }
        put(key)
        putQuoted(value)
    }

    private mutating func putValue(_ value: SharedField.Value) {
        switch value {
        case .number(let number): putNumber(number)
        case .integer(let number): putInteger(number)
        case .boolean(let isTrue): put(isTrue ? "true" : "false")
        case .time(let time):
            put("\"")
            putTime(time)
            put("\"")
        }
    }

    private mutating func put(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func putQuoted(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        putEscaped(text)
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func putEscaped(_ text: String) {
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != 0x5C }
        if isPlain { return put(text) }
        bytes.append(contentsOf: JSONLine.quoted(text).utf8.dropFirst().dropLast())
    }

    private mutating func putNumber(_ value: Double) {
        if value == value.rounded(), abs(value) < 0x1p53 { return putInteger(Int(value)) }
        put(JSONLine.number(value))
    }

    private mutating func putInteger(_ value: Int) {
        var rest = value.magnitude
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        if rest < 10 { return bytes.append(UInt8(ascii: "0") + UInt8(rest)) }
        let start = bytes.count
        while rest > 0 {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            bytes.append(UInt8(ascii: "0") + UInt8(digit))
            rest = quotient
        }
        bytes[start...].reverse()
    }

    private mutating func putTime(_ time: Timestamp) { time.append(to: &bytes) }
}
