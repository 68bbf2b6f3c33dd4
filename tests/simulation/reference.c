#include "reference.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "day.h"

enum {
    ZONE_MINUTES = 480, /* of every policy here: Asia/Shanghai */
    UNITS = 48,
    CHANGES = 512,
    SUCCESSIONS = 64,
    ATTESTATIONS = 2048,
    REVIEWS = 2048,
    INCIDENTS = 1024,
    READINGS = 2048,
    APPROVALS = 512,
    ADOPTIONS = 32,
    NAMED_UNITS = 8, /* in one attestation */
    NOBODY = -1,
};

struct known_unit {
    const char *code;
    enum unit_kind kind;
    int32_t valid_from;
    int32_t valid_to;
    uint64_t registered_at;
    uint64_t ended_at; /* 0: lives */
};

/* From a day on, the unit stands below this parent. Changes that name no parent are not kept. */
struct change {
    uint64_t position;
    int unit;
    int32_t from_day;
    int parent; /* NOBODY: a root */
};

struct succeeded {
    uint64_t position;
    int predecessor;
    int successor;
    int32_t day;
};

struct attested {
    uint64_t position;
    uint64_t withdrawn_at; /* 0: stands */
    enum zero zero;
    enum office office;
    enum basis basis;
    enum unit_kind level;
    bool scope;
    int unit_count;
    int units[NAMED_UNITS]; /* the root of a scope, or those attested */
    int32_t from_day;
    int32_t to_day;
};

struct reviewed {
    uint64_t position;
    uint64_t attestation;
    enum unit_kind level;
    bool accepted;
};

/* Something that happened and may break a zero. */
struct incident {
    uint64_t position;
    uint64_t retracted_at; /* 0: stands */
    int unit;
    int32_t day;
    enum event_kind kind;
    const char *matter;
    bool failed_below;       /* PetitionEscalated */
    uint32_t clock;          /* DeadlinePassed */
    enum hazard_grade grade; /* HazardFound */
    const char *category;
};

/* What an incident says from a position on: its own words, then corrections and supplements. */
struct reading {
    uint64_t since;
    uint64_t incident;
    enum petition_type type;
    uint32_t channel;
    bool solvable;
    struct accident_facts accident;
    enum case_class class;
    uint32_t influence;
    const char *category;
};

/* One that waits for its second. */
struct waiting {
    uint64_t target;
    uint64_t content;
    const char *identity;
    bool done;
};

struct adoption {
    uint64_t position;
    const struct policy *policy;
};

struct reference {
    int unit_count, change_count, succession_count, attestation_count, review_count, incident_count, reading_count,
        approval_count, adoption_count;
    struct known_unit units[UNITS];
    struct change changes[CHANGES];
    struct succeeded successions[SUCCESSIONS];
    struct attested attestations[ATTESTATIONS];
    struct reviewed reviews[REVIEWS];
    struct incident incidents[INCIDENTS];
    struct reading readings[READINGS];
    struct waiting approvals[APPROVALS];
    struct adoption adoptions[ADOPTIONS];
};

struct reference *reference_open(void)
{
    struct reference *reference = calloc(1, sizeof *reference);
    assert(reference);
    return reference;
}

void reference_close(struct reference **reference)
{
    free(*reference);
    *reference = NULL;
}

/* Gives the next free place of an array of `limit`. */
static int take(int *count, int limit)
{
    assert(*count < limit);
    return (*count)++;
}

static int find_unit(const struct reference *reference, const char *code)
{
    for (int unit = 0; unit < reference->unit_count; unit++)
        if (strcmp(reference->units[unit].code, code) == 0)
            return unit;
    return NOBODY;
}

/* ---- the tree ---- */

static bool lives(const struct reference *reference, int unit, int32_t day, uint64_t known_at)
{
    const struct known_unit *known = &reference->units[unit];
    if (known->registered_at > known_at || day < known->valid_from)
        return false;
    return known->ended_at == 0 || known->ended_at > known_at || day < known->valid_to;
}

static bool counted(enum unit_kind kind)
{
    return kind == UNIT_VILLAGE || kind == UNIT_COMMUNITY || kind == UNIT_ENTERPRISE || kind == UNIT_INSTITUTION;
}

/* The parent that was named for the day: by the latest change that holds, of two on one day by the one said last. */
static int named_parent(const struct reference *reference, int unit, int32_t day, uint64_t known_at)
{
    const struct change *holds = NULL;
    for (int i = 0; i < reference->change_count; i++) {
        const struct change *change = &reference->changes[i];
        bool first = change->position == reference->units[unit].registered_at;
        if (change->unit != unit || change->position > known_at || (change->from_day > day && !first))
            continue;
        if (!holds || change->from_day >= holds->from_day)
            holds = change;
    }
    return holds ? holds->parent : NOBODY;
}

