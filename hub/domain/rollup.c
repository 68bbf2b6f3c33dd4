#include "rollup.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum unit_group unit_group_of(enum unit_kind kind)
{
    if (kind == UNIT_VILLAGE || kind == UNIT_COMMUNITY)
        return GROUP_AREA;
    if (kind == UNIT_ENTERPRISE || kind == UNIT_INSTITUTION)
        return GROUP_ENTERPRISE;
    return GROUP_ALL;
}

static void count_status(struct status_count *count, enum status status)
{
    count->total++;
    switch (status) {
    case STATUS_ZERO:
        count->zero++;
        return;
    case STATUS_BROKEN:
        count->broken++;
        return;
    case STATUS_UNVERIFIED:
        count->unverified++;
        return;
    case STATUS_NOT_COUNTED:
        break;
    }
    abort(); /* only counted units come here */
}

void rollup_add(struct rollup *rollup, enum unit_kind kind, const enum status zeros[static ZERO_COUNT])
{
    enum unit_group group = unit_group_of(kind);
    enum status joint = status_joint(zeros);
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        count_status(&rollup->zeros[GROUP_ALL][zero], zeros[zero]);
        count_status(&rollup->zeros[group][zero], zeros[zero]);
    }
    count_status(&rollup->joint[GROUP_ALL], joint);
    count_status(&rollup->joint[group], joint);
}

void rollup_statuses(struct state *state, const struct tree *tree, const struct policy_timeline *policies,
                     uint32_t unit, enum status zeros[static ZERO_COUNT], struct status_scratch *scratch)
{
    if (tree->day == state->heads.today && tree->known_at == POSITION_END) {
        status_now(state, unit, zeros, scratch);
        return;
    }
    const struct status_question question = {
        .unit = unit, .as_of = tree->day, .known_at = tree->known_at, .policies = policies, .later = tree->later};
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        zeros[zero] = status_of_zero(state, &question, (enum zero)zero, scratch).status;
}

void rollup_on(struct state *state, uint32_t root, int32_t day, uint64_t known_at, struct rollup *rollup,
               struct status_scratch *scratch)
{
    struct scope scope;
    struct policy_timeline policies;
    *rollup = (struct rollup){0};
    state_timeline(state, known_at, &policies);
    scope_open(state, root, day, known_at, &scope);
    for (uint32_t unit = 1; unit < scope.tree.count; unit++) {
        if (!scope_holds(&scope, unit) || !scope.tree.lives[unit])
            continue;
        enum unit_kind kind = (enum unit_kind)state_unit(state, unit)->kind;
        rollup->kinds[kind]++;
        if (!unit_kind_counted(kind))
            continue;
        enum status zeros[ZERO_COUNT];
        rollup_statuses(state, &scope.tree, &policies, unit, zeros, scratch);
        rollup_add(rollup, kind, zeros);
    }
    scope_close(&scope);
}

void rollup_now(struct state *state, uint32_t root, struct rollup *rollup, struct status_scratch *scratch)
{
    rollup_on(state, root, state->heads.today, POSITION_END, rollup, scratch);
}

static uint64_t power_of_ten(int exponent)
{
    uint64_t power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

void rate_format(uint64_t part, uint64_t whole, int decimals, char text[static RATE_TEXT_SIZE])
{
    text[0] = '\0';
    if (whole == 0)
        return;
    uint64_t unit = power_of_ten(decimals);
    uint64_t value = (2 * part * 100 * unit + whole) / (2 * whole);
    if (part < whole && value >= 100 * unit)
        value = 100 * unit - 1;
    if (part > 0 && value == 0)
        value = 1;
    if (decimals == 0)
        snprintf(text, RATE_TEXT_SIZE, "%llu", (unsigned long long)value);
    else
        snprintf(text, RATE_TEXT_SIZE, "%llu.%0*llu", (unsigned long long)(value / unit), decimals,
                 (unsigned long long)(value % unit));
}

/* numerator / denominator in tenths, rounded half up by magnitude, with its sign. */
static void tenths_format(__int128 numerator, __int128 denominator, char text[static RATE_TEXT_SIZE])
{
    bool negative = numerator < 0;
    if (negative)
        numerator = -numerator;
    uint64_t tenths = (uint64_t)((2 * numerator + denominator) / (2 * denominator));
    const char *sign = tenths == 0 ? "" : negative ? "-" : "+";
    snprintf(text, RATE_TEXT_SIZE, "%s%llu.%llu", sign, (unsigned long long)(tenths / 10),
             (unsigned long long)(tenths % 10));
}

void change_format(uint64_t now, uint64_t before, char text[static RATE_TEXT_SIZE])
{
    text[0] = '\0';
    if (before > 0)
        tenths_format(((__int128)now - (__int128)before) * 1000, before, text);
}

void points_format(uint64_t part, uint64_t whole, uint64_t part_before, uint64_t whole_before,
                   char text[static RATE_TEXT_SIZE])
{
    text[0] = '\0';
    if (whole == 0 || whole_before == 0)
        return;
    __int128 difference = (__int128)part * whole_before - (__int128)part_before * whole;
    tenths_format(difference * 1000, (__int128)whole * whole_before, text);
}

void more_than_format(uint64_t count, char text[static RATE_TEXT_SIZE])
{
    static const uint64_t ten_thousand = 10000;
    uint64_t shown = count >= ten_thousand ? count / ten_thousand : count;
    uint64_t unit = 1;
    while (shown / unit >= 10)
        unit *= 10;
    uint64_t leading = shown / unit * unit;
    bool exact = leading * (count >= ten_thousand ? ten_thousand : 1) == count;
    snprintf(text, RATE_TEXT_SIZE, "%llu%s%s", (unsigned long long)leading, count >= ten_thousand ? "万" : "",
             exact ? "" : "余");
}
