import Telemetry

/// A metric as a message carries it. Source: sparkplug_b.proto, `Payload.Metric`.
struct SparkplugMetric {
    private(set) var name: UnsafeRawBufferPointer?
    private(set) var alias: UInt64?
    /// Milliseconds since 1970; nil where it is left out, or 0.
    private(set) var timestamp: UInt64?
    private(set) var datatype: SparkplugDatatype?
    private(set) var isHistorical = false
    private(set) var isTransient = false
    private(set) var isNull = false
    private(set) var unit: UnsafeRawBufferPointer?
    /// The sender says that the value is bad, or was read some time ago.
    private(set) var isOfBadQuality = false
    private var written: Written?

    private enum Written {
        case whole(UInt64, isLong: Bool)
        case number(Double)
        case boolean(Bool)
        case text(UnsafeRawBufferPointer)
        case composite(StaticString)
    }

    /// - Returns: nil for bytes that are no message.
    init?(_ bytes: UnsafeRawBufferPointer) {
        var reader = ProtobufReader(bytes)
        while let (number, value) = reader.next() {
            switch (number, value) {
            case (1, .bytes(let text)): name = text
            case (2, .varint(let number)): alias = number
            case (3, .varint(let milliseconds)): timestamp = milliseconds == 0 ? nil : milliseconds
            case (4, .varint(let code)): datatype = SparkplugDatatype(code: code)
            case (5, .varint(let flag)): isHistorical = flag != 0
            case (6, .varint(let flag)): isTransient = flag != 0
            case (7, .varint(let flag)): isNull = flag != 0
            case (9, .bytes(let properties)): read(SparkplugProperties(properties))
            case (10, .varint(let whole)): written = .whole(whole, isLong: false)
            case (11, .varint(let whole)): written = .whole(whole, isLong: true)
            case (12, .fixed32(let bits)): written = .number(Float(bitPattern: bits).decimal)
            case (13, .fixed64(let bits)): written = .number(Double(bitPattern: bits))
            case (14, .varint(let flag)): written = .boolean(flag != 0)
            case (15, .bytes(let text)): written = .text(text)
            case (16, .bytes): written = .composite("bytes")
            case (17, .bytes): written = .composite("a data set")
            case (18, .bytes): written = .composite("a template")
            default: continue
            }
        }
        if reader.isMalformed { return nil }
    }

    private mutating func read(_ properties: SparkplugProperties) {
        unit = properties.unit
        isOfBadQuality = properties.isBad
    }

    /// Whether a whole number is either large or negative, which only its datatype could tell.
    func needsDatatype(_ datatype: SparkplugDatatype?) -> Bool {
        guard datatype == nil, case .whole(let bits, let isLong)? = written else { return false }
        return bits > (isLong ? UInt64(Int64.max) : UInt64(Int32.max))
    }

    /// - Parameter datatype: the metric's own, or that of its birth.
    func value(as datatype: SparkplugDatatype?) -> FieldValue {
        if isNull || isOfBadQuality { return .absent }
        switch written {
        case .whole(let bits, _): return datatype?.value(bits) ?? .number(Double(bits))
        case .number(let number): return .number(number)
        case .boolean(let truth): return .boolean(truth)
        case .text(let text): return .text(text)
        case .composite(let name): return .composite(name)
        case nil: return .composite("no value")
        }
    }
}

/// What the bits of a whole number stand for: protobuf's field is unsigned whatever it carries.
enum SparkplugDatatype {
    case int8
    case int16
    case int32
    case int64
    /// Of any size.
    case unsigned
    case boolean
    case dateTime
    /// What the field tells that carries it.
    case other

    /// - Returns: nil for 0, which says nothing. Source: Sparkplug 3.0, 6.4.16.
    init?(code: UInt64) {
        switch code {
        case 0: return nil
        case 1: self = .int8
        case 2: self = .int16
        case 3: self = .int32
        case 4: self = .int64
        case 5...8: self = .unsigned
        case 11: self = .boolean
        case 13: self = .dateTime
        default: self = .other
        }
    }

    fileprivate func value(_ bits: UInt64) -> FieldValue {
        switch self {
        case .int8: .number(Double(Int8(truncatingIfNeeded: bits)))
        case .int16: .number(Double(Int16(truncatingIfNeeded: bits)))
        case .int32: .number(Double(Int32(truncatingIfNeeded: bits)))
        case .int64: .number(Double(Int64(bitPattern: bits)))
        case .boolean: .boolean(bits != 0)
        case .dateTime: .composite("a date")
        case .unsigned, .other: .number(Double(bits))
        }
    }
}

extension Float {
    /// The shortest decimal that is this number, as the sensor meant it: 27.2, not 27.200000762939453.
    fileprivate var decimal: Double { Double(description) ?? Double(self) }
}