static int first_successor(const struct reference *reference, int unit, uint64_t known_at)
{
    for (int i = 0; i < reference->succession_count; i++)
        if (reference->successions[i].predecessor == unit && reference->successions[i].position <= known_at)
            return reference->successions[i].successor;
    return NOBODY;
}

/* Where the parent has ended, what stands below it follows into the successor (ruling 9). */
static int parent_on(const struct reference *reference, int unit, int32_t day, uint64_t known_at)
{
    int parent = named_parent(reference, unit, day, known_at);
    while (parent != NOBODY && reference->units[parent].ended_at != 0 &&
           reference->units[parent].ended_at <= known_at && reference->units[parent].valid_to <= day) {
        int successor = first_successor(reference, parent, known_at);
        if (successor == NOBODY)
            break;
        parent = successor;
    }
    return parent;
}

static bool within(const struct reference *reference, int unit, int root, int32_t day, uint64_t known_at)
{
    while (unit != NOBODY && unit != root)
        unit = parent_on(reference, unit, day, known_at);
    return unit == root;
}

/* ---- policies ---- */

static const struct policy *policy_on(const struct reference *reference, int32_t day, uint64_t known_at)
{
    const struct policy *holds = NULL;
    for (int i = 0; i < reference->adoption_count; i++) {
        const struct adoption *adoption = &reference->adoptions[i];
        if (adoption->position <= known_at && adoption->policy->effective_from <= day)
            holds = adoption->policy;
    }
    return holds;
}

static int32_t due(const struct policy *policy, int32_t day)
{
    return (policy->cadence == CADENCE_MONTHLY ? day_month_end(day) : day) + policy->grace_days;
}

/* ---- what breaks ---- */

/* Order 493 art. 3. */
static enum accident_grade grade_of(uint32_t deaths, uint32_t injuries, enum loss_band loss)
{
    if (deaths >= 30 || injuries >= 100 || loss == LOSS_FROM_100M)
        return GRADE_EXTRA_MAJOR;
    if (deaths >= 10 || injuries >= 50 || loss == LOSS_FROM_50M)
        return GRADE_MAJOR;
    if (deaths >= 3 || injuries >= 10 || loss == LOSS_FROM_10M)
        return GRADE_LARGER;
    return GRADE_GENERAL; /* its column begins with nobody hurt and nothing lost */
}

static enum accident_grade grade_of_accident(const struct accident_facts *accident)
{
    return grade_of(accident->deaths, accident->serious_injuries, accident->loss);
}

static bool mask_has(uint32_t mask, uint32_t value)
{
    return mask == 0 || (mask >> value & 1u) != 0;
}

static bool accident_fits(const struct break_rule *rule, const struct accident_facts *accident)
{
    if (!rule->any_casualty && rule->grade_at_least == GRADE_NONE && rule->loss_at_least == 0)
        return true;
    bool casualty = accident->deaths > 0 || accident->missing > 0 || accident->serious_injuries > 0;
    return (rule->any_casualty && casualty) ||
           (rule->grade_at_least != GRADE_NONE && grade_of_accident(accident) >= rule->grade_at_least) ||
           (rule->loss_at_least != 0 && accident->loss >= rule->loss_at_least);
}

static bool case_fits(const struct break_rule *rule, enum case_class class, uint32_t influence)
{
    if (rule->case_classes == 0 && rule->case_classes_major == 0)
        return true;
    return (rule->case_classes >> class & 1u) != 0 ||
           (influence == INFLUENCE_MAJOR && (rule->case_classes_major >> class & 1u) != 0);
}

static bool category_fits(const struct categories *categories, const char *category)
{
    if (categories->count == 0)
        return true;
    for (uint32_t i = 0; i < categories->count; i++)
        if (strcmp(categories->codes[i], category) == 0)
            return true;
    return false;
}

/* How the incident reads as known then. */
static const struct reading *reading_at(const struct reference *reference, uint64_t incident, uint64_t known_at)
{
    const struct reading *newest = NULL;
    for (int i = 0; i < reference->reading_count; i++)
        if (reference->readings[i].incident == incident && reference->readings[i].since <= known_at)
            newest = &reference->readings[i];
    return newest;
}

static const struct incident *find_incident(const struct reference *reference, uint64_t position)
{
    for (int i = 0; i < reference->incident_count; i++)
        if (reference->incidents[i].position == position)
            return &reference->incidents[i];
    return NULL;
}

static const struct incident *find_opening(const struct reference *reference, enum event_kind kind, const char *matter)
{
    for (int i = 0; i < reference->incident_count; i++)
        if (reference->incidents[i].kind == kind && strcmp(reference->incidents[i].matter, matter) == 0)
            return &reference->incidents[i];
    return NULL;
}

/* What the petition that an escalation or a deadline belongs to says; NULL: it belongs to none. */
static const struct reading *petition_of(const struct reference *reference, const char *matter, uint64_t known_at)
{
    const struct incident *opening = find_opening(reference, EVENT_PETITION_REGISTERED, matter);
    return opening ? reading_at(reference, opening->position, known_at) : NULL;
}

