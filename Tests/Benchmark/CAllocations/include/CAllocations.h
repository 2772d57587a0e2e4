#ifndef POORT_CALLOCATIONS_H
#define POORT_CALLOCATIONS_H

/* How often this process has asked for memory: malloc, calloc, realloc and their aligned kin are counted. */
unsigned long poort_allocation_count(void);

#endif
