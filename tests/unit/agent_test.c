/* An office agent against a hub played by the test: files go in, reports and inbox lines come out, and where the
 * numbers of hub and outbox disagree it stops instead of guessing. */
#include "agent.h"

#include "folder.h"
#include "outbox.h"
#include "sanling.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zmq.h>

#include <cmocka.h>

enum { RECORDS_MAX = 4096, DELIVERED = 3 };

/* The played hub. It records what comes in order, rejects events of unit 140322999999, and refuses all with `refuse`.
 */
struct played_hub {
    pthread_t thread;
    atomic_bool ends;
    void *context;
    char endpoint[96];
    Sanling__V1__Office__Kind office;
    Sanling__V1__Code__Kind refuse; /* UNSPECIFIED: nothing */
    uint64_t next_sequence;
    char types[RECORDS_MAX][40]; /* of what was recorded, in order */
    uint64_t corrected;          /* target of the last EventCorrected */
    char replacement[40];        /* its hazard, as corrected */
    size_t recorded;
    atomic_uint acknowledged;
};

struct desk {
    char dir[64];
    struct played_hub hub;
    struct agent_config config;
    struct mapping *mapping;
    struct fault fault;
    bool rejected_any;
};

/* ---- the hub's side ---- */

static void say(void *router, zmq_msg_t *to, const Sanling__V1__HubMessage *message)
{
    uint8_t bytes[65536];
    const size_t size = sanling__v1__hub_message__pack(message, bytes);
    zmq_msg_t copy;
    zmq_msg_init(&copy);
    zmq_msg_copy(&copy, to);
    zmq_msg_send(&copy, router, ZMQ_SNDMORE);
    zmq_send(router, bytes, size, 0);
}

static void welcome(struct played_hub *hub, void *router, zmq_msg_t *to, const Sanling__V1__Hello *hello)
{
    Sanling__V1__Limits limits = SANLING__V1__LIMITS__INIT;
    limits.message_bytes = 4 * 1024 * 1024;
    limits.event_bytes = 65536;
    limits.events_per_publish = 100;
    limits.publishes_in_flight = 8;
    limits.subscriptions = 4;
    Sanling__V1__SourceState source = SANLING__V1__SOURCE_STATE__INIT;
    source.source = hello->n_sources > 0 ? hello->sources[0] : NULL;
    source.next_sequence = hub->next_sequence;
    Sanling__V1__SourceState *sources[] = {&source};
    Sanling__V1__Welcome body = SANLING__V1__WELCOME__INIT;
    body.protocol = 1;
    body.epoch = hello->epoch;
    body.limits = &limits;
    body.identity = (char[]){"played"};
    body.office = hub->office;
    body.n_sources = 1;
    body.sources = sources;
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_WELCOME;
    message.welcome = &body;
    say(router, to, &message);
}

static void remember_type(struct played_hub *hub, const Sanling__V1__Event *event)
{
    const char *name = "none";
    for (unsigned i = 0; i < sanling__v1__event__descriptor.n_fields; i++)
        if (sanling__v1__event__descriptor.fields[i].id == (uint32_t)event->payload_case)
            name = sanling__v1__event__descriptor.fields[i].name;
    snprintf(hub->types[hub->recorded], sizeof hub->types[0], "%s", name);
    if (event->payload_case != SANLING__V1__EVENT__PAYLOAD_EVENT_CORRECTED)
        return;
    const Sanling__V1__EventCorrected *corrected = event->event_corrected;
    Sanling__V1__Event *replacement =
        sanling__v1__event__unpack(NULL, corrected->replacement.len, corrected->replacement.data);
    hub->corrected = corrected->target;
    snprintf(hub->replacement, sizeof hub->replacement, "%s %s", event->unit, replacement->hazard_found->category);
    sanling__v1__event__free_unpacked(replacement, NULL);
}

/* A run of its own for each event keeps the test's hub simple. */
static void answer_publish(struct played_hub *hub, void *router, zmq_msg_t *to, const Sanling__V1__Publish *publish)
{
    Sanling__V1__Outcome__Run runs[100];
    Sanling__V1__Outcome__Run *pointers[100];
    char unknown[] = "unit '140322999999' is unknown";
    Sanling__V1__Outcome body = SANLING__V1__OUTCOME__INIT;
    body.source = publish->source;
    body.first_sequence = publish->first_sequence;
    body.runs = pointers;
    for (size_t i = 0; i < publish->n_events; i++) {
        Sanling__V1__Event *event = sanling__v1__event__unpack(NULL, publish->events[i].len, publish->events[i].data);
        sanling__v1__outcome__run__init(&runs[i]);
        pointers[i] = &runs[i];
        body.n_runs++;
        runs[i].count = 1;
        const bool refused = hub->refuse != SANLING__V1__CODE__KIND__UNSPECIFIED;
        const bool rejected = event != NULL && strcmp(event->unit, "140322999999") == 0;
        runs[i].kind = refused    ? SANLING__V1__OUTCOME__RUN__KIND__REFUSED
                       : rejected ? SANLING__V1__OUTCOME__RUN__KIND__REJECTED
                                  : SANLING__V1__OUTCOME__RUN__KIND__RECORDED;
        if (refused || rejected) {
            runs[i].code = refused ? hub->refuse : SANLING__V1__CODE__KIND__UNKNOWN_UNIT;
            runs[i].text = unknown;
        } else {
            remember_type(hub, event);
            runs[i].first_position = ++hub->recorded;
        }
        sanling__v1__event__free_unpacked(event, NULL);
        if (refused)
            break;
        hub->next_sequence++;
    }
    body.next_sequence = hub->next_sequence;
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_OUTCOME;
    message.outcome = &body;
    say(router, to, &message);
}

