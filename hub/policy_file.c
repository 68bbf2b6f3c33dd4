#include "policy_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/catalogue.h"
#include "domain/day.h"
#include "language.h"
#include "yaml_file.h"

/* What stands in the file, as libcyaml reads it: fixed keys, lists where names would be free. */
struct file_holiday {
    char *from;
    char *to; /* NULL: a single day */
};
struct file_calendar {
    int *start_next_day;
    int *roll_over_holiday;
    struct file_holiday *holidays;
    unsigned holidays_count;
    char **workdays;
    unsigned workdays_count;
};
struct file_required {
    int zero;
    int *offices;
    unsigned offices_count;
};
struct file_break {
    int zero;
    char *event;
    int *types;
    unsigned types_count;
    int *channels;
    unsigned channels_count;
    int *hazard_grades;
    unsigned hazard_grades_count;
    int *classes;
    unsigned classes_count;
    int *classes_if_major;
    unsigned classes_if_major_count;
    int any_casualty;
    int grade_at_least;
    int loss_at_least;
    int only_if_failed_below;
    int only_if_solvable;
    char **categories;
    unsigned categories_count;
};
struct file_route {
    char *event;
    int *from;
    unsigned from_count;
    char **categories;
    unsigned categories_count;
    int explosives_only;
    int *types;
    unsigned types_count;
    int *matter_kinds;
    unsigned matter_kinds_count;
    int *levels;
    unsigned levels_count;
    int *to;
    unsigned to_count;
    char *ground;
};
struct file_campaign {
    char *code;
    char *name;
    int lead;
};
struct file_label {
    char *code;
    char *name;
};
struct file_zone {
    char *name;
    int utc_offset_minutes;
};
struct file_attestation {
    int cadence;
    int grace_days;
    int counts_from_level;
    int *bases;
    unsigned bases_count;
    int *by_system;
    unsigned by_system_count;
};
struct file_limit {
    int clock;
    int *days;
    int *working_days;
};
struct file_petitions {
    int *extension_days_max;
    int *ask_review_days;
};
struct file_accidents {
    int *report_minutes;
    int *supplement_days;
    int *supplement_days_short;
    char **short_industries;
    unsigned short_industries_count;
};
struct file_mediation {
    int *court_confirmation_days;
};
struct file_hazards {
    int *verify_on_spot;
};
struct file_escalation {
    int *warn_days;
    int *level_2_after_days;
    int *level_3_after_days;
};
struct file_watch {
    int *sweep_cadence_days;
    int *silent_after_days;
};
struct file_signatures {
    int *required_of;
    unsigned required_of_count;
};
struct file_freshness {
    int office;
    int hours;
};
struct file_attribution {
    int territory_too;
};
struct file_triangulation {
    char *code;
    int kind;
    int within_days;
    char **categories;
    unsigned categories_count;
    int *offices;
    unsigned offices_count;
};
struct file_target {
    int year;
    int area_percent;
    int enterprise_percent;
};
struct file_policy {
    char *version;
    char *preset;
    char *effective_from;
    char *starts_on;
    int retroactive;
    int accept_history;
    int matter_codes_required;
    int future_tolerance_minutes;
    int *min_cell;
    int clearance;
    struct file_zone zone;
    struct file_calendar calendar;
    struct file_attestation attestation;
    struct file_limit *limits;
    unsigned limits_count;
    struct file_petitions petitions;
    struct file_accidents accidents;
    struct file_mediation mediation;
    struct file_hazards hazards;
    struct file_escalation escalation;
    struct file_watch watch;
    struct file_signatures signatures;
    struct file_freshness *freshness;
    unsigned freshness_count;
    struct file_attribution attribution;
    struct file_required *required;
    unsigned required_count;
    struct file_break *breaks;
    unsigned breaks_count;
    struct file_route *routes;
    unsigned routes_count;
    struct file_triangulation *triangulation;
    unsigned triangulation_count;
    struct file_target *targets;
    unsigned targets_count;
    struct file_campaign *campaigns;
    unsigned campaigns_count;
    struct file_label *labels;
    unsigned labels_count;
    int *rounded_tallies;
    unsigned rounded_tallies_count;
};

static const cyaml_strval_t zero_names[] = {
    {"PETITION", ZERO_PETITION}, {"ACCIDENT", ZERO_ACCIDENT}, {"CASE", ZERO_CASE}};
static const cyaml_strval_t office_names[] = {
    {"PETITIONS", OFFICE_PETITIONS},   {"WORK_SAFETY", OFFICE_WORK_SAFETY}, {"PUBLIC_SECURITY", OFFICE_PUBLIC_SECURITY},
    {"GOVERNANCE", OFFICE_GOVERNANCE}, {"LEADERSHIP", OFFICE_LEADERSHIP},   {"DISCIPLINE", OFFICE_DISCIPLINE}};
/* Who may have to sign: operators, too. */
static const cyaml_strval_t signer_names[] = {
    {"PETITIONS", OFFICE_PETITIONS},   {"WORK_SAFETY", OFFICE_WORK_SAFETY}, {"PUBLIC_SECURITY", OFFICE_PUBLIC_SECURITY},
    {"GOVERNANCE", OFFICE_GOVERNANCE}, {"LEADERSHIP", OFFICE_LEADERSHIP},   {"DISCIPLINE", OFFICE_DISCIPLINE},
    {"OPERATOR", OFFICE_OPERATOR}};
/* Where a route leads: offices, and those that only the event or its matter can tell. */
enum { TO_NAMED = OFFICE_LIMIT, TO_HANDLER, TO_JOINT };
static const cyaml_strval_t target_names[] = {{"PETITIONS", OFFICE_PETITIONS},
                                              {"WORK_SAFETY", OFFICE_WORK_SAFETY},
                                              {"PUBLIC_SECURITY", OFFICE_PUBLIC_SECURITY},
                                              {"GOVERNANCE", OFFICE_GOVERNANCE},
                                              {"LEADERSHIP", OFFICE_LEADERSHIP},
                                              {"DISCIPLINE", OFFICE_DISCIPLINE},
                                              {"NAMED", TO_NAMED},
                                              {"HANDLER", TO_HANDLER},
                                              {"JOINT", TO_JOINT}};
