/* The figures of the summary: their names, and where the records that each counts are found. */
#ifndef HUB_DOMAIN_FIGURE_H
#define HUB_DOMAIN_FIGURE_H

#include <stdbool.h>
#include <stdint.h>

#include "rollup.h"

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
/* Whether its rows count on days of their own, so that a year's figure is the sum over its days: no figure of how
 * things stand (open, overdue, silent), none of the year before, none of which a unit has one. */
bool figure_by_day(enum figure figure);
/* The three parts of a roll-up together: "zeros.CASE.AREA"; *zero may be FIGURE_JOINT. false: no such name. */
bool figure_find_zeros(const char *name, enum unit_group *group, uint32_t *zero);
/* The name of a tally as the contract prints it, e.g. "publicity.LEAFLETS". */
const char *tally_name(enum tally_kind kind);

/* The table whose rows count in a figure, in the order in which they are walked. */
enum figure_stage {
    FIGURE_STAGE_MATTERS = 1,
    FIGURE_STAGE_JOINTS,
    FIGURE_STAGE_TASKS,
    FIGURE_STAGE_SUPERVISIONS,
    FIGURE_STAGE_DISCREPANCIES,
    FIGURE_STAGE_SELF_CHECKS,
    FIGURE_STAGE_AMENDMENTS,
    FIGURE_STAGE_ATTESTATIONS,
    FIGURE_STAGE_TALLIES,
    FIGURE_STAGE_CAMERAS,
    FIGURE_STAGE_CAMPAIGNS,
    FIGURE_STAGE_UNITS,
    FIGURE_STAGE_LIMIT,
};
/* Late reports (FIGURE_CHANGES_LATE) are attestations and, besides, accidents among the matters. */
enum figure_stage figure_stage(enum figure figure);
/* Of a matter: the newest event of this kind made it count; MatterClosed stands for all that close; 0: its opening. */
enum event_kind figure_made_by(enum figure figure);

#endif
