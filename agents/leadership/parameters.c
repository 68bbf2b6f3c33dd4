#include "parameters.h"

#include "json.h"
#include "wire.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const names[PARAMETER_COUNT] = {
    [PARAMETER_UNIT] = "unit",
    [PARAMETER_AT] = "at",
    [PARAMETER_KNOWN] = "known",
    [PARAMETER_YEAR] = "year",
    [PARAMETER_DEPTH] = "depth",
    [PARAMETER_KIND] = "kind",
    [PARAMETER_STEP] = "step",
    [PARAMETER_OPEN] = "open",
    [PARAMETER_OVERDUE] = "overdue",
    [PARAMETER_DUE_SOON] = "dueSoon",
    [PARAMETER_JOINT] = "joint",
    [PARAMETER_SUPERVISED] = "supervised",
    [PARAMETER_OFFICE] = "office",
    [PARAMETER_CAMPAIGN] = "campaign",
    [PARAMETER_MATTER] = "matter",
    [PARAMETER_SORT] = "sort",
    [PARAMETER_AFTER] = "after",
    [PARAMETER_LIMIT] = "limit",
    [PARAMETER_FROM] = "from",
    [PARAMETER_TO] = "to",
    [PARAMETER_OF] = "of",
    [PARAMETER_BY] = "by",
    [PARAMETER_TYPE] = "type",
    [PARAMETER_BEFORE] = "before",
    [PARAMETER_Q] = "q",
};

const char *parameter_name(enum parameter parameter)
{
    return names[parameter];
}

static bool refuse(struct problem *problem, const char *name, const char *expected, const char *expected_en)
{
    char detail[PROBLEM_DETAIL_SIZE], detail_en[PROBLEM_DETAIL_SIZE];
    snprintf(detail, sizeof detail, "参数 %s：%s。", name, expected);
    snprintf(detail_en, sizeof detail_en, "%s: %s.", name, expected_en);
    return problem_set(problem, PROBLEM_BAD_QUERY, detail, detail_en);
}

static bool take(char **copy, const char *name, const char *value, struct problem *problem)
{
    if (value == NULL)
        return true;
    const size_t size = strlen(value);
    if (size >= PARAMETER_SIZE || wire_check_text(value, size) != WIRE_OK)
        return refuse(problem, name, "太长或不是 UTF-8 文本", "too long, or no UTF-8 text");
    *copy = strdup(value);
    return *copy != NULL || problem_set(problem, PROBLEM_INTERNAL, NULL, NULL);
}

bool parameters_take(struct parameters *parameters, uint32_t accepts, const char *item, parameters_look *look,
                     const void *context, struct problem *problem)
{
    *parameters = (struct parameters){0};
    if (!take(&parameters->item, "path", item, problem))
        return false;
    for (unsigned i = 0; i < PARAMETER_COUNT; i++) {
        const bool accepted = (accepts & PARAMETER_BIT(i)) != 0;
        if (accepted && !take(&parameters->values[i], names[i], look(context, names[i]), problem))
            return false;
    }
    return true;
}

void parameters_clear(struct parameters *parameters)
{
    for (unsigned i = 0; i < PARAMETER_COUNT; i++)
        free(parameters->values[i]);
    free(parameters->item);
    *parameters = (struct parameters){0};
}

void parameters_key(const struct parameters *parameters, const char *name, char key[static PARAMETERS_KEY_SIZE])
{
    /* Fits: each of at most PARAMETER_SIZE, with its number between bytes that no text can hold. */
    _Static_assert((PARAMETER_COUNT + 2) * (PARAMETER_SIZE + 8) < PARAMETERS_KEY_SIZE, "the key holds all of them");
    size_t size = (size_t)snprintf(key, PARAMETERS_KEY_SIZE, "%s", name);
    if (parameters->item != NULL)
        size += (size_t)snprintf(key + size, PARAMETERS_KEY_SIZE - size, "\x01%s", parameters->item);
    for (unsigned i = 0; i < PARAMETER_COUNT; i++)
        if (parameters->values[i] != NULL)
            size += (size_t)snprintf(key + size, PARAMETERS_KEY_SIZE - size, "\x02%u\x01%s", i, parameters->values[i]);
}

static bool digits(const char *text, uint64_t max, uint64_t *value)
{
    if (text[0] == '\0' || strspn(text, "0123456789") != strlen(text))
        return false;
    errno = 0;
    const unsigned long long number = strtoull(text, NULL, 10);
    *value = number;
    return errno == 0 && number <= max;
}