/* The same three records to whoever subscribes: as after a crash before the acknowledgement. */
static void deliver(void *router, zmq_msg_t *to, uint32_t subscription)
{
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    event.unit = (char[]){"140322102200"};
    Sanling__V1__Record records[DELIVERED];
    Sanling__V1__Record *pointers[DELIVERED];
    for (uint64_t i = 0; i < DELIVERED; i++) {
        sanling__v1__record__init(&records[i]);
        records[i].position = 10 + i;
        records[i].event = &event;
        pointers[i] = &records[i];
    }
    Sanling__V1__Delivery body = SANLING__V1__DELIVERY__INIT;
    body.subscription = subscription;
    body.n_records = DELIVERED;
    body.records = pointers;
    body.reached = 12;
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_DELIVERY;
    message.delivery = &body;
    say(router, to, &message);
}

static void answer(struct played_hub *hub, void *router, zmq_msg_t *to, const Sanling__V1__ClientMessage *message)
{
    if (message->body_case == SANLING__V1__CLIENT_MESSAGE__BODY_HELLO)
        welcome(hub, router, to, message->hello);
    else if (message->body_case == SANLING__V1__CLIENT_MESSAGE__BODY_PUBLISH)
        answer_publish(hub, router, to, message->publish);
    else if (message->body_case == SANLING__V1__CLIENT_MESSAGE__BODY_SUBSCRIBE)
        deliver(router, to, message->subscribe->id);
    else if (message->body_case == SANLING__V1__CLIENT_MESSAGE__BODY_ACKNOWLEDGE)
        hub->acknowledged = (unsigned)message->acknowledge->position;
}

static void *play_hub(void *argument)
{
    struct played_hub *hub = argument;
    void *router = zmq_socket(hub->context, ZMQ_ROUTER);
    const int turn_ms = 20;
    zmq_setsockopt(router, ZMQ_RCVTIMEO, &turn_ms, sizeof turn_ms);
    zmq_bind(router, hub->endpoint);
    while (!hub->ends) {
        zmq_msg_t from;
        zmq_msg_t body;
        zmq_msg_init(&from);
        zmq_msg_init(&body);
        if (zmq_msg_recv(&from, router, 0) >= 0 && zmq_msg_recv(&body, router, 0) >= 0) {
            Sanling__V1__ClientMessage *message =
                sanling__v1__client_message__unpack(NULL, zmq_msg_size(&body), zmq_msg_data(&body));
            if (message != NULL)
                answer(hub, router, &from, message);
            sanling__v1__client_message__free_unpacked(message, NULL);
        }
        zmq_msg_close(&from);
        zmq_msg_close(&body);
    }
    const int linger_ms = 0;
    zmq_setsockopt(router, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    zmq_close(router);
    return NULL;
}

static void stop_hub(struct played_hub *hub)
{
    if (hub->context == NULL)
        return;
    hub->ends = true;
    pthread_join(hub->thread, NULL);
    zmq_ctx_term(hub->context);
    hub->context = NULL;
}

/* ---- the office's side ---- */

static void path_in(const struct desk *desk, const char *name, char path[static 256])
{
    snprintf(path, 256, "%s/%s", desk->dir, name);
}

static void drop(struct desk *desk, const char *name, const char *text)
{
    char path[256];
    path_in(desk, name, path);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

#define MAPPING_OF(files)                                                                                              \
    "version: 1\nfiles: ['" files "']\nkey: [编号]\nevents:\n"                                                       \
    "  - type: HazardFound\n    fields:\n"                                                                             \
    "      - {field: hazard, column: [编号]}\n"                                                                      \
    "      - {field: unit, column: [单位编码]}\n"                                                                  \
    "      - {field: occurred_at, column: [时间]}\n"
static const char MAPPING[] = MAPPING_OF("*.csv");
static const char ATTEST[] = "attest: {zero: ACCIDENT, basis: REGISTER_CHECKED, unit: \"140322000000\", scope: true}\n";

static void use_mapping(struct desk *desk, const char *text, const char *more)
{
    char path[256];
    char all[4096];
    snprintf(all, sizeof all, "%s%s", text, more);
    drop(desk, "mapping.yaml", all);
    path_in(desk, "mapping.yaml", path);
    mapping_free(&desk->mapping);
    desk->mapping = mapping_load(path, &desk->fault);
    if (desk->mapping == NULL)
        fail_msg("%s", desk->fault.text);
}

static char *text_in(const struct desk *desk, const char *name)
{
    char path[256];
    path_in(desk, name, path);
    FILE *file = fopen(path, "rb");
    char *text = calloc(1, 65536);
    if (file == NULL) {
        free(text);
        return NULL;
    }
    assert_true(fread(text, 1, 65535, file) < 65535);
    fclose(file);
    return text;
}

/* The file says so; NULL: it must not be there. */
static void expect_text(const struct desk *desk, const char *name, const char *said)
{
    char *text = text_in(desk, name);
    const bool fits = said == NULL ? text == NULL : text != NULL && strstr(text, said) != NULL;
    if (!fits)
        fail_msg("%s: %s", name, text == NULL ? "is not there" : text);
    free(text);
}

static char *name_of(struct desk *desk, const char *name)
{
    char path[256];
    path_in(desk, name, path);
    return strdup(path);
}

static int open_desk(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    *state = desk;
    strcpy(desk->dir, "/tmp/agent_test.XXXXXX");
    if (mkdtemp(desk->dir) == NULL)
        return 1;
    snprintf(desk->hub.endpoint, sizeof desk->hub.endpoint, "ipc://%s/hub", desk->dir);
    desk->hub.office = SANLING__V1__OFFICE__KIND__WORK_SAFETY;
    desk->hub.next_sequence = 1;
    desk->config = (struct agent_config){.hub = strdup(desk->hub.endpoint),
                                         .source = strdup("safety-yu"),
                                         .folder = name_of(desk, "office"),
                                         .state = name_of(desk, "state"),
                                         .mappings = &desk->mapping,
                                         .mapping_count = 1,
                                         .settle_ms = 20,
                                         .utc_offset_minutes = 480};
    use_mapping(desk, MAPPING, "");
    return mkdir(desk->config.folder, 0700);
}

static void remove_all(const char *path)
{
    DIR *directory = opendir(path);
    if (directory != NULL) {
        for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
            char inner[512];
            snprintf(inner, sizeof inner, "%s/%s", path, entry->d_name);
            if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                remove_all(inner);
        }
        closedir(directory);
    }
    remove(path);
}

static int close_desk(void **state)
{
    struct desk *desk = *state;
    stop_hub(&desk->hub);
    mapping_free(&desk->mapping);
    remove_all(desk->dir);
    free(desk->config.hub);
    free(desk->config.source);
    free(desk->config.folder);
    free(desk->config.state);
    free(desk->config.inbox);
    free(desk);
    return 0;
}

/* Runs the agent once against the hub; false: it had to stop, with desk->fault. */
static bool run_once(struct desk *desk)
{
    static const struct agent_program program = {.name = "sanling-test",
                                                 .office = SANLING__V1__OFFICE__KIND__WORK_SAFETY};
    desk->hub.ends = false;
    desk->hub.context = zmq_ctx_new();
    assert_int_equal(pthread_create(&desk->hub.thread, NULL, play_hub, &desk->hub), 0);
    struct agent *agent = agent_open(&program, &desk->config, AGENT_ONCE, &desk->fault);
    const bool ran = agent != NULL && agent_run(agent, &desk->fault);
    desk->rejected_any = agent != NULL && agent_rejected_any(agent);
    agent_close(&agent);
    stop_hub(&desk->hub);
    return ran;
}

static void must_run(struct desk *desk)
{
    if (!run_once(desk))
        fail_msg("%s", desk->fault.text);
}

/* ---- promises ---- */

static void a_files_rows_are_recorded_and_reported(void **state)
{
    struct desk *desk = *state;
    drop(desk, "office/台账.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\nYH-2,140322102200,2020-04-04\n");
    must_run(desk);
    assert_false(desk->rejected_any);
    assert_int_equal(desk->hub.recorded, 2);
    assert_string_equal(desk->hub.types[0], "hazard_found");
    expect_text(desk, "office/reports/台账.report.txt", "中枢：已记录 2，重复 0，拒绝 0");
    expect_text(desk, "office/reports/台账.report.txt", "hub: recorded 2, duplicate 0, rejected 0");
    expect_text(desk, "office/reports/台账.rejected.csv", NULL);
}

static void a_file_that_comes_again_sends_only_what_is_new(void **state)
{
    struct desk *desk = *state;
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\n");
    must_run(desk);
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\nYH-2,140322102200,2020-04-04\n");
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 2);
    expect_text(desk, "office/reports/a.report.txt", "events: new 1, unchanged 1");
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-05\nYH-2,140322102200,2020-04-04\n\n");
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 2);
    assert_true(desk->rejected_any);
    expect_text(desk, "office/reports/a.rejected.csv", ",2,CHANGED,");
}

