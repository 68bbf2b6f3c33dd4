#include "figure_sums.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* The tables that are summed. With a matter are counted its annex, its joint handlings, their tasks, and its
 * supervisions: whatever changes those is a move of it, and changes the row of the matter too. */
enum part { PART_MATTERS, PART_DISCREPANCIES, PART_ATTESTATIONS, PART_TALLIES, PART_SELF_CHECKS, PARTS };

/* The figures that the rows of a part count in, one behind the other. */
enum {
    SLOTS_MATTERS = FIGURE_SUPERVISIONS_ESCALATED - FIGURE_NONE, /* all but the last: late reports */
    SLOTS_DISCREPANCIES = FIGURE_DISCREPANCIES_EXPLAINED - FIGURE_DISCREPANCIES_RAISED + 1,
    SLOTS_MAX = SLOTS_MATTERS + 1,
};
_Static_assert((int)FIGURE_HAZARDS_FOUND == 1 && (int)TALLY_KIND_LIMIT <= (int)SLOTS_MAX, "slots");

/* Sums of a part's chunks, `slots` for each; those of tallies are of counts that a record names, and may be large. */
struct part_sums {
    uint32_t *narrow;
    uint64_t *wide;
    uint32_t *seen; /* the turn in which each chunk was counted last; 0: never */
    uint32_t chunks;
    uint32_t capacity;
};

struct view {
    uint32_t root;
    int32_t from;     /* first day of the year */
    uint32_t checked; /* the turn in which self-checks were looked at last */
    uint32_t asked;   /* the turn in which it was asked for last */
    bool begun;       /* something was counted, by what follows */
    /* What all rows were counted by: another one of these, and they are counted again. */
    int32_t to;
    int32_t today;
    uint64_t day_opened_at;
    uint32_t policies;
    uint32_t units;
    bool *holds; /* of so many units */
    struct part_sums parts[PARTS];
    uint64_t counts[FIGURE_UNITS];
    uint32_t *newest_checks; /* self-check of each unit that counts */
    int32_t *check_days;     /* of those */
};

struct figure_sums {
    const struct state *state;
    uint32_t turn; /* one for each summary: there are not so many in a hub's life */
    struct changed {
        uint32_t *turns; /* in which each chunk was found changed last */
        uint32_t chunks;
    } changed[PARTS];
    struct view views[FIGURE_VIEWS_MAX];
};

static void *grown(void *memory, size_t count, size_t size)
{
    memory = realloc(memory, count * size);
    if (!memory)
        abort();
    return memory;
}

struct figure_sums *figure_sums_open(void)
{
    struct figure_sums *sums = calloc(1, sizeof *sums);
    if (!sums)
        abort();
    return sums;
}

static void view_clear(struct view *view)
{
    for (int part = 0; part < PARTS; part++) {
        free(view->parts[part].narrow);
        free(view->parts[part].wide);
        free(view->parts[part].seen);
    }
    free(view->holds);
    free(view->newest_checks);
    free(view->check_days);
    *view = (struct view){0};
}

static void sums_clear(struct figure_sums *sums)
{
    for (int i = 0; i < FIGURE_VIEWS_MAX; i++)
        view_clear(&sums->views[i]);
    for (int part = 0; part < PARTS; part++)
        free(sums->changed[part].turns);
    *sums = (struct figure_sums){0};
}

void figure_sums_close(struct figure_sums **sums)
{
    if (*sums)
        sums_clear(*sums);
    free(*sums);
    *sums = NULL;
}

static struct table *part_table(struct state *state, enum part part)
{
    switch (part) {
    case PART_MATTERS:
        return &state->matters;
    case PART_DISCREPANCIES:
        return &state->discrepancies;
    case PART_ATTESTATIONS:
        return &state->attestations;
    case PART_TALLIES:
        return &state->tallies;
    case PART_SELF_CHECKS:
        return &state->self_checks;
    case PARTS:
        break;
    }
    abort();
}