static const cyaml_strval_t matter_names[] = {{"PETITION", MATTER_PETITION}, {"HAZARD", MATTER_HAZARD},
                                              {"ACCIDENT", MATTER_ACCIDENT}, {"CASE", MATTER_CASE},
                                              {"DISPUTE", MATTER_DISPUTE},   {"SEVEN_STEPS", MATTER_SEVEN_STEPS}};
static const cyaml_strval_t clock_names[] = {{"REGISTRATION", CLOCK_REGISTRATION},
                                             {"OBJECTION", CLOCK_OBJECTION},
                                             {"ACCEPTANCE", CLOCK_ACCEPTANCE},
                                             {"HANDLING", CLOCK_HANDLING},
                                             {"REVIEW", CLOCK_REVIEW},
                                             {"RECTIFICATION", CLOCK_RECTIFICATION},
                                             {"TASK", CLOCK_TASK},
                                             {"SUPERVISION", CLOCK_SUPERVISION},
                                             {"INVESTIGATION", CLOCK_INVESTIGATION}};
static const cyaml_strval_t triangulation_names[] = {{"ALERT_WITHOUT_ACCIDENT", ALERT_WITHOUT_ACCIDENT},
                                                     {"CASE_WITHOUT_ACCIDENT", CASE_WITHOUT_ACCIDENT},
                                                     {"ESCALATION_WITHOUT_DISPUTES", ESCALATION_WITHOUT_DISPUTES}};
static const cyaml_strval_t clearance_names[] = {{"PERIOD", CLEARANCE_PERIOD}, {"COHORT", CLEARANCE_COHORT}};
static const cyaml_strval_t type_names[] = {
    {"SUGGESTION", PETITION_SUGGESTION}, {"ACCUSATION", PETITION_ACCUSATION}, {"CLAIM", PETITION_CLAIM}};
static const cyaml_strval_t channel_names[] = {{"NETWORK", 1}, {"LETTER", 2}, {"PHONE", 3}, {"FAX", 4}, {"VISIT", 5}};
static const cyaml_strval_t class_names[] = {{"ADMIN", CASE_ADMIN}, {"CRIMINAL", CASE_CRIMINAL}};
static const cyaml_strval_t hazard_grade_names[] = {{"GENERAL", HAZARD_GENERAL}, {"MAJOR", HAZARD_MAJOR}};
static const cyaml_strval_t grade_names[] = {
    {"GENERAL", GRADE_GENERAL}, {"LARGER", GRADE_LARGER}, {"MAJOR", GRADE_MAJOR}, {"EXTRA_MAJOR", GRADE_EXTRA_MAJOR}};
static const cyaml_strval_t loss_names[] = {{"BELOW_10M", LOSS_BELOW_10M},
                                            {"FROM_10M", LOSS_FROM_10M},
                                            {"FROM_50M", LOSS_FROM_50M},
                                            {"FROM_100M", LOSS_FROM_100M}};
static const cyaml_strval_t cadence_names[] = {{"DAILY", CADENCE_DAILY}, {"MONTHLY", CADENCE_MONTHLY}};
static const cyaml_strval_t level_names[] = {{"PROVINCE", UNIT_PROVINCE}, {"CITY", UNIT_CITY},
                                             {"COUNTY", UNIT_COUNTY},     {"TOWN", UNIT_TOWN},
                                             {"VILLAGE", UNIT_VILLAGE},   {"COMMUNITY", UNIT_COMMUNITY}};
static const cyaml_strval_t basis_names[] = {{"REGISTER_CHECKED", BASIS_REGISTER_CHECKED},
                                             {"SITE_VISIT", BASIS_SITE_VISIT}};
static const cyaml_strval_t tally_names[] = {{"publicity.PEOPLE", TALLY_PUBLICITY_PEOPLE},
                                             {"publicity.VEHICLES", TALLY_PUBLICITY_VEHICLES},
                                             {"publicity.LEAFLETS", TALLY_PUBLICITY_LEAFLETS},
                                             {"publicity.BANNERS", TALLY_PUBLICITY_BANNERS},
                                             {"publicity.MEDIA", TALLY_PUBLICITY_MEDIA}};

/* Without STRICT libcyaml takes any number for a word. */
#define ENUM_VALUE(names)                                                                                              \
    {                                                                                                                  \
        CYAML_VALUE_ENUM(CYAML_FLAG_STRICT, int, names, CYAML_ARRAY_LEN(names))                                        \
    }
static const cyaml_schema_value_t office_value = ENUM_VALUE(office_names);
static const cyaml_schema_value_t signer_value = ENUM_VALUE(signer_names);
static const cyaml_schema_value_t target_value = ENUM_VALUE(target_names);
static const cyaml_schema_value_t matter_value = ENUM_VALUE(matter_names);
static const cyaml_schema_value_t type_value = ENUM_VALUE(type_names);
static const cyaml_schema_value_t channel_value = ENUM_VALUE(channel_names);
static const cyaml_schema_value_t hazard_grade_value = ENUM_VALUE(hazard_grade_names);
static const cyaml_schema_value_t class_value = ENUM_VALUE(class_names);
static const cyaml_schema_value_t basis_value = ENUM_VALUE(basis_names);
static const cyaml_schema_value_t tally_value = ENUM_VALUE(tally_names);
static const cyaml_schema_value_t number_value = {CYAML_VALUE_INT(CYAML_FLAG_DEFAULT, int)};
static const cyaml_schema_value_t code_value = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, POLICY_CODE_SIZE - 1)};
static const cyaml_schema_value_t day_value = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 10, 10)};
#undef ENUM_VALUE

