/* What is found after the power was cut. */
#include <stdlib.h>

#include "disk.h"

static size_t below(poort_disk *disk, size_t bound) { return (size_t)(disk_random(disk) % bound); }

/* How a cut treats what was not synced. Real disks do all of these. */
typedef enum { keeps_all, keeps_none, keeps_a_beginning, keeps_any } mood;

typedef struct {
    poort_disk *disk;
    mood mood;
    /* With keeps_a_beginning: what still comes before the end. */
    size_t remaining;
} cut;

typedef enum { kept, lost, torn } fate;

static fate decide(cut *by) {
    switch (by->mood) {
        case keeps_all: return kept;
        case keeps_none: return lost;
        case keeps_a_beginning:
            if (by->remaining > 0) {
                by->remaining--;
                return by->remaining == 0 ? torn : kept;
            }
            return lost;
        case keeps_any: break;
    }
    size_t drawn = below(by->disk, 8);
    return drawn < 3 ? kept : drawn < 6 ? lost : torn;
}

/* A part of a write that lies in one sector, of which not all has arrived. */
static int tear(poort_disk *disk, content *found, size_t offset, const unsigned char *data, size_t length) {
    unsigned char sector[65536];
    if (disk->kind.tears_whole_sectors) {
        size_t bytes = (size_t)disk->kind.sector_bytes;
        disk_garbage(disk, sector, bytes);
        return content_put(found, offset - offset % bytes, sector, bytes);
    }
    size_t arrived = below(disk, length + 1);
    if (content_put(found, offset, data, arrived)) return SQLITE_NOMEM;
    if (disk_random(disk) % 2) return SQLITE_OK;
    disk_garbage(disk, sector, length - arrived);
    return content_put(found, offset + arrived, sector, length - arrived);
}

static int arrive(cut *by, content *found, const change *made) {
    poort_disk *disk = by->disk;
    size_t sector = (size_t)disk->kind.sector_bytes;
    for (size_t done = 0; done < made->length;) {
        size_t offset = (size_t)made->offset + done;
        size_t room = sector - offset % sector;
        size_t length = made->length - done < room ? made->length - done : room;
        int code = SQLITE_OK;
        switch (decide(by)) {
            case kept:
                disk->tally.kept++;
                code = content_put(found, offset, made->data + done, length);
                break;
            case lost: disk->tally.lost++; break;
            case torn:
                disk->tally.torn++;
                code = tear(disk, found, offset, made->data + done, length);
                break;
        }
        if (code) return code;
        done += length;
    }
    return SQLITE_OK;
}

static int lose_power(cut *by, file *of) {
    for (const change *made = of->first; made; made = made->next) {
        if (made->data) {
            if (arrive(by, &of->synced, made)) return SQLITE_NOMEM;
        } else if (decide(by) == kept && (size_t)made->offset < of->synced.length) {
            of->synced.length = (size_t)made->offset;
        }
    }
    file_forget_changes(of);
    file_forget_regions(of);
    return content_copy(&of->current, &of->synced);
}

void disk_remove_nameless(poort_disk *disk) {
    for (file **link = &disk->files; *link;) {
        file *looked = *link;
        int is_named = 0;
        for (int index = 0; index < disk->current.count; index++) {
            if (disk->current.entries[index].file == looked) is_named = 1;
        }
        if (is_named) {
            link = &looked->next;
        } else {
            *link = looked->next;
            file_free(looked);
        }
    }
}

int poort_disk_restore(poort_disk *disk) {
    int open = 0;
    size_t sectors = 1;
    for (file *each = disk->files; each; each = each->next) {
        open += each->handles;
        for (change *made = each->first; made; made = made->next) {
            sectors += made->length / (size_t)disk->kind.sector_bytes + 2;
        }
    }
    if (open) return open;
    cut by = {disk, (mood)below(disk, 4), below(disk, sectors)};
    for (int index = 0; index < disk->renaming_count; index++) {
        if (disk_random(disk) % 2) directory_rename(&disk->synced, &disk->renamings[index]);
    }
    disk->renaming_count = 0;
    disk->current = disk->synced;
    disk_remove_nameless(disk);
    for (file *each = disk->files; each; each = each->next) {
        if (lose_power(&by, each)) abort();
    }
    disk->is_off = 0;
    disk->cut_at = -1;
    return 0;
}