static uint32_t part_slots(enum part part)
{
    switch (part) {
    case PART_MATTERS:
        return SLOTS_MATTERS + 1;
    case PART_DISCREPANCIES:
        return SLOTS_DISCREPANCIES;
    case PART_ATTESTATIONS:
        return 1;
    case PART_TALLIES:
        return TALLY_KIND_LIMIT;
    case PART_SELF_CHECKS: /* of a unit only the newest counts: kept by unit */
    case PARTS:
        return 0;
    }
    abort();
}

static uint32_t part_figure(enum part part, uint32_t slot)
{
    if (part == PART_ATTESTATIONS || (part == PART_MATTERS && slot == SLOTS_MATTERS))
        return FIGURE_CHANGES_LATE;
    if (part == PART_MATTERS)
        return slot + 1;
    return slot + (part == PART_TALLIES ? (uint32_t)FIGURE_TALLIES : (uint32_t)FIGURE_DISCREPANCIES_RAISED);
}

static uint32_t part_slot(enum part part, uint32_t figure)
{
    uint32_t slot = part == PART_ATTESTATIONS ? 0 : figure - part_figure(part, 0);
    if (part == PART_MATTERS && figure == FIGURE_CHANGES_LATE)
        slot = SLOTS_MATTERS;
    assert(slot < part_slots(part) && part_figure(part, slot) == figure);
    return slot;
}

/* ---- what changed ---- */

static uint32_t chunk_of(const struct table *table, uint32_t ordinal)
{
    return (uint32_t)((size_t)ordinal * table->row_size >> TABLE_CHUNK_SHIFT);
}

/* A dispute counts as followed by a petition of the same number, which may have been opened, or retracted, since. */
static void note_disputes(struct figure_sums *sums, const struct state *state, uint32_t chunk)
{
    uint32_t at;
    uint32_t end;
    table_chunk_rows(&state->matters, chunk, &at, &end);
    for (; at < end; at++) {
        const struct matter *matter = state_matter(state, at);
        if (matter->kind != MATTER_PETITION)
            continue;
        uint32_t dispute = state_find_matter(state, MATTER_DISPUTE, state_text(state, matter->code));
        if (dispute != 0)
            sums->changed[PART_MATTERS].turns[chunk_of(&state->matters, dispute)] = sums->turn;
    }
}

static void note_part(struct figure_sums *sums, struct state *state, enum part part)
{
    struct table *table = part_table(state, part);
    struct changed *changed = &sums->changed[part];
    const uint32_t chunks = table_chunks(table);
    if (chunks > changed->chunks) {
        changed->turns = grown(changed->turns, chunks, sizeof *changed->turns);
        for (uint32_t chunk = changed->chunks; chunk < chunks; chunk++)
            changed->turns[chunk] = sums->turn;
        changed->chunks = chunks;
    }
    for (uint32_t chunk = 0; table_take_mark(table, TABLE_MARK_COUNTED, &chunk); chunk++) {
        changed->turns[chunk] = sums->turn;
        if (part == PART_MATTERS && sums->turn > 1) /* at first everything is new */
            note_disputes(sums, state, chunk);
    }
}

static void note_changes(struct figure_sums *sums, struct state *state)
{
    if (sums->state != state)
        sums_clear(sums);
    sums->state = state;
    sums->turn++;
    for (int part = 0; part < PARTS; part++)
        note_part(sums, state, (enum part)part);
}

/* ---- one view ---- */

/* NULL: there is no place for it. */
static struct view *view_of(struct figure_sums *sums, const struct figure_count *count)
{
    struct view *oldest = &sums->views[0];
    for (int i = 0; i < FIGURE_VIEWS_MAX; i++) {
        struct view *view = &sums->views[i];
        if (view->asked != 0 && view->root == count->scope.root && view->from == count->from)
            return view;
        if (view->asked < oldest->asked)
            oldest = view;
    }
    if (oldest->asked != 0 && oldest->asked + FIGURE_VIEW_TURNS >= sums->turn)
        return NULL;
    view_clear(oldest);
    oldest->root = count->scope.root;
    oldest->from = count->from;
    return oldest;
}