#define OPTIONAL_POINTER (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define OPTIONAL_WORD (CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL)
/* One key of a mapping and the member of the same name. MAYBE_: NULL, or an empty list, where the key is absent. */
#define TEXT(key, type, from, to) CYAML_FIELD_STRING_PTR(#key, CYAML_FLAG_POINTER, struct type, key, from, to)
#define MAYBE_TEXT(key, type, from, to) CYAML_FIELD_STRING_PTR(#key, OPTIONAL_POINTER, struct type, key, from, to)
#define NUMBER(key, type) CYAML_FIELD_INT(#key, CYAML_FLAG_DEFAULT, struct type, key)
#define MAYBE_NUMBER(key, type) CYAML_FIELD_INT_PTR(#key, OPTIONAL_POINTER, struct type, key)
#define WORD(key, type, names)                                                                                         \
    CYAML_FIELD_ENUM(#key, CYAML_FLAG_STRICT, struct type, key, names, CYAML_ARRAY_LEN(names))
#define WORD_OR_0(key, type, names)                                                                                    \
    CYAML_FIELD_ENUM(#key, OPTIONAL_WORD, struct type, key, names, CYAML_ARRAY_LEN(names))
#define MAYBE_WORD(key, type, names)                                                                                   \
    CYAML_FIELD_ENUM_PTR(#key, OPTIONAL_WORD | CYAML_FLAG_POINTER, struct type, key, names, CYAML_ARRAY_LEN(names))
#define LIST(key, type, value, from, to)                                                                               \
    CYAML_FIELD_SEQUENCE(#key, CYAML_FLAG_POINTER, struct type, key, value, from, to)
#define MAYBE_LIST(key, type, value, to) CYAML_FIELD_SEQUENCE(#key, OPTIONAL_POINTER, struct type, key, value, 0, to)
#define MAYBE_MAPPING(key, fields) CYAML_FIELD_MAPPING(#key, CYAML_FLAG_OPTIONAL, struct file_policy, key, fields)

static const cyaml_schema_field_t holiday_fields[] = {TEXT(from, file_holiday, 10, 10),
                                                      MAYBE_TEXT(to, file_holiday, 10, 10), CYAML_FIELD_END};
static const cyaml_schema_value_t holiday_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_holiday, holiday_fields)};
static const cyaml_schema_field_t calendar_fields[] = {
    MAYBE_WORD(start_next_day, file_calendar, yaml_booleans),
    MAYBE_WORD(roll_over_holiday, file_calendar, yaml_booleans),
    MAYBE_LIST(holidays, file_calendar, &holiday_value, CALENDAR_DAYS),
    MAYBE_LIST(workdays, file_calendar, &day_value, CALENDAR_DAYS), CYAML_FIELD_END};
static const cyaml_schema_field_t zone_fields[] = {TEXT(name, file_zone, 1, 64), NUMBER(utc_offset_minutes, file_zone),
                                                   CYAML_FIELD_END};
static const cyaml_schema_field_t attestation_fields[] = {
    WORD(cadence, file_attestation, cadence_names),
    NUMBER(grace_days, file_attestation),
    WORD(counts_from_level, file_attestation, level_names),
    LIST(bases, file_attestation, &basis_value, 1, 4),
    MAYBE_LIST(by_system, file_attestation, &office_value, OFFICE_LIMIT),
    CYAML_FIELD_END};
static const cyaml_schema_field_t limit_fields[] = {WORD(clock, file_limit, clock_names),
                                                    MAYBE_NUMBER(days, file_limit),
                                                    MAYBE_NUMBER(working_days, file_limit), CYAML_FIELD_END};
static const cyaml_schema_value_t limit_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_limit, limit_fields)};
static const cyaml_schema_field_t petitions_fields[] = {MAYBE_NUMBER(extension_days_max, file_petitions),
                                                        MAYBE_NUMBER(ask_review_days, file_petitions), CYAML_FIELD_END};
static const cyaml_schema_field_t accidents_fields[] = {
    MAYBE_NUMBER(report_minutes, file_accidents), MAYBE_NUMBER(supplement_days, file_accidents),
    MAYBE_NUMBER(supplement_days_short, file_accidents),
    MAYBE_LIST(short_industries, file_accidents, &code_value, POLICY_CATEGORIES), CYAML_FIELD_END};
static const cyaml_schema_field_t mediation_fields[] = {MAYBE_NUMBER(court_confirmation_days, file_mediation),
                                                        CYAML_FIELD_END};
static const cyaml_schema_field_t hazards_fields[] = {MAYBE_WORD(verify_on_spot, file_hazards, yaml_booleans),
                                                      CYAML_FIELD_END};
static const cyaml_schema_field_t escalation_fields[] = {
    MAYBE_NUMBER(warn_days, file_escalation), MAYBE_NUMBER(level_2_after_days, file_escalation),
    MAYBE_NUMBER(level_3_after_days, file_escalation), CYAML_FIELD_END};
static const cyaml_schema_field_t watch_fields[] = {MAYBE_NUMBER(sweep_cadence_days, file_watch),
                                                    MAYBE_NUMBER(silent_after_days, file_watch), CYAML_FIELD_END};
static const cyaml_schema_field_t signatures_fields[] = {
    LIST(required_of, file_signatures, &signer_value, 0, OFFICE_LIMIT), CYAML_FIELD_END};
static const cyaml_schema_field_t freshness_fields[] = {WORD(office, file_freshness, office_names),
                                                        NUMBER(hours, file_freshness), CYAML_FIELD_END};
static const cyaml_schema_value_t freshness_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_freshness, freshness_fields)};
static const cyaml_schema_field_t attribution_fields[] = {WORD(territory_too, file_attribution, yaml_booleans),
                                                          CYAML_FIELD_END};
static const cyaml_schema_field_t required_fields[] = {WORD(zero, file_required, zero_names),
                                                       LIST(offices, file_required, &office_value, 1, OFFICE_LIMIT),
                                                       CYAML_FIELD_END};
static const cyaml_schema_value_t required_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_required, required_fields)};
static const cyaml_schema_field_t break_fields[] = {WORD(zero, file_break, zero_names),
                                                    TEXT(event, file_break, 1, 64),
                                                    MAYBE_LIST(types, file_break, &type_value, 8),
                                                    MAYBE_LIST(channels, file_break, &channel_value, 8),
                                                    MAYBE_LIST(hazard_grades, file_break, &hazard_grade_value, 8),
                                                    MAYBE_LIST(classes, file_break, &class_value, 8),
                                                    MAYBE_LIST(classes_if_major, file_break, &class_value, 8),
                                                    WORD_OR_0(any_casualty, file_break, yaml_booleans),
                                                    WORD_OR_0(grade_at_least, file_break, grade_names),
                                                    WORD_OR_0(loss_at_least, file_break, loss_names),
                                                    WORD_OR_0(only_if_failed_below, file_break, yaml_booleans),
                                                    WORD_OR_0(only_if_solvable, file_break, yaml_booleans),
                                                    MAYBE_LIST(categories, file_break, &code_value, POLICY_CATEGORIES),
                                                    CYAML_FIELD_END};
