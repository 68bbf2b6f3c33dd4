#include "postgres_link.h"

#include "journal.h"
#include "postgres_settings.h"

#include <errno.h>
#include <locale.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum {
    CONNECT_TIMEOUT_MS = 15000,
    ANSWER_MARGIN_MS = 15000, /* beyond the server's own time-out: then the way to it is broken */
    PAUSE_MS_MIN = 500,
    PAUSE_MS_MAX = 60000
};

enum link_state { LINK_PAUSED, LINK_CONNECTING, LINK_SETTING_UP, LINK_IDLE, LINK_BUSY };

struct postgres_link {
    char *name;
    char *setup;
    struct postgres_settings settings;
    int statement_timeout_ms;
    int epoll;
    locale_t english; /* libpq translates what it says, the journal is not translated */
    enum link_state state;
    PGconn *connection;
    PGresult *result; /* of the statement on the way, so far */
    int64_t deadline_ms;
    int64_t retry_ms;
    int pause_ms;
    bool awaits_room; /* while connecting: the socket must take something, else give */
    bool failed;      /* sending did: DOWN is owed */
    bool notified;
    bool ill; /* the problem stands */
    struct postgres_problem problem;
};

struct postgres_link *postgres_link_open(const struct postgres_link_options *options, struct fault *fault)
{
    CLEANUP(postgres_link_close) struct postgres_link *link = calloc(1, sizeof *link);
    if (link != NULL) {
        link->name = strdup(options->name);
        link->setup = strdup(options->setup);
        link->english = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    }
    if (link == NULL || link->name == NULL || link->setup == NULL || link->english == (locale_t)0) {
        fault_set(fault, FAULT_SYSTEM, "out of memory");
        return NULL;
    }
    link->statement_timeout_ms = options->statement_timeout_ms;
    link->epoll = options->epoll;
    link->pause_ms = PAUSE_MS_MIN;
    if (!postgres_settings_fill(&link->settings, options->connection, options->name, fault))
        return NULL;
    struct postgres_link *opened = link;
    link = NULL;
    return opened;
}

static void drop_session(struct postgres_link *link)
{
    PQclear(link->result);
    link->result = NULL;
    PQfinish(link->connection); /* closes the socket, which takes it out of the epoll descriptor */
    link->connection = NULL;
    link->state = LINK_PAUSED;
    link->failed = false;
}

void postgres_link_close(struct postgres_link **link)
{
    struct postgres_link *gone = *link;
    *link = NULL;
    if (gone == NULL)
        return;
    drop_session(gone);
    postgres_settings_clear(&gone->settings);
    if (gone->english != (locale_t)0)
        freelocale(gone->english);
    free(gone->name);
    free(gone->setup);
    free(gone);
}

/* ---- what goes wrong ---- */

static void say_once(struct postgres_link *link, const struct postgres_problem *problem, const char *advice)
{
    if (!link->ill || strcmp(link->problem.reason.en, problem->reason.en) != 0)
        journal(JOURNAL_WARNING, "%s: %s [%s]%s%s; trying again", link->name, problem->reason.en, problem->reason.code,
                advice[0] != '\0' ? "; run: " : "", advice);
    link->ill = true;
    link->problem = *problem;
}

void postgres_link_give_up(struct postgres_link *link, const struct postgres_problem *problem, const char *advice,
                           int64_t now_ms)
{
    say_once(link, problem, advice);
    drop_session(link);
    link->retry_ms = now_ms + link->pause_ms;
    link->pause_ms = link->pause_ms * 2 < PAUSE_MS_MAX ? link->pause_ms * 2 : PAUSE_MS_MAX;
}

static enum postgres_event lose(struct postgres_link *link, int64_t now_ms)
{
    struct postgres_problem problem;
    postgres_problem_of_connection(link->connection, &problem);
    postgres_link_give_up(link, &problem, "", now_ms);
    return POSTGRES_DOWN;
}

static enum postgres_event time_out(struct postgres_link *link, int64_t now_ms)
{
    struct postgres_problem problem = {0};
    reason_set(&problem.reason, REASON_DATABASE_UNREACHABLE, "数据库没有按时回答",
               "the database does not answer in time");
    postgres_link_give_up(link, &problem, "", now_ms);
    return POSTGRES_DOWN;
}

