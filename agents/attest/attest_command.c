#include "attest_command.h"

#include "attest_statement.h"
#include "command_line.h"
#include "language.h"
#include "sanling.h"
#include "state_folder.h"
#include "words.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { OPTION_ZERO = 0x400, OPTION_PERIOD, OPTION_UNIT, OPTION_BASIS, OPTION_ROLE, OPTION_CONFIRM, OPTION_JSON };

enum {
    REACH_TIMEOUT_MS = 5000,
    ANSWER_TIMEOUT_MS = 30000,
    OUTCOME_TIMEOUT_MS = 10000, /* then the hub is away: it is sent later */
    OUTCOME_LOOK_MS = 100,
    UNITS_SHOWN = 10
};

static error_t parse(int key, char *argument, struct argp_state *state)
{
    struct attest_options *options = state->input;
    switch (key) {
    case OPTION_ZERO:
        options->zero = argument;
        return 0;
    case OPTION_PERIOD:
        options->period = argument;
        return 0;
    case OPTION_UNIT:
        options->unit = argument;
        return 0;
    case OPTION_BASIS:
        options->basis = argument;
        return 0;
    case OPTION_ROLE:
        options->role = argument;
        return 0;
    case OPTION_CONFIRM:
        options->confirm = true;
        return 0;
    case OPTION_JSON:
        options->json = true;
        return 0;
    }
    return ARGP_ERR_UNKNOWN;
}

static const struct argp_option attest_options[] = {
    {NULL, 0, NULL, 0, N_("With the word attest (zero reports):"), 3},
    {"zero", OPTION_ZERO, "ZERO", 0, N_("PETITION, ACCIDENT or CASE"), 3},
    {"period", OPTION_PERIOD, "PERIOD", 0, N_("The closed period to attest: 2020-07, or its first day"), 3},
    {"unit", OPTION_UNIT, "CODE", 0, N_("Only the units of this subtree"), 3},
    {"basis", OPTION_BASIS, "BASIS", 0, N_("REGISTER_CHECKED (default), SITE_VISIT or UNIT_STATEMENT"), 3},
    {"role", OPTION_ROLE, "CODE", 0, N_("Role code of who confirms, e.g. DUTY_OFFICER; never a name"), 3},
    {"confirm", OPTION_CONFIRM, NULL, 0, N_("Confirm without being asked at the terminal"), 3},
    {"json", OPTION_JSON, NULL, 0,
     N_("Print what is due as one JSON document; with --try a line for each event and row"), 3},
    {0}};

const struct argp attest_argp = {.options = attest_options, .parser = parse};

/* ---- asking the hub ---- */

/* One run of the command. */
struct asking {
    const struct agent_config *config;
    const struct attest_options *options;
    struct sanling *hub;
    Sanling__V1__Zero__Kind zero; /* UNSPECIFIED: any */
    Sanling__V1__Attestation__Basis basis;
    char from_day[11]; /* "": no period was named */
    /* Of the last answer: */
    struct attest_statement statement;
    bool found;          /* the period is in the list */
    bool basis_accepted; /* it makes a zero by the policy */
    size_t listed;
    size_t matching;
    int64_t time_s; /* the hub's clock */
    uint32_t units_taken;
    uint32_t units_total;
    struct fault *fault;
    bool failed;
};

static bool open_hub(struct asking *asking)
{
    struct sanling_error error;
    asking->hub = sanling_open(&(struct sanling_options){.endpoint = asking->config->hub,
                                                         .identity_file = asking->config->identity,
                                                         .software = "attest " SANLING_VERSION},
                               &error);
    if (asking->hub == NULL)
        return fault_set(asking->fault, FAULT_USAGE, "%s", error.text);
    if (sanling_reach(asking->hub, REACH_TIMEOUT_MS, ANSWER_TIMEOUT_MS, &error))
        return true;
    if (error.code == SANLING_REFUSED)
        return fault_set(asking->fault, FAULT_REFUSED, "%s", error.text);
    return fault_set(asking->fault, FAULT_UNREACHABLE, "%s; try: systemctl status sanling-hub", error.text);
}

