#include "policy_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "domain/catalogue.h"
#include "domain/day.h"
#include "yaml_file.h"

/* What stands in the file, as libcyaml reads it: fixed keys, lists where names would be free. */
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
    int *classes;
    unsigned classes_count;
    int *classes_if_major;
    unsigned classes_if_major_count;
    int any_casualty;
    int grade_at_least;
    int loss_at_least;
    int only_if_failed_below;
    int only_if_solvable;
};
struct file_route {
    char *event;
    char **categories;
    unsigned categories_count;
    int explosives_only;
    int *types;
    unsigned types_count;
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
};
struct file_limits {
    int petition_registration_days;
    int petition_handling_days;
    int accident_report_minutes;
};
struct file_policy {
    char *version;
    char *preset;
    char *effective_from;
    char *starts_on;
    int accept_history;
    int future_tolerance_minutes;
    struct file_zone zone;
    struct file_attestation attestation;
    struct file_limits limits;
    struct file_required *required;
    unsigned required_count;
    struct file_break *breaks;
    unsigned breaks_count;
    struct file_route *routes;
    unsigned routes_count;
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
static const cyaml_strval_t type_names[] = {
    {"SUGGESTION", PETITION_SUGGESTION}, {"ACCUSATION", PETITION_ACCUSATION}, {"CLAIM", PETITION_CLAIM}};
static const cyaml_strval_t channel_names[] = {{"NETWORK", 1}, {"LETTER", 2}, {"PHONE", 3}, {"FAX", 4}, {"VISIT", 5}};
static const cyaml_strval_t class_names[] = {{"ADMIN", CASE_ADMIN}, {"CRIMINAL", CASE_CRIMINAL}};
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
static const cyaml_schema_value_t type_value = ENUM_VALUE(type_names);
static const cyaml_schema_value_t channel_value = ENUM_VALUE(channel_names);
static const cyaml_schema_value_t class_value = ENUM_VALUE(class_names);
static const cyaml_schema_value_t basis_value = ENUM_VALUE(basis_names);
static const cyaml_schema_value_t tally_value = ENUM_VALUE(tally_names);
static const cyaml_schema_value_t text_value = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 0, CYAML_UNLIMITED)};
#undef ENUM_VALUE

#define OPTIONAL_LIST (CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL)
#define OPTIONAL_WORD (CYAML_FLAG_STRICT | CYAML_FLAG_OPTIONAL)
static const cyaml_schema_field_t required_fields[] = {
    CYAML_FIELD_ENUM("zero", CYAML_FLAG_STRICT, struct file_required, zero, zero_names, CYAML_ARRAY_LEN(zero_names)),
    CYAML_FIELD_SEQUENCE("offices", CYAML_FLAG_POINTER, struct file_required, offices, &office_value, 1, OFFICE_LIMIT),
    CYAML_FIELD_END};
static const cyaml_schema_field_t break_fields[] = {
    CYAML_FIELD_ENUM("zero", CYAML_FLAG_STRICT, struct file_break, zero, zero_names, CYAML_ARRAY_LEN(zero_names)),
    CYAML_FIELD_STRING_PTR("event", CYAML_FLAG_POINTER, struct file_break, event, 1, 64),
    CYAML_FIELD_SEQUENCE("types", OPTIONAL_LIST, struct file_break, types, &type_value, 0, 8),
    CYAML_FIELD_SEQUENCE("channels", OPTIONAL_LIST, struct file_break, channels, &channel_value, 0, 8),
    CYAML_FIELD_SEQUENCE("classes", OPTIONAL_LIST, struct file_break, classes, &class_value, 0, 8),
    CYAML_FIELD_SEQUENCE("classes_if_major", OPTIONAL_LIST, struct file_break, classes_if_major, &class_value, 0, 8),
    CYAML_FIELD_ENUM("any_casualty", OPTIONAL_WORD, struct file_break, any_casualty, yaml_booleans,
                     CYAML_ARRAY_LEN(yaml_booleans)),
    CYAML_FIELD_ENUM("grade_at_least", OPTIONAL_WORD, struct file_break, grade_at_least, grade_names,
                     CYAML_ARRAY_LEN(grade_names)),
    CYAML_FIELD_ENUM("loss_at_least", OPTIONAL_WORD, struct file_break, loss_at_least, loss_names,
                     CYAML_ARRAY_LEN(loss_names)),
    CYAML_FIELD_ENUM("only_if_failed_below", OPTIONAL_WORD, struct file_break, only_if_failed_below, yaml_booleans,
                     CYAML_ARRAY_LEN(yaml_booleans)),
    CYAML_FIELD_ENUM("only_if_solvable", OPTIONAL_WORD, struct file_break, only_if_solvable, yaml_booleans,
                     CYAML_ARRAY_LEN(yaml_booleans)),
    CYAML_FIELD_END};
