#include "matter_filter.h"

#include "arguments.h"
#include "language.h"

enum { KEY_OFFICE = 0x400, KEY_CAMPAIGN, KEY_JOINT, KEY_SUPERVISED, KEY_KIND };

static error_t parse_filter(int key, char *argument, struct argp_state *state)
{
    Sanling__V1__MattersQuery *query = state->input;
    switch (key) {
    case KEY_OFFICE:
        query->office = argument_office(state, "--office", argument);
        return 0;
    case KEY_CAMPAIGN:
        query->campaign = argument;
        return 0;
    case KEY_JOINT:
        query->joint = true;
        return 0;
    case KEY_SUPERVISED:
        query->supervised = true;
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static const struct argp_option filter_options[] = {
    {.name = "office",
     .key = KEY_OFFICE,
     .arg = "OFFICE",
     .doc = N_("That this office opened, handles or takes part in")},
    {.name = "campaign", .key = KEY_CAMPAIGN, .arg = "CAMPAIGN", .doc = N_("Of this campaign 专项行动, e.g. C03")},
    {.name = "joint", .key = KEY_JOINT, .doc = N_("Under joint handling 联合处置")},
    {.name = "supervised", .key = KEY_SUPERVISED, .doc = N_("With a supervision 催办督办 that nobody answered")},
    {0},
};

const struct argp matter_filter_argp = {.options = filter_options, .parser = parse_filter};

static error_t parse_kind(int key, char *argument, struct argp_state *state)
{
    Sanling__V1__MattersQuery *query = state->input;
    if (key != KEY_KIND)
        return ARGP_ERR_UNKNOWN;
    query->kind = argument_matter_kind(state, argument);
    return 0;
}

static const struct argp_option kind_options[] = {
    {.name = "kind",
     .key = KEY_KIND,
     .arg = "KIND",
     .doc = N_("petition 信访, hazard 隐患, accident 事故, case 案件, dispute 纠纷 or seven_steps 七步")},
    {0},
};

const struct argp matter_kind_argp = {.options = kind_options, .parser = parse_kind};