static bool ask(struct asking *asking, Sanling__V1__AttestationsDueQuery *due,
                bool (*take)(const Sanling__V1__Answer *part, void *context))
{
    struct sanling_error error;
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    query.ask_case = SANLING__V1__QUERY__ASK_ATTESTATIONS_DUE;
    query.attestations_due = due;
    due->unit = asking->options->unit == NULL ? (char *)"" : (char *)(uintptr_t)asking->options->unit;
    if (sanling_query(asking->hub, &query, ANSWER_TIMEOUT_MS, take, asking, &error))
        return !asking->failed;
    const enum fault_code code = error.code == SANLING_REFUSED       ? FAULT_REFUSED
                                 : error.code == SANLING_UNREACHABLE ? FAULT_UNREACHABLE
                                                                     : FAULT_USAGE;
    return fault_set(asking->fault, code, "%s", error.text);
}

/* ---- the list ---- */

static void print_period(const Sanling__V1__AttestationsDueAnswer__Period *period)
{
    const struct term zero = zero_term(period->zero);
    char when[96];
    if (period->days_left >= 0)
        snprintf(when, sizeof when, "还有 %d 天 %d days left", period->days_left, period->days_left);
    else
        snprintf(when, sizeof when, "已逾期 %d 天 overdue by %d days", -period->days_left, -period->days_left);
    printf("%s %s  %s – %s  限 due %s (%s)\n    未核报 not attested: %u / %u\n", zero.chinese, zero.english,
           period->from_day, period->to_day, period->due, when, period->uncovered, period->units);
    if (period->broken > 0)
        printf("    其中 %u 个单位当期破零，不能核报 %u broken within it: cannot be attested\n", period->broken,
               period->broken);
}

static bool is_wanted(const struct asking *asking, const Sanling__V1__AttestationsDueAnswer__Period *period)
{
    return (asking->zero == SANLING__V1__ZERO__KIND__UNSPECIFIED || asking->zero == period->zero) &&
           (asking->from_day[0] == '\0' || strcmp(asking->from_day, period->from_day) == 0);
}

static void print_json(const Sanling__V1__AttestationsDueAnswer *due)
{
    char *json = sanling_json_from_message(&due->base);
    if (json != NULL)
        puts(json);
    free(json);
}

static bool take_periods(const Sanling__V1__Answer *part, void *context)
{
    struct asking *asking = context;
    const Sanling__V1__AttestationsDueAnswer *due = part->attestations_due;
    asking->time_s = part->time == NULL ? 0 : part->time->seconds;
    asking->listed = due->n_periods;
    if (asking->options->json && asking->from_day[0] == '\0')
        print_json(due);
    for (size_t i = 0; i < due->n_bases; i++)
        asking->basis_accepted |= due->bases[i] == asking->basis;
    for (size_t i = 0; i < due->n_periods; i++) {
        if (!is_wanted(asking, due->periods[i]))
            continue;
        asking->matching++;
        if (!asking->options->json && asking->from_day[0] == '\0')
            print_period(due->periods[i]);
        attest_statement_clear(&asking->statement);
        attest_statement_init(&asking->statement, due, due->periods[i]);
        asking->found = true;
    }
    return true;
}

static int show_list(struct asking *asking)
{
    if (asking->options->json)
        return 0;
    if (asking->matching == 0)
        puts("没有待核报的期间 nothing is to be attested");
    else
        printf("\n核报 to attest: attest --zero %s --period %.7s --role CODE\n",
               protobuf_c_enum_descriptor_get_value(&sanling__v1__zero__kind__descriptor, (int)asking->statement.zero)
                   ->name,
               asking->statement.from_day);
    return 0;
}

/* ---- one period ---- */

static bool take_units(const Sanling__V1__Answer *part, void *context)
{
    struct asking *asking = context;
    const Sanling__V1__AttestationsDueAnswer *due = part->attestations_due;
    asking->units_taken += (uint32_t)due->n_units;
    asking->units_total = due->total;
    for (size_t i = 0; !asking->options->json && i < due->n_units; i++)
        if (due->units[i]->broken)
            printf("    破零，不核报 broken, left out: %s %s\n", due->units[i]->unit, due->units[i]->name);
    asking->failed = !attest_statement_add(&asking->statement, due, asking->fault);
    return !asking->failed;
}

static bool ask_units(struct asking *asking)
{
    do {
        const uint32_t before = asking->units_taken;
        Sanling__V1__AttestationsDueQuery due = SANLING__V1__ATTESTATIONS_DUE_QUERY__INIT;
        due.zero = asking->statement.zero;
        due.from_day = asking->statement.from_day;
        due.after = asking->units_taken;
        if (!ask(asking, &due, take_units))
            return false;
        if (asking->units_taken == before && before < asking->units_total)
            return fault_set(asking->fault, FAULT_SYSTEM, "the hub shows %u of %u units", before, asking->units_total);
    } while (asking->units_taken < asking->units_total);
    return true;
}