static const cyaml_schema_value_t break_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_break, break_fields)};
static const cyaml_schema_field_t route_fields[] = {TEXT(event, file_route, 1, 64),
                                                    MAYBE_LIST(from, file_route, &office_value, OFFICE_LIMIT),
                                                    MAYBE_LIST(categories, file_route, &code_value, POLICY_CATEGORIES),
                                                    WORD_OR_0(explosives_only, file_route, yaml_booleans),
                                                    MAYBE_LIST(types, file_route, &type_value, 8),
                                                    MAYBE_LIST(matter_kinds, file_route, &matter_value, 8),
                                                    MAYBE_LIST(levels, file_route, &number_value, ESCALATION_LEVELS),
                                                    LIST(to, file_route, &target_value, 1, OFFICE_LIMIT + 3),
                                                    MAYBE_TEXT(ground, file_route, 0, POLICY_GROUND_SIZE - 1),
                                                    CYAML_FIELD_END};
static const cyaml_schema_value_t route_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_route, route_fields)};
static const cyaml_schema_field_t triangulation_fields[] = {
    TEXT(code, file_triangulation, 1, POLICY_CODE_SIZE - 1),
    WORD(kind, file_triangulation, triangulation_names),
    NUMBER(within_days, file_triangulation),
    MAYBE_LIST(categories, file_triangulation, &code_value, POLICY_CATEGORIES),
    LIST(offices, file_triangulation, &office_value, 1, OFFICE_LIMIT),
    CYAML_FIELD_END};
static const cyaml_schema_value_t triangulation_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_triangulation, triangulation_fields)};
static const cyaml_schema_field_t target_fields[] = {NUMBER(year, file_target), NUMBER(area_percent, file_target),
                                                     NUMBER(enterprise_percent, file_target), CYAML_FIELD_END};
static const cyaml_schema_value_t yearly_target_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_target, target_fields)};
static const cyaml_schema_field_t campaign_fields[] = {TEXT(code, file_campaign, 1, POLICY_CODE_SIZE - 1),
                                                       TEXT(name, file_campaign, 1, POLICY_NAME_SIZE - 1),
                                                       WORD_OR_0(lead, file_campaign, office_names), CYAML_FIELD_END};
static const cyaml_schema_value_t campaign_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_campaign, campaign_fields)};
static const cyaml_schema_field_t label_fields[] = {TEXT(code, file_label, 1, POLICY_CODE_SIZE - 1),
                                                    TEXT(name, file_label, 1, POLICY_NAME_SIZE - 1), CYAML_FIELD_END};
static const cyaml_schema_value_t label_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_label, label_fields)};

static const cyaml_schema_field_t policy_fields[] = {
    TEXT(version, file_policy, 1, POLICY_VERSION_SIZE - 1),
    TEXT(preset, file_policy, 1, POLICY_CODE_SIZE - 1),
    TEXT(effective_from, file_policy, 10, 10),
    TEXT(starts_on, file_policy, 10, 10),
    WORD_OR_0(retroactive, file_policy, yaml_booleans),
    WORD(accept_history, file_policy, yaml_booleans),
    WORD_OR_0(matter_codes_required, file_policy, yaml_booleans),
    NUMBER(future_tolerance_minutes, file_policy),
    MAYBE_NUMBER(min_cell, file_policy),
    WORD_OR_0(clearance, file_policy, clearance_names),
    CYAML_FIELD_MAPPING("zone", CYAML_FLAG_DEFAULT, struct file_policy, zone, zone_fields),
    MAYBE_MAPPING(calendar, calendar_fields),
    CYAML_FIELD_MAPPING("attestation", CYAML_FLAG_DEFAULT, struct file_policy, attestation, attestation_fields),
    MAYBE_LIST(limits, file_policy, &limit_value, CLOCK_LIMIT),
    MAYBE_MAPPING(petitions, petitions_fields),
    MAYBE_MAPPING(accidents, accidents_fields),
    MAYBE_MAPPING(mediation, mediation_fields),
    MAYBE_MAPPING(hazards, hazards_fields),
    MAYBE_MAPPING(escalation, escalation_fields),
    MAYBE_MAPPING(watch, watch_fields),
    MAYBE_LIST(freshness, file_policy, &freshness_value, OFFICE_LIMIT),
    MAYBE_MAPPING(signatures, signatures_fields),
    MAYBE_MAPPING(attribution, attribution_fields),
    LIST(required, file_policy, &required_value, ZERO_COUNT, ZERO_COUNT),
    LIST(breaks, file_policy, &break_value, 1, POLICY_BREAK_RULES),
    MAYBE_LIST(routes, file_policy, &route_value, POLICY_ROUTES),
    MAYBE_LIST(triangulation, file_policy, &triangulation_value, POLICY_TRIANGULATIONS),
    MAYBE_LIST(targets, file_policy, &yearly_target_value, POLICY_TARGETS),
    MAYBE_LIST(campaigns, file_policy, &campaign_value, POLICY_CAMPAIGNS),
    MAYBE_LIST(labels, file_policy, &label_value, POLICY_LABELS),
    MAYBE_LIST(rounded_tallies, file_policy, &tally_value, TALLY_KIND_LIMIT),
    CYAML_FIELD_END};
#undef OPTIONAL_POINTER
#undef OPTIONAL_WORD
#undef TEXT
#undef MAYBE_TEXT
#undef NUMBER
#undef MAYBE_NUMBER
#undef WORD
#undef WORD_OR_0
#undef MAYBE_WORD
#undef LIST
#undef MAYBE_LIST
#undef MAYBE_MAPPING

static const cyaml_schema_value_t policy_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER, struct file_policy, policy_fields)};

