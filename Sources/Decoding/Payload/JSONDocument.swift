import CSimdjson

/// Parses JSON with simdjson, into buffers that it keeps. One thread; values are valid until the next parse.
final class JSONDocument {
    private let parser: OpaquePointer

    enum Outcome {
        case value(JSONValue)
        case tooDeep
        case invalid(String)
    }

    init(maximumBytes: Int, maximumDepth: Int) {
        guard let parser = poort_json_parser_create(maximumBytes, maximumDepth) else {
            preconditionFailure("no memory for a JSON parser")
        }
        self.parser = parser
    }

    deinit { poort_json_parser_destroy(parser) }

    func parse(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        var root = poort_json_value()
        switch poort_json_parse(parser, bytes.baseAddress, bytes.count, &root) {
        case POORT_JSON_OK: return .value(JSONValue(handle: root))
        case POORT_JSON_TOO_DEEP: return .tooDeep
        case POORT_JSON_INVALID_UTF8: return .invalid("the payload is not UTF-8")
        default: return .invalid("not JSON: \(String(cString: poort_json_message(parser)))")
        }
    }
}
