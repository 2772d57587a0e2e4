/* Pages of the database file: sealed when they are written, looked at when they are read. */
#include <string.h>

#include "file.h"

enum { header_bytes = 100 };

int report_damage(checked_file *file, sqlite3_int64 number, int is_in_log) {
    file->damaged = (poort_damaged_page){number, is_in_log};
    sqlite3_log(SQLITE_IOERR_DATA, "page %lld does not match its checksum%s", number, is_in_log ? ", in the log" : "");
    return SQLITE_IOERR_DATA;
}

static void look_at_header(checked_file *file, const unsigned char *header) {
    int size = header_page_size(header);
    file->is_sealed = size && header_reserves(header);
    if (size) file->page_bytes = size;
}

static int is_known(const unsigned char *identity) {
    static const unsigned char none[poort_page_identity];
    return memcmp(identity, none, sizeof none) != 0;
}

int read_database(sqlite3_file *opened, void *into, int length, sqlite3_int64 offset) {
    checked_file *file = (checked_file *)opened;
    int code = below(file)->pMethods->xRead(below(file), into, length, offset);
    if (code) return code;
    if (offset == 0 && length >= header_bytes) {
        if (!file->has_lost_header) {
            look_at_header(file, into);
        } else if (length > header_bytes) {
            return report_damage(file, 1, 0);
        } else {
            /* The log may hold a page in place of one that a power cut tore. */
            return SQLITE_OK;
        }
    }
    if (!file->is_sealed || length != file->page_bytes || offset % length) return SQLITE_OK;
    uint32_t number = (uint32_t)(offset / length + 1);
    switch (poort_page_judge(into, length, number)) {
    case poort_page_good: page_mark(into, length); return SQLITE_OK;
    case poort_page_unverified: return SQLITE_OK;
    default: return report_damage(file, number, 0);
    }
}

int write_database(sqlite3_file *opened, const void *data, int length, sqlite3_int64 offset) {
    checked_file *file = (checked_file *)opened;
    if (offset == 0 && length >= header_bytes) {
        look_at_header(file, data);
        file->has_lost_header = 0;
    }
    int is_page = file->is_sealed && length == file->page_bytes && offset % length == 0;
    if (!is_page) return below(file)->pMethods->xWrite(below(file), data, length, offset);
    /* SQLite's own buffer, whose reserved bytes it does not look at. */
    unsigned char *page = (unsigned char *)data;
    unsigned char *identity = page + length - poort_page_trailer;
    if (!is_known(file->identity)) {
        /* That of a page from the log, where all that were looked at in the file are torn. */
        if (is_known(identity)) memcpy(file->identity, identity, sizeof file->identity);
        else sqlite3_randomness(sizeof file->identity, file->identity);
    }
    memcpy(identity, file->identity, sizeof file->identity);
    poort_page_seal(page, length, (uint32_t)(offset / length + 1));
    int code = below(file)->pMethods->xWrite(below(file), page, length, offset);
    page_mark(page, length);
    return code;
}

/* --- At the beginning --- */

static int read_below(checked_file *file, void *into, int length, sqlite3_int64 offset) {
    return below(file)->pMethods->xRead(below(file), into, length, offset);
}

/* Whether one of some pages is sealed, if pages have that size; then the file's identity is known. */
static int find_sealed_page(checked_file *file, int page_bytes, sqlite3_int64 size) {
    sqlite3_int64 count = size / page_bytes;
    unsigned char *page = sqlite3_malloc(page_bytes);
    if (!page) return 0;
    int is_sealed = 0;
    const sqlite3_int64 numbers[] = {1, 2, 3, 4, count / 2, count};
    for (size_t index = 0; index < sizeof numbers / sizeof *numbers && !is_sealed; index++) {
        sqlite3_int64 number = numbers[index];
        if (number < 1 || number > count || read_below(file, page, page_bytes, (number - 1) * page_bytes)) continue;
        is_sealed = poort_page_judge(page, page_bytes, (uint32_t)number) == poort_page_good;
    }
    if (is_sealed) memcpy(file->identity, page + page_bytes - poort_page_trailer, sizeof file->identity);
    sqlite3_free(page);
    return is_sealed;
}

void examine_database(checked_file *file) {
    sqlite3_int64 size = 0;
    unsigned char header[header_bytes];
    if (below(file)->pMethods->xFileSize(below(file), &size) || size < header_bytes) return;
    if (read_below(file, header, sizeof header, 0)) return;
    look_at_header(file, header);
    int told = header_page_size(header);
    if (file->is_sealed) {
        find_sealed_page(file, told, size);
        return;
    }
    for (int bytes = 512; bytes <= 65536; bytes *= 2) {
        if ((told && bytes != told) || !find_sealed_page(file, bytes, size)) continue;
        file->is_sealed = file->has_lost_header = 1;
        file->page_bytes = bytes;
        return;
    }
}