/* Whether the rows that were counted would count by the same still. A unit that is new has no such rows. */
static bool view_holds(const struct view *view, const struct figure_count *count)
{
    const struct state *state = count->state;
    return view->begun && view->to == count->to && view->today == state->heads.today &&
           view->day_opened_at == state->heads.day_opened_at && view->policies == state->policies.count &&
           memcmp(view->holds, count->scope.holds, view->units * sizeof *view->holds) == 0;
}

static void view_reset(struct view *view, const struct figure_count *count)
{
    const struct state *state = count->state;
    for (int part = 0; part < PARTS; part++)
        view->parts[part].chunks = 0;
    memset(view->counts, 0, sizeof view->counts);
    view->checked = 0;
    view->begun = true;
    view->to = count->to;
    view->today = state->heads.today;
    view->day_opened_at = state->heads.day_opened_at;
    view->policies = state->policies.count;
    view->units = 0;
}

/* Of units that are new nothing was counted. */
static void take_units(struct view *view, const struct figure_count *count)
{
    const uint32_t units = count->scope.tree.count;
    if (view->units == units)
        return;
    view->holds = grown(view->holds, units, sizeof *view->holds);
    view->newest_checks = grown(view->newest_checks, units, sizeof *view->newest_checks);
    view->check_days = grown(view->check_days, units, sizeof *view->check_days);
    memcpy(view->holds, count->scope.holds, units * sizeof *view->holds);
    memset(view->newest_checks + view->units, 0, (units - view->units) * sizeof *view->newest_checks);
    view->units = units;
}

static void take_chunks(struct part_sums *part, uint32_t chunks, uint32_t slots, bool wide)
{
    if (chunks > part->capacity) {
        part->capacity = chunks + chunks / 8;
        if (wide)
            part->wide = grown(part->wide, (size_t)part->capacity * slots, sizeof *part->wide);
        else
            part->narrow = grown(part->narrow, (size_t)part->capacity * slots, sizeof *part->narrow);
        part->seen = grown(part->seen, part->capacity, sizeof *part->seen);
    }
    const size_t from = (size_t)part->chunks * slots;
    const size_t size = (size_t)chunks * slots - from;
    if (wide && size > 0)
        memset(part->wide + from, 0, size * sizeof *part->wide);
    else if (size > 0)
        memset(part->narrow + from, 0, size * sizeof *part->narrow);
    if (size > 0)
        memset(part->seen + part->chunks, 0, (chunks - part->chunks) * sizeof *part->seen);
    part->chunks = chunks;
}

/* ---- counting ---- */

static void add_row(const struct figure_count *count, enum part part, enum figure_stage stage, uint32_t at,
                    uint64_t sums[static SLOTS_MAX])
{
    struct figure_row row;
    figure_count_row(count, stage, at, &row);
    for (uint32_t i = 0; i < row.hit_count; i++)
        sums[part_slot(part, (uint32_t)row.hits[i].figure)] += row.hits[i].count;
}

/* All joint handlings of the matter: it leads to the newest only, its moves to each. */
static void add_joints(const struct figure_count *count, const struct matter *matter, uint64_t sums[static SLOTS_MAX])
{
    const struct state *state = count->state;
    const struct move *move;
    for (uint32_t at = matter->moves; at != 0; at = move->next) {
        move = state_move(state, at);
        uint32_t joint = move->kind == EVENT_JOINT_HANDLING_OPENED ? state_find_joint(state, move->position) : 0;
        if (joint == 0)
            continue;
        add_row(count, PART_MATTERS, FIGURE_STAGE_JOINTS, joint, sums);
        uint32_t task = ((const struct joint *)table_row(&state->joints, joint))->tasks;
        for (; task != 0; task = ((const struct task *)table_row(&state->tasks, task))->next)
            add_row(count, PART_MATTERS, FIGURE_STAGE_TASKS, task, sums);
    }
}