static const cyaml_schema_field_t route_fields[] = {
    CYAML_FIELD_STRING_PTR("event", CYAML_FLAG_POINTER, struct file_route, event, 1, 64),
    CYAML_FIELD_SEQUENCE("categories", OPTIONAL_LIST, struct file_route, categories, &text_value, 0,
                         POLICY_ROUTE_CATEGORIES),
    CYAML_FIELD_ENUM("explosives_only", OPTIONAL_WORD, struct file_route, explosives_only, yaml_booleans,
                     CYAML_ARRAY_LEN(yaml_booleans)),
    CYAML_FIELD_SEQUENCE("types", OPTIONAL_LIST, struct file_route, types, &type_value, 0, 8),
    CYAML_FIELD_SEQUENCE("to", CYAML_FLAG_POINTER, struct file_route, to, &office_value, 1, OFFICE_LIMIT),
    CYAML_FIELD_STRING_PTR("ground", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct file_route, ground, 0, 256),
    CYAML_FIELD_END};
static const cyaml_schema_field_t campaign_fields[] = {
    CYAML_FIELD_STRING_PTR("code", CYAML_FLAG_POINTER, struct file_campaign, code, 1, POLICY_CODE_SIZE - 1),
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct file_campaign, name, 1, 256),
    CYAML_FIELD_ENUM("lead", OPTIONAL_WORD, struct file_campaign, lead, office_names, CYAML_ARRAY_LEN(office_names)),
    CYAML_FIELD_END};
static const cyaml_schema_field_t label_fields[] = {
    CYAML_FIELD_STRING_PTR("code", CYAML_FLAG_POINTER, struct file_label, code, 1, 64),
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct file_label, name, 1, 256), CYAML_FIELD_END};
static const cyaml_schema_field_t zone_fields[] = {
    CYAML_FIELD_STRING_PTR("name", CYAML_FLAG_POINTER, struct file_zone, name, 1, 64),
    CYAML_FIELD_INT("utc_offset_minutes", CYAML_FLAG_DEFAULT, struct file_zone, utc_offset_minutes), CYAML_FIELD_END};
static const cyaml_schema_field_t attestation_fields[] = {
    CYAML_FIELD_ENUM("cadence", CYAML_FLAG_STRICT, struct file_attestation, cadence, cadence_names,
                     CYAML_ARRAY_LEN(cadence_names)),
    CYAML_FIELD_INT("grace_days", CYAML_FLAG_DEFAULT, struct file_attestation, grace_days),
    CYAML_FIELD_ENUM("counts_from_level", CYAML_FLAG_STRICT, struct file_attestation, counts_from_level, level_names,
                     CYAML_ARRAY_LEN(level_names)),
    CYAML_FIELD_SEQUENCE("bases", CYAML_FLAG_POINTER, struct file_attestation, bases, &basis_value, 1, 4),
    CYAML_FIELD_END};
static const cyaml_schema_field_t limits_fields[] = {
    CYAML_FIELD_INT("petition_registration_days", CYAML_FLAG_DEFAULT, struct file_limits, petition_registration_days),
    CYAML_FIELD_INT("petition_handling_days", CYAML_FLAG_DEFAULT, struct file_limits, petition_handling_days),
    CYAML_FIELD_INT("accident_report_minutes", CYAML_FLAG_DEFAULT, struct file_limits, accident_report_minutes),
    CYAML_FIELD_END};

static const cyaml_schema_value_t required_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_required, required_fields)};
static const cyaml_schema_value_t break_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_break, break_fields)};
static const cyaml_schema_value_t route_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_route, route_fields)};
static const cyaml_schema_value_t campaign_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_campaign, campaign_fields)};
static const cyaml_schema_value_t label_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_DEFAULT, struct file_label, label_fields)};