static void a_row_that_changed_corrects_the_original(void **state)
{
    struct desk *desk = *state;
    use_mapping(desk, MAPPING,
                "      - {field: category, column: [类别]}\non_change: correct\ncorrect_reason: DATA_ERROR\n");
    drop(desk, "office/a.csv",
         "编号,单位编码,时间,类别\nYH-1,140322102200,2020-04-03,FIRE\nYH-2,140322102200,2020-04-03,FIRE\n");
    must_run(desk);
    drop(desk, "office/a.csv",
         "编号,单位编码,时间,类别\nYH-1,140322102200,2020-04-03,FIRE\nYH-2,140322102200,2020-04-03,MINE\n\n");
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 3);
    assert_string_equal(desk->hub.types[2], "event_corrected");
    assert_int_equal(desk->hub.corrected, 2);
    assert_string_equal(desk->hub.replacement, "140322102200 MINE");
    expect_text(desk, "office/reports/a.report.txt", "events: new 0, unchanged 1, corrected 1");
    /* As it reads now it is nothing new; once more changed, the target is still the original. */
    drop(desk, "office/b.csv", "编号,单位编码,时间,类别\nYH-2,140322102200,2020-04-03,MINE\n");
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 3);
    drop(desk, "office/c.csv", "编号,单位编码,时间,类别\nYH-2,140322102200,2020-04-03,CHEMICALS\n");
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 4);
    assert_int_equal(desk->hub.corrected, 2);
    assert_false(desk->rejected_any);
    /* A correction cannot move an event to another unit. */
    drop(desk, "office/d.csv", "编号,单位编码,时间,类别\nYH-2,140322102201,2020-04-03,CHEMICALS\n");
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 4);
    expect_text(desk, "office/reports/d.rejected.csv", "retract position 2");
}

static void more_rows_than_a_message_takes_all_arrive_in_order(void **state)
{
    struct desk *desk = *state;
    char *text = malloc(200000);
    strcpy(text, "编号,单位编码,时间\n");
    char *end = text + strlen(text);
    for (int i = 0; i < 2500; i++)
        end += sprintf(end, "YH-%d,140322102200,2020-04-03\n", i);
    drop(desk, "office/a.csv", text);
    free(text);
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 2500);
    assert_int_equal(desk->hub.next_sequence, 2501);
}

