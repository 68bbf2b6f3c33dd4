#include "exporter.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

enum { EXIT_MADE = 0, EXIT_FAILED = 1, EXIT_TOO_LARGE = 4, READ_SIZE = 256 * 1024, NAME_SIZE = 160 };

struct job {
    struct job *next;
    char name[NAME_SIZE];
    char *input; /* what is still to be sent stands from `sent` on */
    size_t input_size;
    size_t sent;
    uint8_t *output;
    size_t output_size;
    size_t output_room;
    pid_t process; /* 0: it waits */
    int socket;
    int64_t ends_at_ms;
    bool too_large;
    exporter_done *done;
    void *context;
};

struct exporter {
    char *program;
    int epoll;
    struct job *jobs; /* in the order of their start */
    unsigned count;
    unsigned running;
};

struct exporter *exporter_open(const char *program, struct fault *fault)
{
    struct exporter *exporter = calloc(1, sizeof *exporter);
    if (exporter == NULL || (exporter->program = strdup(program == NULL ? "/proc/self/exe" : program)) == NULL)
        abort();
    exporter->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (exporter->epoll >= 0)
        return exporter;
    fault_set(fault, FAULT_SYSTEM, "exports: %s", strerror(errno));
    exporter_close(&exporter);
    return NULL;
}

static void unlink_job(struct exporter *exporter, struct job *job)
{
    for (struct job **link = &exporter->jobs; *link != NULL; link = &(*link)->next)
        if (*link == job) {
            *link = job->next;
            break;
        }
    /* Closing the socket is not enough: a process that is just being started may still hold it. */
    if (job->socket >= 0)
        epoll_ctl(exporter->epoll, EPOLL_CTL_DEL, job->socket, NULL);
    exporter->count--;
    exporter->running -= job->process > 0 ? 1 : 0;
}

/* Ends its process; the exit status. */
static int end_process(struct job *job, bool by_force)
{
    int status = 0;
    if (job->process <= 0)
        return -1;
    if (by_force)
        kill(job->process, SIGKILL);
    while (waitpid(job->process, &status, 0) < 0 && errno == EINTR)
        ;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void free_job(struct job *job)
{
    if (job->socket >= 0)
        close(job->socket);
    free(job->input);
    free(job->output);
    free(job);
}

void exporter_close(struct exporter **exporter)
{
    if (*exporter == NULL)
        return;
    while ((*exporter)->jobs != NULL) {
        struct job *job = (*exporter)->jobs;
        unlink_job(*exporter, job);
        end_process(job, true);
        free_job(job);
    }
    if ((*exporter)->epoll >= 0)
        close((*exporter)->epoll);
    free((*exporter)->program);
    free(*exporter);
    *exporter = NULL;
}

static bool spawn(const struct exporter *exporter, struct job *job, int end)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigset_t ignored;
    char option[] = "--export";
    char *const arguments[] = {exporter->program, option, job->name, NULL};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, end, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, end, STDOUT_FILENO);
    /* The loop blocks signals and ignores a broken pipe; this process ends by either. */
    sigemptyset(&none);
    sigemptyset(&ignored);
    sigaddset(&ignored, SIGPIPE);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &ignored);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    const int error = posix_spawn(&job->process, exporter->program, &actions, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        job->process = 0;
    return error == 0;
}

static bool start_process(struct exporter *exporter, struct job *job, int64_t now_ms)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return false;
    job->socket = ends[0];
    job->ends_at_ms = now_ms + EXPORTER_TIME_MS;
    struct epoll_event wanted = {.events = EPOLLIN | EPOLLOUT, .data.ptr = job};
    const bool started = fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0 && spawn(exporter, job, ends[1]);
    close(ends[1]);
    exporter->running += started ? 1 : 0;
    return started && epoll_ctl(exporter->epoll, EPOLL_CTL_ADD, ends[0], &wanted) == 0;
}

static char *mark_line(const struct export_mark *mark)
{
    json_t *json = json_pack("{s:s, s:s*, s:s, s:s, s:s, s:s*, s:b, s:i, s:s*, s:s*, s:s*, s:s*}", "unit", mark->unit,
                             "unitName", mark->unit_name, "account", mark->account, "office", mark->office, "takenAt",
                             mark->taken_at, "query", mark->query, "demonstration", mark->demonstration,
                             "utcOffsetMinutes", mark->utc_offset_minutes, "zero", mark->filter.zero, "state",
                             mark->filter.state, "kind", mark->filter.kind, "search", mark->filter.search);
    char *line = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
    json_decref(json);
    return line;
}

