#include "figure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct figure_kind {
    const char *name;
    enum figure_stage stage;
    enum event_kind made_by;
};

/* Those below FIGURE_TALLIES. */
static const struct figure_kind kinds[FIGURE_TALLIES] = {
    [FIGURE_HAZARDS_FOUND] = {"hazards.found", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_HAZARDS_GENERAL] = {"hazards.general", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_HAZARDS_MAJOR] = {"hazards.major", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_HAZARDS_FIXED_ON_SPOT] = {"hazards.fixed_on_spot", FIGURE_STAGE_MATTERS, EVENT_HAZARD_FIXED_ON_SPOT},
    [FIGURE_HAZARDS_ORDERED] = {"hazards.ordered", FIGURE_STAGE_MATTERS, EVENT_RECTIFICATION_ORDERED},
    [FIGURE_HAZARDS_STRUCK_OFF] = {"hazards.struck_off", FIGURE_STAGE_MATTERS, EVENT_HAZARD_VERIFIED},
    [FIGURE_HAZARDS_OPEN] = {"hazards.open", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_HAZARDS_OVERDUE] = {"hazards.overdue", FIGURE_STAGE_MATTERS, EVENT_DEADLINE_PASSED},
    [FIGURE_HAZARDS_PLACARDED] = {"hazards.placarded", FIGURE_STAGE_MATTERS, EVENT_HAZARD_PLACARDED},
    [FIGURE_HAZARDS_DUE_SOON] = {"hazards.due_soon", FIGURE_STAGE_MATTERS, EVENT_RECTIFICATION_ORDERED},
    [FIGURE_PETITIONS_REGISTERED] = {"petitions.registered", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_PETITIONS_OPEN] = {"petitions.open", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_PETITIONS_OVERDUE] = {"petitions.overdue", FIGURE_STAGE_MATTERS, EVENT_DEADLINE_PASSED},
    [FIGURE_PETITIONS_CLOSED] = {"petitions.closed", FIGURE_STAGE_MATTERS, EVENT_MATTER_CLOSED},
    [FIGURE_PETITIONS_DUE_SOON] = {"petitions.due_soon", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_PETITIONS_IN_REVIEW] = {"petitions.in_review", FIGURE_STAGE_MATTERS, EVENT_REVIEW_REQUESTED},
    [FIGURE_PETITIONS_IN_FINAL_REVIEW] = {"petitions.in_final_review", FIGURE_STAGE_MATTERS, EVENT_REVIEW_REQUESTED},
    [FIGURE_PETITIONS_ON_TIME] = {"petitions.on_time", FIGURE_STAGE_MATTERS, EVENT_MATTER_CLOSED},
    [FIGURE_PETITIONS_ESCALATED] = {"petitions.escalated", FIGURE_STAGE_MATTERS, EVENT_PETITION_ESCALATED},
    [FIGURE_PETITIONS_JOINT] = {"petitions.joint", FIGURE_STAGE_MATTERS, EVENT_JOINT_HANDLING_OPENED},
    [FIGURE_DISPUTES_OPENED] = {"disputes.opened", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_DISPUTES_BOTH_AGREED] = {"disputes.both_agreed", FIGURE_STAGE_MATTERS, EVENT_CONSENT_RECORDED},
    [FIGURE_DISPUTES_SUCCEEDED] = {"disputes.succeeded", FIGURE_STAGE_MATTERS, EVENT_AGREEMENT_REACHED},
    [FIGURE_DISPUTES_MOBILE] = {"disputes.mobile", FIGURE_STAGE_MATTERS, EVENT_AGREEMENT_REACHED},
    [FIGURE_DISPUTES_ENDED] = {"disputes.ended", FIGURE_STAGE_MATTERS, EVENT_MEDIATION_ENDED},
    [FIGURE_DISPUTES_PERFORMED] = {"disputes.performed", FIGURE_STAGE_MATTERS, EVENT_AGREEMENT_PERFORMED},
    [FIGURE_DISPUTES_FOLLOWED_BY_PETITION] = {"disputes.followed_by_petition", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_DISPUTES_COURT_CONFIRMED] = {"disputes.court_confirmed", FIGURE_STAGE_MATTERS,
                                         EVENT_COURT_CONFIRMATION_GRANTED},
    [FIGURE_CASES_FILED] = {"cases.filed", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_CASES_RESOLVED] = {"cases.resolved", FIGURE_STAGE_MATTERS, EVENT_CASE_RESOLVED},
    [FIGURE_CASES_PREVIOUS_FILED] = {"cases.previous_filed", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_CASES_PREVIOUS_RESOLVED] = {"cases.previous_resolved", FIGURE_STAGE_MATTERS, EVENT_CASE_RESOLVED},
    [FIGURE_ACCIDENTS_REPORTED] = {"accidents.reported", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_ACCIDENTS_GENERAL] = {"accidents.general", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_ACCIDENTS_LARGER] = {"accidents.larger", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_ACCIDENTS_MAJOR] = {"accidents.major", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_ACCIDENTS_EXTRA_MAJOR] = {"accidents.extra_major", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_ACCIDENTS_LATE] = {"accidents.late", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_LEVELS_SETTLED] = {"levels.settled", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_LEVELS_AT_VILLAGE] = {"levels.at_village", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_LEVELS_AT_TOWN] = {"levels.at_town", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_LEVELS_AT_COUNTY] = {"levels.at_county", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_JOINT_OPEN] = {"joint.open", FIGURE_STAGE_JOINTS, 0},
    [FIGURE_JOINT_CLOSED] = {"joint.closed", FIGURE_STAGE_JOINTS, 0},
    [FIGURE_JOINT_CONSULTATIONS] = {"joint.consultations", FIGURE_STAGE_JOINTS, 0},
    [FIGURE_JOINT_TASKS] = {"joint.tasks", FIGURE_STAGE_TASKS, 0},
    [FIGURE_JOINT_TASKS_DONE] = {"joint.tasks_done", FIGURE_STAGE_TASKS, 0},
    [FIGURE_JOINT_TASKS_OVERDUE] = {"joint.tasks_overdue", FIGURE_STAGE_TASKS, 0},
    [FIGURE_SUPERVISIONS_ISSUED] = {"supervisions.issued", FIGURE_STAGE_SUPERVISIONS, 0},
    [FIGURE_SUPERVISIONS_ANSWERED] = {"supervisions.answered", FIGURE_STAGE_SUPERVISIONS, 0},
    [FIGURE_SUPERVISIONS_OVERDUE] = {"supervisions.overdue", FIGURE_STAGE_SUPERVISIONS, 0},
    [FIGURE_SUPERVISIONS_ESCALATED] = {"supervisions.escalated", FIGURE_STAGE_MATTERS, 0},
    [FIGURE_DISCREPANCIES_RAISED] = {"discrepancies.raised", FIGURE_STAGE_DISCREPANCIES, 0},
    [FIGURE_DISCREPANCIES_OPEN] = {"discrepancies.open", FIGURE_STAGE_DISCREPANCIES, 0},
    [FIGURE_DISCREPANCIES_CONFIRMED] = {"discrepancies.confirmed", FIGURE_STAGE_DISCREPANCIES, 0},
    [FIGURE_DISCREPANCIES_EXPLAINED] = {"discrepancies.explained", FIGURE_STAGE_DISCREPANCIES, 0},
    [FIGURE_PROGRAMME_SELF_CHECKED] = {"programme.self_checked", FIGURE_STAGE_SELF_CHECKS, 0},
    [FIGURE_PROGRAMME_SELF_CHECK_YES] = {"programme.self_check_yes", FIGURE_STAGE_SELF_CHECKS, 0},
    [FIGURE_PROGRAMME_SELF_CHECK_ITEMS] = {"programme.self_check_items", FIGURE_STAGE_SELF_CHECKS, 0},
    [FIGURE_PROGRAMME_COMPLETE] = {"programme.complete", FIGURE_STAGE_SELF_CHECKS, 0},
    [FIGURE_PROGRAMME_UNSWEPT] = {"programme.unswept", FIGURE_STAGE_UNITS, 0},
    [FIGURE_PROGRAMME_SILENT] = {"programme.silent", FIGURE_STAGE_UNITS, 0},
    [FIGURE_PROGRAMME_CAMPAIGNS_RUNNING] = {"programme.campaigns_running", FIGURE_STAGE_CAMPAIGNS, 0},
    [FIGURE_PROGRAMME_CAMPAIGNS_CLOSED] = {"programme.campaigns_closed", FIGURE_STAGE_CAMPAIGNS, 0},
    [FIGURE_CHANGES_NEWLY_BROKEN] = {"changes.newly_broken", FIGURE_STAGE_UNITS, 0},
    [FIGURE_CHANGES_NEWLY_VERIFIED] = {"changes.newly_verified", FIGURE_STAGE_UNITS, 0},
    [FIGURE_CHANGES_NEWLY_UNVERIFIED] = {"changes.newly_unverified", FIGURE_STAGE_UNITS, 0},
    [FIGURE_CHANGES_UNBROKEN] = {"changes.unbroken", FIGURE_STAGE_AMENDMENTS, 0},
    [FIGURE_CHANGES_LATE] = {"changes.late", FIGURE_STAGE_ATTESTATIONS,
                             0}, /* and late accidents: FIGURE_STAGE_MATTERS */
    [FIGURE_CAMERAS_IN_SERVICE] = {"cameras.in_service", FIGURE_STAGE_CAMERAS, 0},
    [FIGURE_CAMERAS_OWNERS] = {"cameras.owners", FIGURE_STAGE_CAMERAS, 0},
    [FIGURE_CAMERAS_SIGN_POSTED] = {"cameras.sign_posted", FIGURE_STAGE_CAMERAS, 0},
    [FIGURE_TEAMS_GRIDS] = {"teams.grids", FIGURE_STAGE_UNITS, 0},
    [FIGURE_TEAMS_BLOCK_HEADS] = {"teams.block_heads", FIGURE_STAGE_UNITS, 0},
    [FIGURE_TEAMS_PATROLLERS] = {"teams.patrollers", FIGURE_STAGE_UNITS, 0},
    [FIGURE_TEAMS_COMPLETE_TEAMS] = {"teams.complete_teams", FIGURE_STAGE_UNITS, 0},
    [FIGURE_TEAMS_TEAM_PARTS] = {"teams.team_parts", FIGURE_STAGE_UNITS, 0},
};