static uint32_t mask_of(const int *values, unsigned count)
{
    uint32_t mask = 0;
    for (unsigned i = 0; i < count; i++)
        mask |= 1u << values[i];
    return mask;
}

/* What a schema cannot say is checked here; the complaint names the line of the key, or of the section it stands in. */
struct policy_check {
    const char *name; /* of the file */
    const char *text;
    struct fault *fault;
};

static bool wrong(const struct policy_check *check, const char *key, const char *what)
{
    return fault_set(check->fault, FAULT_USAGE, "%s: line %u: %s: %s", check->name,
                     yaml_file_line_of(check->text, key, 0), key, translated(what));
}

/* The same of the n-th item, from 0, of a list in which every item has the key. */
static bool wrong_item(const struct policy_check *check, const char *list, const char *key, size_t n, const char *what)
{
    unsigned line = yaml_file_line_of(check->text, list, 0);
    const char *from = check->text;
    for (unsigned at = 1; at < line; at++)
        from = strchr(from, '\n') + 1;
    const unsigned below = yaml_file_line_of(from, key, n);
    if (below > 0)
        line += below - 1;
    return fault_set(check->fault, FAULT_USAGE, "%s: line %u: %s: %s: %s", check->name, line, list, key,
                     translated(what));
}

static bool in_range(int value, int from, int to, const char *key, const struct policy_check *check)
{
    char what[64];
    snprintf(what, sizeof what, translated("%d is not between %d and %d"), value, from, to);
    return (value >= from && value <= to) || wrong(check, key, what);
}

/* The schema has bounded each code. */
static void take_categories(char *const *from, unsigned count, struct categories *categories)
{
    categories->count = count;
    for (unsigned i = 0; i < count; i++)
        strcpy(categories->codes[i], from[i]);
}

static bool take_event(const char *name, const char *list, size_t n, enum event_kind *kind,
                       const struct policy_check *check)
{
    char what[128];
    *kind = (enum event_kind)catalogue_kind(name);
    snprintf(what, sizeof what, translated("'%.64s' is no event type"), name);
    return *kind != 0 || wrong_item(check, list, "event", n, what);
}

/* Keeps the days rising; false if the day is there already. The caller has seen that there is room. */
static bool add_day(int32_t *days, uint32_t *count, int32_t day)
{
    uint32_t at = *count;
    while (at > 0 && days[at - 1] >= day)
        at--;
    if (at < *count && days[at] == day)
        return false;
    memmove(&days[at + 1], &days[at], (*count - at) * sizeof *days);
    days[at] = day;
    ++*count;
    return true;
}

static bool take_holidays(const struct file_calendar *from, struct calendar *calendar, const struct policy_check *check)
{
    for (unsigned i = 0; i < from->holidays_count; i++) {
        const struct file_holiday *range = &from->holidays[i];
        int32_t first, last;
        if (!day_parse(range->from, &first) || !day_parse(range->to ? range->to : range->from, &last))
            return wrong_item(check, "holidays", "from", i, "not a day YYYY-MM-DD");
        if (last < first)
            return wrong_item(check, "holidays", "from", i, "the last day lies before the first");
        if (last - first >= CALENDAR_DAYS - (int32_t)calendar->holiday_count)
            return wrong_item(check, "holidays", "from", i, "more than 512 holidays");
        for (int32_t day = first; day <= last; day++)
            if (!add_day(calendar->holidays, &calendar->holiday_count, day))
                return wrong_item(check, "holidays", "from", i, "a day stands there twice");
    }
    return true;
}

static bool take_workdays(const struct file_calendar *from, struct calendar *calendar, const struct policy_check *check)
{
    for (unsigned i = 0; i < from->workdays_count; i++) {
        static const struct calendar weekends;
        char what[96];
        int32_t day;
        const char *wrong_with = NULL;
        if (!day_parse(from->workdays[i], &day))
            wrong_with = N_("is not a day YYYY-MM-DD");
        else if (calendar_is_workday(&weekends, day))
            wrong_with = N_("is no Saturday or Sunday: on others one works anyway");
        else if (!add_day(calendar->workdays, &calendar->workday_count, day))
            wrong_with = N_("stands there twice");
        else if (!calendar_is_workday(calendar, day))
            wrong_with = N_("is a holiday, too");
        snprintf(what, sizeof what, "'%s' %s", from->workdays[i], wrong_with ? translated(wrong_with) : "");
        if (wrong_with)
            return wrong(check, "workdays", what);
    }
    return true;
}

static bool take_calendar(const struct file_policy *file, struct policy *policy, const struct policy_check *check)
{
    const struct file_calendar *from = &file->calendar;
    struct calendar *calendar = &policy->calendar;
    calendar->start_next_day = !from->start_next_day || *from->start_next_day == YAML_TRUE;
    calendar->roll_over_holiday = from->roll_over_holiday && *from->roll_over_holiday == YAML_TRUE;
    return take_holidays(from, calendar, check) && take_workdays(from, calendar, check);
}

/* 信访工作条例 art. 22, 23, 34 to 36; order 493 art. 29. The other clocks run to a day that their event names. */
static const struct limit legal_limits[CLOCK_LIMIT] = {
    [CLOCK_REGISTRATION] = {.days = 15}, [CLOCK_OBJECTION] = {.days = 5, .working = true},
    [CLOCK_ACCEPTANCE] = {.days = 15},   [CLOCK_HANDLING] = {.days = 60},
    [CLOCK_REVIEW] = {.days = 30},       [CLOCK_INVESTIGATION] = {.days = 60},
};

static bool take_limits(const struct file_policy *file, struct policy *policy, const struct policy_check *check)
{
    uint32_t said = 0;
    memcpy(policy->limits, legal_limits, sizeof policy->limits);
    for (unsigned i = 0; i < file->limits_count; i++) {
        const struct file_limit *from = &file->limits[i];
        if (said >> from->clock & 1)
            return wrong_item(check, "limits", "clock", i, "stands there twice");
        said |= 1u << from->clock;
        if (!from->days == !from->working_days)
            return wrong_item(check, "limits", "clock", i, "needs either days or working_days");
        const int days = from->days ? *from->days : *from->working_days;
        if (days < 0 || days > 730)
            return wrong_item(check, "limits", "clock", i, "days are not between 0 and 730");
        policy->limits[from->clock] = (struct limit){.days = days, .working = !from->days};
    }
    return true;
}