static const cyaml_schema_field_t policy_fields[] = {
    CYAML_FIELD_STRING_PTR("version", CYAML_FLAG_POINTER, struct file_policy, version, 1, POLICY_VERSION_SIZE - 1),
    CYAML_FIELD_STRING_PTR("preset", CYAML_FLAG_POINTER, struct file_policy, preset, 1, POLICY_CODE_SIZE - 1),
    CYAML_FIELD_STRING_PTR("effective_from", CYAML_FLAG_POINTER, struct file_policy, effective_from, 10, 10),
    CYAML_FIELD_STRING_PTR("starts_on", CYAML_FLAG_POINTER, struct file_policy, starts_on, 10, 10),
    CYAML_FIELD_ENUM("accept_history", CYAML_FLAG_STRICT, struct file_policy, accept_history, yaml_booleans,
                     CYAML_ARRAY_LEN(yaml_booleans)),
    CYAML_FIELD_INT("future_tolerance_minutes", CYAML_FLAG_DEFAULT, struct file_policy, future_tolerance_minutes),
    CYAML_FIELD_MAPPING("zone", CYAML_FLAG_DEFAULT, struct file_policy, zone, zone_fields),
    CYAML_FIELD_MAPPING("attestation", CYAML_FLAG_DEFAULT, struct file_policy, attestation, attestation_fields),
    CYAML_FIELD_MAPPING("limits", CYAML_FLAG_DEFAULT, struct file_policy, limits, limits_fields),
    CYAML_FIELD_SEQUENCE("required", CYAML_FLAG_POINTER, struct file_policy, required, &required_value, ZERO_COUNT,
                         ZERO_COUNT),
    CYAML_FIELD_SEQUENCE("breaks", CYAML_FLAG_POINTER, struct file_policy, breaks, &break_value, 1, POLICY_BREAK_RULES),
    CYAML_FIELD_SEQUENCE("routes", OPTIONAL_LIST, struct file_policy, routes, &route_value, 0, POLICY_ROUTES),
    CYAML_FIELD_SEQUENCE("campaigns", OPTIONAL_LIST, struct file_policy, campaigns, &campaign_value, 0,
                         POLICY_CAMPAIGNS),
    CYAML_FIELD_SEQUENCE("labels", OPTIONAL_LIST, struct file_policy, labels, &label_value, 0, 256),
    CYAML_FIELD_SEQUENCE("rounded_tallies", OPTIONAL_LIST, struct file_policy, rounded_tallies, &tally_value, 0,
                         TALLY_KIND_LIMIT),
    CYAML_FIELD_END};
#undef OPTIONAL_LIST
#undef OPTIONAL_WORD

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
    const char *text;
    struct fault *fault;
};

static bool wrong(const struct policy_check *check, const char *key, const char *what)
{
    return fault_set(check->fault, FAULT_USAGE, "policy: line %u: %s: %s", yaml_file_line_of(check->text, key, 0), key,
                     what);
}

static bool take_event(const char *name, const char *section, enum event_kind *kind, const struct policy_check *check)
{
    char what[128];
    *kind = (enum event_kind)catalogue_kind(name);
    snprintf(what, sizeof what, "event: '%.64s' is no event type", name);
    return *kind != 0 || wrong(check, section, what);
}

static bool take_breaks(const struct file_policy *file, struct policy *policy, const struct policy_check *check)
{
    for (unsigned i = 0; i < file->breaks_count; i++) {
        const struct file_break *from = &file->breaks[i];
        struct break_rule *rule = &policy->break_rules[i];
        *rule = (struct break_rule){
            .zero = (enum zero)from->zero,
            .petition_types = mask_of(from->types, from->types_count),
            .channels = mask_of(from->channels, from->channels_count),
            .case_classes = mask_of(from->classes, from->classes_count),
            .case_classes_major = mask_of(from->classes_if_major, from->classes_if_major_count),
            .any_casualty = from->any_casualty == YAML_TRUE,
            .grade_at_least = (enum accident_grade)from->grade_at_least,
            .loss_at_least = (enum loss_band)from->loss_at_least,
            .only_if_failed_below = from->only_if_failed_below == YAML_TRUE,
            .only_if_solvable = from->only_if_solvable == YAML_TRUE,
        };
        if (!take_event(from->event, "breaks", &rule->event, check))
            return false;
        if (rule->event == EVENT_ACCIDENT_REPORTED && !rule->any_casualty && rule->grade_at_least == GRADE_NONE &&
            rule->loss_at_least == 0)
            return wrong(check, "breaks", "AccidentReported needs any_casualty, grade_at_least or loss_at_least");
        if (rule->event == EVENT_CASE_FILED && rule->case_classes == 0 && rule->case_classes_major == 0)
            return wrong(check, "breaks", "CaseFiled needs classes or classes_if_major");
    }
    policy->break_rule_count = file->breaks_count;
    return true;
}

