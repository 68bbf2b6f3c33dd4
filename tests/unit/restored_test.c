/* A hub that was restored from a backup: who remembers positions knows which of them still hold, events that name a
 * record follow it, what follows none is set aside, and an inbox has each record once. */
#include "inbox_lineage.h"
#include "outbox.h"
#include "restorations.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* ---- which positions hold: against logs that are really lost and put back ---- */

enum { LOG_MAX = 400, WORLDS = 60, STEPS = 400, WATCHERS = 6 };

/* A record is told by the restoration behind which it was written and a number of its own. */
struct log_copy {
    uint64_t size;
    unsigned records[LOG_MAX];
    char behind[LOG_MAX][RESTORATION_NAME_SIZE];
    struct restorations restorations;
};

struct world {
    uint64_t random;
    unsigned written;
    unsigned restored;
    struct log_copy hub;
    struct log_copy backup;
    struct log_copy watchers[WATCHERS];
};

static uint64_t draw(struct world *world, uint64_t below)
{
    world->random = world->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (world->random >> 33) % below;
}

static void write_record(struct world *world)
{
    struct log_copy *hub = &world->hub;
    if (hub->size == LOG_MAX)
        return;
    const struct restorations *restorations = &hub->restorations;
    strcpy(hub->behind[hub->size], restorations->count == 0 ? "" : restorations->each[restorations->count - 1].name);
    hub->records[hub->size++] = ++world->written;
}

static void restore(struct world *world)
{
    char name[RESTORATION_NAME_SIZE];
    world->hub = world->backup;
    sprintf(name, "r%u", ++world->restored);
    restorations_add(&world->hub.restorations, name, world->hub.size);
}

static void check_watcher(const struct world *world, const struct log_copy *watcher)
{
    const struct log_copy *hub = &world->hub;
    uint64_t common = 0;
    while (common < watcher->size && common < hub->size && watcher->records[common] == hub->records[common])
        common++;
    const uint64_t same = restorations_same_up_to(&watcher->restorations, &hub->restorations);
    if (same == UINT64_MAX)
        assert_int_equal(common, watcher->size);
    else if (common < watcher->size && common < hub->size)
        assert_int_equal(same, common); /* no position too many, and none too few */
    else
        assert_true(same >= common || watcher->restorations.count + world->restored > RESTORATIONS_MAX);
    assert_true(same == UINT64_MAX || same <= common || common == watcher->size || common == hub->size);
}

static void every_position_that_holds_is_known_and_no_other(void **state)
{
    (void)state;
    struct world *world = malloc(sizeof *world);
    assert_non_null(world);
    for (unsigned seed = 1; seed <= WORLDS; seed++) {
        *world = (struct world){.random = seed};
        for (int step = 0; step < STEPS && world->restored < RESTORATIONS_MAX; step++) {
            const uint64_t what = draw(world, 10);
            if (what < 6)
                write_record(world);
            else if (what == 6)
                world->backup = world->hub;
            else if (what == 7)
                restore(world);
            else
                world->watchers[draw(world, WATCHERS)] = world->hub;
            for (int i = 0; i < WATCHERS; i++)
                check_watcher(world, &world->watchers[i]);
        }
        for (uint64_t position = 1; position <= world->hub.size; position++)
            assert_string_equal(restorations_behind(&world->hub.restorations, position),
                                world->hub.behind[position - 1]);
    }
    free(world);
}

static void of_very_many_the_oldest_are_taken_together(void **state)
{
    struct restorations all = {0}, again;
    char name[RESTORATION_NAME_SIZE], text[RESTORATIONS_TEXT_SIZE];
    (void)state;
    for (uint64_t i = 1; i <= RESTORATIONS_MAX + 10; i++) {
        sprintf(name, "r%" PRIu64, i);
        restorations_add(&all, name, i == 3 ? 5 : 100 + i);
    }
    assert_int_equal(all.count, RESTORATIONS_MAX);
    assert_string_equal(all.each[0].name, "r11");
    assert_int_equal(all.each[0].position, 5); /* the least of them: what is doubtful does not hold */
    const struct restorations none = {0};
    assert_int_equal(restorations_same_up_to(&none, &all), 5);
    restorations_write(&all, text);
    assert_true(restorations_read(text, &again));
    assert_memory_equal(&again, &all, sizeof all);
    assert_false(restorations_read("12 name", &again));
    assert_false(restorations_read("name 12\n", &again));
}

