#include "page.h"

#include <pthread.h>
#include <string.h>

/* --- CRC-32C, eight bytes at a time. RFC 3720, 12.1 and B.4 --- */

static uint32_t tables[8][256];
static pthread_once_t tables_made = PTHREAD_ONCE_INIT;

static void make_tables(void) {
    for (uint32_t index = 0; index < 256; index++) {
        uint32_t rest = index;
        for (int bit = 0; bit < 8; bit++) rest = rest & 1 ? rest >> 1 ^ 0x82F63B78u : rest >> 1;
        tables[0][index] = rest;
    }
    for (int table = 1; table < 8; table++) {
        for (int index = 0; index < 256; index++) {
            uint32_t shorter = tables[table - 1][index];
            tables[table][index] = shorter >> 8 ^ tables[0][shorter & 0xFF];
        }
    }
}

static uint32_t crc_by_table(uint32_t rest, const unsigned char *bytes, size_t length) {
    while (length >= 8) {
        uint32_t low = rest ^ ((uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24);
        rest = tables[7][low & 0xFF] ^ tables[6][low >> 8 & 0xFF] ^ tables[5][low >> 16 & 0xFF] ^ tables[4][low >> 24]
             ^ tables[3][bytes[4]] ^ tables[2][bytes[5]] ^ tables[1][bytes[6]] ^ tables[0][bytes[7]];
        bytes += 8;
        length -= 8;
    }
    while (length--) rest = rest >> 8 ^ tables[0][(rest ^ *bytes++) & 0xFF];
    return rest;
}

#if defined(__x86_64__)

/* By the processor's own instruction: a third of the time. */
__attribute__((target("sse4.2"))) static uint32_t crc_by_instruction(
    uint32_t rest, const unsigned char *bytes, size_t length) {
    uint64_t wide = rest;
    for (; length >= 8; bytes += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, bytes, sizeof word);
        wide = __builtin_ia32_crc32di(wide, word);
    }
    rest = (uint32_t)wide;
    while (length--) rest = __builtin_ia32_crc32qi(rest, *bytes++);
    return rest;
}

static uint32_t crc(uint32_t rest, const unsigned char *bytes, size_t length) {
    return __builtin_cpu_supports("sse4.2") ? crc_by_instruction(rest, bytes, length)
                                            : crc_by_table(rest, bytes, length);
}

#else

#define crc crc_by_table

#endif

uint32_t poort_crc_by_table(const unsigned char *bytes, size_t length) {
    pthread_once(&tables_made, make_tables);
    return ~crc_by_table(~0u, bytes, length);
}

uint32_t poort_crc(const unsigned char *bytes, size_t length) {
    pthread_once(&tables_made, make_tables);
    return ~crc(~0u, bytes, length);
}

static uint32_t page_checksum(const unsigned char *page, int length, uint32_t number) {
    pthread_once(&tables_made, make_tables);
    unsigned char place[8] = {number & 0xFF, number >> 8 & 0xFF, number >> 16 & 0xFF, number >> 24};
    return ~crc(crc(~0u, place, sizeof place), page, (size_t)length - 4);
}

/* --- Pages --- */

static const unsigned char mark[4] = {'n', 'o', 'n', 'e'};

static uint32_t little_endian(const unsigned char *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

uint32_t big_endian(const unsigned char *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | (uint32_t)bytes[3];
}

/* Whether a page without a mark is one that SQLite had made anew when another program copied it from the log: of any other
 * the end was lost. Cells grow from the end of a page; a medium loses whole sectors. */
static int has_its_end(const unsigned char *page, int length, uint32_t number) {
    static const unsigned char zeros[32];
    int usable = length - poort_page_trailer;
    if (memcmp(page + usable - sizeof zeros, zeros, sizeof zeros)) return 1;
    /* A page of the map that is kept for the vacuum, which fills from the beginning. */
    if (number >= 2 && (number - 2) % (uint32_t)(usable / 5 + 1) == 0) return page[0] >= 1 && page[0] <= 5;
    /* The first page of a table without rows. */
    if (page[0] != 10 && page[0] != 13) return 0;
    for (int index = 8; index < usable; index++) {
        if (page[index]) return 0;
    }
    return page[3] == 0 && page[4] == 0;
}

poort_page_verdict poort_page_judge(const unsigned char *page, int length, uint32_t number) {
    const unsigned char *checksum = page + length - 4;
    if (page_checksum(page, length, number) == little_endian(checksum)) return poort_page_good;
    if (!memcmp(checksum, mark, sizeof mark)) return poort_page_unverified;
    static const unsigned char zeros[4];
    if (memcmp(checksum, zeros, sizeof zeros)) return poort_page_damaged;
    return has_its_end(page, length, number) ? poort_page_unverified : poort_page_damaged;
}

void poort_page_seal(unsigned char *page, int length, uint32_t number) {
    uint32_t checksum = page_checksum(page, length, number);
    for (int byte = 0; byte < 4; byte++) page[length - 4 + byte] = checksum >> 8 * byte & 0xFF;
}

void page_mark(unsigned char *page, int length) { memcpy(page + length - 4, mark, sizeof mark); }

/* --- The header. https://www.sqlite.org/fileformat2.html, 1.3 --- */

int header_page_size(const unsigned char *header) {
    if (memcmp(header, "SQLite format 3", 16)) return 0;
    int size = header[16] << 8 | header[17];
    if (size == 1) return 65536;
    return size >= 512 && !(size & (size - 1)) ? size : 0;
}

int header_reserves(const unsigned char *header) { return header[20] == poort_page_trailer; }

/* --- The log. https://www.sqlite.org/fileformat2.html, 4.2 --- */

void poort_log_sum(int is_big_endian, const unsigned char *bytes, int length, uint32_t sums[2]) {
    uint32_t first = sums[0], second = sums[1];
    for (const unsigned char *end = bytes + length; bytes < end; bytes += 8) {
        if (is_big_endian) {
            first += big_endian(bytes) + second;
            second += big_endian(bytes + 4) + first;
        } else {
            first += little_endian(bytes) + second;
            second += little_endian(bytes + 4) + first;
        }
    }
    sums[0] = first;
    sums[1] = second;
}