static void bad_rows_are_put_among_the_reports_and_the_rest_is_sent(void **state)
{
    struct desk *desk = *state;
    drop(desk, "office/a.csv",
         "编号,单位编码,时间,电话\nYH-1,14032A102200,2020-04-03,13800138000\nYH-2,140322102200,2020-04-04,\n"
         "YH-3,140322102200,4月3日,\n");
    must_run(desk);
    assert_true(desk->rejected_any);
    assert_int_equal(desk->hub.recorded, 1);
    expect_text(desk, "office/reports/a.rejected.csv",
                "\xEF\xBB\xBF编号,单位编码,时间,电话,row,code,原因,reason\r\n"
                "YH-1,14032A102200,2020-04-03,[已隐去],2,BAD_VALUE,“单位编码”列：单位编码第 6 位“A”不对,");
    expect_text(desk, "office/reports/a.rejected.csv", "\r\nYH-3,140322102200,4月3日,,4,BAD_VALUE,");
    expect_text(desk, "office/reports/a.report.txt", "第 2 行：“单位编码”列：单位编码第 6 位“A”不对 [BAD_VALUE]");
}

static void what_the_hub_rejects_is_put_there_too(void **state)
{
    struct desk *desk = *state;
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\nYH-2,140322999999,2020-04-04\n");
    must_run(desk);
    assert_true(desk->rejected_any);
    assert_int_equal(desk->hub.recorded, 1);
    expect_text(desk, "office/reports/a.rejected.csv",
                "\r\nYH-2,140322999999,2020-04-04,3,UNKNOWN_UNIT,HazardFound: 单位编码不在单位树里");
    expect_text(desk, "office/reports/a.report.txt", "中枢：已记录 1，重复 0，拒绝 1");
}

static void a_row_that_is_wrong_again_has_one_reason(void **state)
{
    struct desk *desk = *state;
    drop(desk, "office/a.mended.csv",
         "编号,单位编码,时间,row,code,原因,reason\n\"YH,1\",140322102200,4月3日,2,BAD_VALUE,旧的,old\n");
    must_run(desk);
    expect_text(desk, "office/reports/a.mended.rejected.csv", "编号,单位编码,时间,row,code,原因,reason\r\n");
    expect_text(desk, "office/reports/a.mended.rejected.csv", "\r\n\"YH,1\",140322102200,4月3日,2,BAD_VALUE,“时间”列");
}

/* Puts NAME.rejected.csv from the reports into the folder with one text instead of another. */
static void mend(struct desk *desk, const char *name, const char *wrong, const char *right)
{
    char path[256];
    snprintf(path, sizeof path, "office/reports/%s", name);
    char *text = text_in(desk, path);
    assert_non_null(text);
    char *at = strstr(text, wrong);
    assert_non_null(at);
    char mended[65536];
    snprintf(mended, sizeof mended, "%.*s%s%s", (int)(at - text), text, right, at + strlen(wrong));
    snprintf(path, sizeof path, "office/%s", name);
    drop(desk, path, mended);
    free(text);
}

static void mended_rows_come_back_under_their_own_name(void **state)
{
    struct desk *desk = *state;
    use_mapping(desk, MAPPING_OF("隐患.csv"), "");
    drop(desk, "office/隐患.csv",
         "编号,单位编码,时间\nYH-1,140322999999,2020-04-03\nYH-2,140322102200,2020-04-03\nYH-3,140322102200,四月\n");
    must_run(desk);
    must_run(desk); /* what stands in reports/ is never read */
    assert_int_equal(desk->hub.recorded, 1);
    mend(desk, "隐患.rejected.csv", "140322999999", "140322102200");
    must_run(desk);
    assert_true(desk->rejected_any);
    assert_int_equal(desk->hub.recorded, 2);
    expect_text(desk, "office/reports/隐患.rejected.report.txt", "原文件中已改好的行：2；尚未改好：1 行");
    expect_text(desk, "office/reports/隐患.rejected.report.txt",
                "rows of the original that are mended now: 2; rows not");
    expect_text(desk, "office/reports/隐患.rejected.csv", "YH-3,140322102200,四月,4,BAD_VALUE,");
    expect_text(desk, "office/reports/隐患.report.txt", "rows that were mended and taken since: 1");
    mend(desk, "隐患.rejected.csv", "四月", "2020-04-03");
    must_run(desk);
    assert_false(desk->rejected_any);
    assert_int_equal(desk->hub.recorded, 3);
    expect_text(desk, "office/reports/隐患.rejected.csv", NULL);
    expect_text(desk, "office/reports/隐患.report.txt", "result: all was taken");
    expect_text(desk, "office/reports/隐患.report.txt", "rows that were mended and taken since: 2");
}

static void a_row_that_is_still_wrong_stands_there_as_it_reads_now(void **state)
{
    struct desk *desk = *state;
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,1,四月\n");
    must_run(desk);
    mend(desk, "a.rejected.csv", "YH-1,1,", "YH-1,140322102200,");
    must_run(desk);
    expect_text(desk, "office/reports/a.rejected.csv", "YH-1,140322102200,四月,2,BAD_VALUE,“时间”列");
    expect_text(desk, "office/reports/a.rejected.rejected.csv", NULL);
    expect_text(desk, "office/reports/a.rejected.report.txt", "row 2: column 时间");
}