static bool petition_fits(const struct break_rule *rule, const struct reading *petition)
{
    return petition && petition->type != PETITION_ACCUSATION && (!rule->only_if_solvable || petition->solvable);
}

static bool rule_fits(const struct reference *reference, const struct break_rule *rule, const struct incident *incident,
                      const struct reading *reading, uint64_t known_at)
{
    if (rule->event != incident->kind || !category_fits(&rule->categories, reading->category))
        return false;
    if (incident->kind == EVENT_PETITION_REGISTERED)
        return petition_fits(rule, reading) && mask_has(rule->petition_types, reading->type) &&
               mask_has(rule->channels, reading->channel);
    if (incident->kind == EVENT_PETITION_ESCALATED)
        return petition_fits(rule, petition_of(reference, incident->matter, known_at)) &&
               (!rule->only_if_failed_below || incident->failed_below);
    if (incident->kind == EVENT_DEADLINE_PASSED)
        return petition_fits(rule, petition_of(reference, incident->matter, known_at)) &&
               incident->clock == CLOCK_HANDLING;
    if (incident->kind == EVENT_ACCIDENT_REPORTED)
        return accident_fits(rule, &reading->accident);
    if (incident->kind == EVENT_CASE_FILED)
        return case_fits(rule, reading->class, reading->influence);
    return mask_has(rule->hazard_grades, incident->grade); /* HazardFound */
}

/* The rule of the policy of its day by which the incident, read so, breaks a zero; NULL: it breaks none. */
static const struct break_rule *rule_for(const struct reference *reference, const struct incident *incident,
                                         const struct reading *reading, uint64_t known_at)
{
    const struct policy *policy = policy_on(reference, incident->day, known_at);
    if (policy && incident->day < policy->starts_on)
        return NULL; /* ruling 32: history breaks nothing */
    for (uint32_t i = 0; policy && i < policy->break_rule_count; i++)
        if (rule_fits(reference, &policy->break_rules[i], incident, reading, known_at))
            return &policy->break_rules[i];
    return NULL;
}

/* 属地连带: where the policy of the day says so, what happens at an enterprise happens to its territory too, in the
 * tree as it was known when it was recorded. */
static bool happened_at(const struct reference *reference, const struct incident *incident, int unit, uint64_t known_at)
{
    if (incident->unit == unit)
        return true;
    enum unit_kind kind = reference->units[incident->unit].kind;
    const struct policy *policy = policy_on(reference, incident->day, known_at);
    return policy && policy->territory_too && (kind == UNIT_ENTERPRISE || kind == UNIT_INSTITUTION) &&
           parent_on(reference, incident->unit, incident->day, incident->position) == unit;
}

static bool breaks(const struct reference *reference, const struct incident *incident, int unit, enum zero zero,
                   uint64_t known_at)
{
    if (incident->position > known_at || (incident->retracted_at != 0 && incident->retracted_at <= known_at))
        return false;
    if (!happened_at(reference, incident, unit, known_at))
        return false;
    const struct break_rule *rule =
        rule_for(reference, incident, reading_at(reference, incident->position, known_at), known_at);
    return rule && rule->zero == zero;
}

static bool broken_on(const struct reference *reference, int unit, enum zero zero, int32_t day, uint64_t known_at)
{
    for (int i = 0; i < reference->incident_count; i++)
        if (reference->incidents[i].day == day && breaks(reference, &reference->incidents[i], unit, zero, known_at))
            return true;
    return false;
}

/* ---- what covers ---- */

/* An office's level, the higher the smaller; enterprises as villages (ruling 19). */
static int rank(enum unit_kind level)
{
    switch (level) {
    case UNIT_NONE:
    case UNIT_PROVINCE:
        return 1;
    case UNIT_CITY:
        return 2;
    case UNIT_COUNTY:
        return 3;
    case UNIT_TOWN:
        return 4;
    case UNIT_VILLAGE:
    case UNIT_COMMUNITY:
    case UNIT_ENTERPRISE:
    case UNIT_INSTITUTION:
        return 5;
    case UNIT_GRID:
        return 6;
    }
    abort();
}

/* Whether the review that decides lets it count from the level that the policy asks. */
static bool level_reached(const struct reference *reference, const struct attested *attested, uint64_t known_at,
                          const struct policy *policy)
{
    const struct reviewed *decides = NULL;
    for (int i = 0; i < reference->review_count; i++) {
        const struct reviewed *review = &reference->reviews[i];
        if (review->attestation == attested->position && review->position <= known_at &&
            (!decides || rank(review->level) <= rank(decides->level)))
            decides = review;
    }
    int reached = rank(attested->level);
    if (decides && !decides->accepted)
        return false;
    if (decides && rank(decides->level) < reached)
        reached = rank(decides->level);
    return reached <= rank(policy->counts_from_level);
}

static bool stands(const struct attested *attested, uint64_t known_at)
{
    return attested->position <= known_at && (attested->withdrawn_at == 0 || attested->withdrawn_at > known_at);
}