static void the_document_of_one_restoration_is_read_too(void **state)
{
    struct restorations read;
    static const char one[] = "{\"restoration\": \"a\", \"position\": \"17\", \"digest\": \"\"}";
    static const char two[] = "{\"restoration\": \"b\", \"position\": \"9\", \"earlier\": [{\"restoration\": \"a\", "
                              "\"position\": \"17\"}]}";
    (void)state;
    assert_true(restorations_read_document(one, strlen(one), &read));
    assert_int_equal(read.count, 1);
    assert_true(restorations_read_document(two, strlen(two), &read));
    assert_int_equal(read.count, 2);
    assert_string_equal(read.each[0].name, "a");
    assert_int_equal(read.each[1].position, 9);
    assert_false(restorations_read_document("{}", 2, &read));
    assert_false(restorations_read_document("[", 1, &read));
}

/* ---- an outbox and an inbox ---- */

struct office {
    char dir[64];
    char inbox[96];
    struct outbox *outbox;
    struct inbox_sink *sink;
    struct outbox_file file;
    struct outbox_batch batch;
    struct fault fault;
};

#define MUST(call)                                                                                                     \
    if (!(call))                                                                                                       \
    fail_msg("%s", office->fault.text)

static void reopen(struct office *office)
{
    inbox_sink_close(&office->sink);
    outbox_close(&office->outbox);
    office->outbox = outbox_open(office->dir, "safety-yu", &office->fault);
    MUST(office->outbox != NULL);
    office->sink = inbox_sink_open(office->inbox, &office->fault);
    MUST(office->sink != NULL);
    MUST(inbox_lineage_open(office->outbox, "inbox", office->sink, &office->fault));
}

static int open_office(void **state)
{
    struct office *office = calloc(1, sizeof *office);
    *state = office;
    strcpy(office->dir, "/tmp/restored_test.XXXXXX");
    if (mkdtemp(office->dir) == NULL)
        return 1;
    sprintf(office->inbox, "%s/inbox.jsonl", office->dir);
    reopen(office);
    office->file = (struct outbox_file){.stage = OUTBOX_WAITING, .name = "a.csv", .size = 1, .mtime_ns = 2};
    return !outbox_begin(office->outbox, &office->fault) ||
           !outbox_file_add(office->outbox, &office->file, &office->fault) ||
           !outbox_commit(office->outbox, &office->fault);
}

static int close_office(void **state)
{
    static const char *const names[] = {"outbox.sqlite", "outbox.sqlite-wal", "outbox.sqlite-shm", "outbox.lock",
                                        "inbox.jsonl"};
    struct office *office = *state;
    inbox_sink_close(&office->sink);
    outbox_close(&office->outbox);
    outbox_batch_clear(&office->batch);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[128];
        sprintf(path, "%s/%s", office->dir, names[i]);
        unlink(path);
    }
    rmdir(office->dir);
    free(office);
    return 0;
}

/* ---- an inbox ---- */

static void meet(struct office *office, size_t restored, const uint64_t *ends)
{
    Sanling__V1__Welcome welcome = SANLING__V1__WELCOME__INIT;
    Sanling__V1__Restoration each[4];
    Sanling__V1__Restoration *pointers[4];
    char names[4][4];
    uint64_t same;
    for (size_t i = 0; i < restored; i++) {
        sanling__v1__restoration__init(&each[i]);
        sprintf(names[i], "r%zu", i + 1);
        each[i].restoration = names[i];
        each[i].position = ends[i];
        pointers[i] = &each[i];
    }
    welcome.n_restorations = restored;
    welcome.restorations = pointers;
    MUST(inbox_lineage_meet(office->outbox, "inbox", office->sink, &welcome, &same, &office->fault));
}

/* A record that was delivered: `mark` tells which one of those at that position it is. */
static void deliver(struct office *office, uint64_t position, char mark)
{
    char json[64];
    sprintf(json, "{\"position\":\"%" PRIu64 "\",\"m\":\"%c\"}", position, mark);
    MUST(inbox_sink_append_json(office->sink, position, json, &office->fault));
}