void postgres_link_is_well(struct postgres_link *link)
{
    if (link->ill)
        journal(JOURNAL_NOTICE, "%s: works again", link->name);
    link->ill = false;
    link->pause_ms = PAUSE_MS_MIN;
}

const struct postgres_problem *postgres_link_problem(const struct postgres_link *link)
{
    return link->ill ? &link->problem : NULL;
}

/* ---- the socket ---- */

static void watch(const struct postgres_link *link, uint32_t events)
{
    struct epoll_event event = {.events = events, .data = {.ptr = NULL}};
    const int socket = PQsocket(link->connection);
    if (socket >= 0 && epoll_ctl(link->epoll, EPOLL_CTL_ADD, socket, &event) != 0 && errno == EEXIST)
        (void)epoll_ctl(link->epoll, EPOLL_CTL_MOD, socket, &event);
}

static bool is_ready(const struct postgres_link *link, short events)
{
    struct pollfd fd = {.fd = PQsocket(link->connection), .events = events};
    return fd.fd < 0 || poll(&fd, 1, 0) > 0;
}

/* What was written may not all have gone: then the socket is watched for room too. */
static bool flush(const struct postgres_link *link)
{
    const int left = PQflush(link->connection);
    watch(link, left > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN);
    return left >= 0;
}

/* ---- a session ---- */

static void ignore_notice(void *context, const PGresult *notice)
{
    (void)context;
    (void)notice;
}

/* Until the server can be written to, or says something. */
static void await_server(struct postgres_link *link, bool room)
{
    link->awaits_room = room;
    watch(link, room ? EPOLLOUT : EPOLLIN);
}

static enum postgres_event start(struct postgres_link *link, int64_t now_ms)
{
    link->connection = PQconnectStartParams(link->settings.keywords, link->settings.values, 0);
    if (link->connection == NULL)
        return time_out(link, now_ms); /* memory ran out */
    PQsetErrorVerbosity(link->connection, PQERRORS_VERBOSE);
    PQsetNoticeReceiver(link->connection, ignore_notice, NULL);
    if (PQstatus(link->connection) == CONNECTION_BAD)
        return lose(link, now_ms);
    link->state = LINK_CONNECTING;
    link->deadline_ms = now_ms + CONNECT_TIMEOUT_MS;
    await_server(link, true);
    return POSTGRES_NOTHING;
}

static enum postgres_event set_up(struct postgres_link *link, int64_t now_ms)
{
    link->state = LINK_SETTING_UP;
    link->deadline_ms = now_ms + CONNECT_TIMEOUT_MS;
    if (PQsetnonblocking(link->connection, 1) != 0 || PQsendQuery(link->connection, link->setup) != 1 || !flush(link))
        return lose(link, now_ms);
    return POSTGRES_NOTHING;
}

static enum postgres_event go_on_connecting(struct postgres_link *link, int64_t now_ms)
{
    if (now_ms > link->deadline_ms)
        return time_out(link, now_ms);
    if (!is_ready(link, link->awaits_room ? POLLOUT : POLLIN)) /* before it, libpq would take the session for open */
        return POSTGRES_NOTHING;
    switch (PQconnectPoll(link->connection)) {
    case PGRES_POLLING_OK:
        return set_up(link, now_ms);
    case PGRES_POLLING_READING:
        await_server(link, false);
        return POSTGRES_NOTHING;
    case PGRES_POLLING_WRITING:
        await_server(link, true);
        return POSTGRES_NOTHING;
    case PGRES_POLLING_FAILED:
    case PGRES_POLLING_ACTIVE:
        break;
    }
    return lose(link, now_ms);
}

/* Keeps the last result, or the first that failed: a set-up is several statements. */
static void keep_result(struct postgres_link *link, PGresult *result)
{
    const ExecStatusType kept = PQresultStatus(link->result);
    if (link->result != NULL && kept != PGRES_COMMAND_OK && kept != PGRES_TUPLES_OK) {
        PQclear(result);
        return;
    }
    PQclear(link->result);
    link->result = result;
}