static bool names_unit(const struct reference *reference, const struct attested *attested, int unit, int32_t day)
{
    if (day < attested->from_day || day > attested->to_day)
        return false;
    if (attested->scope)
        return lives(reference, unit, day, attested->position) &&
               within(reference, unit, attested->units[0], day, attested->position);
    for (int i = 0; i < attested->unit_count; i++)
        if (attested->units[i] == unit)
            return true;
    return false;
}

static bool attested_by(const struct reference *reference, int unit, enum zero zero, enum office office, int32_t day,
                        uint64_t known_at, const struct policy *policy)
{
    for (int i = 0; i < reference->attestation_count; i++) {
        const struct attested *attested = &reference->attestations[i];
        if (attested->zero == zero && attested->office == office && stands(attested, known_at) &&
            attested->basis != BASIS_HISTORIC && (policy->basis_mask >> attested->basis & 1u) != 0 &&
            names_unit(reference, attested, unit, day) && level_reached(reference, attested, known_at, policy))
            return true;
    }
    return false;
}

/* The policy of a day on which the unit is enrolled; NULL: it is not. */
static const struct policy *enrolled(const struct reference *reference, int unit, int32_t day, uint64_t known_at)
{
    const struct policy *policy = policy_on(reference, day, known_at);
    return policy && day >= policy->starts_on && lives(reference, unit, day, known_at) ? policy : NULL;
}

static bool covered(const struct reference *reference, int unit, enum zero zero, int32_t day, uint64_t known_at)
{
    const struct policy *policy = enrolled(reference, unit, day, known_at);
    if (!policy)
        return false;
    for (enum office office = OFFICE_NONE + 1; office < OFFICE_LIMIT; office++)
        if ((policy->required[zero] & OFFICE_BIT(office)) != 0 &&
            !attested_by(reference, unit, zero, office, day, known_at, policy))
            return false;
    return true;
}

/* ---- answers ---- */

/* Marks the unit and those that it inherits from: its predecessors by mergers of the year, and theirs. */
static void mark_family(const struct reference *reference, int unit, int32_t from, int32_t as_of, uint64_t known_at,
                        bool family[UNITS])
{
    if (family[unit])
        return;
    family[unit] = true;
    for (int i = 0; i < reference->succession_count; i++) {
        const struct succeeded *succession = &reference->successions[i];
        if (succession->successor == unit && succession->position <= known_at && succession->day >= from &&
            succession->day <= as_of)
            mark_family(reference, succession->predecessor, from, as_of, known_at, family);
    }
}

/* The end of the covered days that begin with *first, the first enrolled one; a day that a later policy does not enrol
 * ends them too. */
static int32_t prefix_end(const struct reference *reference, int unit, enum zero zero, int32_t from, int32_t to,
                          uint64_t known_at, int32_t *first)
{
    *first = from;
    while (*first <= to && !enrolled(reference, unit, *first, known_at))
        ++*first;
    int32_t end = DAY_NONE;
    for (int32_t day = *first; day <= to && covered(reference, unit, zero, day, known_at); day++)
        end = day;
    if (*first > to)
        *first = DAY_NONE;
    return end;
}

/* The days of a streak: covered, and not broken, in one zero or in all of ALL_ZEROS. */
enum { ALL_ZEROS = -1 };

static bool covered_in(const struct reference *reference, int unit, int which, int32_t day, uint64_t known_at)
{
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        if ((which == ALL_ZEROS || which == zero) && !covered(reference, unit, (enum zero)zero, day, known_at))
            return false;
    return true;
}

static bool broken_in(const struct reference *reference, int unit, int which, int32_t day, uint64_t known_at)
{
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        if ((which == ALL_ZEROS || which == zero) && broken_on(reference, unit, (enum zero)zero, day, known_at))
            return true;
    return false;
}

/* The last day, not behind `day`, on which the unit took another's place; DAY_NONE: none. */
static int32_t last_merger(const struct reference *reference, int unit, int32_t day, uint64_t known_at)
{
    int32_t last = DAY_NONE;
    for (int i = 0; i < reference->succession_count; i++) {
        const struct succeeded *succession = &reference->successions[i];
        if (succession->successor == unit && succession->position <= known_at && succession->day <= day &&
            succession->day > last)
            last = succession->day;
    }
    return last;
}

/* Days that are covered and unbroken, back from `day` itself; behind a merger the least of those that went into it. */
static int32_t run_back(const struct reference *reference, int unit, int which, int32_t day, uint64_t known_at)
{
    int32_t merger = last_merger(reference, unit, day, known_at);
    int32_t days = 0;
    while ((merger == DAY_NONE || day >= merger) && covered_in(reference, unit, which, day, known_at) &&
           !broken_in(reference, unit, which, day, known_at)) {
        days++;
        day--;
    }
    if (merger == DAY_NONE || day >= merger)
        return days;
    int32_t least = INT32_MAX;
    if (lives(reference, unit, merger - 1, known_at))
        least = run_back(reference, unit, which, merger - 1, known_at);
    for (int i = 0; i < reference->succession_count; i++) {
        const struct succeeded *succession = &reference->successions[i];
        if (succession->successor != unit || succession->position > known_at || succession->day != merger)
            continue;
        int32_t theirs = run_back(reference, succession->predecessor, which, merger - 1, known_at);
        if (theirs < least)
            least = theirs;
    }
    return days + least;
}