static void all_rows_mended_attest_what_was_held_back(void **state)
{
    struct desk *desk = *state;
    use_mapping(desk, MAPPING, ATTEST);
    drop(desk, "office/2020-05.csv",
         "编号,单位编码,时间\nYH-1,140322102200,五月\nYH-2,140322102200,2020-05-03\nYH-3,140322999999,2020-05-04\n");
    must_run(desk);
    mend(desk, "2020-05.rejected.csv", "五月", "2020-05-02");
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 2); /* one row is still wrong: nothing is attested */
    expect_text(desk, "office/reports/2020-05.report.txt", "[NOT_ATTESTED]");
    mend(desk, "2020-05.rejected.csv", "140322999999", "140322102200");
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 4);
    assert_string_equal(desk->hub.types[3], "zero_attested");
    expect_text(desk, "office/reports/2020-05.report.txt", "zero attested: 2020-05-01/2020-05-31");
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 4);
}

static void rows_that_are_others_than_they_say_mend_nothing(void **state)
{
    struct desk *desk = *state;
    use_mapping(desk, MAPPING, ATTEST);
    drop(desk, "office/2020-05.csv", "编号,单位编码,时间\nYH-1,140322102200,五月\n,140322102200,2020-05-03\n");
    must_run(desk);
    /* Other rows with numbers that a spreadsheet program counted on, or left out; nothing of them was told. */
    drop(desk, "office/2020-05.rejected.csv",
         "编号,单位编码,时间,row,code,原因,reason\nYH-8,140322102200,2020-05-03,2,BAD_VALUE,x,y\n"
         "YH-9,140322102200,2020-05-03,3,MISSING_FIELD,x,y\nYH-10,140322102200,2020-05-03,,,,\n");
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 3);
    for (size_t i = 0; i < desk->hub.recorded; i++)
        assert_string_equal(desk->hub.types[i], "hazard_found");
    expect_text(desk, "office/reports/2020-05.rejected.report.txt", "mended now: none; rows not mended yet: 2");
    expect_text(desk, "office/reports/2020-05.report.txt", "[NOT_ATTESTED]");
}

static void a_file_of_mended_rows_attests_nothing_by_itself(void **state)
{
    struct desk *desk = *state;
    use_mapping(desk, MAPPING, ATTEST);
    drop(desk, "office/2020-05.rejected.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-05-03\n");
    drop(desk, "office/2020-06.mended.csv",
         "编号,单位编码,时间,row,code,原因,reason\nYH-2,140322102200,2020-06-03,2,BAD_VALUE,旧的,old\n");
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 2);
    assert_string_equal(desk->hub.types[1], "hazard_found");
}

static void rows_that_vanished_from_a_register_are_named(void **state)
{
    struct desk *desk = *state;
    drop(desk, "office/a.csv",
         "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\nYH-2,140322102200,2020-04-03\nYH-3,1,2020-04-03\n");
    must_run(desk);
    expect_text(desk, "office/reports/a.report.txt", "not in this one): 0");
    drop(desk, "office/b.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\n"); /* another register */
    must_run(desk);
    expect_text(desk, "office/reports/b.report.txt", "not in this one): 0");
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\n");
    must_run(desk);
    expect_text(desk, "office/reports/a.report.txt", "消失（上一版有、这一版没有）的行：1\n"); /* YH-3 was never sent */
    expect_text(desk, "office/reports/a.report.txt", "retract it if it was wrong):\n  YH-2\n");
    assert_int_equal(desk->hub.recorded, 2); /* nothing is retracted */
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-2,140322102200,2020-04-03\nYH-1,140322102200,2020-04-03\n");
    must_run(desk);
    expect_text(desk, "office/reports/a.report.txt", "new 0, unchanged 2");
    expect_text(desk, "office/reports/a.report.txt", "not in this one): 0");
}

static void an_undated_register_is_the_same_under_a_new_date(void **state)
{
    struct desk *desk = *state;
    use_mapping(desk, MAPPING, "register: undated\n");
    drop(desk, "office/台账-2020-04.csv",
         "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\nYH-2,140322102200,2020-04-03\n");
    must_run(desk);
    drop(desk, "office/台账2020年5月（终）.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\n");
    must_run(desk);
    expect_text(desk, "office/reports/台账2020年5月（终）.report.txt", "not in this one): 0");
    drop(desk, "office/台账2020年6月.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\n");
    must_run(desk);
    expect_text(desk, "office/reports/台账2020年6月.report.txt", "not in this one): 1");
}

static void a_changed_mapping_sends_nothing_again_unless_told_to(void **state)
{
    struct desk *desk = *state;
    static const char correct[] = "on_change: correct\ncorrect_reason: DATA_ERROR\n";
    static const char header[] = "编号,单位编码,时间,类别\n";
    static const char fire[] = "YH-1,140322102200,2020-04-03,消防\n";
    char more[512];
    char sheet[512];
    snprintf(more, sizeof more, "      - {field: category, column: [类别], values: [{is: [消防], to: FIRE}]}\n%s",
             correct);
    use_mapping(desk, MAPPING, more);
    snprintf(sheet, sizeof sheet, "%s%sYH-2,140322102200,2020-04-03,消防\n", header, fire);
    drop(desk, "office/a.csv", sheet);
    must_run(desk);
    snprintf(more, sizeof more, "      - {field: category, column: [类别], values: [{is: [消防, 用电], to: MINE}]}\n%s",
             correct);
    use_mapping(desk, MAPPING, more);
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 2); /* the same file is not even read */
    snprintf(sheet, sizeof sheet, "%s%sYH-2,140322102200,2020-04-03,用电\n\n", header, fire);
    drop(desk, "office/a.csv", sheet);
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 3); /* the row that changed is corrected, the other waits */
    assert_int_equal(desk->hub.corrected, 2);
    expect_text(desk, "office/reports/a.report.txt", "  row 2 YH-1\n");
    expect_text(desk, "office/reports/a.report.txt", "note: 1 rows say what they said");
    assert_true(agent_resend(&desk->config, "a.csv", &desk->fault));
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 4);
    assert_int_equal(desk->hub.corrected, 1);
    assert_string_equal(desk->hub.replacement, "140322102200 MINE");
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 4);
}

