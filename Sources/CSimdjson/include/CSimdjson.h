#ifndef POORT_CSIMDJSON_H
#define POORT_CSIMDJSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A parser with its buffers; one thread. Values are valid until its next parse. */
typedef struct poort_json_parser poort_json_parser;

typedef struct {
    uintptr_t words[2];
} poort_json_value;

typedef enum {
    POORT_JSON_NULL,
    POORT_JSON_BOOL,
    POORT_JSON_NUMBER,
    POORT_JSON_STRING,
    POORT_JSON_ARRAY,
    POORT_JSON_OBJECT
} poort_json_type;

typedef enum {
    POORT_JSON_OK,
    POORT_JSON_TOO_DEEP,
    POORT_JSON_INVALID_UTF8,
    POORT_JSON_EMPTY,
    POORT_JSON_INVALID
} poort_json_outcome;

poort_json_parser *poort_json_parser_create(size_t max_bytes, size_t max_depth);
void poort_json_parser_destroy(poort_json_parser *parser);

/* Integers beyond 64 bits, on which simdjson gives up the whole document, are read as the nearest double. */
poort_json_outcome poort_json_parse(poort_json_parser *parser, const void *bytes, size_t count,
                                    poort_json_value *root);
/* What was wrong with the last document. */
const char *poort_json_message(const poort_json_parser *parser);

poort_json_type poort_json_type_of(poort_json_value value);
bool poort_json_field(poort_json_value object, const char *key, size_t count, poort_json_value *field);
bool poort_json_element(poort_json_value array, size_t index, poort_json_value *element);
/* Numbers only; whole numbers beyond 2^53 lose digits. */
double poort_json_number(poort_json_value value);
/* Whether the number is written as a whole one that fits. */
bool poort_json_integer(poort_json_value value, int64_t *integer);
bool poort_json_unsigned(poort_json_value value, uint64_t *integer);
bool poort_json_bool(poort_json_value value);
const char *poort_json_string(poort_json_value value, size_t *count);

/* Goes over the fields of an object or the elements of an array; over nothing for any other value. */
typedef struct {
    uintptr_t words[4];
} poort_json_cursor;

poort_json_cursor poort_json_fields(poort_json_value object);
/* False at the end. The key is valid as long as the value. */
bool poort_json_next_field(poort_json_cursor *cursor, const char **key, size_t *count, poort_json_value *value);
poort_json_cursor poort_json_elements(poort_json_value array);
bool poort_json_next_element(poort_json_cursor *cursor, poort_json_value *value);

#ifdef __cplusplus
}
#endif

#endif