static int32_t earliest_day(const struct reference *reference, int unit)
{
    int32_t earliest = reference->units[unit].valid_from;
    for (int i = 0; i < reference->adoption_count; i++) /* no day before every policy's is covered */
        if (i == 0 || reference->adoptions[i].policy->starts_on < earliest)
            earliest = reference->adoptions[i].policy->starts_on;
    return earliest;
}

static int32_t last_covered(const struct reference *reference, int unit, int which, int32_t as_of, uint64_t known_at)
{
    int32_t earliest = earliest_day(reference, unit);
    for (int32_t day = as_of; day >= earliest; day--)
        if (covered_in(reference, unit, which, day, known_at))
            return day;
    return DAY_NONE;
}

/* Ends on the last covered day; a break behind that leaves nothing. */
static int32_t streak(const struct reference *reference, int unit, int which, int32_t as_of, uint64_t known_at)
{
    int32_t last = last_covered(reference, unit, which, as_of, known_at);
    if (last == DAY_NONE)
        return 0;
    for (int32_t day = last; day <= as_of; day++)
        if (broken_in(reference, unit, which, day, known_at))
            return 0;
    return run_back(reference, unit, which, last, known_at);
}

static int32_t claimed_days(const struct reference *reference, int unit, enum zero zero, int32_t as_of,
                            uint64_t known_at)
{
    int32_t from = DAY_NEVER;
    int32_t days = 0;
    for (int i = 0; i < reference->attestation_count; i++)
        if (reference->attestations[i].basis == BASIS_HISTORIC && reference->attestations[i].from_day < from)
            from = reference->attestations[i].from_day;
    for (int32_t day = from; day <= as_of && from != DAY_NEVER; day++) {
        bool claimed = false;
        for (int i = 0; i < reference->attestation_count && !claimed; i++) {
            const struct attested *attested = &reference->attestations[i];
            claimed = attested->basis == BASIS_HISTORIC && attested->zero == zero && stands(attested, known_at) &&
                      names_unit(reference, attested, unit, day);
        }
        if (claimed)
            days++;
    }
    return days;
}

static struct zero_status answer(const struct reference *reference, int unit, enum zero zero, int32_t as_of,
                                 uint64_t known_at)
{
    int32_t from = day_year_start(as_of);
    struct zero_status status = {.since = DAY_NONE};
    bool family[UNITS] = {false};
    mark_family(reference, unit, from, as_of, known_at, family);
    for (int i = 0; i < reference->incident_count; i++) {
        const struct incident *incident = &reference->incidents[i];
        if (incident->day < from || incident->day > as_of)
            continue;
        bool counts = false;
        for (int member = 0; member < reference->unit_count && !counts; member++)
            counts = family[member] && breaks(reference, incident, member, zero, known_at);
        if (!counts)
            continue;
        status.breaks++;
        if (status.since == DAY_NONE || incident->day < status.since)
            status.since = incident->day;
    }

    int32_t first;
    status.verified_until = prefix_end(reference, unit, zero, from, as_of, known_at, &first);
    bool owed = false;
    for (int32_t day = from; day <= as_of; day++) {
        const struct policy *policy = enrolled(reference, unit, day, known_at);
        if (!policy || covered(reference, unit, zero, day, known_at))
            continue;
        owed = owed || due(policy, day) < as_of;
    }
    if (status.breaks > 0) {
        status.status = STATUS_BROKEN;
    } else if (status.verified_until != DAY_NONE && !owed) {
        status.status = STATUS_ZERO;
        status.since = first;
        while (covered(reference, unit, zero, status.since - 1, known_at))
            status.since--; /* of the covered stretch, which the new year does not cut */
    } else {
        status.status = STATUS_UNVERIFIED;
        status.since = status.verified_until == DAY_NONE ? first : status.verified_until + 1;
    }

    status.streak_until = last_covered(reference, unit, (int)zero, as_of, known_at);
    status.streak_days = streak(reference, unit, (int)zero, as_of, known_at);
    status.claimed_days = claimed_days(reference, unit, zero, as_of, known_at);
    int32_t ignored;
    status.verified_last_year =
        prefix_end(reference, unit, zero, day_year_start(from - 1), from - 1, known_at, &ignored);
    return status;
}

bool reference_lives(const struct reference *reference, const char *unit, int32_t day, uint64_t known_at)
{
    int known = find_unit(reference, unit);
    return known != NOBODY && lives(reference, known, day, known_at);
}

