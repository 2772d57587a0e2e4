#include "CKafkaMock.h"

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdlib.h>
#include <time.h>

struct poort_kafka_mock {
    rd_kafka_t *client;
    rd_kafka_mock_cluster_t *cluster;
};

static void say_nothing(const rd_kafka_t *client, int level, const char *facility, const char *line) {}

static rd_kafka_t *new_client(rd_kafka_type_t type, const char *servers) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    char words[200];
    rd_kafka_conf_set_log_cb(conf, say_nothing);
    if (servers) {
        rd_kafka_conf_set(conf, "bootstrap.servers", servers, words, sizeof words);
        rd_kafka_conf_set(conf, "group.id", "test", words, sizeof words);
        rd_kafka_conf_set(conf, "enable.partition.eof", "true", words, sizeof words);
        rd_kafka_conf_set(conf, "enable.auto.commit", "false", words, sizeof words);
    }
    rd_kafka_t *client = rd_kafka_new(type, conf, words, sizeof words);
    if (!client) rd_kafka_conf_destroy(conf);
    return client;
}

poort_kafka_mock *poort_kafka_mock_create(int brokers) {
    poort_kafka_mock *mock = calloc(1, sizeof *mock);
    mock->client = new_client(RD_KAFKA_PRODUCER, NULL);
    if (mock->client) mock->cluster = rd_kafka_mock_cluster_new(mock->client, brokers);
    if (mock->cluster) return mock;
    poort_kafka_mock_destroy(mock);
    return NULL;
}

void poort_kafka_mock_destroy(poort_kafka_mock *mock) {
    if (mock->cluster) rd_kafka_mock_cluster_destroy(mock->cluster);
    if (mock->client) rd_kafka_destroy(mock->client);
    free(mock);
}

const char *poort_kafka_mock_servers(const poort_kafka_mock *mock) {
    return rd_kafka_mock_cluster_bootstraps(mock->cluster);
}

void poort_kafka_mock_create_topic(poort_kafka_mock *mock, const char *topic, int partitions) {
    rd_kafka_mock_topic_create(mock->cluster, topic, partitions, 1);
}

void poort_kafka_mock_push_error(poort_kafka_mock *mock, int16_t request, int error) {
    rd_kafka_mock_push_request_errors(mock->cluster, request, 1, error);
}

void poort_kafka_mock_set_topic_error(poort_kafka_mock *mock, const char *topic, int error) {
    rd_kafka_mock_topic_set_error(mock->cluster, topic, error);
}

void poort_kafka_mock_set_broker(poort_kafka_mock *mock, int broker, int is_up) {
    if (is_up)
        rd_kafka_mock_broker_set_up(mock->cluster, broker);
    else
        rd_kafka_mock_broker_set_down(mock->cluster, broker);
}

void poort_kafka_mock_set_latency(poort_kafka_mock *mock, int broker, int milliseconds) {
    rd_kafka_mock_broker_set_rtt(mock->cluster, broker, milliseconds);
}

static void show(
    const rd_kafka_message_t *message, void (*take)(const poort_kafka_record *record, void *context), void *context) {
    poort_kafka_record record = {
        .partition = message->partition,
        .offset = message->offset,
        .milliseconds = rd_kafka_message_timestamp(message, NULL),
        .key = message->key,
        .key_size = message->key_len,
        .value = message->payload,
        .value_size = message->len,
    };
    rd_kafka_headers_t *headers = NULL;
    if (rd_kafka_message_headers(message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        rd_kafka_header_get_last(headers, "revision", &record.revision, &record.revision_size);
        rd_kafka_header_get_last(headers, "tier", &record.tier, &record.tier_size);
    }
    take(&record, context);
}

int poort_kafka_mock_read(
    poort_kafka_mock *mock, const char *topic, int partitions, int milliseconds,
    void (*take)(const poort_kafka_record *record, void *context), void *context) {
    rd_kafka_t *client = new_client(RD_KAFKA_CONSUMER, poort_kafka_mock_servers(mock));
    if (!client) return -1;
    rd_kafka_poll_set_consumer(client);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(partitions);
    for (int partition = 0; partition < partitions; partition++)
        rd_kafka_topic_partition_list_add(list, topic, partition)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(client, list);
    rd_kafka_topic_partition_list_destroy(list);
    int count = 0, open = partitions;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t end = now.tv_sec * 1000LL + now.tv_nsec / 1000000 + milliseconds;
    while (open > 0) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (now.tv_sec * 1000LL + now.tv_nsec / 1000000 > end) break;
        rd_kafka_message_t *message = rd_kafka_consumer_poll(client, 100);
        if (!message) continue;
        if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) open--;
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            count++;
            show(message, take, context);
        }
        rd_kafka_message_destroy(message);
    }
    rd_kafka_destroy(client);
    return open > 0 ? -1 : count;
}
