#ifndef POORT_DISK_H
#define POORT_DISK_H

#include <sqlite3.h>
#include <stddef.h>

#include "include/CPowerCuts.h"

typedef struct {
    unsigned char *start;
    size_t length;
    size_t capacity;
} content;

/* A write, or where `data` is null a truncation to `offset`. */
typedef struct change {
    struct change *next;
    int64_t offset;
    size_t length;
    unsigned char *data;
} change;

typedef struct file {
    struct file *next;
    content current;
    content synced;
    change *first;
    change **last;
    /* The shared memory of a write-ahead log's index, which no power cut outlives. */
    void **regions;
    int region_count;
    int handles;
} file;

typedef struct {
    char name[64];
    file *file;
} entry;

enum { most_entries = 16 };

typedef struct {
    entry entries[most_entries];
    int count;
} directory;

struct poort_disk {
    sqlite3_vfs vfs;
    char name[64];
    poort_disk_kind kind;
    uint64_t state;
    file *files;
    directory current;
    directory synced;
    /* What was made and removed (null) since the directory was synced. */
    entry *renamings;
    int renaming_count;
    int64_t calls;
    int64_t cut_at;
    int is_off;
    poort_disk_tally tally;
};

uint64_t disk_random(poort_disk *disk);
void disk_garbage(poort_disk *disk, unsigned char *start, size_t length);

/* Counts a call that changes something. Returns 0 when the power is off already; it may go off in this very call. */
int disk_call(poort_disk *disk);

/* These and the next return an SQLite result code. */
int content_put(content *of, size_t offset, const void *data, size_t length);
int content_copy(content *of, const content *from);

file *disk_find(const directory *in, const char *name);
/* A null file removes the name. */
int directory_rename(directory *in, const entry *renamed);
int disk_name(poort_disk *disk, const char *name, file *named);
void disk_sync_directory(poort_disk *disk);
void disk_remove_nameless(poort_disk *disk);

file *disk_make_file(poort_disk *disk);
int file_write(file *of, const void *data, size_t length, int64_t offset);
int file_truncate(file *of, int64_t length);
int file_sync(file *of);
void file_forget_changes(file *of);
void file_forget_regions(file *of);
void file_free(file *of);

void disk_methods(poort_disk *disk);

#endif
