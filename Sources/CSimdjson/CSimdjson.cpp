#include "CSimdjson.h"

#include <cstring>
#include <memory>
#include <new>
#include <simdjson.h>

using simdjson::dom::element;
using simdjson::dom::element_type;

static_assert(sizeof(element) == sizeof(poort_json_value) && std::is_trivially_copyable<element>::value,
              "an element must fit the handle that stands for it");

/* Two bytes more for each integer of at least nineteen digits. */
static size_t widened_size(size_t count) { return count + count / 8 + 2; }

struct poort_json_parser {
    simdjson::dom::parser parser;
    simdjson::error_code error;
    size_t max_bytes;
    /* What simdjson says of an integer beyond 64 bits: NUMBER_ERROR, or BIGINT_ERROR for some in later versions. */
    simdjson::error_code too_large[2];
    std::unique_ptr<char[]> widened;
    size_t widened_capacity;

    explicit poort_json_parser(size_t max_bytes)
        : parser(widened_size(max_bytes)), error(simdjson::SUCCESS), max_bytes(max_bytes),
          too_large{simdjson::NUMBER_ERROR, simdjson::NUMBER_ERROR}, widened_capacity(0) {}
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

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* Whether an integer of these digits is beyond 64 bits: above 2^64 - 1, or below -2^63. */
static bool is_too_large(const char *digits, size_t count, bool is_negative) {
    const char *largest = is_negative ? "9223372036854775808" : "18446744073709551615";
    size_t longest = std::strlen(largest);
    return count > longest || (count == longest && std::memcmp(digits, largest, count) > 0);
}

/* Copies a document with ".0" behind each integer beyond 64 bits, so that it is read as the nearest double.
   Returns the copy's size; 0 when there is no such integer, or no memory. */
static size_t widen(poort_json_parser *parser, const char *bytes, size_t count) {
    size_t needed = widened_size(count);
    if (parser->widened_capacity < needed) {
        parser->widened.reset(new (std::nothrow) char[needed]);
        parser->widened_capacity = parser->widened ? needed : 0;
        if (!parser->widened) return 0;
    }
    char *out = parser->widened.get();
    bool in_string = false, in_number = false, found = false;
    for (size_t i = 0; i < count; i++) {
        char c = bytes[i];
        *out++ = c;
        if (in_string) {
            if (c == '\\' && i + 1 < count) *out++ = bytes[++i];
            in_string = c != '"';
        } else if (c == '"') {
            in_string = true;
        } else if (is_digit(c) && !in_number) {
            size_t start = i;
            while (i + 1 < count && is_digit(bytes[i + 1])) *out++ = bytes[++i];
            char next = i + 1 < count ? bytes[i + 1] : ' ';
            /* The digits of a fraction or an exponent belong to a number that is a double already. */
            in_number = next == '.' || next == 'e' || next == 'E';
            bool is_negative = start > 0 && bytes[start - 1] == '-';
            if (!in_number && is_too_large(bytes + start, i + 1 - start, is_negative)) {
                *out++ = '.';
                *out++ = '0';
                found = true;
            }
        } else if (in_number && (c == ',' || c == ']' || c == '}' || c == ' ' || (c >= '\t' && c <= '\r'))) {
            in_number = false;
        }
    }
    return found ? out - parser->widened.get() : 0;
}

/* Asked of the library that is there, since its versions differ. */
static void learn_what_too_large_is_called(poort_json_parser *parser) {
    const char *samples[2] = {"[18446744073709551616]", "[100000000000000000000]"};
    for (int i = 0; i < 2; i++) {
        element parsed;
        parser->too_large[i] = parser->parser.parse(samples[i], std::strlen(samples[i]), true).get(parsed);
    }
}

extern "C" {

poort_json_parser *poort_json_parser_create(size_t max_bytes, size_t max_depth) {
    auto *made = new (std::nothrow) poort_json_parser(max_bytes);
    if (made && made->parser.allocate(4096, max_depth) != simdjson::SUCCESS) {
        delete made;
        return nullptr;
    }
    if (made) learn_what_too_large_is_called(made);
    return made;
}

void poort_json_parser_destroy(poort_json_parser *parser) { delete parser; }

poort_json_outcome poort_json_parse(poort_json_parser *parser, const void *bytes, size_t count,
                                    poort_json_value *root) {
    element parsed;
    if (count > parser->max_bytes) {
        parser->error = simdjson::CAPACITY;
        return POORT_JSON_INVALID;
    }
    parser->error = parser->parser.parse(static_cast<const uint8_t *>(bytes), count, true).get(parsed);
    if (parser->error != simdjson::SUCCESS
        && (parser->error == parser->too_large[0] || parser->error == parser->too_large[1])) {
        size_t size = widen(parser, static_cast<const char *>(bytes), count);
        if (size > 0) parser->error = parser->parser.parse(parser->widened.get(), size, true).get(parsed);
    }
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

bool poort_json_unsigned(poort_json_value value, uint64_t *integer) {
    return unwrap(value).get_uint64().get(*integer) == simdjson::SUCCESS;
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