static void add_matter(const struct figure_count *count, uint32_t ordinal, uint64_t sums[static SLOTS_MAX])
{
    const struct state *state = count->state;
    const struct matter *matter = state_matter(state, ordinal);
    add_row(count, PART_MATTERS, FIGURE_STAGE_MATTERS, ordinal, sums);
    const struct annex *annex = state_annex(state, matter);
    if (annex->joint != 0)
        add_joints(count, matter, sums);
    uint32_t at = annex->supervisions;
    for (; at != 0; at = ((const struct supervision *)table_row(&state->supervisions, at))->next)
        add_row(count, PART_MATTERS, FIGURE_STAGE_SUPERVISIONS, at, sums);
}

static void add_of_part(const struct figure_count *count, enum part part, uint32_t ordinal,
                        uint64_t sums[static SLOTS_MAX])
{
    switch (part) {
    case PART_MATTERS:
        add_matter(count, ordinal, sums);
        return;
    case PART_DISCREPANCIES:
        add_row(count, part, FIGURE_STAGE_DISCREPANCIES, ordinal, sums);
        return;
    case PART_ATTESTATIONS:
        add_row(count, part, FIGURE_STAGE_ATTESTATIONS, ordinal, sums);
        return;
    case PART_TALLIES:
        add_row(count, part, FIGURE_STAGE_TALLIES, ordinal, sums);
        return;
    case PART_SELF_CHECKS:
    case PARTS:
        break;
    }
    abort();
}

/* Returns how many rows it has. */
static uint32_t count_chunk(struct view *view, const struct figure_count *count, enum part part, uint32_t chunk)
{
    uint64_t sums[SLOTS_MAX] = {0};
    struct part_sums *kept = &view->parts[part];
    const uint32_t slots = part_slots(part);
    uint32_t first;
    uint32_t end;
    table_chunk_rows(part_table(count->state, part), chunk, &first, &end);
    for (uint32_t at = first > 0 ? first : 1; at < end; at++)
        add_of_part(count, part, at, sums);
    for (uint32_t slot = 0; slot < slots; slot++) {
        const size_t place = (size_t)chunk * slots + slot;
        view->counts[part_figure(part, slot)] += sums[slot] - (kept->wide ? kept->wide[place] : kept->narrow[place]);
        if (kept->wide)
            kept->wide[place] = sums[slot];
        else
            kept->narrow[place] = (uint32_t)sums[slot]; /* each counts a row, and those have numbers of 32 bits */
    }
    return end - first;
}

/* Counts chunks that changed, while there are rows left to be counted. false: it was not enough. */
static bool count_part(const struct figure_sums *sums, struct view *view, const struct figure_count *count,
                       enum part part, uint32_t *rows)
{
    const struct changed *changed = &sums->changed[part];
    struct part_sums *kept = &view->parts[part];
    take_chunks(kept, changed->chunks, part_slots(part), part == PART_TALLIES);
    for (uint32_t chunk = 0; chunk < changed->chunks; chunk++) {
        if (changed->turns[chunk] <= kept->seen[chunk])
            continue;
        if (*rows == 0)
            return false;
        const uint32_t counted = count_chunk(view, count, part, chunk);
        kept->seen[chunk] = sums->turn;
        *rows -= counted < *rows ? counted : *rows;
    }
    return true;
}

/* ---- self-checks: of each unit that of the newest day counts ---- */

static void take_check(struct view *view, uint32_t unit, uint32_t at, int32_t day)
{
    view->newest_checks[unit] = at;
    view->check_days[unit] = day;
}

/* Lets the rows of a chunk take their places. false: one lost its place, and who comes behind it is not known. */
static bool note_checks(struct view *view, const struct figure_count *count, uint32_t chunk)
{
    uint32_t at;
    uint32_t end;
    table_chunk_rows(&count->state->self_checks, chunk, &at, &end);
    for (at += at == 0; at < end; at++) {
        const struct self_check *check = table_row(&count->state->self_checks, at);
        const uint32_t newest = view->newest_checks[check->unit];
        const bool counts = figure_check_counts(count, check);
        if (newest == at && (!counts || check->day != view->check_days[check->unit]))
            return false;
        if (!counts || newest == at)
            continue;
        if (newest == 0 || check->day > view->check_days[check->unit] ||
            (check->day == view->check_days[check->unit] && at > newest))
            take_check(view, check->unit, at, check->day);
    }
    return true;
}

