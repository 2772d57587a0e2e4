/* The floor that Poort is measured against: libmosquitto and SQLite with nothing between, each message acknowledged
   after the commit that holds it. It finds two numbers in the payload and does no more: no check, no flag, no
   aggregate, no account.

   bare-subscriber PORT CLIENT_ID DATABASE WINDOW COUNT
   Prints the seconds from its start to the last acknowledgement, and waits for a signal. COUNT 0 only subscribes. */
#include <errno.h>
#include <mosquitto.h>
#include <mqtt_protocol.h>
#include <poll.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { series_slots = 4096, name_bytes = 96, commit_milliseconds = 1000 };

static sqlite3 *database;
static sqlite3_stmt *insert;
static char names[series_slots][name_bytes];
static long received, committed;
static bool is_subscribed, is_connected;

static void fail(const char *what, const char *why) {
    fprintf(stderr, "bare-subscriber: %s: %s\n", what, why);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void execute(const char *sql) {
    char *message = NULL;
    if (sqlite3_exec(database, sql, NULL, NULL, &message) != SQLITE_OK) fail(sql, message);
}

static int series_of(const char *topic) {
    unsigned hash = 2166136261u;
    for (const char *byte = topic; *byte; byte++) hash = (hash ^ (unsigned char)*byte) * 16777619u;
    unsigned slot = hash % series_slots;
    while (names[slot][0] && strcmp(names[slot], topic) != 0) slot = (slot + 1) % series_slots;
    if (!names[slot][0]) snprintf(names[slot], name_bytes, "%s", topic);
    return (int)slot;
}

static void on_message(struct mosquitto *client, void *context, const struct mosquitto_message *message) {
    (void)client, (void)context;
    const char *value = strstr(message->payload, "\"value\":");
    const char *time = strstr(message->payload, "\"ts\":");
    if (!value || !time) fail("payload", message->payload);
    sqlite3_bind_int64(insert, 1, strtoll(time + 5, NULL, 10));
    sqlite3_bind_int(insert, 2, series_of(message->topic));
    sqlite3_bind_double(insert, 3, strtod(value + 8, NULL));
    if (sqlite3_step(insert) != SQLITE_DONE) fail("insert", sqlite3_errmsg(database));
    sqlite3_reset(insert);
    received++;
}

static void on_connect(struct mosquitto *client, void *context, int code, int flags, const mosquitto_property *p) {
    (void)client, (void)context, (void)flags, (void)p;
    if (code) fail("connect", mosquitto_reason_string(code));
    is_connected = true;
}

static void on_subscribe(struct mosquitto *client, void *context, int id, int count, const int *granted) {
    (void)client, (void)context, (void)id, (void)count, (void)granted;
    is_subscribed = true;
}

static void open_database(const char *path) {
    if (sqlite3_open(path, &database) != SQLITE_OK) fail(path, sqlite3_errmsg(database));
    execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    execute(
        "CREATE TABLE IF NOT EXISTS readings(time INTEGER, series INTEGER, value REAL, PRIMARY KEY(time, series)) "
        "WITHOUT ROWID");
    const char *sql = "INSERT OR IGNORE INTO readings VALUES(?1, ?2, ?3)";
    if (sqlite3_prepare_v2(database, sql, -1, &insert, NULL) != SQLITE_OK) fail(sql, sqlite3_errmsg(database));
}

static struct mosquitto *connect_to(int port, const char *client_id, int window) {
    struct mosquitto *client = mosquitto_new(client_id, false, NULL);
    mosquitto_threaded_set(client, true);
    mosquitto_int_option(client, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5);
    mosquitto_int_option(client, MOSQ_OPT_RECEIVE_MAXIMUM, window);
    mosquitto_int_option(client, MOSQ_OPT_TCP_NODELAY, 1);
    mosquitto_message_callback_set(client, on_message);
    mosquitto_connect_v5_callback_set(client, on_connect);
    mosquitto_subscribe_callback_set(client, on_subscribe);
    mosquitto_property *properties = NULL;
    mosquitto_property_add_int32(&properties, MQTT_PROP_SESSION_EXPIRY_INTERVAL, 3600);
    int code = mosquitto_connect_bind_v5(client, "127.0.0.1", port, 60, NULL, properties);
    if (code) fail("connect", mosquitto_strerror(code));
    /* In threaded mode nothing is sent, CONNECT included, but by this call. */
    mosquitto_loop_write(client, 1);
    return client;
}

static void wait_for(struct mosquitto *client, int milliseconds) {
    struct pollfd poller = {.fd = mosquitto_socket(client), .events = POLLIN};
    if (poll(&poller, 1, milliseconds) < 0 && errno != EINTR) fail("poll", strerror(errno));
}

static void read_one(struct mosquitto *client) {
    int code = mosquitto_loop_read(client, 1);
    if (code) fail("read", mosquitto_strerror(code));
}

/* Reads until nothing comes or the window is used up, and commits and acknowledges when it is, or is old enough. */
static void drain(struct mosquitto *client, long count, int window) {
    double batch_began = now();
    execute("BEGIN");
    while (committed < count) {
        wait_for(client, 10);
        long before;
        do {
            before = received;
            read_one(client);
        } while (received > before && received - committed < window);
        bool is_due = received - committed >= window || received >= count;
        if (is_due || (received > committed && (now() - batch_began) * 1000 >= commit_milliseconds)) {
            execute("COMMIT");
            mosquitto_loop_write(client, 1);
            while (mosquitto_want_write(client)) mosquitto_loop_write(client, 1);
            committed = received;
            batch_began = now();
            execute("BEGIN");
        }
    }
    execute("COMMIT");
}

int main(int argc, char **argv) {
    double started = now();
    if (argc != 6) fail("usage", "bare-subscriber PORT CLIENT_ID DATABASE WINDOW COUNT");
    int window = atoi(argv[4]);
    long count = atol(argv[5]);
    open_database(argv[3]);
    mosquitto_lib_init();
    struct mosquitto *client = connect_to(atoi(argv[1]), argv[2], window);
    if (count == 0) {
        while (!is_connected) wait_for(client, 1000), read_one(client);
        mosquitto_subscribe(client, NULL, "sensors/#", 1);
        while (!is_subscribed) mosquitto_loop_write(client, 1), wait_for(client, 1000), read_one(client);
        mosquitto_disconnect(client);
        mosquitto_loop_write(client, 1);
        return 0;
    }
    drain(client, count, window);
    printf("%.6f\n", now() - started);
    fflush(stdout);
    pause();
    return 0;
}
