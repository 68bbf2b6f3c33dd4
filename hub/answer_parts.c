#include "answer_parts.h"

#include <stdlib.h>
#include <string.h>

#include "domain/catalogue.h"
#include "domain/day.h"
#include "domain/watch.h"

void *take(struct hub *hub, size_t size)
{
    void *memory = wire_arena_take(hub->arena, size);
    if (!memory)
        abort(); /* answers are paged: ROWS_MAX rows fit many times over */
    memset(memory, 0, size);
    return memory;
}

char *take_text(struct hub *hub, const char *text)
{
    char *copy = take(hub, strlen(text) + 1);
    strcpy(copy, text);
    return copy;
}

char *take_day(struct hub *hub, int32_t day)
{
    char text[DAY_TEXT_SIZE];
    day_format(day, text);
    return take_text(hub, text);
}

Google__Protobuf__Timestamp *take_time(struct hub *hub, int64_t time_us)
{
    Google__Protobuf__Timestamp *time = take(hub, sizeof *time);
    google__protobuf__timestamp__init(time);
    int64_t rest = time_us % 1000000;
    time->seconds = time_us / 1000000 - (rest < 0);
    time->nanos = (int32_t)((rest < 0 ? rest + 1000000 : rest) * 1000);
    return time;
}

char *take_name(struct hub *hub, uint32_t unit)
{
    const struct state *state = hub->shown.state;
    return take_text(hub, unit ? state_text(state, state_unit(state, unit)->name) : "");
}

char *take_code(struct hub *hub, uint32_t unit)
{
    return take_text(hub, unit ? state_unit(hub->shown.state, unit)->code : "");
}

Sanling__V1__Office__Kind *take_offices(struct hub *hub, office_set set, size_t *count)
{
    Sanling__V1__Office__Kind *offices = take(hub, OFFICE_LIMIT * sizeof *offices);
    *count = 0;
    for (uint32_t office = 1; office < OFFICE_LIMIT; office++)
        if (set & OFFICE_BIT(office))
            offices[(*count)++] = (Sanling__V1__Office__Kind)office;
    return offices;
}

char *take_type(struct hub *hub, unsigned kind)
{
    const struct event_type *type = catalogue_type(kind);
    return take_text(hub, type ? type->name : "");
}

bool viewer_sees(const struct state *state, const struct viewer *viewer, const struct matter *matter)
{
    if (matter_is_accusation(matter))
        return false;
    if (viewer->sees_all)
        return true;
    const uint32_t newest = state_annex(state, matter)->joint;
    const struct joint *joint = table_row(&state->joints, newest);
    office_set concerned = OFFICE_BIT(matter->office) | OFFICE_BIT(matter->handler);
    if (newest != 0)
        concerned |= OFFICE_BIT(joint->lead) | joint->members;
    return viewer->office != OFFICE_NONE && (concerned & OFFICE_BIT(viewer->office));
}

/* Of when the answer is. */
static Sanling__V1__MomentShown *take_moment(struct hub *hub)
{
    const struct shown *shown = &hub->shown;
    const struct state *state = &hub->ledger.state;
    struct policy_timeline timeline;
    Sanling__V1__MomentShown *moment = take(hub, sizeof *moment);
    sanling__v1__moment_shown__init(moment);
    state_timeline(state, shown->position, &timeline);
    const struct policy *policy = shown->day == DAY_NONE ? NULL : timeline_on(&timeline, shown->day);
    moment->day = take_day(hub, shown->day);
    moment->position = shown->position;
    moment->time = take_time(hub, shown->known_us);
    moment->past = shown->past;
    moment->today = take_day(hub, state->heads.today);
    moment->policy_version = take_text(hub, policy ? policy->version : "");
    moment->policy_preset = take_text(hub, policy ? policy->preset : "");
    return moment;
}

Sanling__V1__Answer answer_head(struct hub *hub, uint32_t query)
{
    Sanling__V1__Answer answer = SANLING__V1__ANSWER__INIT;
    answer.id = query;
    answer.position = hub->shown.state->heads.position;
    answer.time = take_time(hub, hub_now_us(hub));
    answer.moment = take_moment(hub);
    answer.demonstration = hub->shown.state->heads.demonstration != 0;
    return answer;
}

void send_answer(struct hub *hub, const struct session *session, Sanling__V1__Answer *answer)
{
    Sanling__V1__HubMessage message = SANLING__V1__HUB_MESSAGE__INIT;
    message.body_case = SANLING__V1__HUB_MESSAGE__BODY_ANSWER;
    message.answer = answer;
    reply_add(&hub->replies, &session->peer, &message);
}

Sanling__V1__Rate *take_rate(struct hub *hub, uint64_t part, uint64_t whole, int decimals)
{
    char text[RATE_TEXT_SIZE];
    Sanling__V1__Rate *rate = take(hub, sizeof *rate);
    sanling__v1__rate__init(rate);
    rate_format(part, whole, decimals, text);
    rate->part = part;
    rate->whole = whole;
    rate->text = take_text(hub, text);
    return rate;
}

Sanling__V1__ZeroCount *take_zero_count(struct hub *hub, enum unit_group group, int zero,
                                        const struct status_count *from)
{
    Sanling__V1__ZeroCount *count = take(hub, sizeof *count);
    sanling__v1__zero_count__init(count);
    count->group = (Sanling__V1__UnitGroup__Kind)group;
    count->zero = (Sanling__V1__Zero__Kind)zero;
    count->total = from->total;
    count->zero_units = from->zero;
    count->broken = from->broken;
    count->unverified = from->unverified;
    count->lower = take_rate(hub, from->zero, from->total, 2);
    count->upper = take_rate(hub, from->total - from->broken, from->total, 2);
    count->coverage = take_rate(hub, from->zero + from->broken, from->total, 2);
    return count;
}

Sanling__V1__RollUp *take_rollup(struct hub *hub, const struct rollup *from)
{
    Sanling__V1__RollUp *rollup = take(hub, sizeof *rollup);
    sanling__v1__roll_up__init(rollup);
    rollup->counts = take(hub, GROUP_COUNT * (ZERO_COUNT + 1) * sizeof *rollup->counts);
    for (int group = 0; group < GROUP_COUNT; group++) {
        for (int zero = 0; zero < ZERO_COUNT; zero++)
            rollup->counts[rollup->n_counts++] =
                take_zero_count(hub, (enum unit_group)group, zero + 1, &from->zeros[group][zero]);
        rollup->counts[rollup->n_counts++] = take_zero_count(hub, (enum unit_group)group, 0, &from->joint[group]);
    }
    return rollup;
}