/* "1a2a…": the lines of the file. */
static void read_inbox(const struct office *office, char found[static 128])
{
    char line[128];
    FILE *file = fopen(office->inbox, "r");
    assert_non_null(file);
    found[0] = '\0';
    while (fgets(line, sizeof line, file) != NULL) {
        unsigned position;
        char mark;
        assert_int_equal(sscanf(line, "{\"position\":\"%u\",\"m\":\"%c\"}", &position, &mark), 2);
        sprintf(found + strlen(found), "%u%c", position, mark);
    }
    fclose(file);
}

/* The agent dies after each step, and what was not acknowledged is delivered again. */
static void an_inbox_has_each_record_once_wherever_it_dies(void **state)
{
    struct office *office = *state;
    const uint64_t ends[] = {3, 8};
    char found[128];
    meet(office, 0, NULL);
    for (uint64_t position = 1; position <= 6; position++)
        deliver(office, position, 'a');
    reopen(office); /* restored up to 3; the hub knows that 2 was acknowledged */
    meet(office, 1, ends);
    reopen(office); /* it learned of the restoration, and nothing came yet */
    meet(office, 1, ends);
    deliver(office, 3, 'a');
    deliver(office, 5, 'b');
    reopen(office); /* the first new record is in the file, and the hub does not know */
    meet(office, 1, ends);
    deliver(office, 3, 'a');
    deliver(office, 5, 'b');
    deliver(office, 6, 'b');
    deliver(office, 9, 'b');
    read_inbox(office, found);
    assert_string_equal(found, "1a2a3a4a5a6a5b6b9b");
    meet(office, 2, ends); /* again, up to 8, while it runs */
    deliver(office, 6, 'b');
    deliver(office, 9, 'c');
    reopen(office);
    meet(office, 2, ends);
    deliver(office, 9, 'c');
    read_inbox(office, found);
    assert_string_equal(found, "1a2a3a4a5a6a5b6b9b9c");
}

static void an_inbox_that_was_away_for_two_restorations_takes_the_earlier_end(void **state)
{
    struct office *office = *state;
    const uint64_t ends[] = {3, 8};
    char found[128];
    meet(office, 0, NULL);
    for (uint64_t position = 1; position <= 6; position++)
        deliver(office, position, 'a');
    reopen(office);
    meet(office, 2, ends);
    deliver(office, 3, 'a');
    deliver(office, 4, 'b');
    read_inbox(office, found);
    assert_string_equal(found, "1a2a3a4a5a6a4b");
}

/* ---- an outbox ---- */

static void put(struct office *office, Sanling__V1__Event *event, const char *key, const char *identity,
                const struct outbox_event *corrects)
{
    uint8_t content[256];
    Google__Protobuf__Timestamp time = GOOGLE__PROTOBUF__TIMESTAMP__INIT;
    time.seconds = 1597800000;
    event->occurred_at = &time;
    const struct outbox_event taken = {.key = key,
                                       .identity = identity,
                                       .content = content,
                                       .size = sanling__v1__event__pack(event, content),
                                       .envelope_size = 4};
    MUST(outbox_begin(office->outbox, &office->fault));
    if (corrects == NULL)
        MUST(outbox_take(office->outbox, office->file.id, 2, &taken, &office->fault));
    if (corrects != NULL)
        MUST(outbox_correct(office->outbox, office->file.id, 2, corrects, content, taken.size, &office->fault));
    MUST(outbox_commit(office->outbox, &office->fault));
}

static void put_hazard(struct office *office, const char *key)
{
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    Sanling__V1__HazardFound found = SANLING__V1__HAZARD_FOUND__INIT;
    found.hazard = (char *)(uintptr_t)key;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_HAZARD_FOUND;
    event.hazard_found = &found;
    put(office, &event, key, "HazardFound", NULL);
}

static struct outbox_event other_content(const char *key)
{
    return (struct outbox_event){
        .key = key, .identity = "HazardFound", .content = (const uint8_t *)"more", .size = 4, .envelope_size = 4};
}

static void put_correction(struct office *office, const char *key, uint64_t target)
{
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    Sanling__V1__EventCorrected corrected = SANLING__V1__EVENT_CORRECTED__INIT;
    const struct outbox_event now = other_content(key);
    corrected.target = target;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_EVENT_CORRECTED;
    event.event_corrected = &corrected;
    put(office, &event, key, "HazardFound", &now);
}

