#ifndef POORT_CTOMLPLUSPLUS_H
#define POORT_CTOMLPLUSPLUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A parsed document, or what is wrong with it. */
typedef struct poort_toml poort_toml;

typedef enum {
    POORT_TOML_TABLE,
    POORT_TOML_ARRAY,
    POORT_TOML_STRING,
    POORT_TOML_INTEGER,
    POORT_TOML_FLOAT,
    POORT_TOML_BOOLEAN,
    POORT_TOML_TIME
} poort_toml_kind;

/* Lines and columns count from 1. */
typedef struct {
    uint32_t line;
    uint32_t column;
} poort_toml_place;

poort_toml *poort_toml_parse(const char *text, size_t count);
void poort_toml_free(poort_toml *document);

/* NULL when the document was parsed. */
const char *poort_toml_error(const poort_toml *document, poort_toml_place *place);

/* Nodes are numbered; 0 is the root table. */
poort_toml_kind poort_toml_kind_of(const poort_toml *document, size_t node);
poort_toml_place poort_toml_place_of(const poort_toml *document, size_t node);
/* Where the key stands under which a node is found in its table. */
poort_toml_place poort_toml_key_place_of(const poort_toml *document, size_t node);
size_t poort_toml_child_count(const poort_toml *document, size_t node);
size_t poort_toml_child(const poort_toml *document, size_t node, size_t index);
const char *poort_toml_key(const poort_toml *document, size_t node, size_t *count);
const char *poort_toml_string(const poort_toml *document, size_t node, size_t *count);
int64_t poort_toml_integer(const poort_toml *document, size_t node);
double poort_toml_float(const poort_toml *document, size_t node);
bool poort_toml_boolean(const poort_toml *document, size_t node);

#ifdef __cplusplus
}
#endif

#endif
