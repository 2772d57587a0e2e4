/* What is called of librdkafka: CALL(result, name, parameters, arguments). */
CALL(rd_kafka_conf_t *, rd_kafka_conf_new, (void), ())
CALL(void, rd_kafka_conf_destroy, (rd_kafka_conf_t * conf), (conf))
CALL(rd_kafka_conf_res_t, rd_kafka_conf_set,
     (rd_kafka_conf_t * conf, const char *name, const char *value, char *words, size_t size),
     (conf, name, value, words, size))
CALL(void, rd_kafka_conf_set_opaque, (rd_kafka_conf_t * conf, void *context), (conf, context))
CALL(void, rd_kafka_conf_set_dr_msg_cb,
     (rd_kafka_conf_t * conf,
      void (*report)(rd_kafka_t *producer, const rd_kafka_message_t *message, void *context)),
     (conf, report))
CALL(void, rd_kafka_conf_set_error_cb,
     (rd_kafka_conf_t * conf, void (*report)(rd_kafka_t *producer, int error, const char *words, void *context)),
     (conf, report))
CALL(void, rd_kafka_conf_set_log_cb,
     (rd_kafka_conf_t * conf,
      void (*log)(const rd_kafka_t *producer, int level, const char *facility, const char *line)),
     (conf, log))
CALL(rd_kafka_t *, rd_kafka_new, (rd_kafka_type_t type, rd_kafka_conf_t *conf, char *words, size_t size),
     (type, conf, words, size))
CALL(void, rd_kafka_destroy, (rd_kafka_t * producer), (producer))
CALL(int, rd_kafka_poll, (rd_kafka_t * producer, int milliseconds), (producer, milliseconds))
CALL(rd_kafka_resp_err_t, rd_kafka_purge, (rd_kafka_t * producer, int flags), (producer, flags))
CALL(rd_kafka_resp_err_t, rd_kafka_fatal_error, (rd_kafka_t * producer, char *words, size_t size),
     (producer, words, size))
CALL(rd_kafka_msg_status_t, rd_kafka_message_status, (const rd_kafka_message_t *message), (message))
CALL(const char *, rd_kafka_err2str, (rd_kafka_resp_err_t error), (error))
CALL(rd_kafka_headers_t *, rd_kafka_headers_new, (size_t count), (count))
CALL(void, rd_kafka_headers_destroy, (rd_kafka_headers_t * headers), (headers))
CALL(rd_kafka_resp_err_t, rd_kafka_header_add,
     (rd_kafka_headers_t * headers, const char *name, ssize_t length, const void *value, ssize_t size),
     (headers, name, length, value, size))
