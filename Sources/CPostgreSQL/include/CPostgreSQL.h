#ifndef POORT_CPOSTGRESQL_H
#define POORT_CPOSTGRESQL_H

#include <postgresql/libpq-fe.h>

/* libpq without being linked to it: `poort_` before each name. A box that has no such partner needs no libpq. */
#define CALL(result, name, parameters, arguments) result poort_##name parameters;
#include "calls.h"
#undef CALL

/* Loads libpq.so.5; before any of the above. NULL, or why it cannot. Any thread. */
const char *poort_load_libpq(void);

#endif