enum figure figure_of_zeros(enum unit_group group, uint32_t zero, enum figure_status status)
{
    return (enum figure)(FIGURE_ZEROS + ((uint32_t)group * (ZERO_COUNT + 1) + zero) * FIGURE_STATUSES +
                         (uint32_t)status);
}

static void rollup_name(uint32_t group, uint32_t zero, char name[static FIGURE_NAME_SIZE])
{
    static const char *const groups[GROUP_COUNT] = {"", ".AREA", ".ENTERPRISE"};
    static const char *const zeros[ZERO_COUNT + 1] = {"PETITION", "ACCIDENT", "CASE", "JOINT"};
    snprintf(name, FIGURE_NAME_SIZE, "zeros.%s%s", zeros[zero], groups[group]);
}

static void zeros_name(uint32_t index, char name[static FIGURE_NAME_SIZE])
{
    static const char *const statuses[FIGURE_STATUSES] = {".total", ".zero", ".broken", ".unverified"};
    rollup_name(index / FIGURE_STATUSES / (ZERO_COUNT + 1), index / FIGURE_STATUSES % (ZERO_COUNT + 1), name);
    size_t size = strlen(name);
    snprintf(name + size, FIGURE_NAME_SIZE - size, "%s", statuses[index % FIGURE_STATUSES]);
}