bool reference_counts(const struct reference *reference, const char *unit, int32_t day, uint64_t known_at)
{
    return reference_lives(reference, unit, day, known_at) &&
           counted(reference->units[find_unit(reference, unit)].kind);
}

struct zero_status reference_status(const struct reference *reference, const char *unit, enum zero zero, int32_t as_of,
                                    uint64_t known_at)
{
    return answer(reference, find_unit(reference, unit), zero, as_of, known_at);
}

static enum status joint_of(const enum status zeros[static ZERO_COUNT])
{
    enum status joint = STATUS_ZERO;
    for (int zero = 0; zero < ZERO_COUNT; zero++) {
        if (zeros[zero] == STATUS_BROKEN)
            return STATUS_BROKEN;
        if (zeros[zero] == STATUS_UNVERIFIED)
            joint = STATUS_UNVERIFIED;
    }
    return joint;
}

enum status reference_joint(const struct reference *reference, const char *unit, int32_t as_of, uint64_t known_at)
{
    enum status zeros[ZERO_COUNT];
    for (int zero = 0; zero < ZERO_COUNT; zero++)
        zeros[zero] = reference_status(reference, unit, (enum zero)zero, as_of, known_at).status;
    return joint_of(zeros);
}

int32_t reference_joint_streak(const struct reference *reference, const char *unit, int32_t as_of, uint64_t known_at)
{
    return streak(reference, find_unit(reference, unit), ALL_ZEROS, as_of, known_at);
}

static void count(struct status_count *counts, enum status status)
{
    counts->total++;
    if (status == STATUS_ZERO)
        counts->zero++;
    else if (status == STATUS_BROKEN)
        counts->broken++;
    else
        counts->unverified++;
}

void reference_rollup(const struct reference *reference, const char *node, int32_t as_of, uint64_t known_at,
                      struct rollup *rollup)
{
    int root = find_unit(reference, node);
    memset(rollup, 0, sizeof *rollup);
    for (int unit = 0; unit < reference->unit_count; unit++) {
        enum unit_kind kind = reference->units[unit].kind;
        if (!lives(reference, unit, as_of, known_at) || !within(reference, unit, root, as_of, known_at))
            continue;
        rollup->kinds[kind]++;
        if (!counted(kind))
            continue;
        enum unit_group group = kind == UNIT_VILLAGE || kind == UNIT_COMMUNITY ? GROUP_AREA : GROUP_ENTERPRISE;
        enum status zeros[ZERO_COUNT];
        for (int zero = 0; zero < ZERO_COUNT; zero++) {
            zeros[zero] = answer(reference, unit, (enum zero)zero, as_of, known_at).status;
            count(&rollup->zeros[group][zero], zeros[zero]);
            count(&rollup->zeros[GROUP_ALL][zero], zeros[zero]);
        }
        count(&rollup->joint[group], joint_of(zeros));
        count(&rollup->joint[GROUP_ALL], joint_of(zeros));
    }
}

/* ---- taking facts ---- */

static enum unit_kind level_of(const struct reference *reference, const struct reference_author *author)
{
    int root = find_unit(reference, author->root);
    return root == NOBODY ? UNIT_PROVINCE : reference->units[root].kind;
}

static void add_change(struct reference *reference, int unit, const struct event *event, uint64_t position)
{
    reference->changes[take(&reference->change_count, CHANGES)] = (struct change){
        .position = position,
        .unit = unit,
        .from_day = event->unit_facts.from_day,
        .parent = find_unit(reference, event->unit_facts.parent),
    };
}

static void register_unit(struct reference *reference, const struct event *event, uint64_t position)
{
    int unit = take(&reference->unit_count, UNITS);
    reference->units[unit] = (struct known_unit){
        .code = event->unit,
        .kind = event->unit_facts.kind,
        .valid_from = event->unit_facts.from_day,
        .registered_at = position,
    };
    add_change(reference, unit, event, position);
}

static void end_unit(struct reference *reference, const struct event *event, uint64_t position)
{
    int unit = find_unit(reference, event->unit);
    reference->units[unit].ended_at = position;
    reference->units[unit].valid_to = event->unit_end.valid_to;
    for (uint32_t i = 0; i < event->unit_end.successor_count; i++)
        reference->successions[take(&reference->succession_count, SUCCESSIONS)] = (struct succeeded){
            .position = position,
            .predecessor = unit,
            .successor = find_unit(reference, event->unit_end.successors[i]),
            .day = event->unit_end.valid_to,
        };
}

static void attest(struct reference *reference, const struct event *event, const struct reference_author *author,
                   uint64_t position)
{
    struct attested *attested = &reference->attestations[take(&reference->attestation_count, ATTESTATIONS)];
    *attested = (struct attested){
        .position = position,
        .zero = event->attested.zero,
        .office = author->office,
        .basis = event->attested.basis,
        .level = level_of(reference, author),
        .scope = event->attested.scope,
        .from_day = event->attested.from_day,
        .to_day = event->attested.to_day,
    };
    if (event->attested.unit_count == 0)
        attested->units[attested->unit_count++] = find_unit(reference, event->unit);
    for (uint32_t i = 0; i < event->attested.unit_count; i++)
        attested->units[take(&attested->unit_count, NAMED_UNITS)] = find_unit(reference, event->attested.units[i]);
}

