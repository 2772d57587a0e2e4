#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

/* What is called of it. */
static struct {
    CURLcode (*global_init)(long);
    curl_version_info_data *(*version_info)(CURLversion);
    CURL *(*init)(void);
    void (*cleanup)(CURL *);
    void (*reset)(CURL *);
    CURLcode (*perform)(CURL *);
    const char *(*strerror)(CURLcode);
    CURLcode (*setopt)(CURL *, CURLoption, ...);
    CURLcode (*getinfo)(CURL *, CURLINFO, ...);
    struct curl_slist *(*append)(struct curl_slist *, const char *);
    void (*free_all)(struct curl_slist *);
} curl;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char failure[256];

/* Stores what dlsym(3) finds as its manual says, since C knows no cast from a pointer to a function. */
static int find(void *library, const char *name, void *function) {
    *(void **)function = dlsym(library, name);
    if (*(void **)function == NULL) {
        snprintf(failure, sizeof failure, "it has no %s", name);
        return 0;
    }
    return 1;
}

static void load(void) {
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        const char *words = dlerror();
        snprintf(failure, sizeof failure, "%s", words == NULL ? "no words" : words);
        return;
    }
    if (!find(library, "curl_global_init", &curl.global_init) || !find(library, "curl_version_info", &curl.version_info)
        || !find(library, "curl_easy_init", &curl.init) || !find(library, "curl_easy_cleanup", &curl.cleanup)
        || !find(library, "curl_easy_reset", &curl.reset) || !find(library, "curl_easy_perform", &curl.perform)
        || !find(library, "curl_easy_strerror", &curl.strerror) || !find(library, "curl_easy_setopt", &curl.setopt)
        || !find(library, "curl_easy_getinfo", &curl.getinfo) || !find(library, "curl_slist_append", &curl.append)
        || !find(library, "curl_slist_free_all", &curl.free_all))
        return;
    CURLcode code = curl.global_init(CURL_GLOBAL_DEFAULT);
    if (code != CURLE_OK) snprintf(failure, sizeof failure, "%s", curl.strerror(code));
}

const char *poort_curl_load(void) {
    pthread_once(&once, load);
    return failure[0] == '\0' ? NULL : failure;
}

const char *poort_curl_version(void) { return curl.version_info(CURLVERSION_NOW)->version; }

CURL *poort_curl_make(void) { return curl.init(); }
void poort_curl_destroy(CURL *handle) { curl.cleanup(handle); }
void poort_curl_reset(CURL *handle) { curl.reset(handle); }
CURLcode poort_curl_perform(CURL *handle) { return curl.perform(handle); }
const char *poort_curl_words(CURLcode code) { return curl.strerror(code); }

struct curl_slist *poort_curl_append(struct curl_slist *list, const char *text) { return curl.append(list, text); }
void poort_curl_free_list(struct curl_slist *list) { curl.free_all(list); }

CURLcode poort_curl_set_number(CURL *handle, CURLoption option, long value) {
    return curl.setopt(handle, option, value);
}

CURLcode poort_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl.setopt(handle, option, value);
}

CURLcode poort_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl.setopt(handle, option, value);
}

CURLcode poort_curl_set_transfer(CURL *handle, CURLoption option, poort_curl_transfer function) {
    return curl.setopt(handle, option, function);
}

CURLcode poort_curl_set_progress(CURL *handle, poort_curl_progress function) {
    return curl.setopt(handle, CURLOPT_XFERINFOFUNCTION, function);
}

CURLcode poort_curl_set_seek(CURL *handle, poort_curl_seek function) {
    return curl.setopt(handle, CURLOPT_SEEKFUNCTION, function);
}

long poort_curl_number(CURL *handle, CURLINFO info) {
    long value = 0;
    return curl.getinfo(handle, info, &value) == CURLE_OK ? value : 0;
}

curl_off_t poort_curl_offset(CURL *handle, CURLINFO info) {
    curl_off_t value = 0;
    return curl.getinfo(handle, info, &value) == CURLE_OK ? value : 0;
}
