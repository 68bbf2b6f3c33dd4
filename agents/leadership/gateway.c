#include "gateway.h"

#include "exports.h"
#include "figures_port.h"
#include "journal.h"
#include "login.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <systemd/sd-daemon.h>
#include <time.h>
#include <unistd.h>

enum { OWN_POLLS = 4, CONNECTIONS_BESIDE_STREAMS = 500, WATCHDOG_MS = 10000, TURNS_MAX = 64 };

static int64_t clock_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int sooner(int a, int b)
{
    if (a < 0 || b < 0)
        return a < 0 ? b : a;
    return a < b ? a : b;
}

static void hub_came_or_went(void *context, struct hub_link *link)
{
    struct gateway *gateway = context;
    streams_changed(gateway->streams, link);
    if (hub_link_connected(link))
        journal(JOURNAL_NOTICE, "hub: %s: connected, position %llu", hub_link_identity(link),
                (unsigned long long)hub_link_position(link));
}

struct hub_link *gateway_link(struct gateway *gateway, const struct account *account)
{
    struct fault fault;
    struct hub_link *link = hub_links_get(gateway->links, account->identity, &fault);
    if (link == NULL)
        journal(JOURNAL_ERROR, "account %s: %s", account->name, fault.text);
    else
        streams_watch_root(gateway->streams, link);
    return link;
}

static int open_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGHUP);
    signal(SIGPIPE, SIG_IGN);
    return sigprocmask(SIG_BLOCK, &set, NULL) == 0 ? signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK) : -1;
}

static bool open_parts(struct gateway *gateway, struct fault *fault)
{
    struct config *config = gateway->config;
    enum { SECONDS_PER_MINUTE = 60 };
    gateway->signals = open_signals();
    gateway->sessions = web_sessions_open((int64_t)config->session_minutes * SECONDS_PER_MINUTE,
                                          (int64_t)config->idle_minutes * SECONDS_PER_MINUTE);
    gateway->links = hub_links_open(config->hub, hub_came_or_went, gateway, gateway->now_ms);
    gateway->directories = unit_directories_open();
    gateway->streams = streams_open(config->streams, gateway->sessions);
    gateway->login = login_open();
    gateway->documents = gateway->directories != NULL ? document_cache_open(gateway->directories) : NULL;
    if (gateway->signals < 0 || gateway->sessions == NULL || gateway->links == NULL || gateway->streams == NULL ||
        gateway->login == NULL || gateway->documents == NULL)
        return fault_set(fault, FAULT_SYSTEM, "out of memory or descriptors");
    if (config->article != NULL && (gateway->article = article_read(config->article, fault)) == NULL)
        return false;
    if (gateway->article != NULL)
        gateway->articles = article_documents_open(gateway->article, gateway->documents);
    gateway->exports = exports_open(fault);
    gateway->files = gateway->exports == NULL ? NULL : static_files_read(config->page, fault);
    return gateway->files != NULL;
}

/* The usual soft limit of descriptors is below the connections that it takes: behind it the page is shut for all. */
static void raise_descriptors(rlim_t connections)
{
    enum { BESIDE_CONNECTIONS = 4096 }; /* of the hub's links above all */
    struct rlimit limit;
    const rlim_t wanted = connections + BESIDE_CONNECTIONS;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        journal(JOURNAL_WARNING, "descriptors: the limit cannot be raised: %s", strerror(errno));
    else if (limit.rlim_cur < connections)
        journal(JOURNAL_WARNING, "descriptors: %llu for %llu connections: raise the limit, or lower `streams`",
                (unsigned long long)limit.rlim_cur, (unsigned long long)connections);
}

struct gateway *gateway_open(struct config *config, struct fault *fault)
{
    struct gateway *gateway = calloc(1, sizeof *gateway);
    if (gateway == NULL) {
        fault_set(fault, FAULT_SYSTEM, "out of memory");
        return NULL;
    }
    *gateway = (struct gateway){.config = config, .signals = -1, .now_ms = clock_ms()};
    const struct http_options options = {.address = &config->listen,
                                         .tls = config->has_tls ? &config->tls : NULL,
                                         .connections = config->streams + CONNECTIONS_BESIDE_STREAMS,
                                         .handle = gateway_handle,
                                         .context = gateway};
    raise_descriptors(options.connections);
    if (open_parts(gateway, fault))
        gateway->http = http_open(&options, fault);
    if (gateway->http == NULL || !gateway_show_figures(gateway, fault))
        gateway_close(&gateway);
    return gateway;
}

void gateway_close(struct gateway **gateway)
{
    struct gateway *closing = *gateway;
    *gateway = NULL;
    if (closing == NULL)
        return;
    figures_port_close(&closing->figures);
    http_close(&closing->http); /* first: it ends the streams */
    exports_close(&closing->exports, closing->directories);
    article_documents_close(&closing->articles);
    article_close(&closing->article);
    document_cache_close(&closing->documents);
    unit_directories_close(&closing->directories);
    streams_close(&closing->streams);
    login_close(&closing->login);
    hub_links_close(&closing->links);
    web_sessions_close(&closing->sessions);
    static_files_free(&closing->files);
    if (closing->signals >= 0)
        close(closing->signals);
    free(closing);
}

