/* What was promised and what is there: the whole log is read, from the first position to the end, and compared with the
 * lines of `publish`. Every event that was acknowledged is there once, at the told position, with the bytes that were
 * sent; no position is missing; the numbers of every source follow one another. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands.h"
#include "measure.h"
#include "mix.h"

enum { SUBSCRIPTION = 1, CREDIT = 100000, SILENCE_LIMIT_MS = 120000, SOURCES_MAX = 64, SOURCE_SIZE = 65 };

struct run {
    uint64_t first;
    uint64_t count;
    uint64_t position;
};

struct promises {
    int64_t now_s;
    struct run *runs; /* in the order of the numbers */
    size_t count;
    size_t capacity;
    uint64_t events;
};

struct source {
    char name[SOURCE_SIZE];
    uint64_t next;
};

struct comparison {
    const struct soak *soak;
    struct promises promises;
    size_t at; /* the run in which the next event of ours is looked for */
    struct mix expected;
    struct source sources[SOURCES_MAX];
    size_t source_count;
    uint64_t position; /* of the last record */
    uint64_t own;
    uint64_t unacknowledged; /* ours, but nobody was told */
    uint64_t wrong;
    uint32_t credit_used;
    bool ended;
};

/* ---- promises ---- */

static bool add_run(struct promises *promises, const struct run *run)
{
    if (promises->count == promises->capacity) {
        promises->capacity = promises->capacity > 0 ? 2 * promises->capacity : 1024;
        promises->runs = realloc(promises->runs, promises->capacity * sizeof *promises->runs);
        if (!promises->runs)
            abort();
    }
    promises->runs[promises->count++] = *run;
    promises->events += run->count;
    return true;
}

static bool take_line(struct promises *promises, const char *line)
{
    struct run run;
    if (sscanf(line, "now %" SCNd64, &promises->now_s) == 1)
        return true;
    if (sscanf(line, "recorded %" SCNu64 " %" SCNu64 " %" SCNu64, &run.first, &run.count, &run.position) == 3)
        return add_run(promises, &run);
    return strncmp(line, "second ", 7) == 0 || strncmp(line, "end ", 4) == 0 || soak_wrong("the oracle says: %s", line);
}

static int by_number(const void *left, const void *right)
{
    const struct run *a = left;
    const struct run *b = right;
    return (a->first > b->first) - (a->first < b->first);
}

/* What was sent again is compared with the log first, so that later messages may be answered before it. */
static bool read_promises(struct promises *promises, const char *path)
{
    char line[256];
    FILE *file = fopen(path, "r");
    bool good = file != NULL || soak_wrong("%s cannot be read", path);
    while (good && fgets(line, sizeof line, file))
        good = take_line(promises, line);
    if (file)
        fclose(file);
    if (good && promises->count > 0)
        qsort(promises->runs, promises->count, sizeof *promises->runs, by_number);
    return good;
}

/* ---- records ---- */

static void tell_wrong(struct comparison *comparison, const char *what, uint64_t position, uint64_t number)
{
    enum { TOLD_MAX = 20 };
    if (comparison->wrong++ < TOLD_MAX)
        soak_wrong("position %" PRIu64 ", event %" PRIu64 ": %s", position, number, what);
}

/* The run that promises this number; NULL: none does. */
static const struct run *promise_of(struct comparison *comparison, uint64_t number)
{
    const struct promises *promises = &comparison->promises;
    while (comparison->at < promises->count &&
           promises->runs[comparison->at].first + promises->runs[comparison->at].count <= number)
        comparison->at++;
    if (comparison->at == promises->count || promises->runs[comparison->at].first > number)
        return NULL;
    return &promises->runs[comparison->at];
}

static void compare_own(struct comparison *comparison, const struct sanling_record *record, uint64_t number)
{
    const struct run *run = promise_of(comparison, number);
    comparison->own++;
    if (!run)
        comparison->unacknowledged++;
    else if (run->position + (number - run->first) != record->position)
        tell_wrong(comparison, "another position was told", record->position, number);
    mix_fill(&comparison->expected, &comparison->soak->county, SOAK_SOURCE, number, 1, comparison->promises.now_s);
    const struct sanling_bytes *sent = comparison->expected.events;
    if (sent->size != record->event.size || memcmp(sent->bytes, record->event.bytes, sent->size) != 0)
        tell_wrong(comparison, "other bytes were sent", record->position, number);
}

/* The number's field of an encoded event: the first but one, behind the source. 0: it is not there. */
static uint64_t number_of(struct sanling_bytes event, struct sanling_bytes source)
{
    const uint8_t *at = source.bytes + source.size;
    const uint8_t *end = event.bytes + event.size;
    uint64_t number = 0;
    if (at >= end || *at++ != (2 << 3))
        return 0;
    for (unsigned shift = 0; at < end && shift < 64; shift += 7) {
        number |= (uint64_t)(*at & 0x7f) << shift;
        if (*at++ < 0x80)
            return number;
    }
    return 0;
}

