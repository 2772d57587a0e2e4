import CSimdjson
import Telemetry

/// A value in the document that was parsed last.
struct JSONValue {
    let handle: poort_json_value

    enum Kind {
        case null
        case bool
        case number
        case string
        case array
        case object
    }

    var kind: Kind {
        switch poort_json_type_of(handle) {
        case POORT_JSON_BOOL: .bool
        case POORT_JSON_NUMBER: .number
        case POORT_JSON_STRING: .string
        case POORT_JSON_ARRAY: .array
        case POORT_JSON_OBJECT: .object
        default: .null
        }
    }

    func field(_ key: StaticString) -> JSONValue? {
        var found = poort_json_value()
        let isThere = key.withUTF8Buffer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { poort_json_field(handle, $0.baseAddress, $0.count, &found) }
        }
        return isThere ? JSONValue(handle: found) : nil
    }

    func field(_ key: [UInt8]) -> JSONValue? {
        var found = poort_json_value()
        let isThere = key.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) { poort_json_field(handle, $0.baseAddress, $0.count, &found) }
        }
        return isThere ? JSONValue(handle: found) : nil
    }

    func element(_ index: Int) -> JSONValue? {
        var found = poort_json_value()
        return poort_json_element(handle, index, &found) ? JSONValue(handle: found) : nil
    }

    /// What stands at a path; nil when any step of it is missing.
    func at(_ path: JSONPath) -> JSONValue? { at(path.steps[...]) }

    func at(_ steps: ArraySlice<JSONPath.Step>) -> JSONValue? {
        var value = self
        for step in steps {
            let next =
                switch step {
                case .key(let key): value.field(key)
                case .index(let index): value.element(index)
                }
            guard let next else { return nil }
            value = next
        }
        return value
    }

    /// The number, or nil for anything else.
    var number: Double? { kind == .number ? poort_json_number(handle) : nil }

    /// The whole number, where it is written as one and fits.
    var integer: Int64? {
        var value: Int64 = 0
        return poort_json_integer(handle, &value) ? value : nil
    }

    /// The whole number that is not negative, where it is written as one and fits.
    var unsigned: UInt64? {
        var value: UInt64 = 0
        return poort_json_unsigned(handle, &value) ? value : nil
    }

    var isTrue: Bool { poort_json_bool(handle) }

    /// The string's UTF-8, valid until the next parse.
    var string: UnsafeRawBufferPointer? {
        var count = 0
        guard let start = poort_json_string(handle, &count) else { return nil }
        return UnsafeRawBufferPointer(start: start, count: count)
    }

    /// As it stands for a reading's value.
    var fieldValue: FieldValue {
        switch kind {
        case .null: .absent
        case .bool: .boolean(isTrue)
        case .number: .number(poort_json_number(handle))
        case .string: string.map(FieldValue.text) ?? .absent
        case .array: .composite("an array")
        case .object: .composite("an object")
        }
    }

    func forEachField(_ visit: (UnsafeRawBufferPointer, JSONValue) -> Void) {
        var cursor = poort_json_fields(handle)
        var key: UnsafePointer<CChar>?
        var count = 0
        var value = poort_json_value()
        while poort_json_next_field(&cursor, &key, &count, &value) {
            visit(UnsafeRawBufferPointer(start: key, count: count), JSONValue(handle: value))
        }
    }

    func forEachElement(_ visit: (JSONValue) -> Void) {
        var cursor = poort_json_elements(handle)
        var value = poort_json_value()
        while poort_json_next_element(&cursor, &value) { visit(JSONValue(handle: value)) }
    }
}
