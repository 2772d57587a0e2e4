#include "CPostgreSQL.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

#define CALL(result, name, parameters, arguments) static __typeof__(name) *loaded_##name;
#include "calls.h"
#undef CALL

#define CALL(result, name, parameters, arguments) \
    result poort_##name parameters { return loaded_##name arguments; }
#include "calls.h"
#undef CALL

static char failure[300];

static void load(void) {
    void *library = dlopen("libpq.so.5", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(failure, sizeof failure, "%s", dlerror());
        return;
    }
#define CALL(result, name, parameters, arguments) \
    if (!(loaded_##name = (__typeof__(loaded_##name))dlsym(library, #name))) \
        snprintf(failure, sizeof failure, "libpq.so.5 has no %s", #name);
#include "calls.h"
#undef CALL
}

const char *poort_load_libpq(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return failure[0] ? failure : NULL;
}
