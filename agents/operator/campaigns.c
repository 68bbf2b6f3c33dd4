/* sanlingctl campaigns: 双十行动, how far each is. */
#include "arguments.h"
#include "ask.h"
#include "commands.h"
#include "rate.h"
#include "table.h"
#include "words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *state_label(const Sanling__V1__CampaignsAnswer__Campaign *campaign)
{
    if (campaign->closed)
        return "已结束 closed";
    if (campaign->ended)
        return "到期未结 ended, not closed";
    return campaign->running ? "进行中 running" : "未启动 not started";
}

static void add_campaign(struct libscols_table *table, const Sanling__V1__CampaignsAnswer__Campaign *campaign)
{
    struct libscols_line *row = table_add_row(table, NULL);
    char rate[RATE_TEXT_SIZE];
    rate_format(campaign->closed_rate, rate);
    row_set(row, 0, "%s", campaign->code);
    row_set(row, 1, "%s", campaign->name);
    row_set(row, 2, "%s", office_label(campaign->lead));
    row_set(row, 3, "%s", state_label(campaign));
    row_set(row, 4, "%s–%s", campaign->from_day, campaign->to_day);
    row_set(row, 5, "%u", campaign->matters);
    row_set(row, 6, "%s", rate);
    row_set(row, 7, "%u", campaign->overdue);
    row_set(row, 8, "%" PRIu64, campaign->tallies);
    row_set(row, 9, "%" PRIu64, campaign->events);
    row_set_position(row, 10, campaign->last_event_at);
}

static void print_progress(const Sanling__V1__CampaignsAnswer *answer)
{
    static const struct column columns[] = {
        {"编码 Code", false},    {"专项行动 Campaign", false}, {"牵头 Lead", false},     {"状态 State", false},
        {"起止 From–to", false}, {"事项 Matters", true},       {"办结率 Closed", false}, {"逾期 Overdue", true},
        {"统计 Tallies", true},  {"事件(全域) Events", true},  {"最近 Last", true}};
    struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < answer->n_campaigns; i++)
        add_campaign(table, answer->campaigns[i]);
    table_print(&table);
}

/* The county's own words under one prefix, e.g. "measure."; nothing where the policy has none. */
static void print_labels(const Sanling__V1__CampaignsAnswer *answer, const char *prefix, const char *heading)
{
    static const struct column columns[] = {{"编码 Code", false}, {"名称 Name", false}};
    struct libscols_table *table = table_open(columns, sizeof columns / sizeof *columns);
    size_t count = 0;
    for (size_t i = 0; i < answer->n_labels; i++) {
        if (strncmp(answer->labels[i]->code, prefix, strlen(prefix)) != 0)
            continue;
        struct libscols_line *row = table_add_row(table, NULL);
        row_set(row, 0, "%s", answer->labels[i]->code + strlen(prefix));
        row_set(row, 1, "%s", answer->labels[i]->name);
        count++;
    }
    if (count == 0) {
        table_close(&table);
        return;
    }
    printf("\n%s（%zu）\n", heading, count);
    table_hide_headings(table);
    table_print(&table);
}

int run_campaigns(struct tool *tool, int argc, char **argv)
{
    Sanling__V1__Query query = SANLING__V1__QUERY__INIT;
    Sanling__V1__CampaignsQuery campaigns = SANLING__V1__CAMPAIGNS_QUERY__INIT;
    struct answer answer;
    const char *words[1];
    tool_parse_words(tool, argc, argv, "[UNIT]",
                     "Examples:\n"
                     "  sanlingctl campaigns\n"
                     "  sanlingctl campaigns 140322102000\n"
                     "\n"
                     "The campaigns of the policy 双十行动 and how far each is, counted in a unit and those below it; "
                     "the measures and work systems that go with them. One whose last day has passed without a "
                     "record that closes it is 到期未结, ended, not closed, and does not count as running.\v"
                     "With --json: one sanling.v1.CampaignsAnswer.",
                     0, 1, words);
    if (words[0] != NULL)
        campaigns.unit = (char *)words[0];
    query.ask_case = SANLING__V1__QUERY__ASK_CAMPAIGNS;
    query.campaigns = &campaigns;
    int status = tool_ask(tool, &query, &sanling__v1__campaigns_answer__descriptor, &answer);
    if (status == STATUS_DONE && tool->json)
        tool_print_json(answer.body);
    if (status == STATUS_DONE && !tool->json) {
        const Sanling__V1__CampaignsAnswer *body = (const Sanling__V1__CampaignsAnswer *)answer.body;
        tool_print_demonstration(answer.demonstration);
        printf("专项行动 Campaigns  截至位置 at position #%" PRIu64 "\n", answer.position);
        print_progress(body);
        print_labels(body, "measure.", "措施 Measures");
        print_labels(body, "work_system.", "工作制度 Work systems");
    }
    answer_clear(&answer);
    return status;
}
