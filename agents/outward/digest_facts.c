#include "digest_facts.h"

#include "cell.h"
#include "text.h"
#include "utf8.h"

#include <stdio.h>
#include <string.h>

void digest_facts_begin(struct digest_facts *facts, Sanling__V1__Office__Kind office)
{
    memset(facts, 0, sizeof *facts);
    facts->office = office;
}

void digest_facts_take_time(struct digest_facts *facts, const Sanling__V1__Answer *answer)
{
    if (answer->time != NULL)
        facts->time_s = answer->time->seconds;
    facts->demonstration = answer->demonstration;
}

/* A code or name as one short line; what shows nothing or turns the line around is replaced. */
static void take_text(const char *text, char *copy, size_t size)
{
    snprintf(copy, size, "%s", text_has_controls(text) || strpbrk(text, "\t\r\n") != NULL ? "?" : text);
    utf8_cut_broken(copy);
}

static void take_unit(const Sanling__V1__MattersAnswer__Matter *matter, char name[static DIGEST_NAME_SIZE])
{
    take_text(matter->unit_name[0] != '\0' ? matter->unit_name : matter->unit, name, DIGEST_NAME_SIZE);
}

static bool read_day(const char *text, int32_t *day)
{
    int year;
    int month;
    int of_month;
    return sscanf(text, "%4d-%2d-%2d", &year, &month, &of_month) == 3 && day_from_civil(year, month, of_month, day);
}

/* From `today` to `due`; 0 where one is no day. */
static int32_t days_between(const char *today, const char *due)
{
    int32_t from;
    int32_t to;
    return read_day(today, &from) && read_day(due, &to) ? to - from : 0;
}

/* Behind those that are as urgent. A full list forgets its last. */
static void list_add(struct digest_list *list, const struct digest_item *item)
{
    size_t at = list->count;
    list->total++;
    while (at > 0 && list->items[at - 1].days_left > item->days_left)
        at--;
    if (at == DIGEST_ITEMS_MAX)
        return;
    if (list->count < DIGEST_ITEMS_MAX)
        list->count++;
    memmove(&list->items[at + 1], &list->items[at], (list->count - at - 1) * sizeof list->items[0]);
    list->items[at] = *item;
}

static struct digest_item item_of(const Sanling__V1__MattersAnswer__Matter *matter, enum digest_what what,
                                  int32_t days_left)
{
    struct digest_item item = {.what = what, .kind = matter->kind, .days_left = days_left};
    take_text(matter->matter, item.code, sizeof item.code);
    take_unit(matter, item.unit);
    return item;
}

/* Who must act: the handler, or who opened what nobody handles yet. */
static bool is_handled_by(const Sanling__V1__MattersAnswer__Matter *matter, Sanling__V1__Office__Kind office)
{
    return (matter->handler != SANLING__V1__OFFICE__KIND__UNSPECIFIED ? matter->handler : matter->opened_by) == office;
}

static void take_tasks(struct digest_facts *facts, const Sanling__V1__MattersAnswer__Matter *matter, const char *today)
{
    for (size_t i = 0; i < matter->n_tasks; i++) {
        const Sanling__V1__MattersAnswer__Task *task = matter->tasks[i];
        if (task->office != facts->office || task->done_at != 0 || task->released)
            continue;
        facts->tasks++;
        if (!task->overdue)
            continue;
        const struct digest_item item = item_of(matter, DIGEST_TASK, days_between(today, task->due_day));
        list_add(&facts->overdue, &item);
    }
}

static void take_supervisions(struct digest_facts *facts, const Sanling__V1__MattersAnswer__Matter *matter,
                              const char *today)
{
    for (size_t i = 0; i < matter->n_supervisions; i++) {
        const Sanling__V1__MattersAnswer__Supervision *supervision = matter->supervisions[i];
        if (supervision->to_office != facts->office || supervision->answered_at != 0)
            continue;
        facts->supervisions++;
        if (!supervision->overdue)
            continue;
        const struct digest_item item = item_of(matter, DIGEST_SUPERVISION, days_between(today, supervision->due_day));
        list_add(&facts->overdue, &item);
    }
}

