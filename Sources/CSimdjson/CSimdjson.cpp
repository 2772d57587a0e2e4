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

/* Where an iteration is, and where it ends: two iterators, each of two words. */
template <typename iterator> static poort_json_cursor cursor(iterator begin, iterator end) {
    static_assert(2 * sizeof(iterator) == sizeof(poort_json_cursor) && std::is_trivially_copyable<iterator>::value,
                  "two iterators must fit the cursor that stands for them");
    poort_json_cursor made;
    std::memcpy(&made.words[0], &begin, sizeof begin);
    std::memcpy(&made.words[2], &end, sizeof end);
    return made;
}

template <typename iterator> static iterator position(const poort_json_cursor *cursor, int word) {
    iterator at;
    std::memcpy(static_cast<void *>(&at), &cursor->words[word], sizeof at);
    return at;
}

template <typename iterator> static void set_position(poort_json_cursor *cursor, const iterator &at) {
    std::memcpy(&cursor->words[0], &at, sizeof at);
}

/* A cursor over nothing is all zeros, which no iterator of a document is. */
template <typename iterator> static bool is_at_end(const poort_json_cursor *cursor) {
    return cursor->words[0] == 0 || !(position<iterator>(cursor, 0) != position<iterator>(cursor, 2));
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

poort_json_cursor poort_json_fields(poort_json_value object) {
    simdjson::dom::object fields;
    if (unwrap(object).get_object().get(fields) != simdjson::SUCCESS) return poort_json_cursor{};
    return cursor(fields.begin(), fields.end());
}

bool poort_json_next_field(poort_json_cursor *at, const char **key, size_t *count, poort_json_value *value) {
    using iterator = simdjson::dom::object::iterator;
    if (is_at_end<iterator>(at)) return false;
    auto next = position<iterator>(at, 0);
    std::string_view name = next.key();
    *key = name.data();
    *count = name.size();
    *value = wrap(next.value());
    set_position(at, ++next);
    return true;
}

poort_json_cursor poort_json_elements(poort_json_value array) {
    simdjson::dom::array elements;
    if (unwrap(array).get_array().get(elements) != simdjson::SUCCESS) return poort_json_cursor{};
    return cursor(elements.begin(), elements.end());
}

bool poort_json_next_element(poort_json_cursor *at, poort_json_value *value) {
    using iterator = simdjson::dom::array::iterator;
    if (is_at_end<iterator>(at)) return false;
    auto next = position<iterator>(at, 0);
    *value = wrap(*next);
    set_position(at, ++next);
    return true;
}

}
