#ifndef POORT_CLINUX_H
#define POORT_CLINUX_H

/* What Swift's Glibc module leaves out. */
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/timerfd.h>
#include <sys/timex.h>

/* prctl is variadic, which does not reach Swift. */
static inline int poort_name_thread(const char *name) { return prctl(PR_SET_NAME, name, 0, 0, 0); }

/* How well the system clock is kept: TIME_ERROR where nobody does, -1 where one may not ask. */
static inline int poort_clock_state(void) {
    struct timex state = {0};
    return adjtimex(&state);
}

#endif
