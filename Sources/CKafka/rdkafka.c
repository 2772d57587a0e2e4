#include "CKafka.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

#define CALL(result, name, parameters, arguments) static __typeof__(name) *loaded_##name;
#include "calls.h"
#undef CALL
static __typeof__(rd_kafka_producev) *loaded_rd_kafka_producev;

#define CALL(result, name, parameters, arguments) \
    result poort_##name parameters { return loaded_##name arguments; }
#include "calls.h"
#undef CALL

static char failure[300];

static void load(void) {
    void *library = dlopen("librdkafka.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(failure, sizeof failure, "%s", dlerror());
        return;
    }
#define CALL(result, name, parameters, arguments) \
    if (!(loaded_##name = (__typeof__(loaded_##name))dlsym(library, #name))) \
        snprintf(failure, sizeof failure, "librdkafka.so.1 has no %s", #name);
#include "calls.h"
    CALL(, rd_kafka_producev, , )
#undef CALL
}

const char *poort_load_rdkafka(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return failure[0] ? failure : NULL;
}

rd_kafka_resp_err_t poort_kafka_produce(
    rd_kafka_t *producer, const char *topic, const void *key, size_t key_size, const void *value, size_t value_size,
    rd_kafka_headers_t *headers, void *number) {
    return loaded_rd_kafka_producev(
        producer, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_KEY(key, key_size), RD_KAFKA_V_VALUE((void *)value, value_size),
        RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
        RD_KAFKA_V_OPAQUE(number), RD_KAFKA_V_END);
}
