#ifndef POORT_CLINUX_H
#define POORT_CLINUX_H

/* What Swift's Glibc module leaves out. */
#include <sys/eventfd.h>
#include <sys/prctl.h>

/* prctl is variadic, which does not reach Swift. */
static inline int poort_name_thread(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

#endif
