/* The digest of a state is that of its log: however the log was cut into blocks, whether it was written or read, and
 * wherever the hub stopped and went on; and so are its answers. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/attention.h"
#include "domain/day.h"
#include "domain/summary.h"
#include "history.h"
#include "published.h"
#include "recovery.h"
#include "status_rows.h"

enum { DIGEST_SIZE = 32 };

struct bench {
    struct history history;
    struct published published;
    uint64_t accepted, rejected; /* acts of all seeds: most must be what offices may do */
    struct published stopping;
};

/* The digest of the running state, after checking that of the log when it is read back. */
static bool digest_of(struct bench *bench, uint32_t block_size, uint8_t running[static DIGEST_SIZE])
{
    struct published *published = &bench->published;
    struct ledger read;
    struct fault fault;
    uint8_t again[DIGEST_SIZE];
    uint64_t began;
    published_open(published, &bench->history, block_size);
    ledger_digest(&published->ledger, running);
    ledger_open(&read);
    bool same = recover_state(&read, published->log, NULL, &began, NULL, &fault);
    if (!same) {
        printf("  %s\n", fault.text);
    } else {
        ledger_digest(&read, again);
        same = memcmp(running, again, DIGEST_SIZE) == 0;
    }
    if (!same)
        printf("  blocks of %" PRIu32 ": what was read is not what was running\n", block_size);
    ledger_close(&read);
    published_close(published);
    return same;
}

static bool the_digest_is_that_of_the_log(struct bench *bench, uint64_t seed)
{
    /* every block waits for the disk: small ones are not small for long histories */
    const uint32_t sizes[] = {20 + (uint32_t)(seed % 60), 200 + (uint32_t)(seed % 300), UINT32_MAX};
    uint8_t first[DIGEST_SIZE];
    history_draw(&bench->history, seed);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint8_t digest[DIGEST_SIZE];
        if (!digest_of(bench, sizes[i], digest))
            return false;
        if (i == 0)
            memcpy(first, digest, sizeof first);
        if (memcmp(first, digest, sizeof first) != 0) {
            printf("  blocks of %" PRIu32 " and of %" PRIu32 " end differently\n", sizes[0], sizes[i]);
            return false;
        }
    }
    bench->accepted += bench->published.accepted;
    bench->rejected += bench->published.rejected;
    return true;
}

/* ---- answers ---- */

enum { QUESTIONS = 200 };

/* All answers in one number: the same answers in the same order make the same. */
static void mix(uint64_t *answers, uint64_t number)
{
    *answers = (*answers ^ number) * 0x100000001B3u;
    *answers ^= *answers >> 32;
}

static void ask_status(struct state *state, struct draw *draw, struct status_scratch *scratch, uint64_t *answers)
{
    struct policy_timeline policies;
    uint32_t unit = 1 + draw_below(draw, state->units.count - 1);
    const struct status_question question = {
        .unit = unit,
        .as_of = state->heads.today - (int32_t)draw_below(draw, 400),
        .known_at = draw_once_in(draw, 2) ? POSITION_END : 1 + draw_below(draw, (uint32_t)state->heads.position),
        .policies = &policies};
    if (!unit_kind_counted((enum unit_kind)state_unit(state, unit)->kind))
        return;
    state_timeline(state, question.known_at, &policies);
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        struct zero_status found = status_of_zero(state, &question, (enum zero)zero, scratch);
        const int64_t said[] = {found.status,       found.since,       found.breaks,       found.verified_until,
                                found.streak_until, found.streak_days, found.claimed_days, found.verified_last_year};
        for (size_t i = 0; i < sizeof said / sizeof *said; i++)
            mix(answers, (uint64_t)said[i]);
    }
    mix(answers, (uint64_t)status_joint_streak(state, &question, scratch));
}

static void ask_attention(struct state *state, uint32_t root, int32_t year, struct status_scratch *scratch,
                          uint64_t *answers)
{
    for (int kind = ATTENTION_UNVERIFIED; kind <= ATTENTION_EVALUATIONS; kind++) {
        struct attention_list list;
        attention_list_open(state, root, (enum attention)kind, year, scratch, &list);
        mix(answers, list.count);
        for (size_t i = 0; i < list.count; i++) {
            const struct attention_row *row = &list.rows[i];
            const uint64_t said[] = {
                row->unit,          row->matter,   row->zero,    row->office,         row->amendment,
                (uint64_t)row->day, row->position, row->target,  (uint64_t)row->days, (uint64_t)row->to_day,
                row->met_now,       row->met,      row->pending, row->by_two};
            for (size_t j = 0; j < sizeof said / sizeof *said; j++)
                mix(answers, said[j]);
        }
        attention_list_close(&list);
    }
}