static bool take_routes(const struct file_policy *file, struct policy *policy, const struct policy_check *check)
{
    for (unsigned i = 0; i < file->routes_count; i++) {
        const struct file_route *from = &file->routes[i];
        struct route *route = &policy->routes[i];
        *route = (struct route){
            .category_count = from->categories_count,
            .explosives_only = from->explosives_only == YAML_TRUE,
            .petition_types = mask_of(from->types, from->types_count),
            .to = mask_of(from->to, from->to_count),
        };
        if (!take_event(from->event, "routes", &route->event, check))
            return false;
        for (unsigned j = 0; j < from->categories_count; j++) {
            if (strlen(from->categories[j]) >= POLICY_CODE_SIZE)
                return wrong(check, "categories", "a code has more than 31 bytes");
            strcpy(route->categories[j], from->categories[j]);
        }
        if ((route->petition_types >> PETITION_ACCUSATION & 1) && (route->to & ~OFFICE_BIT(OFFICE_DISCIPLINE)))
            return wrong(check, "routes", "accusations go to DISCIPLINE only (信访工作条例 art. 30)");
    }
    policy->route_count = file->routes_count;
    return true;
}

static bool in_range(int value, int from, int to, const char *key, const struct policy_check *check)
{
    char what[64];
    snprintf(what, sizeof what, "%d is not between %d and %d", value, from, to);
    return (value >= from && value <= to) || wrong(check, key, what);
}

static bool take_numbers(const struct file_policy *file, struct policy *policy, const struct policy_check *check)
{
    policy->zone_offset_minutes = file->zone.utc_offset_minutes;
    policy->future_tolerance_minutes = file->future_tolerance_minutes;
    policy->accident_limit_minutes = file->limits.accident_report_minutes;
    policy->petition_registration_days = file->limits.petition_registration_days;
    policy->petition_handling_days = file->limits.petition_handling_days;
    policy->grace_days = file->attestation.grace_days;
    return in_range(policy->zone_offset_minutes, -840, 840, "utc_offset_minutes", check) &&
           in_range(policy->future_tolerance_minutes, 0, 1440, "future_tolerance_minutes", check) &&
           in_range(policy->accident_limit_minutes, 1, 10080, "accident_report_minutes", check) &&
           in_range(policy->petition_registration_days, 1, 365, "petition_registration_days", check) &&
           in_range(policy->petition_handling_days, 1, 365, "petition_handling_days", check) &&
           in_range(policy->grace_days, 0, 60, "grace_days", check);
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
    policy->history_accepted = file->accept_history == YAML_TRUE;
    policy->cadence = (enum cadence)file->attestation.cadence;
    policy->counts_from_level = (enum unit_kind)file->attestation.counts_from_level;
    policy->basis_mask = mask_of(file->attestation.bases, file->attestation.bases_count);
    policy->rounded_tallies = mask_of(file->rounded_tallies, file->rounded_tallies_count);
    for (unsigned i = 0; i < file->required_count; i++) {
        office_set *required = &policy->required[file->required[i].zero];
        if (*required)
            return wrong(check, "required", "a zero stands there twice");
        *required = mask_of(file->required[i].offices, file->required[i].offices_count);
    }
    for (unsigned i = 0; i < file->campaigns_count; i++)
        strcpy(policy->campaigns[i].code, file->campaigns[i].code);
    policy->campaign_count = file->campaigns_count;
    return take_numbers(file, policy, check) && take_breaks(file, policy, check) && take_routes(file, policy, check);
}

bool policy_parse(const char *text, size_t size, struct policy *policy, struct fault *fault)
{
    if (size > POLICY_TEXT_MAX)
        return fault_set(fault, FAULT_USAGE, "policy: larger than %d bytes", POLICY_TEXT_MAX);
    struct file_policy *file = yaml_file_parse("policy", text, size, &policy_value, fault);
    if (!file)
        return false;
    const struct policy_check check = {.text = text, .fault = fault};
    bool taken = take(file, policy, &check);
    yaml_file_free(&policy_value, file);
    return taken;
}

static char *read_whole(const char *path, size_t *size, struct fault *fault)
{
    FILE *file = fopen(path, "rb");
    char *text = malloc(POLICY_TEXT_MAX + 2);
    if (!text)
        abort();
    if (!file) {
        fault_set(fault, FAULT_USAGE, "%s: %s", path, strerror(errno));
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
    struct fault inner;
    bool read = policy_parse(content, size, policy, &inner);
    if (!read)
        fault_set(fault, inner.code, "%s: %.400s", path, inner.text + strlen("policy: "));
    if (read && text)
        *text = content;
    else
        free(content);
    return read;
}
