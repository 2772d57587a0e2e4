import Telemetry

/// A record as it stands in a pack. Its texts are valid while the payload's document is. Source: RFC 8428, 4.1, 4.2 and
/// 5.
struct SenMLRecord {
    private(set) var baseName: UnsafeRawBufferPointer?
    private(set) var baseTime: Double?
    private(set) var baseUnit: UnsafeRawBufferPointer?
    private(set) var baseValue: Double?
    private(set) var baseSum: Double?
    private(set) var baseVersion: Int64?
    private(set) var name: UnsafeRawBufferPointer?
    private(set) var unit: UnsafeRawBufferPointer?
    private(set) var sum: Double?
    private(set) var time: Double?
    private(set) var updateTime: Double?
    private(set) var value = SenMLValue.none
    /// Of the labels `v`, `vs`, `vb` and `vd`, of which a record has one.
    private(set) var valueCount = 0

    /// By the bytes of the label.
    private enum Label: UInt32 {
        case baseVersion = 0x6276_6572  // bver
        case baseName = 0x626E  // bn
        case baseTime = 0x6274  // bt
        case baseUnit = 0x6275  // bu
        case baseValue = 0x6276  // bv
        case baseSum = 0x6273  // bs
        case name = 0x6E  // n
        case unit = 0x75  // u
        case value = 0x76  // v
        case stringValue = 0x7673  // vs
        case booleanValue = 0x7662  // vb
        case dataValue = 0x7664  // vd
        case sum = 0x73  // s
        case time = 0x74  // t
        case updateTime = 0x7574  // ut

        init?(_ label: UnsafeRawBufferPointer) {
            guard label.count <= 4 else { return nil }
            self.init(rawValue: label.reduce(0) { $0 << 8 | UInt32($1) })
        }
    }

    /// Reads the labels of a record.
    /// - Returns: what makes it, and with it the pack, one that nobody can be sure to understand; nil when all is well.
    mutating func read(_ json: JSONValue) -> String? {
        guard json.kind == .object else { return "is \(json.fieldValue.shown), not an object" }
        var complaint: String?
        json.forEachField { label, value in
            guard complaint == nil else { return }
            guard let known = Label(label) else {
                // RFC 8428, 4.4: what ends in `_` must be understood; the rest may be ignored.
                if label.last == UInt8(ascii: "_") {
                    complaint = "has \(label.text.excerpt), a label that must be understood and is not"
                }
                return
            }
            if has(known) {
                complaint = "has \(label.text.excerpt) twice"
            } else if !take(value, for: known) {
                complaint = "has \(value.fieldValue.shown) for \(label.text.excerpt), which is of another type"
            }
        }
        return complaint
    }

    /// Two values are the record's own affair; see ``valueCount``.
    private func has(_ label: Label) -> Bool {
        switch label {
        case .baseVersion: baseVersion != nil
        case .baseName: baseName != nil
        case .baseTime: baseTime != nil
        case .baseUnit: baseUnit != nil
        case .baseValue: baseValue != nil
        case .baseSum: baseSum != nil
        case .name: name != nil
        case .unit: unit != nil
        case .sum: sum != nil
        case .time: time != nil
        case .updateTime: updateTime != nil
        case .value, .stringValue, .booleanValue, .dataValue: false
        }
    }

    private mutating func take(_ json: JSONValue, for label: Label) -> Bool {
        switch label {
        case .baseVersion: baseVersion = json.integer ?? json.number.flatMap(Int64.init(exactly:))
        case .baseName: baseName = json.string
        case .baseTime: baseTime = json.number
        case .baseUnit: baseUnit = json.string
        case .baseValue: baseValue = json.number
        case .baseSum: baseSum = json.number
        case .name: name = json.string
        case .unit: unit = json.string
        case .sum: sum = json.number
        case .time: time = json.number
        case .updateTime: updateTime = json.number
        case .value, .stringValue, .booleanValue, .dataValue: return takeValue(json, for: label)
        }
        return has(label)
    }

    private mutating func takeValue(_ json: JSONValue, for label: Label) -> Bool {
        valueCount += 1
        switch (label, json.kind) {
        case (.value, .number): value = .number(json.number ?? 0)
        // Against the letter, and what a sensor without a value sends all the same.
        case (.value, .null): value = .absent
        case (.stringValue, .string): value = .text
        case (.booleanValue, .bool): value = .boolean(json.isTrue)
        case (.dataValue, .string): value = .data
        default: return false
        }
        return true
    }
}

/// What a record tells. Texts and data are no measurements, so what they say is left in the payload.
enum SenMLValue: Hashable {
    /// A record with nothing but a sum.
    case none
    case number(Double)
    case absent
    case text
    case boolean(Bool)
    case data
}
