/* The figures of the summary by name, and the records that each of them counts. One place decides whether a row counts:
 * the summary adds up what the walk says, the list behind a figure shows it; so the two cannot differ. Nothing
 * retracted and no accusation counts anywhere. */
#ifndef HUB_DOMAIN_FIGURE_H
#define HUB_DOMAIN_FIGURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rollup.h"
#include "scope.h"

enum figure_status { FIGURE_STATUS_TOTAL, FIGURE_STATUS_ZERO, FIGURE_STATUS_BROKEN, FIGURE_STATUS_UNVERIFIED };
enum {
    FIGURE_STATUSES = 4,
    FIGURE_JOINT = ZERO_COUNT,
    FIGURE_ZEROS_COUNT = GROUP_COUNT * (ZERO_COUNT + 1) * FIGURE_STATUSES
};

enum figure {
    FIGURE_NONE = 0,
    FIGURE_HAZARDS_FOUND,
    FIGURE_HAZARDS_GENERAL,
    FIGURE_HAZARDS_MAJOR,
    FIGURE_HAZARDS_FIXED_ON_SPOT,
    FIGURE_HAZARDS_ORDERED,
    FIGURE_HAZARDS_STRUCK_OFF,
    FIGURE_HAZARDS_OPEN,
    FIGURE_HAZARDS_OVERDUE,
    FIGURE_HAZARDS_PLACARDED,
    FIGURE_HAZARDS_DUE_SOON,
    FIGURE_PETITIONS_REGISTERED,
    FIGURE_PETITIONS_OPEN,
    FIGURE_PETITIONS_OVERDUE,
    FIGURE_PETITIONS_CLOSED,
    FIGURE_PETITIONS_DUE_SOON,
    FIGURE_PETITIONS_IN_REVIEW,
    FIGURE_PETITIONS_IN_FINAL_REVIEW,
    FIGURE_PETITIONS_ON_TIME,
    FIGURE_PETITIONS_ESCALATED,
    FIGURE_PETITIONS_JOINT,
    FIGURE_DISPUTES_OPENED,
    FIGURE_DISPUTES_BOTH_AGREED,
    FIGURE_DISPUTES_SUCCEEDED,
    FIGURE_DISPUTES_MOBILE,
    FIGURE_DISPUTES_ENDED,
    FIGURE_DISPUTES_PERFORMED,
    FIGURE_DISPUTES_FOLLOWED_BY_PETITION,
    FIGURE_DISPUTES_COURT_CONFIRMED,
    FIGURE_CASES_FILED,
    FIGURE_CASES_RESOLVED,
    FIGURE_CASES_PREVIOUS_FILED,
    FIGURE_CASES_PREVIOUS_RESOLVED,
    FIGURE_ACCIDENTS_REPORTED,
    FIGURE_ACCIDENTS_GENERAL,
    FIGURE_ACCIDENTS_LARGER,
    FIGURE_ACCIDENTS_MAJOR,
    FIGURE_ACCIDENTS_EXTRA_MAJOR,
    FIGURE_ACCIDENTS_LATE,
    FIGURE_LEVELS_SETTLED,
    FIGURE_LEVELS_AT_VILLAGE,
    FIGURE_LEVELS_AT_TOWN,
    FIGURE_LEVELS_AT_COUNTY,
    FIGURE_JOINT_OPEN,
    FIGURE_JOINT_CLOSED,
    FIGURE_JOINT_CONSULTATIONS,
    FIGURE_JOINT_TASKS,
    FIGURE_JOINT_TASKS_DONE,
    FIGURE_JOINT_TASKS_OVERDUE,
    FIGURE_SUPERVISIONS_ISSUED,
    FIGURE_SUPERVISIONS_ANSWERED,
    FIGURE_SUPERVISIONS_OVERDUE,
    FIGURE_SUPERVISIONS_ESCALATED,
    FIGURE_DISCREPANCIES_RAISED,
    FIGURE_DISCREPANCIES_OPEN,
    FIGURE_DISCREPANCIES_CONFIRMED,
    FIGURE_DISCREPANCIES_EXPLAINED,
    FIGURE_PROGRAMME_SELF_CHECKED,
    FIGURE_PROGRAMME_SELF_CHECK_YES,
    FIGURE_PROGRAMME_SELF_CHECK_ITEMS,
    FIGURE_PROGRAMME_COMPLETE,
    FIGURE_PROGRAMME_UNSWEPT,
    FIGURE_PROGRAMME_SILENT,
    FIGURE_PROGRAMME_CAMPAIGNS_RUNNING,
    FIGURE_PROGRAMME_CAMPAIGNS_CLOSED,
    FIGURE_CHANGES_NEWLY_BROKEN,
    FIGURE_CHANGES_NEWLY_VERIFIED,
    FIGURE_CHANGES_NEWLY_UNVERIFIED,
    FIGURE_CHANGES_UNBROKEN,
    FIGURE_CHANGES_LATE,
    FIGURE_CAMERAS_IN_SERVICE,
    FIGURE_CAMERAS_OWNERS,
    FIGURE_CAMERAS_SIGN_POSTED,
    FIGURE_TEAMS_GRIDS,
    FIGURE_TEAMS_BLOCK_HEADS,
    FIGURE_TEAMS_PATROLLERS,
    FIGURE_TEAMS_COMPLETE_TEAMS,
    FIGURE_TEAMS_TEAM_PARTS,
    FIGURE_TALLIES,                                   /* and the tally_kind */
    FIGURE_UNITS = FIGURE_TALLIES + TALLY_KIND_LIMIT, /* and the unit_kind: "units.VILLAGE" */
    FIGURE_ZEROS = FIGURE_UNITS + UNIT_KIND_LIMIT,    /* see figure_of_zeros */
    FIGURE_LIMIT = FIGURE_ZEROS + FIGURE_ZEROS_COUNT,
};