void digest_facts_take_matter(struct digest_facts *facts, const Sanling__V1__MattersAnswer__Matter *matter,
                              const char *today)
{
    take_tasks(facts, matter, today);
    take_supervisions(facts, matter, today);
    if (!is_handled_by(matter, facts->office))
        return;
    const unsigned kind = (unsigned)matter->kind;
    facts->waiting[kind < DIGEST_MATTER_KINDS ? kind : 0]++;
    facts->waiting_total++;
    if (matter->due_day[0] == '\0' || matter->days_left >= 0)
        return;
    const struct digest_item item = item_of(matter, DIGEST_MATTER, matter->days_left);
    list_add(&facts->overdue, &item);
}

void digest_facts_take_soon(struct digest_facts *facts, const Sanling__V1__MattersAnswer__Matter *matter)
{
    if (!is_handled_by(matter, facts->office))
        return;
    const struct digest_item item = item_of(matter, DIGEST_MATTER, matter->days_left);
    list_add(&facts->soon, &item);
}

void digest_facts_take_period(struct digest_facts *facts, const Sanling__V1__AttestationsDueAnswer__Period *period)
{
    size_t at = facts->period_count;
    if (period->uncovered <= period->broken || facts->period_count == DIGEST_PERIODS_MAX)
        return;
    struct digest_period taken = {
        .zero = period->zero, .days_left = period->days_left, .units = period->uncovered - period->broken};
    take_text(period->from_day, taken.from_day, sizeof taken.from_day);
    take_text(period->to_day, taken.to_day, sizeof taken.to_day);
    take_text(period->due, taken.due, sizeof taken.due);
    while (at > 0 && facts->periods[at - 1].days_left > taken.days_left)
        at--;
    memmove(&facts->periods[at + 1], &facts->periods[at], (facts->period_count - at) * sizeof taken);
    facts->periods[at] = taken;
    facts->period_count++;
}

void digest_facts_name_unit(struct digest_facts *facts, size_t period,
                            const Sanling__V1__AttestationsDueAnswer__Unit *unit)
{
    struct digest_period *named = &facts->periods[period];
    if (unit->broken || named->name_count == DIGEST_NAMES_MAX)
        return;
    take_text(unit->name[0] != '\0' ? unit->name : unit->unit, named->names[named->name_count++], DIGEST_NAME_SIZE);
}

static void take_attesting(struct digest_facts *facts, const Sanling__V1__Freshness *office)
{
    for (size_t i = 0; i < office->n_attests; i++)
        if ((unsigned)office->attests[i] < DIGEST_ZEROS && (unsigned)office->office < DIGEST_OFFICES)
            facts->attests[office->attests[i]][office->office] = true;
}

void digest_facts_take_summary(struct digest_facts *facts, const Sanling__V1__Summary *summary)
{
    for (size_t i = 0; summary->zeros != NULL && i < summary->zeros->n_counts; i++) {
        const Sanling__V1__ZeroCount *count = summary->zeros->counts[i];
        const bool of_all = count->group == SANLING__V1__UNIT_GROUP__KIND__ALL;
        if (of_all && count->zero != SANLING__V1__ZERO__KIND__UNSPECIFIED && (unsigned)count->zero < DIGEST_ZEROS)
            facts->unverified[count->zero] = count->unverified;
    }
    for (size_t i = 0; i < summary->n_freshness; i++)
        take_attesting(facts, summary->freshness[i]);
}

bool digest_facts_any(const struct digest_facts *facts)
{
    uint64_t unverified = 0;
    for (size_t i = 0; i < DIGEST_ZEROS; i++)
        unverified += facts->unverified[i];
    return facts->waiting_total + facts->tasks + facts->supervisions + facts->overdue.total + facts->soon.total > 0 ||
           facts->period_count > 0 || unverified > 0;
}