static void ask_summary(struct state *state, uint32_t root, int32_t year, struct status_scratch *scratch,
                        uint64_t *answers)
{
    struct summary *summary = calloc(1, sizeof *summary);
    if (!summary)
        abort();
    summary_of(state, root, year, summary, scratch);
    for (uint32_t figure = 1; figure < FIGURE_LIMIT; figure++)
        mix(answers, summary->counts[figure]);
    free(summary);
}

/* What the ledger answers to questions drawn from the seed. */
static uint64_t answers_of(struct ledger *ledger, uint64_t seed)
{
    uint64_t answers = seed;
    struct state *state = &ledger->state;
    struct draw draw = {.seed = seed};
    struct status_scratch scratch = {0};
    int32_t year = day_year(state->heads.today);
    for (int i = 0; i < QUESTIONS; i++)
        ask_status(state, &draw, &scratch, &answers);
    for (int i = 0; i < 4; i++) {
        uint32_t root = draw_below(&draw, state->units.count);
        ask_summary(state, root, year - i % 2, &scratch, &answers);
        ask_attention(state, root, year - i % 2, &scratch, &answers);
    }
    status_scratch_clear(&scratch);
    return answers;
}

/* Each row of a status answer against the sum over the units that live below it. */
static bool rows_add_up(struct state *state, int32_t day)
{
    struct policy_timeline policies;
    struct status_scratch scratch = {0};
    struct status_rows rows;
    struct tree tree;
    const struct status_view view = {
        .depth = UINT32_MAX, .as_of = day, .known_at = POSITION_END, .policies = &policies};
    const struct other_rules none = {0};
    bool same = true;
    state_timeline(state, POSITION_END, &policies);
    tree_open(state, day, POSITION_END, &tree);
    status_rows_open(state, &view, &none, &tree, &scratch, &rows);
    for (size_t i = 0; i < rows.count && same; i++) {
        struct rollup sum;
        rollup_on(state, rows.rows[i].unit, day, POSITION_END, &sum, &scratch);
        same = memcmp(sum.zeros, rows.rows[i].below.zeros, sizeof sum.zeros) == 0 &&
               memcmp(sum.joint, rows.rows[i].below.joint, sizeof sum.joint) == 0;
        if (!same)
            printf("  the row of %s is not the sum of what is below it\n", state_unit(state, rows.rows[i].unit)->code);
    }
    status_rows_close(&rows);
    tree_close(&tree);
    status_scratch_clear(&scratch);
    return same;
}

/* ---- properties ---- */

static bool wherever_it_stops_it_goes_on_the_same(struct bench *bench, uint64_t seed)
{
    uint8_t running[DIGEST_SIZE];
    uint8_t stopping[DIGEST_SIZE];
    history_draw(&bench->history, seed);
    published_open(&bench->published, &bench->history, UINT32_MAX);
    published_open_stopping(&bench->stopping, &bench->history, 40, seed);
    ledger_digest(&bench->published.ledger, running);
    ledger_digest(&bench->stopping.ledger, stopping);
    bool same = memcmp(running, stopping, DIGEST_SIZE) == 0;
    bool answered = answers_of(&bench->published.ledger, seed) == answers_of(&bench->stopping.ledger, seed);
    if (!same || !answered)
        printf("  after %" PRIu32 " stops %s not what they were\n", bench->stopping.stops,
               same ? "the answers are" : "the bytes of the state are");
    struct state *state = &bench->published.ledger.state;
    bool added = rows_add_up(state, state->heads.today) && rows_add_up(state, state->heads.today - 100);
    published_close(&bench->published);
    published_close(&bench->stopping);
    if (bench->stopping.read_back == 0)
        printf("  it never stopped with a stored state: that tests little\n");
    return same && answered && added && bench->stopping.read_back > 0;
}

int main(int argc, char **argv)
{
    uint64_t first = 1;
    uint64_t seeds = 1;
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--seed") == 0)
            first = strtoull(argv[i + 1], NULL, 10);
        else if (strcmp(argv[i], "--seeds") == 0)
            seeds = strtoull(argv[i + 1], NULL, 10);
    }
    struct bench *bench = calloc(1, sizeof *bench);
    if (!bench)
        abort();
    bool all = true;
    for (uint64_t seed = first; seed < first + seeds && all; seed++) {
        all = the_digest_is_that_of_the_log(bench, seed) && wherever_it_stops_it_goes_on_the_same(bench, seed);
        if (!all)
            printf("the digest is not that of the log: simulation-digest --seed %" PRIu64 "\n", seed);
    }
    if (all && bench->accepted <= 2 * bench->rejected) {
        printf("%" PRIu64 " acts accepted, %" PRIu64 " rejected: that tests little\n", bench->accepted,
               bench->rejected);
        all = false;
    }
    free(bench);
    return all ? 0 : 1;
}