static bool take_numbers(const struct file_policy *file, struct policy *policy, const struct policy_check *check)
{
    const struct {
        const char *key;
        const int *said; /* NULL: the key is absent */
        int otherwise;
        int from, to;
        int32_t *number;
    } rows[] = {
        {"utc_offset_minutes", &file->zone.utc_offset_minutes, 0, -840, 840, &policy->zone_offset_minutes},
        {"future_tolerance_minutes", &file->future_tolerance_minutes, 0, 0, 1440, &policy->future_tolerance_minutes},
        {"grace_days", &file->attestation.grace_days, 0, 0, 60, &policy->grace_days},
        {"report_minutes", file->accidents.report_minutes, 60, 1, 10080, &policy->accident_limit_minutes},
        {"supplement_days", file->accidents.supplement_days, 30, 0, 365, &policy->supplement_days},
        {"supplement_days_short", file->accidents.supplement_days_short, 7, 0, 365, &policy->supplement_days_short},
        {"extension_days_max", file->petitions.extension_days_max, 30, 0, 365, &policy->extension_days_max},
        {"ask_review_days", file->petitions.ask_review_days, 30, 0, 365, &policy->ask_review_days},
        {"court_confirmation_days", file->mediation.court_confirmation_days, 30, 0, 365,
         &policy->court_confirmation_days},
        {"warn_days", file->escalation.warn_days, 5, 0, 365, &policy->escalation.warn_days},
        {"level_2_after_days", file->escalation.level_2_after_days, 3, -1, 365, &policy->escalation.after_days[2]},
        {"level_3_after_days", file->escalation.level_3_after_days, 10, -1, 365, &policy->escalation.after_days[3]},
        {"sweep_cadence_days", file->watch.sweep_cadence_days, 0, 0, 366, &policy->sweep_cadence_days},
        {"silent_after_days", file->watch.silent_after_days, 0, 0, 366, &policy->silent_after_days},
        {"min_cell", file->min_cell, 3, 0, 1000, &policy->min_cell},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        *rows[i].number = rows[i].said ? *rows[i].said : rows[i].otherwise;
        if (!in_range(*rows[i].number, rows[i].from, rows[i].to, rows[i].key, check))
            return false;
    }
    const int32_t *after_days = policy->escalation.after_days;
    if (after_days[3] >= 0 && (after_days[2] < 0 || after_days[3] < after_days[2]))
        return wrong(check, file->escalation.level_3_after_days ? "level_3_after_days" : "level_2_after_days",
                     "level 3 comes after level 2");
    return true;
}

static bool take_freshness(const struct file_policy *file, struct policy *policy, const struct policy_check *check)
{
    enum { HOURS_MAX = 8784 }; /* a leap year */
    for (unsigned i = 0; i < file->freshness_count; i++) {
        const struct file_freshness *from = &file->freshness[i];
        char what[64];
        snprintf(what, sizeof what, translated("%d is not between 1 and %d"), from->hours, HOURS_MAX);
        if (from->hours < 1 || from->hours > HOURS_MAX)
            return wrong_item(check, "freshness", "hours", i, what);
        if (policy->fresh_hours[from->office] != 0)
            return wrong_item(check, "freshness", "office", i, "stands there twice");
        policy->fresh_hours[from->office] = from->hours;
    }
    return true;
}

static bool take_required(const struct file_policy *file, struct policy *policy, const struct policy_check *check)
{
    for (unsigned i = 0; i < file->required_count; i++) {
        office_set *required = &policy->required[file->required[i].zero];
        if (*required)
            return wrong_item(check, "required", "zero", i, "stands there twice");
        *required = mask_of(file->required[i].offices, file->required[i].offices_count);
    }
    return true;
}