bool parameter_number(const struct parameters *parameters, enum parameter which, uint32_t absent, uint32_t max,
                      uint32_t *value, struct problem *problem)
{
    const char *text = parameters->values[which];
    uint64_t number = absent;
    char expected[64], expected_en[64];
    if (text != NULL && !digits(text, max, &number)) {
        snprintf(expected, sizeof expected, "应为 0 到 %u 的整数", max);
        snprintf(expected_en, sizeof expected_en, "an integer from 0 to %u", max);
        return refuse(problem, names[which], expected, expected_en);
    }
    *value = (uint32_t)number;
    return true;
}

bool parameter_limit(const struct parameters *parameters, uint32_t absent, uint32_t max, uint32_t *value,
                     struct problem *problem)
{
    if (!parameter_number(parameters, PARAMETER_LIMIT, absent, UINT32_MAX, value, problem))
        return false;
    *value = *value < max ? *value : max;
    return true;
}

bool parameter_position(const struct parameters *parameters, enum parameter which, uint64_t *value,
                        struct problem *problem)
{
    const char *text = parameters->values[which];
    *value = 0;
    return text == NULL || digits(text, UINT64_MAX, value) ||
           refuse(problem, names[which], "应为日志位置（数字）", "a log position, digits only");
}

bool parameter_flag(const struct parameters *parameters, enum parameter which, protobuf_c_boolean *value,
                    struct problem *problem)
{
    const char *text = parameters->values[which];
    const bool yes = text != NULL && (text[0] == '\0' || strcmp(text, "1") == 0 || strcmp(text, "true") == 0);
    const bool no = text == NULL || strcmp(text, "0") == 0 || strcmp(text, "false") == 0;
    *value = yes;
    return yes || no || refuse(problem, names[which], "应为 1 或 0", "1 or 0");
}

bool parameter_enum(const struct parameters *parameters, enum parameter which, const ProtobufCEnumDescriptor *type,
                    int *value, struct problem *problem)
{
    const char *text = parameters->values[which];
    *value = 0;
    if (text == NULL || text[0] == '\0')
        return true;
    for (unsigned i = 0; i < type->n_values; i++)
        if (strcasecmp(type->values[i].name, text) == 0 && type->values[i].value != 0) {
            *value = type->values[i].value;
            return true;
        }
    return refuse(problem, names[which], "没有这个取值", "no such value");
}

bool day_is_real(const char *text)
{
    char whole[40];
    int64_t seconds;
    int32_t nanos;
    if (strlen(text) != strlen("YYYY-MM-DD"))
        return false;
    snprintf(whole, sizeof whole, "%sT00:00:00Z", text);
    return timestamp_parse(whole, &seconds, &nanos);
}

bool parameter_day(const struct parameters *parameters, enum parameter which, const char **value,
                   struct problem *problem)
{
    const char *text = parameters->values[which];
    char detail[PROBLEM_DETAIL_SIZE], detail_en[PROBLEM_DETAIL_SIZE];
    *value = text != NULL ? text : "";
    if (text == NULL || text[0] == '\0' || day_is_real(text))
        return true;
    snprintf(detail, sizeof detail, "参数 %s 不是一天。", names[which]);
    snprintf(detail_en, sizeof detail_en, "%s is no day.", names[which]);
    return problem_set(problem, PROBLEM_BAD_DAY, detail, detail_en);
}

const char *parameter_text(const struct parameters *parameters, enum parameter which)
{
    return parameters->values[which] != NULL ? parameters->values[which] : "";
}

bool parameter_moment(const struct parameters *parameters, struct moment_choice *choice, struct problem *problem)
{
    const char *day = "", *known = parameter_text(parameters, PARAMETER_KNOWN);
    *choice = (struct moment_choice){0};
    sanling__v1__moment__init(&choice->moment);
    if (!parameter_day(parameters, PARAMETER_AT, &day, problem))
        return false;
    choice->moment.day =
        parameters->values[PARAMETER_AT] != NULL ? parameters->values[PARAMETER_AT] : choice->moment.day;
    choice->given = day[0] != '\0';
    if (strcmp(known, "now") == 0)
        return true;
    if (known[0] == '\0' || strcmp(known, "end") == 0) { /* of no day: of the open one, which is now */
        choice->moment.known_case =
            choice->given ? SANLING__V1__MOMENT__KNOWN_END_OF_DAY : SANLING__V1__MOMENT__KNOWN__NOT_SET;
        choice->moment.end_of_day = choice->given;
        return true;
    }
    choice->given = true;
    if (digits(known, UINT64_MAX, &choice->moment.position) && choice->moment.position > 0) {
        choice->moment.known_case = SANLING__V1__MOMENT__KNOWN_POSITION;
        return true;
    }
    google__protobuf__timestamp__init(&choice->time);
    if (!timestamp_parse(known, &choice->time.seconds, &choice->time.nanos))
        return problem_set(problem, PROBLEM_BAD_MOMENT, NULL, NULL);
    choice->moment.known_case = SANLING__V1__MOMENT__KNOWN_TIME;
    choice->moment.time = &choice->time;
    return true;
}