static void put_retraction(struct office *office, const char *key, uint64_t target)
{
    Sanling__V1__Event event = SANLING__V1__EVENT__INIT;
    Sanling__V1__EventRetracted retracted = SANLING__V1__EVENT_RETRACTED__INIT;
    retracted.target = target;
    event.payload_case = SANLING__V1__EVENT__PAYLOAD_EVENT_RETRACTED;
    event.event_retracted = &retracted;
    put(office, &event, key, "EventRetracted", NULL);
}

static void settle(struct office *office, uint64_t first, uint64_t count, uint64_t position)
{
    MUST(outbox_begin(office->outbox, &office->fault));
    MUST(outbox_settle(office->outbox, first, count, position, false, &office->fault));
    MUST(outbox_commit(office->outbox, &office->fault));
}

static void reject(struct office *office, uint64_t sequence)
{
    struct reason reason;
    reason_set(&reason, "MISSING_FIELD", "%s", "%s", "x");
    MUST(outbox_begin(office->outbox, &office->fault));
    MUST(outbox_settle_rejected(office->outbox, sequence, &reason, &office->fault));
    MUST(outbox_commit(office->outbox, &office->fault));
}

static struct outbox_mapped rewind_to(struct office *office, uint64_t next, uint64_t end)
{
    struct outbox_mapped mapped = {0};
    uint64_t again;
    bool whole;
    MUST(outbox_begin(office->outbox, &office->fault));
    MUST(outbox_rewind(office->outbox, next, &again, &whole, &office->fault));
    assert_true(whole);
    MUST(outbox_map_references(office->outbox, end, &mapped, &office->fault));
    MUST(outbox_commit(office->outbox, &office->fault));
    return mapped;
}

/* How many events can be sent from this number on. */
static size_t sendable(struct office *office, uint64_t from)
{
    MUST(outbox_read(office->outbox, from, 100, 1 << 20, &office->batch, &office->fault));
    return office->batch.count;
}

/* Which position the waiting event names. */
static uint64_t names(struct office *office, uint64_t sequence)
{
    assert_true(sendable(office, sequence) > 0);
    Sanling__V1__Event *event = sanling__v1__event__unpack(NULL, office->batch.sizes[0], office->batch.bytes);
    assert_non_null(event);
    assert_int_equal(event->sequence, sequence);
    const uint64_t named = event->payload_case == SANLING__V1__EVENT__PAYLOAD_EVENT_CORRECTED
                               ? event->event_corrected->target
                               : event->event_retracted->target;
    sanling__v1__event__free_unpacked(event, NULL);
    return named;
}

static uint64_t ledger_position(struct office *office, const char *key)
{
    struct outbox_look look;
    uint8_t other[] = "even more";
    const struct outbox_event event = {
        .key = key, .identity = "HazardFound", .content = other, .size = sizeof other, .envelope_size = 4};
    MUST(outbox_look(office->outbox, 0, &event, 1, &look, &office->fault));
    return look.taken == OUTBOX_NEW ? 0 : look.position;
}

static void a_reference_waits_for_its_record_and_follows_it(void **state)
{
    struct office *office = *state;
    put_hazard(office, "k1");
    put_hazard(office, "k2");
    settle(office, 1, 2, 10);
    put_correction(office, "k2", 11);
    settle(office, 3, 1, 20);
    put_hazard(office, "k4");
    put_retraction(office, "k5", 10);                             /* numbered, not sent yet */
    const struct outbox_mapped mapped = rewind_to(office, 2, 10); /* the backup has k1 */
    assert_int_equal(mapped.waiting, 1);
    assert_int_equal(mapped.set_aside, 0);
    assert_int_equal(sendable(office, 2), 1); /* k2 alone: what corrects it waits */
    assert_int_equal(sendable(office, 3), 0);
    reopen(office);
    assert_int_equal(sendable(office, 2), 1);
    settle(office, 2, 1, 40);
    assert_int_equal(sendable(office, 3), 3);
    assert_int_equal(names(office, 3), 40);
    assert_int_equal(names(office, 5), 10); /* that one still stands where it stood */
    assert_int_equal(ledger_position(office, "k2"), 40);
}

