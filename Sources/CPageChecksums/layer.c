/* The layer as SQLite sees it, and what it passes on as it is. https://www.sqlite.org/vfs.html */
#include <stdio.h>
#include <string.h>

#include "file.h"

/* --- One file --- */

#define BELOW below((checked_file *)opened)

static int close_file(sqlite3_file *opened) { return BELOW->pMethods->xClose(BELOW); }

static int truncate_file(sqlite3_file *opened, sqlite3_int64 length) {
    ((checked_file *)opened)->uncommitted = -1;
    return BELOW->pMethods->xTruncate(BELOW, length);
}

static int sync_file(sqlite3_file *opened, int flags) { return BELOW->pMethods->xSync(BELOW, flags); }
static int size_file(sqlite3_file *opened, sqlite3_int64 *size) { return BELOW->pMethods->xFileSize(BELOW, size); }
static int lock_file(sqlite3_file *opened, int level) { return BELOW->pMethods->xLock(BELOW, level); }
static int unlock_file(sqlite3_file *opened, int level) { return BELOW->pMethods->xUnlock(BELOW, level); }

static int check_reserved_lock(sqlite3_file *opened, int *is_locked) {
    return BELOW->pMethods->xCheckReservedLock(BELOW, is_locked);
}

static int control_file(sqlite3_file *opened, int operation, void *argument) {
    if (operation == poort_damaged_page_control) {
        *(poort_damaged_page *)argument = ((checked_file *)opened)->damaged;
        return SQLITE_OK;
    }
    return BELOW->pMethods->xFileControl(BELOW, operation, argument);
}

static int sector_size(sqlite3_file *opened) { return BELOW->pMethods->xSectorSize(BELOW); }
static int characteristics(sqlite3_file *opened) { return BELOW->pMethods->xDeviceCharacteristics(BELOW); }

static int map_region(sqlite3_file *opened, int number, int size, int may_extend, void volatile **mapped) {
    return BELOW->pMethods->xShmMap(BELOW, number, size, may_extend, mapped);
}

static int lock_region(sqlite3_file *opened, int first, int count, int flags) {
    return BELOW->pMethods->xShmLock(BELOW, first, count, flags);
}

static void region_barrier(sqlite3_file *opened) { BELOW->pMethods->xShmBarrier(BELOW); }
static int unmap_regions(sqlite3_file *opened, int is_last) { return BELOW->pMethods->xShmUnmap(BELOW, is_last); }

#define METHODS(version, read, write, map, lock, barrier, unmap) \
    { \
        .iVersion = version, .xClose = close_file, .xRead = read, .xWrite = write, .xTruncate = truncate_file, \
        .xSync = sync_file, .xFileSize = size_file, .xLock = lock_file, .xUnlock = unlock_file, \
        .xCheckReservedLock = check_reserved_lock, .xFileControl = control_file, .xSectorSize = sector_size, \
        .xDeviceCharacteristics = characteristics, .xShmMap = map, .xShmLock = lock, .xShmBarrier = barrier, \
        .xShmUnmap = unmap, \
    }

/* Version 2: without memory-mapped pages, which nobody would look at. */
static const sqlite3_io_methods database_methods =
    METHODS(2, read_database, write_database, map_region, lock_region, region_barrier, unmap_regions);
static const sqlite3_io_methods plain_database_methods = METHODS(1, read_database, write_database, 0, 0, 0, 0);
static const sqlite3_io_methods log_methods = METHODS(1, read_log, write_log, 0, 0, 0, 0);

void checked_file_init(checked_file *file, int is_log, checked_file *database) {
    file->is_log = is_log;
    file->database = database;
    file->is_big_endian = -1;
    file->uncommitted = -1;
    const sqlite3_io_methods *methods = below(file)->pMethods;
    int shares_memory = methods->iVersion >= 2 && methods->xShmMap;
    file->base.pMethods = is_log ? &log_methods : shares_memory ? &database_methods : &plain_database_methods;
}

/* --- The VFS --- */

typedef struct layer {
    sqlite3_vfs vfs;
    sqlite3_vfs *base;
    struct layer *next;
    int uses;
    char name[96];
} layer;

static sqlite3_vfs *base_of(sqlite3_vfs *vfs) { return ((layer *)vfs)->base; }