static void find_checks(const struct figure_sums *sums, struct view *view, const struct figure_count *count)
{
    const struct changed *changed = &sums->changed[PART_SELF_CHECKS];
    bool placed = true;
    for (uint32_t chunk = 0; placed && chunk < changed->chunks; chunk++)
        if (changed->turns[chunk] > view->checked)
            placed = note_checks(view, count, chunk);
    if (placed)
        return;
    memset(view->newest_checks, 0, view->units * sizeof *view->newest_checks);
    for (uint32_t chunk = 0; chunk < changed->chunks; chunk++)
        (void)note_checks(view, count, chunk);
}

static void add_hits(const struct figure_row *row, uint64_t counts[static FIGURE_LIMIT])
{
    for (uint32_t i = 0; i < row->hit_count; i++)
        counts[row->hits[i].figure] += row->hits[i].count;
}

static void add_checks(const struct view *view, const struct figure_count *count, uint64_t counts[static FIGURE_LIMIT])
{
    for (uint32_t unit = 0; unit < view->units; unit++) {
        struct figure_row row;
        if (view->newest_checks[unit] == 0)
            continue;
        figure_count_row(count, FIGURE_STAGE_SELF_CHECKS, view->newest_checks[unit], &row);
        add_hits(&row, counts);
    }
}

/* Only those of the open day count, and they are few; what costs of them, day_before keeps. */
static void add_amendments(const struct figure_count *count, uint64_t counts[static FIGURE_LIMIT])
{
    for (uint32_t at = count->before->first_amendment; at < count->state->amendments.count; at++) {
        struct figure_row row;
        figure_count_row(count, FIGURE_STAGE_AMENDMENTS, at, &row);
        add_hits(&row, counts);
    }
}

/* The view with what changed, about so many rows of it. *left: there is more. NULL: it is not kept. */
static struct view *count_view(struct figure_sums *sums, const struct figure_count *count, uint32_t rows, bool *left)
{
    *left = false;
    note_changes(sums, count->state);
    struct view *view = view_of(sums, count);
    if (!view)
        return NULL;
    if (!view_holds(view, count))
        view_reset(view, count);
    take_units(view, count);
    view->asked = sums->turn;
    for (int part = 0; part < PART_SELF_CHECKS && !*left; part++)
        *left = !count_part(sums, view, count, (enum part)part, &rows);
    return view;
}

bool figure_sums_prepare(struct figure_sums *sums, const struct figure_count *count, uint32_t rows)
{
    bool left;
    (void)count_view(sums, count, rows, &left);
    return !left;
}

bool figure_sums_add(struct figure_sums *sums, const struct figure_count *count, uint64_t counts[static FIGURE_LIMIT])
{
    bool left;
    struct view *view = count_view(sums, count, UINT32_MAX, &left);
    if (!view)
        return false;
    find_checks(sums, view, count);
    view->checked = sums->turn;
    for (uint32_t figure = 0; figure < FIGURE_UNITS; figure++)
        counts[figure] += view->counts[figure];
    add_checks(view, count, counts);
    add_amendments(count, counts);
    return true;
}

static size_t view_size(const struct view *view)
{
    size_t size = view->units * (sizeof *view->holds + sizeof *view->newest_checks + sizeof *view->check_days);
    for (int part = 0; part < PARTS; part++) {
        const struct part_sums *kept = &view->parts[part];
        size += (size_t)kept->capacity * part_slots((enum part)part) *
                    (kept->wide ? sizeof *kept->wide : sizeof *kept->narrow) +
                kept->capacity * sizeof *kept->seen;
    }
    return size;
}

size_t figure_sums_size(const struct figure_sums *sums)
{
    size_t size = sizeof *sums;
    for (int part = 0; part < PARTS; part++)
        size += sums->changed[part].chunks * sizeof *sums->changed[part].turns;
    for (int i = 0; i < FIGURE_VIEWS_MAX; i++)
        size += view_size(&sums->views[i]);
    return size;
}
