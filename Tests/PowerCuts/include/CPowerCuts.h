#ifndef POORT_CPOWERCUTS_H
#define POORT_CPOWERCUTS_H

#include <stdint.h>

/*
 * A disk in memory, under SQLite, whose power can be cut. What was written and not synced may then be there, be missing
 * or be torn, each sector by itself and in any order. The rules are those of SQLite's own crash tests (its src/test6.c;
 * https://www.sqlite.org/testing.html#crash_testing) and https://www.sqlite.org/atomiccommit.html#hardware; those of
 * directories are POSIX's: a file's name lasts once the directory was synced.
 *
 * One thread at a time, and one connection to a database: locks are not kept.
 */
typedef struct poort_disk poort_disk;

typedef struct {
    /* A power of two, 512 to 65 536 bytes. */
    int sector_bytes;
    /* What SQLite is told: that a write changes no byte beside those that are written, even when the power fails in it.
       SQLite believes so of every disk on Linux. https://www.sqlite.org/psow.html */
    int claims_safe_overwrite;
    /* What is true: whether a torn write leaves garbage in its whole sectors. */
    int tears_whole_sectors;
    /* Whether it says that it has synced and has not. */
    int ignores_syncs;
} poort_disk_kind;

/* What became of the sectors that were not synced when the power went. */
typedef struct {
    int64_t kept;
    int64_t lost;
    int64_t torn;
} poort_disk_tally;

/* Registers the disk with SQLite under a name, which is copied. Null when there is no memory. */
poort_disk *poort_disk_new(const char *name, uint64_t seed, poort_disk_kind kind);

/* Only when no database on it is open. */
void poort_disk_free(poort_disk *disk);

/* Cuts the power within the calls-th write, truncation, sync, creation or removal from now; at once for 0; not at all
   for a negative number. From then on everything fails with an I/O error. */
void poort_disk_cut_after(poort_disk *disk, int64_t calls);

int poort_disk_is_off(const poort_disk *disk);

/* Writes, truncations, syncs, creations and removals so far. */
int64_t poort_disk_calls(const poort_disk *disk);

/* Cuts the power if that was not done, decides what is found afterwards, and turns it on again.
   Returns how many files are still open; then nothing was done. */
int poort_disk_restore(poort_disk *disk);

poort_disk_tally poort_disk_tally_of(const poort_disk *disk);

#endif
