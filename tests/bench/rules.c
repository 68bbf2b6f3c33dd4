#include <stdio.h>
#include <stdlib.h>

#include "decode.h"
#include "history.h"
#include "measure.h"
#include "mix.h"
#include "rules_commands.h"

/* So few events are decoded, judged and applied, and asked about in turn that they lie in the nearest cache together,
 * for the hub takes them one by one. The clock is read so seldom that it costs a few nanoseconds an event. */
enum { TURN = 16, ROUNDS_MAX = 64 };

/* What one round cost, in nanoseconds. */
struct cost {
    int64_t decode;
    int64_t rules;
    int64_t status;
};

struct lap {
    struct history history;
    struct decoder *decoder;
    struct decoded decoded[TURN];
    struct cost cost;
    uint64_t accepted;
    uint64_t refused;
    uint64_t routed; /* events that some office is told of */
    uint64_t statuses[STATUS_NOT_COUNTED + 1];
};

static bool decode_turn(struct lap *lap, const struct mix *mix, size_t first, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct sanling_bytes *bytes = &mix->events[first + i];
        if (!decode_event(lap->decoder, bytes->bytes, bytes->size, &lap->decoded[i])) {
            fprintf(stderr, "sanling-rules-bench: event %zu: %s\n", first + i, lap->decoded[i].text);
            return false;
        }
    }
    return true;
}

static void take_turn(struct lap *lap, size_t count, int64_t now_us)
{
    struct state *state = &lap->history.state;
    for (size_t i = 0; i < count; i++) {
        struct ruling ruling;
        struct effects effects;
        const struct event *event = &lap->decoded[i].event;
        const struct publisher publisher = history_publisher(&lap->history, event->kind);
        domain_judge(state, event, &publisher, now_us, &ruling);
        if (ruling.verdict != VERDICT_ACCEPTED) {
            lap->refused++;
            continue;
        }
        domain_apply(state, event, &publisher, &ruling, state->heads.position + 1, now_us, &effects);
        lap->accepted++;
        lap->routed += effects.routed_to != 0;
    }
}

static void ask_turn(struct lap *lap, size_t count)
{
    struct state *state = &lap->history.state;
    for (size_t i = 0; i < count; i++) {
        enum status zeros[ZERO_COUNT];
        status_now(state, state_find_unit(state, lap->decoded[i].event.unit), zeros, &lap->history.scratch);
        lap->statuses[status_joint(zeros)]++;
    }
}

static bool run_turn(struct lap *lap, const struct mix *mix, size_t first, size_t count, bool asks)
{
    int64_t begun = measure_now_ns();
    if (!decode_turn(lap, mix, first, count))
        return false;
    int64_t decoded = measure_now_ns();
    take_turn(lap, count, history_now_us(&lap->history));
    int64_t taken = measure_now_ns();
    if (asks)
        ask_turn(lap, count);
    int64_t asked = measure_now_ns();
    decoder_reset(lap->decoder);
    lap->cost.decode += decoded - begun;
    lap->cost.rules += taken - decoded;
    lap->cost.status += asked - taken;
    return true;
}

/* Makes the events of one round outside of what is measured. Asking walks through all attestations and leaves nothing
 * of the units in the caches: it has rounds of its own, for no event is taken with a question behind it. */
static bool run_round(struct lap *lap, uint64_t first_sequence, uint32_t events, bool asks)
{
    struct mix mix;
    bool done = true;
    lap->cost = (struct cost){0};
    mix_make(&mix, &lap->history.plan.county, "bench", first_sequence, events, history_now_us(&lap->history) / 1000000);
    for (size_t at = 0; at < mix.count && done; at += TURN)
        done = run_turn(lap, &mix, at, mix.count - at < TURN ? mix.count - at : TURN, asks);
    mix_clear(&mix);
    return done;
}

static int by_size(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Best, median and worst of the rounds. */
static void tell_rounds(const char *name, double *rounds, uint32_t count)
{
    char figure[64];
    qsort(rounds, count, sizeof *rounds, by_size);
    measure_tell(name, rounds[count / 2]);
    snprintf(figure, sizeof figure, "%s_best", name);
    measure_tell(figure, rounds[0]);
    snprintf(figure, sizeof figure, "%s_worst", name);
    measure_tell(figure, rounds[count - 1]);
}

static bool run_rounds(struct lap *lap, const struct rules_bench *bench)
{
    double decode[ROUNDS_MAX];
    double rules[ROUNDS_MAX];
    double status[ROUNDS_MAX];
    uint64_t next = 1;
    for (uint32_t round = 0; round < bench->rounds; round++, next += 2 * (uint64_t)bench->events) {
        if (!run_round(lap, next, bench->events, false))
            return false;
        decode[round] = (double)lap->cost.decode / bench->events;
        rules[round] = (double)lap->cost.rules / bench->events;
        if (!run_round(lap, next + bench->events, bench->events, true))
            return false;
        status[round] = (double)lap->cost.status / bench->events;
    }
    tell_rounds("decode_ns", decode, bench->rounds);
    tell_rounds("rules_ns", rules, bench->rounds);
    tell_rounds("status_ns", status, bench->rounds);
    return true;
}

int run_rules(const struct rules_bench *bench)
{
    static struct lap lap;
    const struct history_plan plan = {
        .county = {.units = bench->units}, .policy = bench->policy, .years = bench->years};
    if (!history_open(&lap.history, &plan))
        return 1;
    lap.decoder = decoder_open();
    bool done = run_rounds(&lap, bench);
    measure_tell("rules_attestations", (double)lap.history.attestations);
    measure_tell("rules_accepted", (double)lap.accepted);
    measure_tell("rules_refused", (double)lap.refused);
    measure_tell("rules_routed", (double)lap.routed);
    measure_tell("rules_units_broken", (double)lap.statuses[STATUS_BROKEN]);
    decoder_close(&lap.decoder);
    history_close(&lap.history);
    return done ? 0 : 1;
}