/* A condition that the event knows nothing of would be ignored in silence, and the rule break more than it says. */
static const char *condition_that_does_not_fit(const struct file_break *from, enum event_kind kind)
{
    const bool registered = kind == EVENT_PETITION_REGISTERED;
    const bool escalated = kind == EVENT_PETITION_ESCALATED;
    const bool accident = kind == EVENT_ACCIDENT_REPORTED || kind == EVENT_ACCIDENT_SUPPLEMENTED;
    const struct {
        bool said;
        bool fits;
        const char *key;
    } rows[] = {
        {from->types_count > 0, registered || escalated || kind == EVENT_DEADLINE_PASSED, "types"},
        {from->channels_count > 0, registered, "channels"},
        {from->hazard_grades_count > 0, kind == EVENT_HAZARD_FOUND, "hazard_grades"},
        {from->classes_count > 0, kind == EVENT_CASE_FILED, "classes"},
        {from->classes_if_major_count > 0, kind == EVENT_CASE_FILED, "classes_if_major"},
        {from->any_casualty == YAML_TRUE, accident, "any_casualty"},
        {from->grade_at_least != 0, accident, "grade_at_least"},
        {from->loss_at_least != 0, accident, "loss_at_least"},
        {from->only_if_failed_below == YAML_TRUE, escalated, "only_if_failed_below"},
        {from->only_if_solvable == YAML_TRUE, registered || escalated || kind == EVENT_DEADLINE_PASSED,
         "only_if_solvable"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (rows[i].said && !rows[i].fits)
            return rows[i].key;
    return NULL;
}

/* Why a rule could never break anything, or would break what it must not; NULL: it is sound. */
static const char *wrong_with_rule(const struct break_rule *rule)
{
    if (rule->petition_types >> PETITION_ACCUSATION & 1)
        return N_("accusations break nothing (信访工作条例 art. 30)");
    if ((rule->event == EVENT_ACCIDENT_REPORTED || rule->event == EVENT_ACCIDENT_SUPPLEMENTED) && !rule->any_casualty &&
        rule->grade_at_least == GRADE_NONE && rule->loss_at_least == 0)
        return N_("AccidentReported and AccidentSupplemented need any_casualty, grade_at_least or loss_at_least");
    if (rule->event == EVENT_CASE_FILED && rule->case_classes == 0 && rule->case_classes_major == 0)
        return N_("CaseFiled needs classes or classes_if_major");
    if (rule->event == EVENT_DEADLINE_PASSED && rule->zero == ZERO_CASE)
        return N_("DeadlinePassed breaks PETITION (handling) or ACCIDENT (rectification)");
    return NULL;
}

static bool take_breaks(const struct file_policy *file, struct policy *policy, const struct policy_check *check)
{
    for (unsigned i = 0; i < file->breaks_count; i++) {
        const struct file_break *from = &file->breaks[i];
        struct break_rule *rule = &policy->break_rules[i];
        char what[128];
        *rule = (struct break_rule){
            .zero = (enum zero)from->zero,
            .petition_types = mask_of(from->types, from->types_count),
            .channels = mask_of(from->channels, from->channels_count),
            .hazard_grades = mask_of(from->hazard_grades, from->hazard_grades_count),
            .case_classes = mask_of(from->classes, from->classes_count),
            .case_classes_major = mask_of(from->classes_if_major, from->classes_if_major_count),
            .any_casualty = from->any_casualty == YAML_TRUE,
            .grade_at_least = (enum accident_grade)from->grade_at_least,
            .loss_at_least = (enum loss_band)from->loss_at_least,
            .only_if_failed_below = from->only_if_failed_below == YAML_TRUE,
            .only_if_solvable = from->only_if_solvable == YAML_TRUE,
        };
        take_categories(from->categories, from->categories_count, &rule->categories);
        if (!take_event(from->event, "breaks", i, &rule->event, check))
            return false;
        const char *condition = condition_that_does_not_fit(from, rule->event);
        snprintf(what, sizeof what, translated("%.64s knows no %s"), from->event, condition ? condition : "");
        if (condition)
            return wrong_item(check, "breaks", "event", i, what);
        if (wrong_with_rule(rule))
            return wrong_item(check, "breaks", "event", i, wrong_with_rule(rule));
    }
    policy->break_rule_count = file->breaks_count;
    return true;
}

static const char *wrong_with_route(const struct route *route)
{
    const office_set elsewhere = route->to & ~OFFICE_BIT(OFFICE_DISCIPLINE);
    const uint32_t levels_known = ((1u << ESCALATION_LEVELS) - 1) << 1;
    if (route->petition_types != 0 && route->event != EVENT_PETITION_REGISTERED)
        return N_("types are known of PetitionRegistered only");
    if (route->explosives_only && route->event != EVENT_HAZARD_FOUND)
        return N_("explosives_only is for HazardFound");
    if (route->levels != 0 && route->event != EVENT_DEADLINE_PASSED && route->event != EVENT_SUPERVISION_ISSUED)
        return N_("levels are known of DeadlinePassed and SupervisionIssued only");
    if (route->levels & ~levels_known)
        return N_("levels are 1, 2 and 3");
    if ((route->petition_types >> PETITION_ACCUSATION & 1) &&
        (elsewhere || route->to_named || route->to_handler || route->to_joint))
        return N_("accusations go to DISCIPLINE only (信访工作条例 art. 30)");
    return NULL;
}

/* A bit of each level; a level that is none sets bit 0. */
static uint32_t levels_of(const int *levels, unsigned count)
{
    uint32_t mask = 0;
    for (unsigned i = 0; i < count; i++)
        mask |= levels[i] >= 1 && levels[i] <= ESCALATION_LEVELS ? 1u << levels[i] : 1u;
    return mask;
}

static bool take_routes(const struct file_policy *file, struct policy *policy, const struct policy_check *check)
{
    for (unsigned i = 0; i < file->routes_count; i++) {
        const struct file_route *from = &file->routes[i];
        const uint32_t to = mask_of(from->to, from->to_count);
        struct route *route = &policy->routes[i];
        *route = (struct route){
            .from = mask_of(from->from, from->from_count),
            .explosives_only = from->explosives_only == YAML_TRUE,
            .petition_types = mask_of(from->types, from->types_count),
            .matter_kinds = mask_of(from->matter_kinds, from->matter_kinds_count),
            .levels = levels_of(from->levels, from->levels_count),
            .to = to & (OFFICE_BIT(OFFICE_LIMIT) - 1),
            .to_named = (to >> TO_NAMED & 1) != 0,
            .to_handler = (to >> TO_HANDLER & 1) != 0,
            .to_joint = (to >> TO_JOINT & 1) != 0,
        };
        strcpy(route->ground, from->ground ? from->ground : "");
        take_categories(from->categories, from->categories_count, &route->categories);
        if (strcmp(from->event, "ANY") != 0 && !take_event(from->event, "routes", i, &route->event, check))
            return false;
        if (wrong_with_route(route))
            return wrong_item(check, "routes", "event", i, wrong_with_route(route));
    }
    policy->route_count = file->routes_count;
    return true;
}

/* What an event may carry as a code (decode.c). */
static bool code_is_whole(const char *code)
{
    for (; *code != '\0'; code++)
        if ((unsigned char)*code <= ' ' || *code == 0x7F)
            return false;
    return true;
}

static bool take_triangulations(const struct file_policy *file, struct policy *policy, const struct policy_check *check)
{
    for (unsigned i = 0; i < file->triangulation_count; i++) {
        const struct file_triangulation *from = &file->triangulation[i];
        struct triangulation *rule = &policy->triangulations[i];
        rule->kind = (enum triangulation_kind)from->kind;
        rule->within_days = from->within_days;
        rule->offices = mask_of(from->offices, from->offices_count);
        strcpy(rule->code, from->code);
        take_categories(from->categories, from->categories_count, &rule->categories);
        if (!code_is_whole(rule->code)) /* discrepancies are named after it */
            return wrong_item(check, "triangulation", "code", i, "with a blank or control character");
        for (unsigned before = 0; before < i; before++)
            if (strcmp(policy->triangulations[before].code, rule->code) == 0)
                return wrong_item(check, "triangulation", "code", i, "stands there twice");
        if (rule->within_days < 0 || rule->within_days > 366)
            return wrong_item(check, "triangulation", "within_days", i, "not between 0 and 366");
        if (rule->kind == CASE_WITHOUT_ACCIDENT && rule->categories.count == 0)
            return wrong_item(check, "triangulation", "kind", i, "CASE_WITHOUT_ACCIDENT needs categories");
    }
    policy->triangulation_count = file->triangulation_count;
    return true;
}

static bool take_targets(const struct file_policy *file, struct policy *policy, const struct policy_check *check)
{
    for (unsigned i = 0; i < file->targets_count; i++) {
        const struct file_target *from = &file->targets[i];
        if (from->year < 1900 || from->year > 2199)
            return wrong_item(check, "targets", "year", i, "not between 1900 and 2199");
        if (from->area_percent < 0 || from->area_percent > 100)
            return wrong_item(check, "targets", "area_percent", i, "not between 0 and 100");
        if (from->enterprise_percent < 0 || from->enterprise_percent > 100)
            return wrong_item(check, "targets", "enterprise_percent", i, "not between 0 and 100");
        for (unsigned before = 0; before < i; before++)
            if (policy->targets[before].year == from->year)
                return wrong_item(check, "targets", "year", i, "stands there twice");
        policy->targets[i] = (struct target){from->year, from->area_percent, from->enterprise_percent};
    }
    policy->target_count = file->targets_count;
    return true;
}

static bool take_words(const struct file_policy *file, struct policy *policy, const struct policy_check *check)
{
    for (unsigned i = 0; i < file->campaigns_count; i++) {
        struct campaign *campaign = &policy->campaigns[i];
        if (policy_campaign(policy, file->campaigns[i].code) >= 0)
            return wrong_item(check, "campaigns", "code", i, "stands there twice");
        strcpy(campaign->code, file->campaigns[i].code);
        strcpy(campaign->name, file->campaigns[i].name);
        campaign->lead = (enum office)file->campaigns[i].lead;
        policy->campaign_count = i + 1;
    }
    for (unsigned i = 0; i < file->labels_count; i++) {
        if (policy_label(policy, file->labels[i].code)[0] != '\0')
            return wrong_item(check, "labels", "code", i, "stands there twice");
        strcpy(policy->labels[i].code, file->labels[i].code);
        strcpy(policy->labels[i].name, file->labels[i].name);
        policy->label_count = i + 1;
    }
    return true;
}

/* Order 493 art. 13 has a shorter window for road traffic and for fires. */
static void take_short_industries(const struct file_accidents *from, struct categories *industries)
{
    static const struct categories legal = {.count = 2, .codes = {"ROAD_TRAFFIC", "FIRE"}};
    *industries = legal;
    if (from->short_industries_count > 0)
        take_categories(from->short_industries, from->short_industries_count, industries);
}

static bool take(const struct file_policy *file, struct policy *policy, const struct policy_check *check)
{
    memset(policy, 0, sizeof *policy);
    strcpy(policy->version, file->version);
    strcpy(policy->preset, file->preset);
    if (!day_parse(file->effective_from, &policy->effective_from))
        return wrong(check, "effective_from", "not a day YYYY-MM-DD");
    if (!day_parse(file->starts_on, &policy->starts_on))
        return wrong(check, "starts_on", "not a day YYYY-MM-DD");
    policy->retroactive = file->retroactive == YAML_TRUE;
    policy->history_accepted = file->accept_history == YAML_TRUE;
    policy->matter_codes_required = file->matter_codes_required == YAML_TRUE;
    policy->cadence = (enum cadence)file->attestation.cadence;
    policy->counts_from_level = (enum unit_kind)file->attestation.counts_from_level;
    policy->basis_mask = mask_of(file->attestation.bases, file->attestation.bases_count);
    policy->by_system = mask_of(file->attestation.by_system, file->attestation.by_system_count);
    policy->signed_by = mask_of(file->signatures.required_of, file->signatures.required_of_count);
    policy->rounded_tallies = mask_of(file->rounded_tallies, file->rounded_tallies_count);
    policy->verify_on_spot = !file->hazards.verify_on_spot || *file->hazards.verify_on_spot == YAML_TRUE;
    policy->territory_too = file->attribution.territory_too == YAML_TRUE;
    policy->clearance = (enum clearance_basis)file->clearance;
    take_short_industries(&file->accidents, &policy->short_industries);
    return take_numbers(file, policy, check) && take_calendar(file, policy, check) &&
           take_limits(file, policy, check) && take_freshness(file, policy, check) &&
           take_required(file, policy, check) && take_breaks(file, policy, check) && take_routes(file, policy, check) &&
           take_triangulations(file, policy, check) && take_targets(file, policy, check) &&
           take_words(file, policy, check);
}

static bool parse(const char *name, const char *text, size_t size, struct policy *policy, struct fault *fault)
{
    if (size > POLICY_TEXT_MAX)
        return fault_set(fault, FAULT_USAGE, "%s: larger than %d bytes", name, POLICY_TEXT_MAX);
    struct file_policy *file = yaml_file_parse(name, text, size, &policy_value, fault);
    if (!file)
        return false;
    const struct policy_check check = {.name = name, .text = text, .fault = fault};
    bool taken = take(file, policy, &check);
    yaml_file_free(&policy_value, file);
    return taken;
}

bool policy_parse(const char *text, size_t size, struct policy *policy, struct fault *fault)
{
    return parse("policy", text, size, policy, fault);
}

static char *read_whole(const char *path, size_t *size, struct fault *fault)
{
    FILE *file = fopen(path, "rb");
    char *text = malloc(POLICY_TEXT_MAX + 2);
    if (!text)
        abort();
    if (!file) {
        fault_set(fault, errno == ENOMEM ? FAULT_SYSTEM : FAULT_USAGE, "%s: %s", path, strerror(errno));
        free(text);
        return NULL;
    }
    *size = fread(text, 1, POLICY_TEXT_MAX + 1, file);
    text[*size] = '\0';
    fclose(file);
    return text;
}

bool policy_read(const char *path, struct policy *policy, char **text, struct fault *fault)
{
    size_t size;
    char *content = read_whole(path, &size, fault);
    if (!content)
        return false;
    bool read = parse(path, content, size, policy, fault);
    if (read && text)
        *text = content;
    else
        free(content);
    return read;
}
