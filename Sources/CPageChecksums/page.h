#ifndef POORT_PAGE_H
#define POORT_PAGE_H

#include "include/CPageChecksums.h"

uint32_t big_endian(const unsigned char *bytes);

/* What stands in place of a checksum in the pages that SQLite holds. */
void page_mark(unsigned char *page, int length);

/* The page size that a header tells; 0 when it is none. Length of the header: 100. */
int header_page_size(const unsigned char *header);
int header_reserves(const unsigned char *header);

#endif
