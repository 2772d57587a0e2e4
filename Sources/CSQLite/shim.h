#ifndef POORT_CSQLITE_H
#define POORT_CSQLITE_H

#include <sqlite3.h>

/* Macros that cast to function pointers do not reach Swift. */
static inline sqlite3_destructor_type poort_sqlite_static(void) { return SQLITE_STATIC; }
static inline sqlite3_destructor_type poort_sqlite_transient(void) { return SQLITE_TRANSIENT; }

#endif
