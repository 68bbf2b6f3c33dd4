/* sanlingctl clock and digest: where the hub stands in time and state. */
#include "ask.h"
#include "commands.h"
#include "moment.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static int show_clock(struct tool *tool, const Sanling__V1__Query *query)
{
    struct answer answer;
    char when[MOMENT_TEXT_SIZE];
    int status = tool_ask(tool, query, &sanling__v1__clock_answer__descriptor, &answer);
    if (status != STATUS_DONE)
        return status;
    const Sanling__V1__ClockAnswer *clock = (const Sanling__V1__ClockAnswer *)answer.body;
    if (tool->json) {
        tool_print_json(answer.body);
    } else {
        moment_format(clock->time, when);
        tool_print_demonstration(answer.demonstration);
        const char *today = clock->today[0] != '\0' ? clock->today : "–";
        const char *closed = clock->last_closed_day[0] != '\0' ? clock->last_closed_day : "–";
        printf("时钟 %s，今日 %s，已日结至 %s\n", when, today, closed);
        printf("Clock %s, today %s, days closed up to %s\n", when, today, closed);
    }
    answer_clear(&answer);
    return STATUS_DONE;
}

int run_clock_show(struct tool *tool, int argc, char **argv)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__ClockQuery clock = SANLING__V1__CLOCK_QUERY__INIT;
    tool_parse_words(tool, argc, argv, "", "The hub's clock, its open day and the last day it closed.", 0, 0, NULL);
    query.ask_case = SANLING__V1__QUERY__ASK_CLOCK;
    query.clock = &clock;
    return show_clock(tool, &query);
}

int run_clock_set(struct tool *tool, int argc, char **argv)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__ClockChange change = SANLING__V1__CLOCK_CHANGE__INIT;
    Google__Protobuf__Timestamp time;
    const char *words[1];
    tool_parse_words(tool, argc, argv, "TIME",
                     "Examples:\n"
                     "  sanlingctl clock set 2020-02-01T08:00:00+08:00\n"
                     "  sanlingctl clock set 2020-02-01\n"
                     "\n"
                     "Moves the clock of a demonstration hub forward; each day passed is closed. A plain day is its "
                     "first moment, in UTC+8.",
                     1, 1, words);
    if (!moment_parse(words[0], false, &time))
        command_line_refuse("sanlingctl clock set: '%s' is no time (2020-02-01T08:00:00+08:00) or day", words[0]);
    change.time = &time;
    query.ask_case = SANLING__V1__QUERY__ASK_CLOCK_CHANGE;
    query.clock_change = &change;
    return show_clock(tool, &query);
}

int run_digest(struct tool *tool, int argc, char **argv)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__DigestQuery ask = SANLING__V1__DIGEST_QUERY__INIT;
    struct answer answer;
    tool_parse_words(
        tool, argc, argv, "",
        "The position and the SHA-256 of the hub's whole state there: equal on every machine that read the "
        "same log; see also rebuild.",
        0, 0, NULL);
    query.ask_case = SANLING__V1__QUERY__ASK_DIGEST;
    query.digest = &ask;
    int status = tool_ask(tool, &query, &sanling__v1__digest_answer__descriptor, &answer);
    if (status != STATUS_DONE)
        return status;
    const Sanling__V1__DigestAnswer *digest = (const Sanling__V1__DigestAnswer *)answer.body;
    if (tool->json) {
        tool_print_json(answer.body);
    } else {
        printf("%" PRIu64 " ", digest->position);
        for (size_t i = 0; i < digest->digest.len; i++)
            printf("%02x", digest->digest.data[i]);
        putchar('\n');
    }
    answer_clear(&answer);
    return STATUS_DONE;
}
