#ifndef POORT_PAGE_CHECKSUMS_H
#define POORT_PAGE_CHECKSUMS_H

#include <stddef.h>
#include <stdint.h>

/* A layer under SQLite that ends each page of a database with a checksum, and looks at it whenever the page is read.
 *
 * A page's last twelve bytes, which SQLite leaves alone when the header reserves them (https://www.sqlite.org/fileformat2.html,
 * 1.3.4): eight that are the same in all pages of a file and in no other file, and the CRC-32C of the page's number (eight
 * bytes, little-endian) and of all bytes before, little-endian.
 *
 * Only the database file is written so. Pages of the write-ahead log are looked at by the checksum that SQLite gives each
 * frame and otherwise reads again after a crash only (4.2). There the four bytes hold a mark instead: a program that
 * knows nothing of this and copies the log into the file leaves pages that cannot be verified, and not ones that seem damaged. */

enum {
    poort_page_trailer = 12,
    poort_page_identity = 8,
};

typedef enum {
    poort_page_good,
    /* Written by a program that knows nothing of checksums. */
    poort_page_unverified,
    poort_page_damaged,
} poort_page_verdict;

/* Number: from 1. */
poort_page_verdict poort_page_judge(const unsigned char *page, int length, uint32_t number);
/* Writes the checksum. */
void poort_page_seal(unsigned char *page, int length, uint32_t number);

/* CRC-32C; the second without the processor's instruction. */
uint32_t poort_crc(const unsigned char *bytes, size_t length);
uint32_t poort_crc_by_table(const unsigned char *bytes, size_t length);

/* The sums of a write-ahead log, which go on from frame to frame. Length: a multiple of 8. */
void poort_log_sum(int is_big_endian, const unsigned char *bytes, int length, uint32_t sums[2]);

/* The name of the layer over another VFS, or over the default one for NULL. Give it back when nothing is open on it.
 * NULL when there is no such VFS or no memory. Any thread. */
const char *poort_checksums_over(const char *base);
void poort_checksums_release(const char *name);

/* For sqlite3_file_control: which page was found damaged last; the argument is a poort_damaged_page. */
enum { poort_damaged_page_control = 0x504F5254 };

typedef struct {
    /* 0 while there was none. */
    int64_t number;
    int is_in_log;
} poort_damaged_page;

#endif