static void show_statement(const struct asking *asking, const struct attest_parts *parts)
{
    const struct attest_statement *statement = &asking->statement;
    const struct term zero = zero_term(statement->zero);
    const struct term basis = basis_term(statement->basis, false);
    printf("%s %s  %s – %s\n依据 basis: %s %s\n核报单位 units: %zu / %u%s\n不核报（当期破零）left out, broken: %zu\n"
           "事件 events: %zu\n",
           zero.chinese, zero.english, statement->from_day, statement->to_day, basis.chinese, basis.english,
           statement->unit_count, statement->units_of_period,
           attest_statement_is_scope(statement) ? "（辖区全部 the whole subtree）" : "", statement->broken,
           parts->count);
    if (!asking->basis_accepted)
        puts("注意：规则不采此依据，不会成为零 note: the policy does not accept this basis, it makes no zero");
    for (size_t i = 0; i < statement->unit_count && i < UNITS_SHOWN; i++)
        printf("    %s  %s – %s\n", statement->units[i].code, statement->units[i].from_day, statement->units[i].to_day);
    if (statement->unit_count > UNITS_SHOWN)
        printf("    另有 %zu 个 and %zu more\n", statement->unit_count - UNITS_SHOWN,
               statement->unit_count - UNITS_SHOWN);
}

/* Only a person at a terminal is asked; elsewhere the option has to say it. */
static bool is_confirmed(const struct attest_options *options)
{
    char line[16] = "";
    if (options->confirm)
        return true;
    if (options->json || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return false;
    fputs("以上在核报期内确无该类事项？输入“是”确认 Did none of these happen? Type yes to confirm: ", stdout);
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) == NULL)
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    return strcmp(line, "是") == 0 || strcasecmp(line, "yes") == 0;
}

/* What became of it, soon: only a running agent sends it. */
static bool wait_for_outcome(struct outbox *outbox, const char *state_folder, const char *key,
                             struct confirmation_state *state, struct fault *fault)
{
    const struct timespec look = {.tv_nsec = OUTCOME_LOOK_MS * 1000000L};
    for (int waited = 0; waited < OUTCOME_TIMEOUT_MS; waited += OUTCOME_LOOK_MS) {
        if (!confirmations_state(outbox, key, state, fault))
            return false;
        if (state->waiting == 0 || !outbox_is_in_use(state_folder))
            return true;
        nanosleep(&look, NULL);
    }
    return true;
}

static int show_outcome(const struct asking *asking, const struct confirmation_state *state)
{
    if (asking->options->json)
        printf("{\"confirmed\": true, \"events\": %u, \"recorded\": %u, \"rejected\": %u, \"waiting\": %u, "
               "\"position\": \"%" PRIu64 "\", \"code\": \"%s\"}\n",
               state->parts, state->recorded, state->rejected, state->waiting, state->position, state->reason.code);
    else if (state->rejected > 0)
        printf("中枢没有接受 the hub did not take it: %s %s [%s]\n", state->reason.zh, state->reason.en,
               state->reason.code);
    else if (state->waiting > 0)
        puts("已确认，代理运行并连上中枢后发出 confirmed; sent once the agent runs and reaches the hub");
    else
        printf("已登记，位置 recorded at position %" PRIu64 "\n", state->position);
    return state->rejected > 0 ? 1 : 0;
}

static int write_down(struct asking *asking, const struct attest_parts *parts)
{
    char key[CONFIRMATION_KEY_MAX + 1];
    char asked[ATTEST_SUMMARY_SIZE];
    uint8_t random[16];
    char hex[2 * sizeof random + 1];
    enum confirmation_added added;
    struct confirmation_state state;
    const struct agent_config *config = asking->config;
    if (!state_folder_make(config->state, false, asking->fault))
        return -1;
    CLEANUP(outbox_close) struct outbox *outbox = outbox_open_beside(config->state, config->source, asking->fault);
    randombytes_buf(random, sizeof random); /* each confirming is an act of its own */
    snprintf(key, sizeof key, "attest:%s", sodium_bin2hex(hex, sizeof hex, random, sizeof random));
    attest_statement_summary(&asking->statement, asked);
    if (outbox == NULL || !confirmations_add(outbox, key, asked, parts->parts, parts->count, &added, asking->fault) ||
        !wait_for_outcome(outbox, config->state, key, &state, asking->fault))
        return -1;
    return show_outcome(asking, &state);
}