static int open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *opened, int flags, int *given) {
    sqlite3_vfs *base = base_of(vfs);
    if (!(flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL))) return base->xOpen(base, name, opened, flags, given);
    checked_file *file = (checked_file *)opened;
    memset(file, 0, sizeof *file + (size_t)base->szOsFile);
    int code = base->xOpen(base, name, below(file), flags, given);
    if (code) {
        if (below(file)->pMethods) below(file)->pMethods->xClose(below(file));
        return code;
    }
    int is_log = (flags & SQLITE_OPEN_WAL) != 0;
    checked_file_init(file, is_log, is_log ? (checked_file *)sqlite3_database_file_object(name) : file);
    if (!is_log) examine_database(file);
    return SQLITE_OK;
}

static int delete_file(sqlite3_vfs *vfs, const char *name, int syncs) {
    return base_of(vfs)->xDelete(base_of(vfs), name, syncs);
}

static int access_file(sqlite3_vfs *vfs, const char *name, int flags, int *is_there) {
    return base_of(vfs)->xAccess(base_of(vfs), name, flags, is_there);
}

static int full_name(sqlite3_vfs *vfs, const char *name, int room, char *full) {
    return base_of(vfs)->xFullPathname(base_of(vfs), name, room, full);
}

static int randomness(sqlite3_vfs *vfs, int length, char *into) {
    return base_of(vfs)->xRandomness(base_of(vfs), length, into);
}

static int sleep_microseconds(sqlite3_vfs *vfs, int microseconds) {
    return base_of(vfs)->xSleep(base_of(vfs), microseconds);
}

static int current_time(sqlite3_vfs *vfs, double *time) { return base_of(vfs)->xCurrentTime(base_of(vfs), time); }

static int last_error(sqlite3_vfs *vfs, int room, char *into) {
    return base_of(vfs)->xGetLastError ? base_of(vfs)->xGetLastError(base_of(vfs), room, into) : 0;
}

static int current_time_in_milliseconds(sqlite3_vfs *vfs, sqlite3_int64 *time) {
    sqlite3_vfs *base = base_of(vfs);
    if (base->iVersion >= 2 && base->xCurrentTimeInt64) return base->xCurrentTimeInt64(base, time);
    double days = 0;
    int code = base->xCurrentTime(base, &days);
    *time = (sqlite3_int64)(days * 86400000.0);
    return code;
}

/* --- Which there are --- */

static layer *layers;

static layer *make_layer(const char *name, sqlite3_vfs *base) {
    layer *made = sqlite3_malloc(sizeof *made);
    if (!made) return NULL;
    memset(made, 0, sizeof *made);
    strcpy(made->name, name);
    made->base = base;
    made->vfs = (sqlite3_vfs){
        .iVersion = 2,
        .szOsFile = (int)sizeof(checked_file) + base->szOsFile,
        .mxPathname = base->mxPathname,
        .zName = made->name,
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
    if (sqlite3_vfs_register(&made->vfs, 0)) {
        sqlite3_free(made);
        return NULL;
    }
    made->next = layers;
    layers = made;
    return made;
}

const char *poort_checksums_over(const char *base_name) {
    if (sqlite3_initialize()) return NULL;
    sqlite3_vfs *base = sqlite3_vfs_find(base_name);
    char name[96];
    if (!base || snprintf(name, sizeof name, "checksums/%s", base->zName) >= (int)sizeof name) return NULL;
    sqlite3_mutex *mutex = sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_APP1);
    sqlite3_mutex_enter(mutex);
    layer *found = layers;
    while (found && strcmp(found->name, name)) found = found->next;
    if (!found) found = make_layer(name, base);
    if (found) found->uses++;
    sqlite3_mutex_leave(mutex);
    return found ? found->name : NULL;
}

void poort_checksums_release(const char *name) {
    sqlite3_mutex *mutex = sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_APP1);
    sqlite3_mutex_enter(mutex);
    for (layer **place = &layers; *place; place = &(*place)->next) {
        layer *found = *place;
        if (found->name != name) continue;
        if (--found->uses == 0) {
            *place = found->next;
            sqlite3_vfs_unregister(&found->vfs);
            sqlite3_free(found);
        }
        break;
    }
    sqlite3_mutex_leave(mutex);
}