static void a_mended_row_is_the_one_of_its_register(void **state)
{
    struct desk *desk = *state;
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,140322102200,四月\n");
    must_run(desk);
    mend(desk, "a.rejected.csv", "四月", "2020-04-03");
    must_run(desk);
    use_mapping(desk, MAPPING,
                "      - {field: category, constant: FIRE}\non_change: correct\ncorrect_reason: DATA_ERROR\n");
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\n");
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 1); /* the row did not change, the mapping did */
    expect_text(desk, "office/reports/a.report.txt", "note: 1 rows say what they said");
}

static void a_mapping_that_finds_more_in_old_rows_waits_to_be_told(void **state)
{
    struct desk *desk = *state;
    static const char verified[] = "  - type: HazardVerified\n    fields:\n      - {field: hazard, column: [编号]}\n"
                                   "      - {field: unit, column: [单位编码]}\n"
                                   "      - {field: occurred_at, column: [时间]}\n";
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\n");
    must_run(desk);
    use_mapping(desk, MAPPING, verified);
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\nYH-2,140322102200,2020-04-03\n");
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 3); /* both events of the new row */
    assert_true(agent_resend(&desk->config, "a.csv", &desk->fault));
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 4);
    assert_string_equal(desk->hub.types[3], "hazard_verified");
}

static void a_new_time_alone_does_not_report_a_file_again(void **state)
{
    struct desk *desk = *state;
    char path[256];
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\n");
    must_run(desk);
    path_in(desk, "office/reports/a.report.txt", path);
    unlink(path);
    path_in(desk, "office/a.csv", path);
    chmod(path, 0640); /* changes the time of change and nothing else */
    must_run(desk);
    expect_text(desk, "office/reports/a.report.txt", NULL);
}

static void other_bytes_of_the_same_size_and_time_are_read(void **state)
{
    struct desk *desk = *state;
    char path[256];
    struct stat status;
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\n");
    must_run(desk);
    path_in(desk, "office/a.csv", path);
    assert_int_equal(stat(path, &status), 0);
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-2,140322102200,2020-04-03\n");
    const struct timespec times[] = {status.st_atim, status.st_mtim};
    assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 2);
}

static void files_of_one_name_and_other_endings_have_a_report_each(void **state)
{
    struct desk *desk = *state;
    use_mapping(desk, MAPPING_OF("*"), "");
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,1,2020-04-03\n");
    drop(desk, "office/a.xlsx", "no spreadsheet");
    drop(desk, "office/a.xlsx.csv", "编号,单位编码,时间\nYH-2,140322102200,2020-04-03\n");
    must_run(desk);
    expect_text(desk, "office/reports/a.report.txt", "file: a.csv\n");
    expect_text(desk, "office/reports/a.xlsx.report.txt", "file: a.xlsx\n");
    expect_text(desk, "office/reports/a.xlsx.csv.report.txt", "file: a.xlsx.csv\n");
    expect_text(desk, "office/reports/a.rejected.csv", "YH-1");
}

static void cells_that_begin_like_a_formula_come_back_as_they_were(void **state)
{
    struct desk *desk = *state;
    drop(desk, "office/a.csv",
         "编号,单位编码,时间\n=1+1,140322102200,四月\n@x,140322102200,四月\n\"-,1\",140322102200,四月\n");
    must_run(desk);
    expect_text(desk, "office/reports/a.rejected.csv", "\r\n'=1+1,140322102200,");
    expect_text(desk, "office/reports/a.rejected.csv", "\r\n\"'-,1\",140322102200,");
    mend(desk, "a.rejected.csv", "四月", "2020-04-03");
    must_run(desk);
    mend(desk, "a.rejected.csv", "四月", "2020-04-03");
    must_run(desk);
    mend(desk, "a.rejected.csv", "四月", "2020-04-03");
    must_run(desk);
    assert_false(desk->rejected_any);
    assert_int_equal(desk->hub.recorded, 3);
    drop(desk, "office/b.csv", "编号,单位编码,时间\n=1+1,140322102200,2020-04-03\n@x,140322102200,2020-04-03\n");
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 3); /* the keys were the same */
}

static void rejected_rows_go_when_the_file_comes_again_without_them(void **state)
{
    struct desk *desk = *state;
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,140322999999,2020-04-03\n");
    must_run(desk);
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03 08:00\n");
    must_run(desk);
    expect_text(desk, "office/reports/a.rejected.csv", NULL);
    assert_int_equal(desk->hub.recorded, 1);
}

static void a_file_without_its_header_sends_nothing(void **state)
{
    struct desk *desk = *state;
    drop(desk, "office/a.csv", "编号,单位编码,日期\nYH-1,140322102200,2020-04-03\n");
    must_run(desk);
    assert_true(desk->rejected_any);
    assert_int_equal(desk->hub.recorded, 0);
    expect_text(desk, "office/reports/a.report.txt", "[NO_HEADER]");
}

static void a_file_that_no_mapping_reads_is_reported(void **state)
{
    struct desk *desk = *state;
    drop(desk, "office/a.xls", "x");
    must_run(desk);
    expect_text(desk, "office/reports/a.xls.report.txt", "[NO_MAPPING]");
}

static void a_file_whose_last_character_stays_cut_is_refused_after_some_tries(void **state)
{
    struct desk *desk = *state;
    drop(desk, "office/a.csv", "\xB1\xE0\xBA\xC5\n\xD3\xDB\xCF");
    must_run(desk);
    expect_text(desk, "office/reports/a.report.txt", "[ENCODING]");
}