static struct source *source_of(struct comparison *comparison, struct sanling_bytes name)
{
    for (size_t i = 0; i < comparison->source_count; i++) {
        struct source *source = &comparison->sources[i];
        if (strlen(source->name) == name.size && memcmp(source->name, name.bytes, name.size) == 0)
            return source;
    }
    if (comparison->source_count == SOURCES_MAX || name.size >= SOURCE_SIZE)
        return NULL;
    struct source *source = &comparison->sources[comparison->source_count++];
    memcpy(source->name, name.bytes, name.size);
    source->next = 1;
    return source;
}

static void take_record(struct comparison *comparison, const struct sanling_record *record)
{
    struct sanling_bytes name = sanling_event_source(record->event);
    if (record->position != comparison->position + 1)
        tell_wrong(comparison, "it does not follow the position before", record->position, 0);
    comparison->position = record->position;
    struct source *source = name.size > 0 ? source_of(comparison, name) : NULL;
    if (!source)
        return;
    uint64_t number = number_of(record->event, name);
    if (number != source->next)
        tell_wrong(comparison, "its number does not follow the one before in its source", record->position, number);
    source->next = number + 1;
    if (strcmp(source->name, SOAK_SOURCE) == 0)
        compare_own(comparison, record, number);
}

static bool take_delivery(struct comparison *comparison, struct sanling *hub, const struct sanling_records *records,
                          struct sanling_error *error)
{
    for (size_t i = 0; i < records->count; i++)
        take_record(comparison, &records->records[i]);
    comparison->ended = records->ended;
    comparison->credit_used += (uint32_t)records->count;
    if (records->ended || comparison->credit_used < CREDIT / 2)
        return true;
    uint32_t used = comparison->credit_used;
    comparison->credit_used = 0;
    return sanling_credit(hub, SUBSCRIPTION, used, error);
}

static bool subscribe(struct sanling *hub, struct sanling_error *error)
{
    Sanling__V1__RecordSubscription records = SANLING__V1__RECORD_SUBSCRIPTION__INIT;
    Sanling__V1__Subscribe subscribe = SANLING__V1__SUBSCRIBE__INIT;
    records.start_case = SANLING__V1__RECORD_SUBSCRIPTION__START_FROM_POSITION;
    records.from_position = 1;
    records.stop_case = SANLING__V1__RECORD_SUBSCRIPTION__STOP_TO_END;
    records.to_end = true;
    records.credit = CREDIT;
    subscribe.id = SUBSCRIPTION;
    subscribe.kind_case = SANLING__V1__SUBSCRIBE__KIND_RECORDS;
    subscribe.records = &records;
    return sanling_subscribe(hub, &subscribe, error);
}

static bool compare_all(struct comparison *comparison, struct sanling *hub)
{
    struct sanling_error error = {.code = SANLING_OK};
    struct sanling_happening happening;
    bool good = subscribe(hub, &error);
    while (good && !comparison->ended) {
        good = sanling_next(hub, SILENCE_LIMIT_MS, &happening, &error);
        if (good && happening.kind == SANLING_NOTHING)
            return soak_wrong("no record in %d ms", SILENCE_LIMIT_MS);
        if (good && happening.kind == SANLING_DELIVERY)
            good = take_delivery(comparison, hub, happening.records, &error);
        if (good && happening.kind == SANLING_PROBLEM)
            return soak_wrong("%s", happening.problem->text);
    }
    return good || soak_wrong("%s", error.text);
}

static void tell_source(const struct source *source)
{
    printf("source:%s %" PRIu64 "\n", source->name, source->next - 1);
}

static int tell(const struct comparison *comparison)
{
    const struct promises *promises = &comparison->promises;
    uint64_t found = comparison->own - comparison->unacknowledged;
    measure_tell("records", (double)comparison->position);
    measure_tell("acknowledged", (double)promises->events);
    measure_tell("acknowledged_there", (double)found);
    measure_tell("own", (double)comparison->own);
    measure_tell("wrong", (double)comparison->wrong);
    for (size_t i = 0; i < comparison->source_count; i++)
        tell_source(&comparison->sources[i]);
    if (found != promises->events)
        return soak_fail("%" PRIu64 " events were acknowledged, %" PRIu64 " of them are there", promises->events,
                         found);
    return comparison->wrong == 0 ? 0 : 1;
}

int run_check(const struct soak *soak)
{
    struct comparison comparison = {.soak = soak};
    if (!soak->acknowledged)
        return soak_fail("check: wants the --acknowledged lines");
    struct sanling *hub = soak_connect(soak);
    bool done = hub && read_promises(&comparison.promises, soak->acknowledged);
    mix_room(&comparison.expected, 1);
    done = done && compare_all(&comparison, hub);
    int status = done ? tell(&comparison) : 1;
    sanling_close(&hub);
    mix_clear(&comparison.expected);
    free(comparison.promises.runs);
    return status;
}
