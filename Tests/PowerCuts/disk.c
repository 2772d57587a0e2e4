#include "disk.h"

#include <stdlib.h>
#include <string.h>

/* SplitMix64, Steele et al. 2014. */
uint64_t disk_random(poort_disk *disk) {
    uint64_t mixed = disk->state += 0x9E3779B97F4A7C15u;
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
    return mixed ^ (mixed >> 31);
}

void disk_garbage(poort_disk *disk, unsigned char *start, size_t length) {
    for (size_t index = 0; index < length; index += 8) {
        uint64_t bits = disk_random(disk);
        memcpy(start + index, &bits, length - index < 8 ? length - index : 8);
    }
}

int disk_call(poort_disk *disk) {
    if (disk->is_off) return 0;
    disk->calls++;
    if (disk->cut_at >= 0 && disk->calls >= disk->cut_at) disk->is_off = 1;
    return 1;
}

/* --- Contents --- */

static int resize(content *of, size_t length) {
    if (length > of->capacity) {
        size_t capacity = length * 2 + 4096;
        unsigned char *start = realloc(of->start, capacity);
        if (!start) return SQLITE_NOMEM;
        of->start = start;
        of->capacity = capacity;
    }
    if (length > of->length) memset(of->start + of->length, 0, length - of->length);
    of->length = length;
    return SQLITE_OK;
}

int content_put(content *of, size_t offset, const void *data, size_t length) {
    if (offset + length > of->length && resize(of, offset + length)) return SQLITE_NOMEM;
    memcpy(of->start + offset, data, length);
    return SQLITE_OK;
}

int content_copy(content *of, const content *from) {
    if (resize(of, from->length)) return SQLITE_NOMEM;
    if (from->length) memcpy(of->start, from->start, from->length);
    return SQLITE_OK;
}

/* --- Files --- */

file *disk_make_file(poort_disk *disk) {
    file *made = calloc(1, sizeof(file));
    if (!made) return NULL;
    made->last = &made->first;
    made->next = disk->files;
    disk->files = made;
    return made;
}

static int append(file *of, int64_t offset, const void *data, size_t length) {
    change *added = malloc(sizeof(change) + length);
    if (!added) return SQLITE_NOMEM;
    *added = (change){NULL, offset, length, data ? (unsigned char *)(added + 1) : NULL};
    if (data) memcpy(added->data, data, length);
    *of->last = added;
    of->last = &added->next;
    return SQLITE_OK;
}

int file_write(file *of, const void *data, size_t length, int64_t offset) {
    if (content_put(&of->current, (size_t)offset, data, length)) return SQLITE_NOMEM;
    return append(of, offset, data, length);
}

int file_truncate(file *of, int64_t length) {
    if ((size_t)length >= of->current.length) return SQLITE_OK;
    of->current.length = (size_t)length;
    return append(of, length, NULL, 0);
}

void file_forget_changes(file *of) {
    while (of->first) {
        change *next = of->first->next;
        free(of->first);
        of->first = next;
    }
    of->last = &of->first;
}

int file_sync(file *of) {
    for (change *made = of->first; made; made = made->next) {
        int code = SQLITE_OK;
        if (made->data) {
            code = content_put(&of->synced, (size_t)made->offset, made->data, made->length);
        } else if ((size_t)made->offset < of->synced.length) {
            of->synced.length = (size_t)made->offset;
        }
        if (code) return code;
    }
    file_forget_changes(of);
    return SQLITE_OK;
}

void file_forget_regions(file *of) {
    for (int index = 0; index < of->region_count; index++) free(of->regions[index]);
    free(of->regions);
    of->regions = NULL;
    of->region_count = 0;
}

void file_free(file *of) {
    file_forget_changes(of);
    file_forget_regions(of);
    free(of->current.start);
    free(of->synced.start);
    free(of);
}

/* --- Names --- */

file *disk_find(const directory *in, const char *name) {
    for (int index = 0; index < in->count; index++) {
        if (!strcmp(in->entries[index].name, name)) return in->entries[index].file;
    }
    return NULL;
}

int directory_rename(directory *in, const entry *renamed) {
    int index = 0;
    while (index < in->count && strcmp(in->entries[index].name, renamed->name)) index++;
    if (!renamed->file) {
        if (index < in->count) in->entries[index] = in->entries[--in->count];
        return SQLITE_OK;
    }
    if (index == in->count) {
        if (in->count == most_entries) return SQLITE_FULL;
        in->count++;
    }
    in->entries[index] = *renamed;
    return SQLITE_OK;
}

int disk_name(poort_disk *disk, const char *name, file *named) {
    entry renamed = {.file = named};
    if (strlen(name) >= sizeof renamed.name) return SQLITE_CANTOPEN;
    strcpy(renamed.name, name);
    entry *renamings = realloc(disk->renamings, (size_t)(disk->renaming_count + 1) * sizeof(entry));
    if (!renamings) return SQLITE_NOMEM;
    disk->renamings = renamings;
    renamings[disk->renaming_count++] = renamed;
    return directory_rename(&disk->current, &renamed);
}

void disk_sync_directory(poort_disk *disk) {
    disk->synced = disk->current;
    disk->renaming_count = 0;
}

/* --- The disk --- */

poort_disk *poort_disk_new(const char *name, uint64_t seed, poort_disk_kind kind) {
    poort_disk *made = calloc(1, sizeof(poort_disk));
    if (!made || strlen(name) >= sizeof made->name) return NULL;
    strcpy(made->name, name);
    made->kind = kind;
    made->state = seed;
    made->cut_at = -1;
    disk_methods(made);
    sqlite3_initialize();
    if (sqlite3_vfs_register(&made->vfs, 0)) {
        free(made);
        return NULL;
    }
    return made;
}

void poort_disk_free(poort_disk *disk) {
    sqlite3_vfs_unregister(&disk->vfs);
    disk->current.count = 0;
    disk_remove_nameless(disk);
    free(disk->renamings);
    free(disk);
}

void poort_disk_cut_after(poort_disk *disk, int64_t calls) {
    if (calls == 0) disk->is_off = 1;
    disk->cut_at = calls > 0 ? disk->calls + calls : -1;
}

int poort_disk_is_off(const poort_disk *disk) { return disk->is_off; }

int64_t poort_disk_calls(const poort_disk *disk) { return disk->calls; }

poort_disk_tally poort_disk_tally_of(const poort_disk *disk) { return disk->tally; }