static int attest_period(struct asking *asking)
{
    CLEANUP(attest_parts_clear) struct attest_parts parts = {0};
    const char *role = asking->options->role == NULL ? "" : asking->options->role;
    if (!asking->found) {
        fault_set(asking->fault, FAULT_USAGE,
                  "no closed period of this zero that starts on %s is to be attested; see: attest without --period",
                  asking->from_day);
        return -1;
    }
    asking->statement.basis = asking->basis;
    if (!ask_units(asking) || !attest_statement_encode(&asking->statement, role, asking->time_s,
                                                       asking->config->utc_offset_minutes, &parts, asking->fault))
        return -1;
    if (!asking->options->json)
        show_statement(asking, &parts);
    if (role[0] == '\0') {
        fault_set(asking->fault, FAULT_USAGE, "--role CODE is wanted to confirm: whose word it is, never a name");
        return -1;
    }
    if (!is_confirmed(asking->options)) {
        puts(asking->options->json ? "{\"confirmed\": false}"
                                   : "没有确认，什么也没有发出 not confirmed, nothing is sent");
        return 1;
    }
    return write_down(asking, &parts);
}

/* ---- the command ---- */

static bool take_period(const char *text, char from_day[static 11], struct fault *fault)
{
    int year;
    int month;
    int day = 1;
    int used = 0;
    const bool of_month = sscanf(text, "%4d-%2d%n", &year, &month, &used) == 2 && text[used] == '\0';
    if (!of_month && !(sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) == 3 && text[used] == '\0'))
        return fault_set(fault, FAULT_USAGE, "--period %s: a month like 2020-07, or the period's first day", text);
    snprintf(from_day, 11, "%04d-%02d-%02d", abs(year) % 10000, abs(month) % 100, abs(day) % 100);
    return true;
}

static bool take_words(struct asking *asking)
{
    const struct attest_options *options = asking->options;
    int zero = SANLING__V1__ZERO__KIND__UNSPECIFIED;
    int basis = SANLING__V1__ATTESTATION__BASIS__REGISTER_CHECKED;
    if (options->zero != NULL && !enum_parse(&sanling__v1__zero__kind__descriptor, options->zero, &zero))
        return fault_set(asking->fault, FAULT_USAGE, "--zero %s: PETITION, ACCIDENT or CASE", options->zero);
    if (options->basis != NULL && (!enum_parse(&sanling__v1__attestation__basis__descriptor, options->basis, &basis) ||
                                   basis == SANLING__V1__ATTESTATION__BASIS__HISTORIC))
        return fault_set(asking->fault, FAULT_USAGE, "--basis %s: REGISTER_CHECKED, SITE_VISIT or UNIT_STATEMENT",
                         options->basis);
    if (options->role != NULL && !attest_role_is_code(options->role))
        return fault_set(asking->fault, FAULT_USAGE,
                         "--role: a role code of 1 to %d of A-Z a-z 0-9 _ - ., never a name", ATTEST_ROLE_MAX);
    asking->zero = (Sanling__V1__Zero__Kind)zero;
    asking->basis = (Sanling__V1__Attestation__Basis)basis;
    return options->period == NULL || take_period(options->period, asking->from_day, asking->fault);
}

/* What is due, and of the period that is named everything. */
static int show_and_attest(struct asking *asking)
{
    Sanling__V1__AttestationsDueQuery due = SANLING__V1__ATTESTATIONS_DUE_QUERY__INIT;
    if (!take_words(asking) || !open_hub(asking) || !ask(asking, &due, take_periods))
        return -1;
    if (asking->from_day[0] == '\0')
        return show_list(asking);
    if (asking->matching > 1) {
        fault_set(asking->fault, FAULT_USAGE, "more than one zero is to be attested: name it with --zero");
        return -1;
    }
    return attest_period(asking);
}

int attest_command(const struct agent_config *config, const struct attest_options *options, struct fault *fault)
{
    struct asking asking = {.config = config, .options = options, .fault = fault};
    const int status = show_and_attest(&asking);
    attest_statement_clear(&asking.statement);
    if (asking.hub != NULL)
        sanling_close(&asking.hub);
    return status;
}
