/* The disk as SQLite sees it. https://www.sqlite.org/vfs.html */
#include <stdlib.h>
#include <string.h>

#include "disk.h"

typedef struct {
    sqlite3_file base;
    poort_disk *disk;
    file *file;
    /* As in SQLite's unix layer: the first sync of a journal or log that was made syncs the directory as well. */
    int syncs_directory;
    int claims_safe_overwrite;
} handle;

static poort_disk *disk_of(sqlite3_vfs *vfs) { return vfs->pAppData; }
static handle *handle_of(sqlite3_file *opened) { return (handle *)opened; }

/* --- One file --- */

static int close_file(sqlite3_file *opened) {
    handle_of(opened)->file->handles--;
    return SQLITE_OK;
}

static int read_file(sqlite3_file *opened, void *into, int length, sqlite3_int64 offset) {
    handle *of = handle_of(opened);
    if (of->disk->is_off) return SQLITE_IOERR_READ;
    content *held = &of->file->current;
    size_t there = (size_t)offset < held->length ? held->length - (size_t)offset : 0;
    if (there > (size_t)length) there = (size_t)length;
    if (there) memcpy(into, held->start + offset, there);
    if (there == (size_t)length) return SQLITE_OK;
    memset((char *)into + there, 0, (size_t)length - there);
    return SQLITE_IOERR_SHORT_READ;
}

static int write_file(sqlite3_file *opened, const void *data, int length, sqlite3_int64 offset) {
    handle *of = handle_of(opened);
    if (!disk_call(of->disk)) return SQLITE_IOERR_WRITE;
    int code = file_write(of->file, data, (size_t)length, offset);
    return of->disk->is_off ? SQLITE_IOERR_WRITE : code;
}

static int truncate_file(sqlite3_file *opened, sqlite3_int64 length) {
    handle *of = handle_of(opened);
    if (!disk_call(of->disk)) return SQLITE_IOERR_TRUNCATE;
    int code = file_truncate(of->file, length);
    return of->disk->is_off ? SQLITE_IOERR_TRUNCATE : code;
}

static int sync_file(sqlite3_file *opened, int flags) {
    (void)flags;
    handle *of = handle_of(opened);
    if (!disk_call(of->disk) || of->disk->is_off) return SQLITE_IOERR_FSYNC;
    if (of->disk->kind.ignores_syncs) return SQLITE_OK;
    int code = file_sync(of->file);
    if (of->syncs_directory) disk_sync_directory(of->disk);
    of->syncs_directory = 0;
    return code;
}

static int size_file(sqlite3_file *opened, sqlite3_int64 *size) {
    *size = (sqlite3_int64)handle_of(opened)->file->current.length;
    return SQLITE_OK;
}

static int lock_file(sqlite3_file *opened, int level) {
    (void)opened, (void)level;
    return SQLITE_OK;
}

static int check_reserved_lock(sqlite3_file *opened, int *is_locked) {
    (void)opened;
    *is_locked = 0;
    return SQLITE_OK;
}

static int control_file(sqlite3_file *opened, int operation, void *argument) {
    (void)opened;
    if (operation != SQLITE_FCNTL_HAS_MOVED) return SQLITE_NOTFOUND;
    *(int *)argument = 0;
    return SQLITE_OK;
}

static int sector_size(sqlite3_file *opened) { return handle_of(opened)->disk->kind.sector_bytes; }

static int characteristics(sqlite3_file *opened) {
    return handle_of(opened)->claims_safe_overwrite ? SQLITE_IOCAP_POWERSAFE_OVERWRITE : 0;
}

/* --- The index of the write-ahead log --- */

static int map_region(sqlite3_file *opened, int number, int size, int may_extend, void volatile **mapped) {
    file *of = handle_of(opened)->file;
    *mapped = NULL;
    if (number >= of->region_count) {
        if (!may_extend) return SQLITE_OK;
        void **regions = realloc(of->regions, (size_t)(number + 1) * sizeof(void *));
        if (!regions) return SQLITE_NOMEM;
        of->regions = regions;
        while (of->region_count <= number) {
            void *region = calloc(1, (size_t)size);
            if (!region) return SQLITE_NOMEM;
            regions[of->region_count++] = region;
        }
    }
    *mapped = of->regions[number];
    return SQLITE_OK;
}

static int lock_region(sqlite3_file *opened, int first, int count, int flags) {
    (void)opened, (void)first, (void)count, (void)flags;
    return SQLITE_OK;
}

static void region_barrier(sqlite3_file *opened) { (void)opened; }