/* The accounts' file anew; the old list holds where it is wrong. */
static void reload(struct gateway *gateway)
{
    struct fault fault;
    struct accounts *accounts = accounts_read(gateway->config->accounts_file, &fault);
    if (accounts == NULL) {
        journal(JOURNAL_ERROR, "accounts not read anew, the old ones hold: %s", fault.text);
        return;
    }
    accounts_close(&gateway->config->accounts);
    gateway->config->accounts = accounts;
    const size_t ended = web_sessions_end_changed(gateway->sessions, accounts);
    streams_check_sessions(gateway->streams);
    journal(JOURNAL_NOTICE, "accounts read anew: %zu, %zu sessions ended", accounts_count(accounts), ended);
}

/* true: it is to end. */
static bool take_signals(struct gateway *gateway)
{
    struct signalfd_siginfo signal;
    bool ends = false;
    while (read(gateway->signals, &signal, sizeof signal) == (ssize_t)sizeof signal) {
        if (signal.ssi_signo == SIGHUP)
            reload(gateway);
        else
            ends = true;
    }
    return ends;
}

/* Does all there is to do on both sides. Returns in how many milliseconds something is due; -1: only when something
 * comes. What is put to the hub last is followed by a look at what came from it, for its descriptors tell changes. */
static int turn(struct gateway *gateway)
{
    enum { MS_PER_SECOND = 1000 };
    int wait_ms = -1;
    bool any = true;
    for (unsigned i = 0; any && i < TURNS_MAX; i++) {
        gateway->now_ms = clock_ms();
        unit_directories_clock(gateway->directories, gateway->now_ms);
        wait_ms = document_cache_tick(gateway->documents, gateway->now_ms);
        wait_ms = sooner(wait_ms, streams_tick(gateway->streams, gateway->now_ms, gateway->now_ms / MS_PER_SECOND));
        wait_ms = sooner(wait_ms, login_tick(gateway));
        exports_tick(gateway->exports, gateway->now_ms);
        http_run(gateway->http);
        if (gateway->figures != NULL)
            figures_port_run(gateway->figures, gateway->now_ms);
        any = hub_links_run(gateway->links, gateway->now_ms);
    }
    web_sessions_expire(gateway->sessions, gateway->now_ms / MS_PER_SECOND);
    wait_ms = sooner(wait_ms, exports_wait_ms(gateway->exports, gateway->now_ms));
    if (gateway->figures != NULL)
        wait_ms = sooner(wait_ms, figures_port_wait_ms(gateway->figures));
    return any ? 0 : sooner(wait_ms, http_wait_ms(gateway->http));
}

/* Whoever renews it has a month. */
static void say_when_the_certificate_expires(const struct config *config)
{
    enum { SOON_DAYS = 30 };
    const int64_t days = config->has_tls ? listen_tls_days_left(&config->tls, (int64_t)time(NULL)) : SOON_DAYS;
    if (days < 0)
        journal(JOURNAL_ERROR, "certificate: expired; browsers refuse the page until there is a new one");
    else if (days < SOON_DAYS)
        journal(JOURNAL_WARNING, "certificate: expires in %lld days", (long long)days);
}

bool gateway_run(struct gateway *gateway, struct fault *fault)
{
    bool ends = false;
    struct pollfd *polls = NULL;
    gateway_link(gateway, accounts_at(gateway->config->accounts, 0)); /* says at the start whether there is a hub */
    journal(JOURNAL_NOTICE, "listening on %s; %zu files of the page, %zu accounts; hub at %s",
            http_address(gateway->http), static_files_count(gateway->files), accounts_count(gateway->config->accounts),
            gateway->config->hub);
    say_when_the_certificate_expires(gateway->config);
    sd_notifyf(0, "READY=1\nSTATUS=listening on %s", http_address(gateway->http));
    while (!ends) {
        int wait_ms = sooner(turn(gateway), WATCHDOG_MS);
        const size_t room = hub_links_poll_room(gateway->links) + OWN_POLLS;
        struct pollfd *grown = realloc(polls, room * sizeof *polls);
        if (grown == NULL) {
            free(polls);
            return fault_set(fault, FAULT_SYSTEM, "out of memory");
        }
        polls = grown;
        polls[0] = (struct pollfd){.fd = http_fd(gateway->http), .events = POLLIN};
        polls[1] = (struct pollfd){.fd = gateway->signals, .events = POLLIN};
        polls[2] = (struct pollfd){.fd = exports_fd(gateway->exports), .events = POLLIN};
        polls[3] =
            (struct pollfd){.fd = gateway->figures == NULL ? -1 : figures_port_fd(gateway->figures), .events = POLLIN};
        const size_t count = OWN_POLLS + hub_links_poll(gateway->links, polls + OWN_POLLS, room - OWN_POLLS, &wait_ms);
        if (poll(polls, (nfds_t)count, wait_ms) < 0 && errno != EINTR) {
            free(polls);
            return fault_set(fault, FAULT_SYSTEM, "poll: %s", strerror(errno));
        }
        sd_notify(0, "WATCHDOG=1");
        ends = take_signals(gateway);
    }
    free(polls);
    sd_notify(0, "STOPPING=1");
    return true;
}