static void a_clean_file_attests_its_period_after_its_rows(void **state)
{
    struct desk *desk = *state;
    use_mapping(desk, MAPPING, ATTEST);
    drop(desk, "office/2020-04.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\n");
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 2);
    assert_string_equal(desk->hub.types[1], "zero_attested");
    expect_text(desk, "office/reports/2020-04.report.txt", "零报告：2020-04-01/2020-04-30");
}

static void silence_and_rejected_rows_attest_nothing(void **state)
{
    struct desk *desk = *state;
    use_mapping(desk, MAPPING, ATTEST);
    drop(desk, "office/2020-04.csv", "编号,单位编码,时间\n");
    drop(desk, "office/2020-05.csv", "编号,单位编码,时间\nYH-1,140322102200,五月\nYH-2,140322102200,2020-05-03\n");
    drop(desk, "office/2020-06.csv", "编号,单位编码,时间\nYH-3,140322999999,2020-06-03\n");
    drop(desk, "office/每月.csv", "编号,单位编码,时间\nYH-4,140322102200,2020-06-03\n");
    must_run(desk);
    for (size_t i = 0; i < desk->hub.recorded; i++)
        assert_string_equal(desk->hub.types[i], "hazard_found");
    expect_text(desk, "office/reports/2020-04.report.txt", "没有数据行，因此不作零报告");
    expect_text(desk, "office/reports/2020-05.report.txt", "[NOT_ATTESTED]");
    expect_text(desk, "office/reports/2020-06.report.txt", "[NOT_ATTESTED]");
    expect_text(desk, "office/reports/每月.report.txt", "文件名里没有月份");
}

static void a_number_used_with_other_content_stops_the_source(void **state)
{
    struct desk *desk = *state;
    desk->hub.refuse = SANLING__V1__CODE__KIND__SEQUENCE_REUSED;
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\n");
    assert_false(run_once(desk));
    assert_int_equal(desk->fault.code, FAULT_DAMAGED);
    assert_non_null(strstr(desk->fault.text, "SEQUENCE_REUSED"));
    expect_text(desk, "office/reports/a.report.txt", NULL);
    desk->hub.refuse = SANLING__V1__CODE__KIND__UNSPECIFIED;
    must_run(desk); /* what was not answered is still there */
    assert_int_equal(desk->hub.recorded, 1);
}

static void a_source_of_another_identity_is_refused(void **state)
{
    struct desk *desk = *state;
    desk->hub.refuse = SANLING__V1__CODE__KIND__SOURCE_TAKEN;
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\n");
    assert_false(run_once(desk));
    assert_int_equal(desk->fault.code, FAULT_REFUSED);
}

/* Both were killed when the second half of a message was answered and the first half not yet. */
static void numbers_settled_ahead_of_others_do_not_stop_the_source(void **state)
{
    struct desk *desk = *state;
    desk->hub.refuse = SANLING__V1__CODE__KIND__SOURCE_TAKEN;
    drop(desk, "office/a.csv",
         "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\nYH-2,140322102200,2020-04-03\n"
         "YH-3,140322102200,2020-04-03\n");
    assert_false(run_once(desk));
    struct outbox *outbox = outbox_open(desk->config.state, desk->config.source, &desk->fault);
    assert_non_null(outbox);
    assert_true(outbox_begin(outbox, &desk->fault) && outbox_settle(outbox, 2, 1, 2, false, &desk->fault) &&
                outbox_commit(outbox, &desk->fault));
    outbox_close(&outbox);
    desk->hub.refuse = SANLING__V1__CODE__KIND__UNSPECIFIED;
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 2);
    expect_text(desk, "office/reports/a.report.txt", "hub: recorded 3, duplicate 0, rejected 0");
}

static void a_hub_that_knows_more_numbers_than_the_outbox_stops_it(void **state)
{
    struct desk *desk = *state;
    desk->hub.next_sequence = 7;
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\n");
    assert_false(run_once(desk));
    assert_int_equal(desk->fault.code, FAULT_DAMAGED);
    assert_non_null(strstr(desk->fault.text, "the outbox was lost"));
    assert_int_equal(desk->hub.recorded, 0);
}

static void a_hub_that_forgot_acknowledged_numbers_stops_it(void **state)
{
    struct desk *desk = *state;
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\n");
    must_run(desk);
    desk->hub.next_sequence = 1;
    drop(desk, "office/b.csv", "编号,单位编码,时间\nYH-2,140322102200,2020-04-03\n");
    assert_false(run_once(desk));
    assert_int_equal(desk->fault.code, FAULT_DAMAGED);
    assert_int_equal(desk->hub.recorded, 1);
}

static void a_key_of_another_office_is_refused(void **state)
{
    struct desk *desk = *state;
    desk->hub.office = SANLING__V1__OFFICE__KIND__PETITIONS;
    assert_int_equal(mkdir(desk->config.state, 0700), 0);
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\n");
    assert_false(run_once(desk));
    assert_int_equal(desk->fault.code, FAULT_REFUSED);
}

static void a_delivery_that_comes_again_is_not_written_again(void **state)
{
    struct desk *desk = *state;
    desk->config.inbox = name_of(desk, "inbox/safety.jsonl");
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\n");
    must_run(desk);
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-2,140322102200,2020-04-03\n");
    char *first = text_in(desk, "inbox/safety.jsonl");
    assert_non_null(first);
    char torn[4096];
    snprintf(torn, sizeof torn, "%s{\"position\":\"13\",\"ev", first);
    drop(desk, "inbox/safety.jsonl", torn); /* as a crash within a write leaves it */
    must_run(desk);
    char *second = text_in(desk, "inbox/safety.jsonl");
    assert_string_equal(second, first);
    assert_non_null(strstr(first, "{\"position\":\"12\",\"event\":{\"unit\":\"140322102200\"}}\n"));
    assert_int_equal(desk->hub.acknowledged, 12);
    free(first);
    free(second);
}