static enum postgres_event end_set_up(struct postgres_link *link, int64_t now_ms)
{
    if (PQresultStatus(link->result) != PGRES_COMMAND_OK && PQresultStatus(link->result) != PGRES_TUPLES_OK) {
        struct postgres_problem problem;
        postgres_problem_of_result(link->result, &problem);
        postgres_link_give_up(link, &problem, "", now_ms);
        return POSTGRES_DOWN;
    }
    PQclear(link->result);
    link->result = NULL;
    link->state = LINK_IDLE;
    return POSTGRES_UP;
}

static enum postgres_event end_statement(struct postgres_link *link, PGresult **result, int64_t now_ms)
{
    if (PQstatus(link->connection) == CONNECTION_BAD || link->result == NULL)
        return lose(link, now_ms);
    if (link->state == LINK_SETTING_UP)
        return end_set_up(link, now_ms);
    *result = link->result;
    link->result = NULL;
    link->state = LINK_IDLE;
    return POSTGRES_RESULT;
}

static void take_notifications(struct postgres_link *link)
{
    for (PGnotify *said = PQnotifies(link->connection); said != NULL; said = PQnotifies(link->connection)) {
        link->notified = true;
        PQfreemem(said);
    }
}

static enum postgres_event listen_to_server(struct postgres_link *link, PGresult **result, int64_t now_ms)
{
    const bool waits = link->state != LINK_IDLE;
    if (link->failed || PQconsumeInput(link->connection) != 1 || (waits && !flush(link)))
        return lose(link, now_ms);
    take_notifications(link);
    while (waits && PQisBusy(link->connection) == 0) {
        PGresult *next = PQgetResult(link->connection);
        if (next == NULL)
            return end_statement(link, result, now_ms);
        keep_result(link, next);
    }
    return waits && now_ms > link->deadline_ms ? time_out(link, now_ms) : POSTGRES_NOTHING;
}

static enum postgres_event go_on(struct postgres_link *link, int64_t now_ms, PGresult **result)
{
    switch (link->state) {
    case LINK_PAUSED:
        return now_ms < link->retry_ms ? POSTGRES_NOTHING : start(link, now_ms);
    case LINK_CONNECTING:
        return go_on_connecting(link, now_ms);
    case LINK_SETTING_UP:
    case LINK_IDLE:
    case LINK_BUSY:
        return listen_to_server(link, result, now_ms);
    }
    abort();
}

enum postgres_event postgres_link_next(struct postgres_link *link, int64_t now_ms, PGresult **result)
{
    *result = NULL;
    const locale_t before = uselocale(link->english);
    const enum postgres_event event = go_on(link, now_ms, result);
    uselocale(before);
    return event;
}

void postgres_link_send(struct postgres_link *link, const char *statement, int count, const char *const *values,
                        int64_t now_ms)
{
    link->state = LINK_BUSY;
    link->deadline_ms = now_ms + link->statement_timeout_ms + ANSWER_MARGIN_MS;
    link->failed =
        PQsendQueryParams(link->connection, statement, count, NULL, values, NULL, NULL, 0) != 1 || !flush(link);
}

bool postgres_link_is_up(const struct postgres_link *link)
{
    return link->state == LINK_IDLE || link->state == LINK_BUSY;
}

bool postgres_link_is_busy(const struct postgres_link *link)
{
    return link->state == LINK_BUSY;
}

bool postgres_link_was_notified(struct postgres_link *link)
{
    const bool notified = link->notified;
    link->notified = false;
    return notified;
}

int postgres_link_wait_ms(const struct postgres_link *link, int64_t now_ms)
{
    if (link->failed)
        return 0;
    if (link->state == LINK_IDLE)
        return -1;
    const int64_t until = link->state == LINK_PAUSED ? link->retry_ms : link->deadline_ms + 1;
    return until <= now_ms ? 0 : (int)(until - now_ms);
}

PGconn *postgres_link_connection(const struct postgres_link *link)
{
    return postgres_link_is_up(link) ? link->connection : NULL;
}
