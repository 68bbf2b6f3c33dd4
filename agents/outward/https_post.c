#include "https_post.h"

#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS_AT_ONCE = 16 };

struct poster {
    CURLM *multi;
    int epoll;
    int64_t timer_ms; /* monotonic; -1: none */
};

struct post_channel {
    struct poster *poster;
    CURL *easy;
    struct curl_slist *headers;
    bool busy;
    bool answered; /* an answer is there to be taken */
    bool cut;      /* the body went on behind POST_BODY_MAX */
    CURLcode result;
    size_t header_size;
    size_t size;
    char body[POST_BODY_MAX + 1];
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void address_free(CURLU **address)
{
    curl_url_cleanup(*address);
    *address = NULL;
}

/* Whether the address has the part; of the scheme, whether it is https. */
static bool has_part(CURLU *address, CURLUPart part)
{
    char *text = NULL;
    if (curl_url_get(address, part, &text, 0) != CURLUE_OK)
        return false;
    const bool has = part == CURLUPART_SCHEME ? strcmp(text, "https") == 0 : text[0] != '\0';
    curl_free(text);
    return has;
}

bool https_address_check(const char *url, struct fault *fault)
{
    CLEANUP(address_free) CURLU *address = curl_url();
    if (address == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    if (curl_url_set(address, CURLUPART_URL, url, 0) != CURLUE_OK)
        return fault_set(fault, FAULT_USAGE, "no address; https://HOST/PATH is one");
    if (!has_part(address, CURLUPART_SCHEME))
        return fault_set(fault, FAULT_USAGE, "only https:// addresses are called");
    if (!has_part(address, CURLUPART_HOST) || has_part(address, CURLUPART_USER) ||
        has_part(address, CURLUPART_PASSWORD) || has_part(address, CURLUPART_FRAGMENT))
        return fault_set(fault, FAULT_USAGE, "an address has a host, and no user, password or fragment");
    return true;
}

/* ---- the poster ---- */

/* libcurl says what it waits for on a socket. */
static int watch_socket(CURL *easy, curl_socket_t socket, int what, void *context, void *watched)
{
    struct poster *poster = context;
    (void)easy;
    struct epoll_event event = {.data.fd = socket};
    event.events = (what & CURL_POLL_IN ? EPOLLIN : 0u) | (what & CURL_POLL_OUT ? EPOLLOUT : 0u);
    if (what == CURL_POLL_REMOVE) {
        epoll_ctl(poster->epoll, EPOLL_CTL_DEL, socket, &event); /* it may be closed already: then it is gone there */
        return 0;
    }
    if (watched == NULL)
        curl_multi_assign(poster->multi, socket, poster);
    if (epoll_ctl(poster->epoll, EPOLL_CTL_ADD, socket, &event) == 0)
        return 0;
    return errno == EEXIST && epoll_ctl(poster->epoll, EPOLL_CTL_MOD, socket, &event) == 0 ? 0 : -1;
}

static int set_timer(CURLM *multi, long wait_ms, void *context)
{
    struct poster *poster = context;
    (void)multi;
    poster->timer_ms = wait_ms < 0 ? -1 : now_ms() + wait_ms;
    return 0;
}

struct poster *poster_open(struct fault *fault)
{
    CLEANUP(poster_close) struct poster *poster = calloc(1, sizeof *poster);
    if (poster == NULL) {
        fault_set(fault, FAULT_SYSTEM, "out of memory");
        return NULL;
    }
    poster->timer_ms = -1;
    poster->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
        poster->multi = curl_multi_init();
    if (poster->epoll < 0 || poster->multi == NULL) {
        fault_set(fault, FAULT_SYSTEM, "HTTPS cannot be used here: %s", strerror(errno));
        return NULL;
    }
    curl_multi_setopt(poster->multi, CURLMOPT_SOCKETFUNCTION, watch_socket);
    curl_multi_setopt(poster->multi, CURLMOPT_SOCKETDATA, poster);
    curl_multi_setopt(poster->multi, CURLMOPT_TIMERFUNCTION, set_timer);
    curl_multi_setopt(poster->multi, CURLMOPT_TIMERDATA, poster);
    struct poster *opened = poster;
    poster = NULL;
    return opened;
}

void poster_close(struct poster **poster)
{
    struct poster *gone = *poster;
    *poster = NULL;
    if (gone == NULL)
        return;
    if (gone->multi != NULL) {
        curl_multi_cleanup(gone->multi);
        curl_global_cleanup();
    }
    if (gone->epoll >= 0)
        close(gone->epoll);
    free(gone);
}

int poster_descriptor(const struct poster *poster)
{
    return poster->epoll;
}

int poster_wait_ms(const struct poster *poster)
{
    if (poster->timer_ms < 0)
        return -1;
    const int64_t left = poster->timer_ms - now_ms();
    return left <= 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

/* Notes which channels are done. */
static void take_results(struct poster *poster)
{
    int left;
    for (CURLMsg *message; (message = curl_multi_info_read(poster->multi, &left)) != NULL;) {
        struct post_channel *channel = NULL;
        if (message->msg != CURLMSG_DONE)
            continue;
        const CURLcode result = message->data.result; /* the message goes with its handle */
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &channel);
        curl_multi_remove_handle(poster->multi, channel->easy);
        channel->result = result;
        channel->busy = false;
        channel->answered = true;
    }
}

void poster_step(struct poster *poster)
{
    struct epoll_event events[EVENTS_AT_ONCE];
    int running;
    const int count = epoll_wait(poster->epoll, events, EVENTS_AT_ONCE, 0);
    for (int i = 0; i < count; i++) {
        const int what = (events[i].events & EPOLLIN ? CURL_CSELECT_IN : 0) |
                         (events[i].events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
                         (events[i].events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
        curl_multi_socket_action(poster->multi, events[i].data.fd, what, &running);
    }
    if (poster->timer_ms >= 0 && poster->timer_ms <= now_ms()) {
        poster->timer_ms = -1;
        curl_multi_socket_action(poster->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    take_results(poster);
}

/* ---- a channel ---- */

static size_t take_header(char *text, size_t size, size_t count, void *context)
{
    struct post_channel *channel = context;
    (void)text;
    channel->header_size += size * count;
    return channel->header_size > POST_HEADERS_MAX ? 0 : size * count;
}

static size_t take_body(char *bytes, size_t size, size_t count, void *context)
{
    struct post_channel *channel = context;
    const size_t room = POST_BODY_MAX - channel->size;
    const size_t taken = size * count < room ? size * count : room;
    memcpy(channel->body + channel->size, bytes, taken);
    channel->size += taken;
    channel->body[channel->size] = '\0';
    channel->cut = taken < size * count;
    return channel->cut ? 0 : size * count;
}

static void set_up(struct post_channel *channel, const struct post_target *target)
{
    CURL *easy = channel->easy;
    curl_easy_setopt(easy, CURLOPT_PRIVATE, channel);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* no proxy, whatever the environment says */
    curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (target->ca_file != NULL) {
        curl_easy_setopt(easy, CURLOPT_CAINFO, target->ca_file);
        curl_easy_setopt(easy, CURLOPT_CAPATH, NULL);
    }
    curl_easy_setopt(easy, CURLOPT_TIMEOUT, target->timeout_s);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT,
                     target->timeout_s < POST_CONNECT_S ? target->timeout_s : (long)POST_CONNECT_S);
    curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, target->keep_alive ? 0L : 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* A name that is still looked up does not hold up whoever gives the request up. */
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "sanling/" SANLING_VERSION);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, channel);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, channel);
}

struct post_channel *post_channel_open(struct poster *poster, const struct post_target *target, struct fault *fault)
{
    struct post_channel *channel = calloc(1, sizeof *channel);
    if (channel != NULL)
        channel->easy = curl_easy_init();
    if (channel == NULL || channel->easy == NULL) {
        free(channel);
        fault_set(fault, FAULT_SYSTEM, "out of memory");
        return NULL;
    }
    channel->poster = poster;
    set_up(channel, target);
    return channel;
}

void post_channel_close(struct post_channel **channel)
{
    struct post_channel *gone = *channel;
    *channel = NULL;
    if (gone == NULL)
        return;
    if (gone->busy)
        curl_multi_remove_handle(gone->poster->multi, gone->easy);
    curl_easy_cleanup(gone->easy);
    curl_slist_free_all(gone->headers);
    free(gone);
}

static bool add_header(struct post_channel *channel, const char *header)
{
    struct curl_slist *headers = curl_slist_append(channel->headers, header);
    if (headers == NULL)
        return false;
    channel->headers = headers;
    return true;
}

static bool set_headers(struct post_channel *channel, const struct post_request *request)
{
    curl_easy_setopt(channel->easy, CURLOPT_HTTPHEADER, NULL);
    curl_slist_free_all(channel->headers);
    channel->headers = NULL;
    bool all = add_header(channel, "Content-Type: application/json") && add_header(channel, "Expect:");
    for (size_t i = 0; all && i < POST_REQUEST_HEADERS_MAX && request->headers[i] != NULL; i++)
        all = add_header(channel, request->headers[i]);
    return all && curl_easy_setopt(channel->easy, CURLOPT_HTTPHEADER, channel->headers) == CURLE_OK;
}

bool post_start(struct post_channel *channel, const struct post_request *request, struct fault *fault)
{
    assert(!channel->busy);
    channel->answered = false;
    channel->cut = false;
    channel->header_size = 0;
    channel->size = 0;
    channel->body[0] = '\0';
    if (!set_headers(channel, request) || curl_easy_setopt(channel->easy, CURLOPT_URL, request->url) != CURLE_OK ||
        curl_easy_setopt(channel->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->size) != CURLE_OK ||
        curl_easy_setopt(channel->easy, CURLOPT_COPYPOSTFIELDS, request->body) != CURLE_OK ||
        curl_multi_add_handle(channel->poster->multi, channel->easy) != CURLM_OK)
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    channel->busy = true;
    return true;
}

bool post_is_busy(const struct post_channel *channel)
{
    return channel->busy;
}

static const char *cause_of(const struct post_channel *channel)
{
    if (channel->header_size > POST_HEADERS_MAX)
        return "too many headers in the answer";
    if (channel->result == CURLE_PEER_FAILED_VERIFICATION)
        return "the certificate is not this host's, has run out, or comes from no authority that is trusted (ca_file)";
    return curl_easy_strerror(channel->result);
}

bool post_take_answer(struct post_channel *channel, struct post_answer *answer)
{
    long request_size = 0;
    long status = 0;
    curl_off_t retry_after = 0;
    if (!channel->answered)
        return false;
    channel->answered = false;
    curl_easy_getinfo(channel->easy, CURLINFO_REQUEST_SIZE, &request_size);
    curl_easy_getinfo(channel->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(channel->easy, CURLINFO_RETRY_AFTER, &retry_after);
    *answer = (struct post_answer){.outcome = POST_ANSWERED,
                                   .status = status,
                                   .retry_after_s = retry_after > 0 ? retry_after : 0,
                                   .body = channel->body,
                                   .size = channel->size,
                                   .cause = ""};
    if (channel->result == CURLE_OK || channel->cut)
        return true;
    answer->outcome = request_size == 0 ? POST_UNSENT : POST_UNKNOWN;
    answer->cause = cause_of(channel);
    return true;
}
