#ifndef POORT_CALLOCATIONS_H
#define POORT_CALLOCATIONS_H

/* How often this process has asked for memory: malloc, calloc, realloc and their aligned kin are counted. */
unsigned long poort_allocation_count(void);

/* How much memory is in use of the main arena: what this process has asked for and not given back. */
unsigned long poort_allocated_bytes(void);

#endif