static void a_second_restoration_finds_a_reference_wherever_it_is(void **state)
{
    struct office *office = *state;
    put_hazard(office, "k1");
    put_hazard(office, "k2");
    settle(office, 1, 2, 10);
    put_correction(office, "k1", 10);
    put_correction(office, "k2", 11);
    settle(office, 3, 2, 20);
    assert_int_equal(rewind_to(office, 1, 5).waiting, 2);
    settle(office, 1, 1, 30); /* and there the hub is lost again, before the second one is there */
    assert_int_equal(names(office, 3), 30);
    assert_int_equal(rewind_to(office, 1, 12).waiting, 2); /* positions of before, 11, are not behind this end */
    settle(office, 1, 2, 50);
    assert_int_equal(names(office, 3), 50);
    assert_int_equal(names(office, 4), 51);
}

static bool remember(const struct outbox_set_aside *event, void *context)
{
    sprintf((char *)context + strlen(context), "%d:%d ", (int)event->sequence, (int)event->named);
    return true;
}

static bool remember_rejected(const struct outbox_rejected *rejected, void *context)
{
    sprintf((char *)context + strlen(context), "%d %s %s;", (int)rejected->row, rejected->event, rejected->code);
    return true;
}

static void what_names_a_lost_record_is_set_aside_and_reported(void **state)
{
    struct office *office = *state;
    char aside[64] = "", rejected[128] = "";
    put_hazard(office, "k1");
    settle(office, 1, 1, 10);
    put_retraction(office, "k2", 15); /* somebody else's */
    put_hazard(office, "k3");
    settle(office, 2, 2, 20);
    MUST(outbox_file_find(office->outbox, "a.csv", &office->file, &office->fault));
    office->file.stage = OUTBOX_DONE;
    MUST(outbox_begin(office->outbox, &office->fault));
    MUST(outbox_file_save(office->outbox, &office->file, &office->fault));
    MUST(outbox_commit(office->outbox, &office->fault));
    assert_int_equal(rewind_to(office, 2, 12).set_aside, 1);
    assert_int_equal(sendable(office, 2), 2); /* nothing waits for it */
    assert_int_equal(names(office, 2), 0);    /* an empty event is sent under its number */
    reject(office, 2);
    settle(office, 3, 1, 14);
    MUST(outbox_set_aside_each(office->outbox, remember, aside, &office->fault));
    assert_string_equal(aside, "2:15 ");
    MUST(outbox_rejected_each(office->outbox, office->file.id, true, remember_rejected, rejected, &office->fault));
    assert_string_equal(rejected, "2 EventRetracted " REASON_RECORD_LOST ";");
    MUST(outbox_file_find(office->outbox, "a.csv", &office->file, &office->fault));
    assert_int_equal(office->file.stage, OUTBOX_WAITING); /* its report is written anew */
    assert_int_equal(office->file.refused, 1);
    assert_int_equal(office->file.recorded, 2);
}

static void what_names_a_record_that_is_rejected_now_is_set_aside(void **state)
{
    struct office *office = *state;
    char aside[64] = "";
    put_hazard(office, "k1");
    settle(office, 1, 1, 10);
    put_correction(office, "k1", 10);
    settle(office, 2, 1, 11);
    assert_int_equal(rewind_to(office, 1, 5).waiting, 1);
    reject(office, 1);
    MUST(outbox_set_aside_each(office->outbox, remember, aside, &office->fault));
    assert_string_equal(aside, "2:10 ");
    assert_int_equal(names(office, 2), 0);
    reject(office, 2);
    assert_int_equal(outbox_pending(office->outbox), 0);
    assert_int_equal(ledger_position(office, "k1"), 0); /* the row is as good as new when it comes again */
}

#define ON_AN_OFFICE(test) cmocka_unit_test_setup_teardown(test, open_office, close_office)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_position_that_holds_is_known_and_no_other),
        cmocka_unit_test(of_very_many_the_oldest_are_taken_together),
        cmocka_unit_test(the_document_of_one_restoration_is_read_too),
        ON_AN_OFFICE(an_inbox_has_each_record_once_wherever_it_dies),
        ON_AN_OFFICE(an_inbox_that_was_away_for_two_restorations_takes_the_earlier_end),
        ON_AN_OFFICE(a_reference_waits_for_its_record_and_follows_it),
        ON_AN_OFFICE(a_second_restoration_finds_a_reference_wherever_it_is),
        ON_AN_OFFICE(what_names_a_lost_record_is_set_aside_and_reported),
        ON_AN_OFFICE(what_names_a_record_that_is_rejected_now_is_set_aside),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