static void withdraw(struct reference *reference, const struct event *event, uint64_t position)
{
    for (int i = 0; i < reference->attestation_count; i++)
        if (reference->attestations[i].position == event->target)
            reference->attestations[i].withdrawn_at = position;
}

static struct reading read_event(const struct event *event, uint64_t incident, uint64_t since)
{
    struct reading reading = {.since = since, .incident = incident, .category = event->category};
    if (event->kind == EVENT_PETITION_REGISTERED) {
        reading.type = event->petition.type;
        reading.channel = event->petition.channel;
        reading.solvable = event->petition.solvable_at_unit_level;
    } else if (event->kind == EVENT_ACCIDENT_REPORTED || event->kind == EVENT_ACCIDENT_SUPPLEMENTED) {
        reading.accident = event->accident;
    } else if (event->kind == EVENT_CASE_FILED) {
        reading.class = event->filed.class;
        reading.influence = event->filed.influence;
    }
    return reading;
}

static void add_reading(struct reference *reference, const struct reading *reading)
{
    reference->readings[take(&reference->reading_count, READINGS)] = *reading;
}

static void add_incident(struct reference *reference, const struct event *event, uint64_t position)
{
    struct incident *incident = &reference->incidents[take(&reference->incident_count, INCIDENTS)];
    *incident = (struct incident){
        .position = position,
        .unit = find_unit(reference, event->unit),
        .day = day_of_time(event->occurred_at_us, ZONE_MINUTES),
        .kind = event->kind,
        .matter = event->matter,
        .category = event->category,
    };
    if (event->kind == EVENT_PETITION_ESCALATED)
        incident->failed_below = event->escalated.handled_below == false || event->escalated.overdue_below;
    else if (event->kind == EVENT_DEADLINE_PASSED)
        incident->clock = event->variant;
    else if (event->kind == EVENT_HAZARD_FOUND)
        incident->grade = event->hazard.grade;
    struct reading reading = read_event(event, position, position);
    add_reading(reference, &reading);
}

/* Whether a change of this content takes effect with this event. One that needs two identities takes effect with the
 * second's; the first waits. */
static bool approved(struct reference *reference, uint64_t target, uint64_t content, const char *identity,
                     bool needs_two)
{
    if (!needs_two)
        return true;
    for (int i = 0; i < reference->approval_count; i++) {
        struct waiting *waiting = &reference->approvals[i];
        if (waiting->done || waiting->target != target || waiting->content != content)
            continue;
        waiting->done = strcmp(waiting->identity, identity) != 0;
        return waiting->done;
    }
    reference->approvals[take(&reference->approval_count, APPROVALS)] =
        (struct waiting){.target = target, .content = content, .identity = identity};
    return false;
}

static uint64_t content_of_policy(const struct policy *policy)
{
    return (uint64_t)(uintptr_t)policy; /* each drawn policy has a text of its own */
}

/* Side events and clocks belong to a matter that another record opened. */
static bool opens(const struct incident *incident)
{
    return incident->kind != EVENT_PETITION_ESCALATED && incident->kind != EVENT_DEADLINE_PASSED;
}

/* With its opening the whole matter is retracted: it counts nowhere. */
static bool goes_with(const struct incident *incident, const struct incident *retracted)
{
    return incident == retracted || (opens(retracted) && strcmp(incident->matter, retracted->matter) == 0);
}

/* Which incidents break something now. */
static void mark_breaking(const struct reference *reference, bool breaking[INCIDENTS])
{
    for (int i = 0; i < reference->incident_count; i++) {
        const struct incident *incident = &reference->incidents[i];
        const struct reading *reading = reading_at(reference, incident->position, POSITION_END);
        breaking[i] = incident->retracted_at == 0 && rule_for(reference, incident, reading, POSITION_END);
    }
}

/* A retraction takes effect if it may: two are needed where a break disappears, or an accident with its grade. */
static void retract(struct reference *reference, const struct event *event, const struct reference_author *author,
                    uint64_t position)
{
    const struct incident *target = find_incident(reference, event->target);
    bool breaking[INCIDENTS];
    bool two = target && target->kind == EVENT_ACCIDENT_REPORTED;
    mark_breaking(reference, breaking);
    for (int i = 0; target && i < reference->incident_count; i++)
        two = two || (breaking[i] && goes_with(&reference->incidents[i], target));
    if (!target || !approved(reference, event->target, 0, author->identity, two))
        return;
    for (int i = 0; i < reference->incident_count; i++) {
        struct incident *incident = &reference->incidents[i];
        if (goes_with(incident, target) && incident->retracted_at == 0)
            incident->retracted_at = position;
    }
}