bool exporter_start(struct exporter *exporter, const char *name, const struct export_mark *mark,
                    const uint8_t *document, size_t size, exporter_done *done, void *context, struct fault *fault)
{
    if (exporter->count >= EXPORTER_RUNNING + EXPORTER_WAITING)
        return fault_set(fault, FAULT_FULL, "too many exports at once");
    char *line = mark_line(mark);
    struct job *job = calloc(1, sizeof *job);
    const size_t line_size = line == NULL ? 0 : strlen(line);
    if (line == NULL || job == NULL || (job->input = malloc(line_size + 1 + size + 1)) == NULL) {
        free(line);
        free(job);
        return fault_set(fault, FAULT_SYSTEM, "export %s: out of memory", name);
    }
    snprintf(job->name, sizeof job->name, "%s", name);
    memcpy(stpcpy(stpcpy(job->input, line), "\n"), document, size);
    job->input_size = line_size + 1 + size;
    job->socket = -1;
    job->done = done;
    job->context = context;
    free(line);
    struct job **last = &exporter->jobs;
    while (*last != NULL)
        last = &(*last)->next;
    *last = job;
    exporter->count++;
    return true;
}

int exporter_fd(const struct exporter *exporter)
{
    return exporter->epoll;
}

int exporter_wait_ms(const struct exporter *exporter, int64_t now_ms)
{
    int64_t wait_ms = -1;
    for (const struct job *job = exporter->jobs; job != NULL; job = job->next) {
        if (job->process == 0 && exporter->running < EXPORTER_RUNNING)
            return 0;
        const int64_t left_ms = job->process == 0 || job->ends_at_ms < now_ms ? 0 : job->ends_at_ms - now_ms;
        if (job->process > 0 && (wait_ms < 0 || left_ms < wait_ms))
            wait_ms = left_ms;
    }
    return (int)wait_ms;
}

/* Takes the line in front of the file off; false: there is none. */
static bool take_name(struct job *job, char name[static EXPORT_FILE_NAME_SIZE])
{
    const uint8_t *end = job->output_size == 0 ? NULL : memchr(job->output, '\n', job->output_size);
    const size_t size = end == NULL ? 0 : (size_t)(end - job->output);
    if (size == 0 || size >= EXPORT_FILE_NAME_SIZE)
        return false;
    memcpy(name, job->output, size);
    name[size] = '\0';
    job->output_size -= size + 1;
    memmove(job->output, end + 1, job->output_size);
    return true;
}

/* Takes the job out and tells its owner. */
static void finish(struct exporter *exporter, struct job *job, bool by_force)
{
    struct fault fault = {0};
    char name[EXPORT_FILE_NAME_SIZE] = "";
    unlink_job(exporter, job);
    const int status = end_process(job, by_force);
    if (status != EXIT_MADE || by_force || !take_name(job, name)) {
        free(job->output);
        job->output = NULL;
        if (status == EXIT_TOO_LARGE || job->too_large)
            fault_set(&fault, FAULT_FULL, "export %s: too large", job->name);
        else
            fault_set(&fault, FAULT_SYSTEM, "export %s: its process failed", job->name);
    }
    job->done(job->context, name, &job->output, job->output_size, job->output == NULL ? &fault : NULL);
    free_job(job);
}

/* Sends what the socket takes. */
static void send_some(struct job *job)
{
    while (job->sent < job->input_size) {
        const ssize_t sent = send(job->socket, job->input + job->sent, job->input_size - job->sent, MSG_NOSIGNAL);
        if (sent <= 0)
            return; /* later, or never: reading finds the end */
        job->sent += (size_t)sent;
    }
}

/* The document is sent: says so, and waits for the file alone. */
static void end_sending(const struct exporter *exporter, struct job *job)
{
    struct epoll_event wanted = {.events = EPOLLIN, .data.ptr = job};
    shutdown(job->socket, SHUT_WR);
    epoll_ctl(exporter->epoll, EPOLL_CTL_MOD, job->socket, &wanted);
    free(job->input);
    job->input = NULL;
}

static bool make_room(struct job *job)
{
    if (job->output_room - job->output_size >= READ_SIZE)
        return true;
    const size_t room = job->output_room == 0 ? 2 * READ_SIZE : 2 * job->output_room;
    uint8_t *output = room > 2 * (size_t)EXPORTER_SIZE_MAX ? NULL : realloc(job->output, room);
    if (output == NULL)
        return false;
    job->output = output;
    job->output_room = room;
    return true;
}

