#include "CAllocations.h"

#include <errno.h>
#include <malloc.h>
#include <stddef.h>

/* glibc's own functions under the names that stay when the public ones are replaced.
   Source: https://www.gnu.org/software/libc/manual/html_node/Replacing-malloc.html */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *pointer, size_t size);
extern void *__libc_memalign(size_t alignment, size_t size);
extern void __libc_free(void *pointer);

static _Thread_local unsigned long count;

unsigned long poort_allocation_count(void) { return count; }

unsigned long poort_allocated_bytes(void) { return mallinfo2().uordblks; }

void *malloc(size_t size) {
    count++;
    return __libc_malloc(size);
}

void *calloc(size_t number, size_t size) {
    count++;
    return __libc_calloc(number, size);
}

void *realloc(void *pointer, size_t size) {
    count++;
    return __libc_realloc(pointer, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    count++;
    return __libc_memalign(alignment, size);
}

void *memalign(size_t alignment, size_t size) { return aligned_alloc(alignment, size); }

int posix_memalign(void **pointer, size_t alignment, size_t size) {
    void *made = aligned_alloc(alignment, size);
    if (!made) return ENOMEM;
    *pointer = made;
    return 0;
}

void free(void *pointer) { __libc_free(pointer); }
