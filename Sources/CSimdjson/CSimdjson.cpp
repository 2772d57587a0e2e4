#include "CSimdjson.h"

#include <cstring>
#include <new>
#include <simdjson.h>

using simdjson::dom::element;
using simdjson::dom::element_type;

static_assert(sizeof(element) == sizeof(poort_json_value) && std::is_trivially_copyable<element>::value,
              "an element must fit the handle that stands for it");

struct poort_json_parser {
    simdjson::dom::parser parser;
    simdjson::error_code error;

    explicit poort_json_parser(size_t max_bytes) : parser(max_bytes), error(simdjson::SUCCESS) {}
};

static poort_json_value wrap(element e) {
    poort_json_value value;
    std::memcpy(&value, &e, sizeof value);
    return value;
}

static element unwrap(poort_json_value value) {
    element e;
    std::memcpy(static_cast<void *>(&e), &value, sizeof value);
    return e;
}

extern "C" {

poort_json_parser *poort_json_parser_create(size_t max_bytes, size_t max_depth) {
    auto *made = new (std::nothrow) poort_json_parser(max_bytes);
    if (made && made->parser.allocate(4096, max_depth) != simdjson::SUCCESS) {
        delete made;
        return nullptr;
    }
    return made;
}

void poort_json_parser_destroy(poort_json_parser *parser) { delete parser; }

poort_json_outcome poort_json_parse(poort_json_parser *parser, const void *bytes, size_t count,
                                    poort_json_value *root) {
    element parsed;
    parser->error = parser->parser.parse(static_cast<const uint8_t *>(bytes), count, true).get(parsed);
    switch (parser->error) {
    case simdjson::SUCCESS:
        *root = wrap(parsed);
        return POORT_JSON_OK;
    case simdjson::DEPTH_ERROR: return POORT_JSON_TOO_DEEP;
    case simdjson::UTF8_ERROR: return POORT_JSON_INVALID_UTF8;
    case simdjson::EMPTY: return POORT_JSON_EMPTY;
    default: return POORT_JSON_INVALID;
    }
}

const char *poort_json_message(const poort_json_parser *parser) { return simdjson::error_message(parser->error); }

poort_json_type poort_json_type_of(poort_json_value value) {
    switch (unwrap(value).type()) {
    case element_type::ARRAY: return POORT_JSON_ARRAY;
    case element_type::OBJECT: return POORT_JSON_OBJECT;
    case element_type::INT64:
    case element_type::UINT64:
    case element_type::DOUBLE: return POORT_JSON_NUMBER;
    case element_type::STRING: return POORT_JSON_STRING;
    case element_type::BOOL: return POORT_JSON_BOOL;
    default: return POORT_JSON_NULL;
    }
}

bool poort_json_field(poort_json_value object, const char *key, size_t count, poort_json_value *field) {
    simdjson::dom::object fields;
    element found;
    if (unwrap(object).get_object().get(fields) != simdjson::SUCCESS) return false;
    if (fields.at_key(std::string_view(key, count)).get(found) != simdjson::SUCCESS) return false;
    *field = wrap(found);
    return true;
}

bool poort_json_element(poort_json_value array, size_t index, poort_json_value *element_out) {
    simdjson::dom::array elements;
    element found;
    if (unwrap(array).get_array().get(elements) != simdjson::SUCCESS) return false;
    if (elements.at(index).get(found) != simdjson::SUCCESS) return false;
    *element_out = wrap(found);
    return true;
}

double poort_json_number(poort_json_value value) {
    double number = 0;
    if (unwrap(value).get_double().get(number) != simdjson::SUCCESS) return 0;
    return number;
}

bool poort_json_integer(poort_json_value value, int64_t *integer) {
    return unwrap(value).get_int64().get(*integer) == simdjson::SUCCESS;
}

bool poort_json_bool(poort_json_value value) {
    bool truth = false;
    return unwrap(value).get_bool().get(truth) == simdjson::SUCCESS && truth;
}

const char *poort_json_string(poort_json_value value, size_t *count) {
    std::string_view text;
    if (unwrap(value).get_string().get(text) != simdjson::SUCCESS) return nullptr;
    *count = text.size();
    return text.data();
}

void poort_json_each_field(poort_json_value object, void *context, poort_json_visitor visit) {
    simdjson::dom::object fields;
    if (unwrap(object).get_object().get(fields) != simdjson::SUCCESS) return;
    for (auto field : fields) visit(context, field.key.data(), field.key.size(), wrap(field.value));
}

void poort_json_each_element(poort_json_value array, void *context, poort_json_visitor visit) {
    simdjson::dom::array elements;
    if (unwrap(array).get_array().get(elements) != simdjson::SUCCESS) return;
    for (auto e : elements) visit(context, nullptr, 0, wrap(e));
}

}
