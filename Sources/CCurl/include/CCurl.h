#ifndef POORT_CCURL_H
#define POORT_CCURL_H

/* Its macros check variadic arguments, which are typed here. */
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <stddef.h>

/* libcurl, loaded when it is first asked for. Linked, it and what it needs cost a gateway that speaks to nobody over
 * HTTP 4 MB of memory. */

/* Loads it and calls curl_global_init, once; any thread. Answers NULL, or why it cannot be used, for as long as the
 * program runs. Nothing else here may be called before it has answered NULL. */
const char *poort_curl_load(void);

/* As `curl_version_info(CURLVERSION_NOW)->version`. */
const char *poort_curl_version(void);

CURL *poort_curl_make(void);
void poort_curl_destroy(CURL *handle);
void poort_curl_reset(CURL *handle);
CURLcode poort_curl_perform(CURL *handle);
const char *poort_curl_words(CURLcode code);

struct curl_slist *poort_curl_append(struct curl_slist *list, const char *text);
void poort_curl_free_list(struct curl_slist *list);

/* What variadic functions take, by type. */
CURLcode poort_curl_set_number(CURL *handle, CURLoption option, long value);
/* The text is copied. */
CURLcode poort_curl_set_text(CURL *handle, CURLoption option, const char *value);
/* An error buffer, a list, a callback's context: must live until it is taken back. */
CURLcode poort_curl_set_pointer(CURL *handle, CURLoption option, void *value);

/* How curl.h has them: items, and their size. */
typedef size_t (*poort_curl_transfer)(char *bytes, size_t size, size_t count, void *context);
typedef int (*poort_curl_progress)(
    void *context, curl_off_t download, curl_off_t downloaded, curl_off_t upload, curl_off_t uploaded);
typedef int (*poort_curl_seek)(void *context, curl_off_t offset, int origin);

CURLcode poort_curl_set_transfer(CURL *handle, CURLoption option, poort_curl_transfer function);
CURLcode poort_curl_set_progress(CURL *handle, poort_curl_progress function);
CURLcode poort_curl_set_seek(CURL *handle, poort_curl_seek function);

/* 0 where it is not known. */
long poort_curl_number(CURL *handle, CURLINFO info);
curl_off_t poort_curl_offset(CURL *handle, CURLINFO info);

/* Constants that are macros with casts, which do not reach Swift. */
static const long poort_curl_http_2_over_tls = CURL_HTTP_VERSION_2TLS;
static const long poort_curl_tls_1_2 = CURL_SSLVERSION_TLSv1_2;
static const long poort_curl_header_separate = CURLHEADER_SEPARATE;

#endif