static void trying_a_file_sends_and_writes_nothing(void **state)
{
    struct desk *desk = *state;
    char path[256];
    path_in(desk, "office/a.csv", path);
    drop(desk, "office/a.csv", "编号,单位编码,时间\nYH-1,140322102200,2020-04-03\nYH-2,1,2020-04-03\n");
    assert_true(agent_try(&desk->config, path, false, &desk->rejected_any, &desk->fault));
    assert_true(desk->rejected_any);
    expect_text(desk, "state/outbox.sqlite", NULL);
    expect_text(desk, "office/reports/a.rejected.csv", NULL);
    must_run(desk);
    assert_int_equal(desk->hub.recorded, 1);
}

static void left_behind_files_are_skipped(void **state)
{
    (void)state;
    const char *const skipped[] = {"~$台账.xlsx", ".~lock.a.csv#", "._a.csv", "a.csv.tmp", "Thumbs.db"};
    const char *const read[] = {"a.csv", "a.rejected.csv", "台账.tsv"};
    for (size_t i = 0; i < sizeof skipped / sizeof skipped[0]; i++)
        assert_true(folder_skips(skipped[i]));
    for (size_t i = 0; i < sizeof read / sizeof read[0]; i++)
        assert_false(folder_skips(read[i]));
}

static void a_file_is_settled_when_two_looks_saw_the_same(void **state)
{
    struct desk *desk = *state;
    struct folder *folder = folder_open(desk->config.folder, 1000);
    drop(desk, "office/b.csv", "1");
    drop(desk, "office/a.csv", "1");
    assert_true(folder_look(folder, 1, &desk->fault));
    assert_null(folder_next(folder));
    assert_true(folder_look(folder, 500, &desk->fault));
    assert_null(folder_next(folder));
    drop(desk, "office/b.csv", "12");
    assert_true(folder_look(folder, 1001, &desk->fault));
    assert_string_equal(folder_next(folder)->name, "a.csv");
    assert_true(folder_look(folder, 2001, &desk->fault));
    assert_string_equal(folder_next(folder)->name, "a.csv"); /* it settled first */
    folder_mark_handled(folder, folder_next(folder));
    assert_string_equal(folder_next(folder)->name, "b.csv");
    folder_close(&folder);
}

#define DESK_TEST(promise) cmocka_unit_test_setup_teardown(promise, open_desk, close_desk)

int main(void)
{
    const struct CMUnitTest tests[] = {
        DESK_TEST(a_files_rows_are_recorded_and_reported),
        DESK_TEST(a_file_that_comes_again_sends_only_what_is_new),
        DESK_TEST(a_row_that_changed_corrects_the_original),
        DESK_TEST(more_rows_than_a_message_takes_all_arrive_in_order),
        DESK_TEST(bad_rows_are_put_among_the_reports_and_the_rest_is_sent),
        DESK_TEST(what_the_hub_rejects_is_put_there_too),
        DESK_TEST(a_row_that_is_wrong_again_has_one_reason),
        DESK_TEST(mended_rows_come_back_under_their_own_name),
        DESK_TEST(a_row_that_is_still_wrong_stands_there_as_it_reads_now),
        DESK_TEST(all_rows_mended_attest_what_was_held_back),
        DESK_TEST(rows_that_are_others_than_they_say_mend_nothing),
        DESK_TEST(a_file_of_mended_rows_attests_nothing_by_itself),
        DESK_TEST(rows_that_vanished_from_a_register_are_named),
        DESK_TEST(an_undated_register_is_the_same_under_a_new_date),
        DESK_TEST(a_changed_mapping_sends_nothing_again_unless_told_to),
        DESK_TEST(a_mended_row_is_the_one_of_its_register),
        DESK_TEST(a_mapping_that_finds_more_in_old_rows_waits_to_be_told),
        DESK_TEST(a_new_time_alone_does_not_report_a_file_again),
        DESK_TEST(other_bytes_of_the_same_size_and_time_are_read),
        DESK_TEST(files_of_one_name_and_other_endings_have_a_report_each),
        DESK_TEST(cells_that_begin_like_a_formula_come_back_as_they_were),
        DESK_TEST(rejected_rows_go_when_the_file_comes_again_without_them),
        DESK_TEST(a_file_without_its_header_sends_nothing),
        DESK_TEST(a_file_that_no_mapping_reads_is_reported),
        DESK_TEST(a_file_whose_last_character_stays_cut_is_refused_after_some_tries),
        DESK_TEST(a_clean_file_attests_its_period_after_its_rows),
        DESK_TEST(silence_and_rejected_rows_attest_nothing),
        DESK_TEST(a_number_used_with_other_content_stops_the_source),
        DESK_TEST(a_source_of_another_identity_is_refused),
        DESK_TEST(numbers_settled_ahead_of_others_do_not_stop_the_source),
        DESK_TEST(a_hub_that_knows_more_numbers_than_the_outbox_stops_it),
        DESK_TEST(a_hub_that_forgot_acknowledged_numbers_stops_it),
        DESK_TEST(a_key_of_another_office_is_refused),
        DESK_TEST(a_delivery_that_comes_again_is_not_written_again),
        DESK_TEST(trying_a_file_sends_and_writes_nothing),
        cmocka_unit_test(left_behind_files_are_skipped),
        DESK_TEST(a_file_is_settled_when_two_looks_saw_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