static int unmap_regions(sqlite3_file *opened, int is_last) {
    (void)is_last;
    file_forget_regions(handle_of(opened)->file);
    return SQLITE_OK;
}

static const sqlite3_io_methods file_methods = {
    .iVersion = 2,
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = size_file,
    .xLock = lock_file,
    .xUnlock = lock_file,
    .xCheckReservedLock = check_reserved_lock,
    .xFileControl = control_file,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = map_region,
    .xShmLock = lock_region,
    .xShmBarrier = region_barrier,
    .xShmUnmap = unmap_regions,
};

/* --- The directory --- */

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *opened, int flags, int *given) {
    poort_disk *disk = disk_of(vfs);
    handle *made = handle_of(opened);
    memset(made, 0, sizeof *made);
    if (disk->is_off) return SQLITE_CANTOPEN;
    file *found = name ? disk_find(&disk->current, name) : disk_make_file(disk);
    if (!found) {
        if (!name || !(flags & SQLITE_OPEN_CREATE) || !disk_call(disk)) return SQLITE_CANTOPEN;
        found = disk_make_file(disk);
        if (!found) return SQLITE_NOMEM;
        int code = disk_name(disk, name, found);
        if (code || disk->is_off) return code ? code : SQLITE_CANTOPEN;
        made->syncs_directory = flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL | SQLITE_OPEN_SUPER_JOURNAL);
    }
    made->base.pMethods = &file_methods;
    made->disk = disk;
    made->file = found;
    /* https://www.sqlite.org/uri.html#uripsow */
    made->claims_safe_overwrite = disk->kind.claims_safe_overwrite;
    if (flags & SQLITE_OPEN_MAIN_DB) {
        made->claims_safe_overwrite = sqlite3_uri_boolean(name, "psow", made->claims_safe_overwrite);
    }
    found->handles++;
    if (given) *given = flags;
    return SQLITE_OK;
}

static int delete_file(sqlite3_vfs *vfs, const char *name, int syncs_directory) {
    poort_disk *disk = disk_of(vfs);
    if (!disk_call(disk)) return SQLITE_IOERR_DELETE;
    if (!disk_find(&disk->current, name)) return SQLITE_IOERR_DELETE_NOENT;
    int code = disk_name(disk, name, NULL);
    if (disk->is_off) return SQLITE_IOERR_DELETE;
    if (!code && syncs_directory && !disk->kind.ignores_syncs) disk_sync_directory(disk);
    return code;
}

static int access_file(sqlite3_vfs *vfs, const char *name, int flags, int *is_there) {
    poort_disk *disk = disk_of(vfs);
    if (disk->is_off) return SQLITE_IOERR_ACCESS;
    file *found = disk_find(&disk->current, name);
    /* As in the unix layer, an empty file does not count as one that exists. */
    *is_there = found && (flags != SQLITE_ACCESS_EXISTS || found->current.length > 0);
    return SQLITE_OK;
}

static int full_name(sqlite3_vfs *vfs, const char *name, int room, char *full) {
    (void)vfs;
    if (strlen(name) >= (size_t)room) return SQLITE_CANTOPEN;
    strcpy(full, name);
    return SQLITE_OK;
}

static int randomness(sqlite3_vfs *vfs, int length, char *into) {
    disk_garbage(disk_of(vfs), (unsigned char *)into, (size_t)length);
    return length;
}

static int sleep_microseconds(sqlite3_vfs *vfs, int microseconds) {
    (void)vfs;
    return microseconds;
}

/* Julian days in milliseconds: nothing here asks for the time. */
static int current_time_in_milliseconds(sqlite3_vfs *vfs, sqlite3_int64 *time) {
    (void)vfs;
    *time = INT64_C(212000000000000);
    return SQLITE_OK;
}

static int current_time(sqlite3_vfs *vfs, double *time) {
    (void)vfs;
    *time = 212000000000000.0 / 86400000.0;
    return SQLITE_OK;
}

static int last_error(sqlite3_vfs *vfs, int room, char *into) {
    (void)vfs, (void)room, (void)into;
    return 0;
}

void disk_methods(poort_disk *disk) {
    disk->vfs = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = sizeof(handle),
        .mxPathname = 60,
        .zName = disk->name,
        .pAppData = disk,
        .xOpen = open_file,
        .xDelete = delete_file,
        .xAccess = access_file,
        .xFullPathname = full_name,
        .xRandomness = randomness,
        .xSleep = sleep_microseconds,
        .xCurrentTime = current_time,
        .xGetLastError = last_error,
        .xCurrentTimeInt64 = current_time_in_milliseconds,
    };
}