/* Reads what is there. false: it is over; *by_force: and its process does not end by itself. */
static bool receive_some(struct job *job, bool *by_force)
{
    for (;;) {
        job->too_large = !make_room(job) || job->output_size > EXPORTER_SIZE_MAX;
        *by_force = job->too_large;
        if (job->too_large)
            return false;
        const ssize_t got = recv(job->socket, job->output + job->output_size, READ_SIZE, 0);
        if (got < 0)
            return errno == EAGAIN || errno == EINTR;
        if (got == 0)
            return false;
        job->output_size += (size_t)got;
    }
}

static void serve_job(struct exporter *exporter, struct job *job)
{
    bool by_force = false;
    if (job->input != NULL) {
        send_some(job);
        if (job->sent == job->input_size)
            end_sending(exporter, job);
    }
    if (!receive_some(job, &by_force))
        finish(exporter, job, by_force);
}

static void start_waiting(struct exporter *exporter, int64_t now_ms)
{
    struct job *next;
    for (struct job *job = exporter->jobs; job != NULL && exporter->running < EXPORTER_RUNNING; job = next) {
        next = job->next;
        if (job->process == 0 && !start_process(exporter, job, now_ms))
            finish(exporter, job, true);
    }
}

void exporter_run(struct exporter *exporter, int64_t now_ms)
{
    struct epoll_event events[EXPORTER_RUNNING];
    const int count = epoll_wait(exporter->epoll, events, EXPORTER_RUNNING, 0);
    for (int i = 0; i < count; i++)
        serve_job(exporter, events[i].data.ptr);
    struct job *next;
    for (struct job *job = exporter->jobs; job != NULL; job = next) {
        next = job->next;
        if (job->process > 0 && now_ms >= job->ends_at_ms) {
            job->too_large = true;
            finish(exporter, job, true);
        }
    }
    start_waiting(exporter, now_ms);
}

static struct export_mark mark_of(const json_t *json)
{
    const char *unit = json_string_value(json_object_get(json, "unit"));
    const char *account = json_string_value(json_object_get(json, "account"));
    const char *office = json_string_value(json_object_get(json, "office"));
    const char *taken_at = json_string_value(json_object_get(json, "takenAt"));
    return (struct export_mark){
        .unit = unit == NULL ? "" : unit,
        .unit_name = json_string_value(json_object_get(json, "unitName")),
        .account = account == NULL ? "" : account,
        .office = office == NULL ? "" : office,
        .taken_at = taken_at == NULL ? "" : taken_at,
        .query = json_string_value(json_object_get(json, "query")),
        .demonstration = json_is_true(json_object_get(json, "demonstration")),
        .utc_offset_minutes = (int)json_integer_value(json_object_get(json, "utcOffsetMinutes")),
        .filter = {.zero = json_string_value(json_object_get(json, "zero")),
                   .state = json_string_value(json_object_get(json, "state")),
                   .kind = json_string_value(json_object_get(json, "kind")),
                   .search = json_string_value(json_object_get(json, "search"))},
    };
}

static bool make_from(const char *text, FILE *in, FILE *out, struct fault *fault)
{
    struct export_name name;
    json_error_t error;
    uint8_t *bytes = NULL;
    size_t size = 0;
    if (!export_parse(text, &name))
        return fault_set(fault, FAULT_USAGE, "no such export");
    json_t *mark_json = json_loadf(in, JSON_DISABLE_EOF_CHECK, &error);
    json_t *document = mark_json == NULL ? NULL : json_loadf(in, 0, &error);
    const struct export_mark mark = mark_of(mark_json);
    const bool made = document == NULL ? fault_set(fault, FAULT_MALFORMED, "a line of JSON and a document are needed")
                                       : export_make(&name, document, &mark, &bytes, &size, fault);
    char file_name[EXPORT_FILE_NAME_SIZE] = "";
    if (made)
        export_file_name(&name, document, &mark, file_name);
    const bool written =
        made && fprintf(out, "%s\n", file_name) > 0 && fwrite(bytes, 1, size, out) == size && fflush(out) == 0;
    free(bytes);
    json_decref(mark_json);
    json_decref(document);
    return written || !made ? made : fault_set(fault, FAULT_SYSTEM, "the file cannot be written");
}

int export_command(const char *name, FILE *in, FILE *out)
{
    struct fault fault = {0};
    if (make_from(name, in, out, &fault))
        return EXIT_MADE;
    fprintf(stderr, "export %.100s: %s [%s]\n", name, fault.text, fault_name(fault.code));
    return fault.code == FAULT_FULL ? EXIT_TOO_LARGE : EXIT_FAILED;
}