bool figure_find_zeros(const char *name, enum unit_group *group, uint32_t *zero)
{
    char other[FIGURE_NAME_SIZE];
    for (uint32_t at = 0; at < GROUP_COUNT * (ZERO_COUNT + 1); at++) {
        *group = (enum unit_group)(at / (ZERO_COUNT + 1));
        *zero = at % (ZERO_COUNT + 1);
        rollup_name((uint32_t)*group, *zero, other);
        if (strcmp(other, name) == 0)
            return true;
    }
    return false;
}

static const char *unit_kind_name(uint32_t kind)
{
    static const char *const names[UNIT_KIND_LIMIT] = {"",        "PROVINCE",  "CITY", "COUNTY",     "TOWN",
                                                       "VILLAGE", "COMMUNITY", "GRID", "ENTERPRISE", "INSTITUTION"};
    return names[kind];
}

void figure_name(enum figure figure, char name[static FIGURE_NAME_SIZE])
{
    uint32_t number = (uint32_t)figure;
    name[0] = '\0';
    if (number == FIGURE_NONE || number == FIGURE_TALLIES || number == FIGURE_UNITS || number >= FIGURE_LIMIT)
        return;
    if (number < FIGURE_TALLIES)
        snprintf(name, FIGURE_NAME_SIZE, "%s", kinds[number].name);
    else if (number < FIGURE_UNITS)
        snprintf(name, FIGURE_NAME_SIZE, "%s", tally_name((enum tally_kind)(number - FIGURE_TALLIES)));
    else if (number < FIGURE_ZEROS)
        snprintf(name, FIGURE_NAME_SIZE, "units.%s", unit_kind_name(number - FIGURE_UNITS));
    else
        zeros_name(number - FIGURE_ZEROS, name);
}

enum figure figure_find(const char *name)
{
    char other[FIGURE_NAME_SIZE];
    for (uint32_t figure = 1; figure < FIGURE_LIMIT; figure++) {
        figure_name((enum figure)figure, other);
        if (other[0] != '\0' && strcmp(other, name) == 0)
            return (enum figure)figure;
    }
    return FIGURE_NONE;
}

