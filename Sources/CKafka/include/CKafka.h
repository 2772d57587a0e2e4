#ifndef POORT_CKAFKA_H
#define POORT_CKAFKA_H

#include <librdkafka/rdkafka.h>

/* librdkafka without being linked to it: `poort_` before each name. A box that has no such partner needs no librdkafka. */
#define CALL(result, name, parameters, arguments) result poort_##name parameters;
#include "calls.h"
#undef CALL

/* Loads librdkafka.so.1; before any of the above. NULL, or why it cannot. Any thread. */
const char *poort_load_rdkafka(void);

/* Queues a copy of a message, with the headers, which belong to it from then on if the answer is RD_KAFKA_RESP_ERR_NO_ERROR.
   rd_kafka_producev is variadic, which does not reach Swift. */
rd_kafka_resp_err_t poort_kafka_produce(
    rd_kafka_t *producer, const char *topic, const void *key, size_t key_size, const void *value, size_t value_size,
    rd_kafka_headers_t *headers, void *number);

#endif