/* "zeros.CASE.broken", "zeros.JOINT.AREA.zero": units of a group by a status; zero FIGURE_JOINT: of all three. */
enum figure figure_of_zeros(enum unit_group group, uint32_t zero, enum figure_status status);

enum { FIGURE_NAME_SIZE = 48 };
/* "hazards.struck_off", "publicity.LEAFLETS", "zeros.CASE.AREA.broken"; "" for a number that is none. */
void figure_name(enum figure figure, char name[static FIGURE_NAME_SIZE]);
/* FIGURE_NONE if there is none of this name. */
enum figure figure_find(const char *name);
/* The name of a tally as the contract prints it, e.g. "publicity.LEAFLETS". */
const char *tally_name(enum tally_kind kind);

/* The joint statuses at the close of the day before, kept as long as that day is the day before: a cache. Zero at
 * first. */
struct day_before {
    int32_t day;
    uint64_t known_at;
    uint8_t *joint; /* enum status of each unit; 0: not computed yet */
    uint32_t count;
};
void day_before_clear(struct day_before *before);

/* What is counted: the rows below a node from the first day of a year to its last, or to the open day if that is
 * earlier, and the same calendar days of the year before. */
struct figure_count {
    struct state *state;
    struct scope scope; /* of the last day, all that is known */
    int32_t from, to;
    int32_t before_from, before_to;
    const struct policy *policy; /* of the open day; NULL: none yet */
    struct policy_timeline policies;
    struct policy_timeline policies_before; /* as known at the close of the day before */
    struct day_before *before;
    struct status_scratch *scratch;
};
/* All pointers stay the caller's and must live as long as it. */
void figure_count_open(struct state *state, uint32_t root, int32_t year, struct day_before *before,
                       struct status_scratch *scratch, struct figure_count *count);
void figure_count_close(struct figure_count *count);

/* A row and the figures that it counts in. */
enum { FIGURE_HITS_MAX = 48 };
struct figure_hit {
    enum figure figure;
    uint64_t position; /* of the record that made it count, where the row knows it without a search; else the row's */
    uint64_t count;
};
struct figure_row {
    uint64_t position; /* of the record that it began with; 0: a unit of which nobody said anything */
    uint32_t unit;     /* ordinals; 0: none */
    uint32_t matter;
    uint32_t joint; /* row of `joints`; 0: it is none */
    int32_t day;
    uint32_t hit_count;
    struct figure_hit hits[FIGURE_HITS_MAX];
};

/* Walks every row that counts in anything. */
struct figure_walk {
    uint32_t stage;
    uint32_t last_stage;
    uint32_t at;
    uint32_t owners;         /* of cameras met so far */
    uint32_t *newest_checks; /* self-check of each unit that counts; NULL: none was met yet */
};
void figure_walk_open(struct figure_walk *walk);
bool figure_walk_next(const struct figure_count *count, struct figure_walk *walk, struct figure_row *row);
void figure_walk_close(struct figure_walk *walk);

/* The records behind one figure. */
struct figure_entry {
    uint64_t position; /* of the record that made it count */
    uint32_t unit;
    uint32_t matter;
    int32_t day;
    uint64_t count;
};
struct figure_list {
    struct figure_entry *entries;
    size_t entry_count;
    size_t capacity;
    uint64_t total; /* sum of the entries' counts: the figure */
};
void figure_list_open(const struct figure_count *count, enum figure figure, struct figure_list *list);
void figure_list_close(struct figure_list *list);

#endif