/* Another reading takes effect if it may: two are needed where a break disappears, of the incident or of what belongs
 * to its matter, where the grade of an accident falls (ruling 20), or where an accusation would be none any more. */
static void read_otherwise(struct reference *reference, const struct incident *incident, const struct reading *reading,
                           uint64_t content, const char *identity)
{
    bool before[INCIDENTS];
    bool after[INCIDENTS];
    const struct reading *old = reading_at(reference, incident->position, POSITION_END);
    bool two = incident->kind == EVENT_ACCIDENT_REPORTED &&
               grade_of_accident(&old->accident) > grade_of_accident(&reading->accident);
    two = two || (old->type == PETITION_ACCUSATION && reading->type != PETITION_ACCUSATION);
    mark_breaking(reference, before);
    add_reading(reference, reading);
    mark_breaking(reference, after);
    for (int i = 0; i < reference->incident_count; i++)
        two = two || (before[i] && !after[i]);
    if (!approved(reference, incident->position, content, identity, two))
        reference->reading_count--;
}

static void correct(struct reference *reference, const struct event *event, const struct reference_author *author,
                    uint64_t position)
{
    const struct incident *incident = find_incident(reference, event->target);
    if (!incident)
        return;
    struct reading reading = read_event(event->correction.replacement, event->target, position);
    read_otherwise(reference, incident, &reading, event->correction.content, author->identity);
}

/* Two supplements say the same if their totals do. */
static uint64_t content_of_totals(const struct accident_facts *accident)
{
    return 1 + accident->deaths + 1000ull * accident->missing + 1000000ull * accident->serious_injuries +
           1000000000ull * accident->loss;
}

static void supplement(struct reference *reference, const struct event *event, const struct reference_author *author,
                       uint64_t position)
{
    const struct incident *incident = find_opening(reference, EVENT_ACCIDENT_REPORTED, event->matter);
    if (!incident)
        return;
    int32_t day = day_of_time(event->occurred_at_us, ZONE_MINUTES);
    const struct policy *policy = policy_on(reference, incident->day, POSITION_END);
    const struct reading *before = reading_at(reference, incident->position, POSITION_END);
    bool is_short = policy->short_industries.count > 0 && category_fits(&policy->short_industries, before->category);
    if (day > incident->day + (is_short ? policy->supplement_days_short : policy->supplement_days))
        return; /* kept and listed, changes no grade (ruling 24) */
    struct reading reading = read_event(event, incident->position, position);
    reading.category = before->category;
    read_otherwise(reference, incident, &reading, content_of_totals(&event->accident), author->identity);
}

void reference_record(struct reference *reference, const struct event *event, const struct reference_author *author,
                      uint64_t position)
{
    if (event->mode != MODE_ACTUAL)
        return; /* a drill changes nothing (ruling 5) */
    int unit = find_unit(reference, event->unit);
    switch ((int)event->kind) { /* all others say nothing about statuses */
    case EVENT_UNIT_REGISTERED:
        register_unit(reference, event, position);
        break;
    case EVENT_UNIT_CHANGED:
        if (*event->unit_facts.parent)
            add_change(reference, unit, event, position);
        break;
    case EVENT_UNIT_MERGED:
    case EVENT_UNIT_SPLIT:
    case EVENT_UNIT_RETIRED:
        end_unit(reference, event, position);
        break;
    case EVENT_ZERO_ATTESTED:
        attest(reference, event, author, position);
        break;
    case EVENT_ATTESTATION_REVIEWED:
        reference->reviews[take(&reference->review_count, REVIEWS)] = (struct reviewed){
            .position = position,
            .attestation = event->target,
            .level = level_of(reference, author),
            .accepted = event->variant == 1,
        };
        break;
    case EVENT_ATTESTATION_WITHDRAWN:
        withdraw(reference, event, position);
        break;
    case EVENT_PETITION_REGISTERED:
    case EVENT_PETITION_ESCALATED:
    case EVENT_ACCIDENT_REPORTED:
    case EVENT_CASE_FILED:
    case EVENT_HAZARD_FOUND:
    case EVENT_DEADLINE_PASSED:
        add_incident(reference, event, position);
        break;
    case EVENT_ACCIDENT_SUPPLEMENTED:
        supplement(reference, event, author, position);
        break;
    case EVENT_EVENT_RETRACTED:
        retract(reference, event, author, position);
        break;
    case EVENT_EVENT_CORRECTED:
        correct(reference, event, author, position);
        break;
    case EVENT_POLICY_ADOPTED:
        /* the first of a log is in force at once; any other by two, of the same text */
        if (!approved(reference, UINT64_MAX, content_of_policy(event->adopted.policy), author->identity,
                      reference->adoption_count > 0))
            break;
        reference->adoptions[take(&reference->adoption_count, ADOPTIONS)] =
            (struct adoption){.position = position, .policy = event->adopted.policy};
        break;
    default:
        break;
    }
}
