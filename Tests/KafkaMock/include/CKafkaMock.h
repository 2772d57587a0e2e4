#ifndef POORT_CKAFKAMOCK_H
#define POORT_CKAFKAMOCK_H

#include <stddef.h>
#include <stdint.h>

/* A Kafka cluster in this process: librdkafka's own mock, on loopback ports. */
typedef struct poort_kafka_mock poort_kafka_mock;

/* NULL where it cannot be made. */
poort_kafka_mock *poort_kafka_mock_create(int brokers);
void poort_kafka_mock_destroy(poort_kafka_mock *mock);
/* `host:port,…`; valid as long as the cluster. */
const char *poort_kafka_mock_servers(const poort_kafka_mock *mock);
void poort_kafka_mock_create_topic(poort_kafka_mock *mock, const char *topic, int partitions);
/* Answers the next request of a kind (0 is Produce, 22 InitProducerId) with an error of the protocol. */
void poort_kafka_mock_push_error(poort_kafka_mock *mock, int16_t request, int error);
/* What is said of a topic from now on; 0 for nothing. */
void poort_kafka_mock_set_topic_error(poort_kafka_mock *mock, const char *topic, int error);
/* Brokers have numbers from 1. */
void poort_kafka_mock_set_broker(poort_kafka_mock *mock, int broker, int is_up);
void poort_kafka_mock_set_latency(poort_kafka_mock *mock, int broker, int milliseconds);

typedef struct {
    int32_t partition;
    int64_t offset;
    int64_t milliseconds;
    const void *key;
    size_t key_size;
    const void *value;
    size_t value_size;
    /* Of the headers `revision` and `tier`; NULL where there is none. */
    const void *revision;
    size_t revision_size;
    const void *tier;
    size_t tier_size;
} poort_kafka_record;

/* Reads a topic from its beginning to the end of each partition. Returns how many records there are, or -1. */
int poort_kafka_mock_read(
    poort_kafka_mock *mock, const char *topic, int partitions, int milliseconds,
    void (*take)(const poort_kafka_record *record, void *context), void *context);

#endif