const char *tally_name(enum tally_kind kind)
{
    switch (kind) {
    case TALLY_PUBLICITY_PEOPLE:
        return "publicity.PEOPLE";
    case TALLY_PUBLICITY_VEHICLES:
        return "publicity.VEHICLES";
    case TALLY_PUBLICITY_LEAFLETS:
        return "publicity.LEAFLETS";
    case TALLY_PUBLICITY_BANNERS:
        return "publicity.BANNERS";
    case TALLY_PUBLICITY_MEDIA:
        return "publicity.MEDIA";
    case TALLY_PATROL_ROUNDS:
        return "patrol.rounds";
    case TALLY_PATROL_FINDINGS:
        return "patrol.findings";
    case TALLY_VOLUNTEER_GRID_WORKER:
        return "volunteer.GRID_WORKER";
    case TALLY_VOLUNTEER_POLICE:
        return "volunteer.POLICE";
    case TALLY_VOLUNTEER_GUARD:
        return "volunteer.GUARD";
    case TALLY_VOLUNTEER_PROPERTY_STAFF:
        return "volunteer.PROPERTY_STAFF";
    case TALLY_VOLUNTEER_VOLUNTEER:
        return "volunteer.VOLUNTEER";
    case TALLY_INSPECTIONS:
        return "inspections";
    case TALLY_SWEEPS:
        return "sweeps";
    case TALLY_EXPLOSIVES_CHECKS:
        return "explosives.checks";
    case TALLY_EXPLOSIVES_PROBLEMS:
        return "explosives.problems";
    case TALLY_NONE:
    case TALLY_KIND_LIMIT:
        break;
    }
    abort();
}

enum figure_stage figure_stage(enum figure figure)
{
    if ((uint32_t)figure < FIGURE_TALLIES)
        return kinds[figure].stage;
    return (uint32_t)figure < FIGURE_UNITS ? FIGURE_STAGE_TALLIES : FIGURE_STAGE_UNITS;
}

bool figure_by_day(enum figure figure)
{
    static const bool counts[FIGURE_TALLIES] = {
        [FIGURE_HAZARDS_FOUND] = true,
        [FIGURE_HAZARDS_GENERAL] = true,
        [FIGURE_HAZARDS_MAJOR] = true,
        [FIGURE_HAZARDS_FIXED_ON_SPOT] = true,
        [FIGURE_HAZARDS_ORDERED] = true,
        [FIGURE_HAZARDS_STRUCK_OFF] = true,
        [FIGURE_HAZARDS_PLACARDED] = true,
        [FIGURE_PETITIONS_REGISTERED] = true,
        [FIGURE_PETITIONS_CLOSED] = true,
        [FIGURE_PETITIONS_ON_TIME] = true,
        [FIGURE_PETITIONS_ESCALATED] = true,
        [FIGURE_PETITIONS_JOINT] = true,
        [FIGURE_DISPUTES_OPENED] = true,
        [FIGURE_DISPUTES_BOTH_AGREED] = true,
        [FIGURE_DISPUTES_SUCCEEDED] = true,
        [FIGURE_DISPUTES_MOBILE] = true,
        [FIGURE_DISPUTES_ENDED] = true,
        [FIGURE_DISPUTES_PERFORMED] = true,
        [FIGURE_DISPUTES_FOLLOWED_BY_PETITION] = true,
        [FIGURE_DISPUTES_COURT_CONFIRMED] = true,
        [FIGURE_CASES_FILED] = true,
        [FIGURE_CASES_RESOLVED] = true,
        [FIGURE_ACCIDENTS_REPORTED] = true,
        [FIGURE_ACCIDENTS_GENERAL] = true,
        [FIGURE_ACCIDENTS_LARGER] = true,
        [FIGURE_ACCIDENTS_MAJOR] = true,
        [FIGURE_ACCIDENTS_EXTRA_MAJOR] = true,
        [FIGURE_ACCIDENTS_LATE] = true,
        [FIGURE_LEVELS_SETTLED] = true,
        [FIGURE_LEVELS_AT_VILLAGE] = true,
        [FIGURE_LEVELS_AT_TOWN] = true,
        [FIGURE_LEVELS_AT_COUNTY] = true,
        [FIGURE_JOINT_CLOSED] = true,
        [FIGURE_JOINT_CONSULTATIONS] = true,
        [FIGURE_JOINT_TASKS] = true,
        [FIGURE_JOINT_TASKS_DONE] = true,
        [FIGURE_SUPERVISIONS_ISSUED] = true,
        [FIGURE_SUPERVISIONS_ANSWERED] = true,
        [FIGURE_SUPERVISIONS_ESCALATED] = true,
        [FIGURE_DISCREPANCIES_RAISED] = true,
    };
    uint32_t number = (uint32_t)figure;
    return number < FIGURE_TALLIES ? counts[number] : number > FIGURE_TALLIES && number < FIGURE_UNITS;
}

enum event_kind figure_made_by(enum figure figure)
{
    return (uint32_t)figure < FIGURE_TALLIES ? kinds[figure].made_by : 0;
}
