/* Pages of the write-ahead log, looked at by the checksum of their frame. https://www.sqlite.org/fileformat2.html, 4.1 */
#include "file.h"

enum { log_header = 32, frame_header = 24 };

static int read_below(checked_file *file, void *into, int length, sqlite3_int64 offset) {
    return below(file)->pMethods->xRead(below(file), into, length, offset);
}

static int is_page_size(int length) { return length >= 512 && !(length & (length - 1)); }

int read_log(sqlite3_file *opened, void *into, int length, sqlite3_int64 offset) {
    checked_file *file = (checked_file *)opened;
    int code = read_below(file, into, length, offset);
    sqlite3_int64 frame = offset - frame_header;
    if (code || !is_page_size(length) || frame < log_header || (frame - log_header) % (length + frame_header)) return code;
    if (file->uncommitted >= 0 && frame >= file->uncommitted) return SQLITE_OK;
    unsigned char header[frame_header], before[8];
    if (file->is_big_endian < 0) {
        if (read_below(file, header, 4, 0)) return report_damage(file->database, 0, 1);
        file->is_big_endian = big_endian(header) & 1;
    }
    sqlite3_int64 earlier = frame == log_header ? 24 : frame - length - frame_header + 16;
    if (read_below(file, header, sizeof header, frame) || read_below(file, before, sizeof before, earlier)) {
        return report_damage(file->database, 0, 1);
    }
    uint32_t sums[2] = {big_endian(before), big_endian(before + 4)};
    poort_log_sum(file->is_big_endian, header, 8, sums);
    poort_log_sum(file->is_big_endian, into, length, sums);
    if (sums[0] == big_endian(header + 16) && sums[1] == big_endian(header + 20)) return SQLITE_OK;
    return report_damage(file->database, big_endian(header), 1);
}

int write_log(sqlite3_file *opened, const void *data, int length, sqlite3_int64 offset) {
    checked_file *file = (checked_file *)opened;
    if (offset == 0 && length >= 4) {
        file->is_big_endian = big_endian(data) & 1;
        file->uncommitted = -1;
    } else if (length == frame_header) {
        if (big_endian((const unsigned char *)data + 4)) {
            file->uncommitted = -1;
        } else if (file->uncommitted < 0 || offset < file->uncommitted) {
            file->uncommitted = offset;
        }
    }
    return below(file)->pMethods->xWrite(below(file), data, length, offset);
}
