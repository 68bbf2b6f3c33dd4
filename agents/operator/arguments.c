#include "arguments.h"

#include "matter_words.h"
#include "moment.h"
#include "words.h"

#include <string.h>

void argument_take_word(const struct argp_state *state, char *argument, char **word)
{
    if (state->arg_num > 0)
        command_line_refuse("%s: '%s' is one word too many", state->name, argument);
    *word = argument;
}

uint32_t argument_year(const struct argp_state *state, const char *text)
{
    uint64_t year;
    if (!position_parse(text, &year) || year < 1900 || year > 9999)
        command_line_refuse("%s: --period '%s' is no year YYYY", state->name, text);
    return (uint32_t)year;
}

char *argument_day(const struct argp_state *state, const char *option, char *text)
{
    if (!day_is_valid(text))
        command_line_refuse("%s: %s '%s' is no day YYYY-MM-DD", state->name, option, text);
    return text;
}

void argument_known_at(const struct argp_state *state, char *text, Sanling__V1__StatusQuery *query,
                       Google__Protobuf__Timestamp *time)
{
    if (position_parse(text, &query->position)) {
        query->known_at_case = SANLING__V1__STATUS_QUERY__KNOWN_AT_POSITION;
        return;
    }
    if (!moment_parse(text, true, time))
        command_line_refuse("%s: --known-at '%s' is no position, time or day", state->name, text);
    query->known_at_case = SANLING__V1__STATUS_QUERY__KNOWN_AT_TIME;
    query->time = time;
}

Sanling__V1__Office__Kind argument_office(const struct argp_state *state, const char *option, const char *text)
{
    Sanling__V1__Office__Kind office;
    if (!office_parse(text, &office))
        command_line_refuse(
            "%s: %s '%s' is no office; one of petitions, work_safety, public_security, governance, leadership, "
            "operator, hub, discipline",
            state->name, option, text);
    return office;
}

Sanling__V1__MatterKind__Kind argument_matter_kind(const struct argp_state *state, const char *text)
{
    Sanling__V1__MatterKind__Kind kind;
    if (!matter_kind_parse(text, &kind))
        command_line_refuse(
            "%s: --kind '%s' is no kind of matter; one of petition, hazard, accident, case, dispute, seven_steps",
            state->name, text);
    return kind;
}

bool unit_code_is_plausible(const char *text)
{
    enum { AREA_DIGITS = 12, GRID_DIGITS = 15, CREDIT_CHARACTERS = 18 };
    size_t size = strlen(text);
    if (size == CREDIT_CHARACTERS)
        return strspn(text, "0123456789ABCDEFGHJKLMNPQRTUWXY") == size;
    return (size == AREA_DIGITS || size == GRID_DIGITS) && strspn(text, "0123456789") == size;
}
