#ifndef POORT_CHECKED_FILE_H
#define POORT_CHECKED_FILE_H

#include <sqlite3.h>

#include "page.h"

/* A database or its log, in front of the file below. */
typedef struct checked_file {
    sqlite3_file base;
    /* Of a log: its database. */
    struct checked_file *database;
    int page_bytes;
    /* Whether the database's pages end with checksums. */
    int is_sealed;
    /* Other pages do, and the header is none. */
    int has_lost_header;
    unsigned char identity[poort_page_identity];
    poort_damaged_page damaged;
    int is_log;
    /* Of a log: whose sums are big-endian (0 or 1), -1 while that is not known. */
    int is_big_endian;
    /* Where the frames of a transaction begin that is not committed; -1 without one. SQLite may write such a frame anew and
     * put the sums of those behind it right at the end. */
    sqlite3_int64 uncommitted;
} checked_file;

static inline sqlite3_file *below(checked_file *file) { return (sqlite3_file *)(file + 1); }

/* Sets the methods of a file that was opened below. */
void checked_file_init(checked_file *file, int is_log, checked_file *database);

int read_database(sqlite3_file *opened, void *into, int length, sqlite3_int64 offset);
int write_database(sqlite3_file *opened, const void *data, int length, sqlite3_int64 offset);
int read_log(sqlite3_file *opened, void *into, int length, sqlite3_int64 offset);
int write_log(sqlite3_file *opened, const void *data, int length, sqlite3_int64 offset);

/* Looks at what is there when a database is opened. */
void examine_database(checked_file *file);

int report_damage(checked_file *file, sqlite3_int64 number, int is_in_log);

#endif
