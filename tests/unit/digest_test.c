/* What a robot is told: counts, codes and names of units and nothing else, within the limit, and each due time once. */
#include "digest_facts.h"
#include "digest_text.h"
#include "digest_times.h"
#include "outbox_digests.h"
#include "robot.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { SAFETY = SANLING__V1__OFFICE__KIND__WORK_SAFETY, POLICE = SANLING__V1__OFFICE__KIND__PUBLIC_SECURITY };

static const char today[] = "2020-08-19";
static const int64_t morning_s = 1597797000; /* 2020-08-19T08:30:00+08:00 */

static Sanling__V1__MattersAnswer__Matter matter_of(Sanling__V1__MatterKind__Kind kind, char *code, int32_t days_left)
{
    Sanling__V1__MattersAnswer__Matter matter = SANLING__V1__MATTERS_ANSWER__MATTER__INIT;
    matter.kind = kind;
    matter.matter = code;
    matter.unit = (char *)"140322102200";
    matter.unit_name = (char *)"示范00村";
    matter.handler = (Sanling__V1__Office__Kind)SAFETY;
    matter.due_day = (char *)"2020-08-17";
    matter.days_left = days_left;
    matter.category = (char *)"张三举报";
    return matter;
}

static struct digest_facts *begin(void)
{
    struct digest_facts *facts = calloc(1, sizeof *facts);
    assert_non_null(facts);
    digest_facts_begin(facts, (Sanling__V1__Office__Kind)SAFETY);
    facts->time_s = morning_s;
    return facts;
}

static void take_period(struct digest_facts *facts, char *from, char *to, int32_t days_left, uint32_t uncovered,
                        uint32_t broken)
{
    Sanling__V1__AttestationsDueAnswer__Period period = SANLING__V1__ATTESTATIONS_DUE_ANSWER__PERIOD__INIT;
    period.zero = SANLING__V1__ZERO__KIND__ACCIDENT;
    period.from_day = from;
    period.to_day = to;
    period.due = (char *)"2020-09-05";
    period.days_left = days_left;
    period.uncovered = uncovered;
    period.broken = broken;
    digest_facts_take_period(facts, &period);
}

static const struct digest_style chinese = {
    .language = DIGEST_CHINESE, .link = "https://page.example/", .utc_offset_minutes = 480};

static void a_digest_counts_first_and_names_the_most_urgent(void **state)
{
    (void)state;
    struct digest_facts *facts = begin();
    char text[DIGEST_TEXT_MAX + 1];
    Sanling__V1__MattersAnswer__Task task = SANLING__V1__MATTERS_ANSWER__TASK__INIT;
    task.office = (Sanling__V1__Office__Kind)SAFETY;
    task.due_day = (char *)"2020-08-10";
    task.overdue = true;
    Sanling__V1__MattersAnswer__Task *tasks[] = {&task};
    Sanling__V1__MattersAnswer__Matter hazard = matter_of(SANLING__V1__MATTER_KIND__KIND__HAZARD, (char *)"H-1", -2);
    Sanling__V1__MattersAnswer__Matter petition = matter_of(SANLING__V1__MATTER_KIND__KIND__PETITION, (char *)"P-1", 3);
    Sanling__V1__MattersAnswer__Matter joint = matter_of(SANLING__V1__MATTER_KIND__KIND__CASE, (char *)"C-1", 1);
    joint.handler = (Sanling__V1__Office__Kind)POLICE;
    joint.tasks = tasks;
    joint.n_tasks = 1;
    digest_facts_take_matter(facts, &hazard, today);
    digest_facts_take_matter(facts, &petition, today);
    digest_facts_take_matter(facts, &joint, today);
    digest_facts_take_soon(facts, &petition);
    digest_facts_take_soon(facts, &joint);
    take_period(facts, (char *)"2020-07-01", (char *)"2020-07-31", -14, 12, 2);
    take_period(facts, (char *)"2020-06-01", (char *)"2020-06-30", -45, 3, 3);
    Sanling__V1__AttestationsDueAnswer__Unit unit = SANLING__V1__ATTESTATIONS_DUE_ANSWER__UNIT__INIT;
    unit.name = (char *)"示范01村";
    digest_facts_name_unit(facts, 0, &unit);
    digest_text(facts, &chinese, text);
    assert_string_equal(text, "【三零】安委办/应急 待办摘要 2020-08-19 08:30\n"
                              "超期 2 件\n"
                              "将到期 1 件\n"
                              "待核报零报告 10 份\n"
                              "待办 2 件：信访 1、隐患 1\n"
                              "联合任务 1 项\n"
                              "· 联合任务 案件 C-1 示范00村 超 9 天\n"
                              "· 隐患 H-1 示范00村 超 2 天\n"
                              "· 核报 零事故 2020-07-01 至 2020-07-31：示范01村 等 10 个单位，已过期限 2020-09-05\n"
                              "· 信访 P-1 示范00村 剩 3 天\n"
                              "详见 https://page.example/");
    assert_null(strstr(text, "张三"));
    free(facts);
}

static void overdue_periods_of_one_zero_are_one_line(void **state)
{
    (void)state;
    struct digest_facts *facts = begin();
    char text[DIGEST_TEXT_MAX + 1];
    take_period(facts, (char *)"2020-07-01", (char *)"2020-07-31", 3, 5, 0);
    take_period(facts, (char *)"2020-06-01", (char *)"2020-06-30", -27, 13, 0);
    take_period(facts, (char *)"2020-05-01", (char *)"2020-05-31", -58, 13, 1);
    const size_t body = digest_text(facts, &chinese, text);
    assert_string_equal(text + body, "待核报零报告 30 份\n"
                                     "· 核报 零事故 2 期已过期限，2020-05-01 至 2020-06-30，共 25 份\n"
                                     "· 核报 零事故 2020-07-01 至 2020-07-31：5 个单位，期限 2020-09-05\n"
                                     "详见 https://page.example/");
    free(facts);
}

static void the_leading_office_is_told_whose_reports_are_missing(void **state)
{
    (void)state;
    struct digest_facts *facts = begin();
    char text[DIGEST_TEXT_MAX + 1];
    Sanling__V1__ZeroCount joint = SANLING__V1__ZERO_COUNT__INIT;
    Sanling__V1__ZeroCount of_all = SANLING__V1__ZERO_COUNT__INIT;
    Sanling__V1__ZeroCount of_areas = SANLING__V1__ZERO_COUNT__INIT;
    joint.unverified = 40;
    of_all.zero = SANLING__V1__ZERO__KIND__ACCIDENT;
    of_all.unverified = 13;
    of_areas = of_all;
    of_areas.group = SANLING__V1__UNIT_GROUP__KIND__AREA;
    of_areas.unverified = 12;
    Sanling__V1__ZeroCount *counts[] = {&joint, &of_all, &of_areas};
    Sanling__V1__RollUp zeros = SANLING__V1__ROLL_UP__INIT;
    zeros.counts = counts;
    zeros.n_counts = 3;
    Sanling__V1__Zero__Kind attests[] = {SANLING__V1__ZERO__KIND__ACCIDENT};
    Sanling__V1__Freshness freshness = SANLING__V1__FRESHNESS__INIT;
    freshness.office = (Sanling__V1__Office__Kind)SAFETY;
    freshness.attests = attests;
    freshness.n_attests = 1;
    Sanling__V1__Freshness *offices[] = {&freshness};
    Sanling__V1__Summary summary = SANLING__V1__SUMMARY__INIT;
    summary.zeros = &zeros;
    summary.freshness = offices;
    summary.n_freshness = 1;
    digest_facts_take_summary(facts, &summary);
    assert_true(digest_facts_any(facts));
    const size_t body = digest_text(facts, &chinese, text);
    assert_string_equal(text + body, "未核实：零事故 13 个单位（安委办/应急）\n详见 https://page.example/");
    free(facts);
}

static void nothing_to_do_is_said_so(void **state)
{
    (void)state;
    struct digest_facts *facts = begin();
    char text[DIGEST_TEXT_MAX + 1];
    assert_false(digest_facts_any(facts));
    const size_t body = digest_text(facts, &chinese, text);
    assert_string_equal(text + body, "暂无待办\n详见 https://page.example/");
    free(facts);
}

static void a_long_digest_is_cut_at_a_line_and_says_how_many_are_left(void **state)
{
    (void)state;
    static const enum digest_language languages[] = {DIGEST_CHINESE, DIGEST_ENGLISH};
    for (size_t i = 0; i < 2; i++) {
        struct digest_facts *facts = begin();
        char text[DIGEST_TEXT_MAX + 1];
        char left[64];
        char code[64];
        for (int n = 0; n < 300; n++) {
            snprintf(code, sizeof code, "140322-2020-H-%06d-1", n);
            Sanling__V1__MattersAnswer__Matter matter =
                matter_of(SANLING__V1__MATTER_KIND__KIND__HAZARD, code, n % 7 - 400);
            digest_facts_take_matter(facts, &matter, today);
        }
        const struct digest_style style = {.language = languages[i], .link = chinese.link, .utc_offset_minutes = 480};
        digest_text(facts, &style, text);
        assert_in_range(strlen(text), DIGEST_TEXT_MAX - 150, DIGEST_TEXT_MAX);
        size_t lines = 0;
        for (const char *at = text; (at = strstr(at, "140322-2020-H-")) != NULL; at++)
            lines++;
        snprintf(left, sizeof left, languages[i] == DIGEST_CHINESE ? "\n另有 %zu 条\n" : "\n%zu more\n", 300 - lines);
        assert_non_null(strstr(text, left));
        assert_non_null(strstr(text, languages[i] == DIGEST_CHINESE ? "超期 300 件" : "overdue 300"));
        assert_string_equal(text + strlen(text) - strlen(chinese.link), chinese.link);
        free(facts);
    }
}

static void the_longest_message_keeps_the_limit_also_as_a_repeat(void **state)
{
    (void)state;
    struct digest_facts *facts = begin();
    char text[DIGEST_TEXT_MAX + 1];
    char message[DIGEST_MESSAGE_MAX + 1];
    char link[DIGEST_LINK_MAX + 1] = "https://";
    memset(link + 8, 'x', DIGEST_LINK_MAX - 8);
    link[DIGEST_LINK_MAX] = '\0';
    for (int n = 0; n < 200; n++) {
        Sanling__V1__MattersAnswer__Matter matter =
            matter_of(SANLING__V1__MATTER_KIND__KIND__HAZARD,
                      (char *)"一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十一二三四"
                              "五六七八九十",
                      -n);
        matter.unit_name = matter.matter;
        digest_facts_take_matter(facts, &matter, today);
    }
    facts->demonstration = true;
    const struct digest_style style = {.language = DIGEST_CHINESE, .link = link, .merged = true};
    digest_text(facts, &style, text);
    assert_non_null(strstr(text, "（演示）（含此前未送达的）\n"));
    digest_message(text, true, DIGEST_CHINESE, message);
    assert_true(strlen(message) <= DIGEST_MESSAGE_MAX);
    assert_memory_equal(message, "（可能重复）\n【三零】", strlen("（可能重复）\n【三零】"));
    assert_string_equal(message + strlen(message) - DIGEST_LINK_MAX, link);
    char *payload = robot_payload(message); /* it is whole UTF-8 */
    assert_non_null(payload);
    free(payload);
    free(facts);
}

static void what_would_turn_a_line_around_is_not_passed_on(void **state)
{
    (void)state;
    struct digest_facts *facts = begin();
    char text[DIGEST_TEXT_MAX + 1];
    Sanling__V1__MattersAnswer__Matter matter =
        matter_of(SANLING__V1__MATTER_KIND__KIND__HAZARD, (char *)"H\n@all", -2);
    matter.unit_name = (char *)"\u202e示范";
    digest_facts_take_matter(facts, &matter, today);
    digest_text(facts, &chinese, text);
    assert_non_null(strstr(text, "· 隐患 ? ? 超 2 天\n"));
    free(facts);
}

static void the_last_due_time_is_found(void **state)
{
    (void)state;
    int at[2];
    assert_true(digest_time_parse("14:00", &at[0]) && digest_time_parse("08:30", &at[1]));
    const int64_t day = 18493 * 1440;
    assert_int_equal(digest_times_latest(at, 2, day + 509), day - 1440 + 840);
    assert_int_equal(digest_times_latest(at, 2, day + 510), day + 510);
    assert_int_equal(digest_times_latest(at, 2, day + 839), day + 510);
    assert_int_equal(digest_times_latest(at, 2, day + 1439), day + 840);
    assert_int_equal(digest_times_latest(at, 0, day), DIGEST_SLOT_NONE);
    assert_int_equal(digest_times_next(at, 2, day + 509), day + 510);
    assert_int_equal(digest_times_next(at, 2, day + 510), day + 840);
    assert_int_equal(digest_times_next(at, 2, day + 840), day + 1440 + 510);
    char text[DIGEST_SLOT_SIZE];
    digest_slot_format(day + 840, text);
    assert_string_equal(text, "2020-08-19 14:00");
    static const char *const wrong[] = {"", "8:30", "24:00", "12:60", "08.30", "08:30 ", "aa:bb"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(digest_time_parse(wrong[i], &at[0]));
}

static void the_robots_json_is_theirs(void **state)
{
    (void)state;
    char *payload = robot_payload("超期 \"2\" 件\n· H-1");
    assert_string_equal(payload, "{\"msgtype\":\"text\",\"text\":{\"content\":\"超期 \\\"2\\\" 件\\n· H-1\"}}");
    free(payload);
    assert_null(robot_payload("\xff"));
}

/* As Python's hmac and urllib, which DingTalk's documentation uses, give it. */
static void dingtalks_address_is_signed(void **state)
{
    (void)state;
    char address[ROBOT_SIGNED_URL_SIZE];
    robot_address(ROBOT_DINGTALK, "https://oapi.dingtalk.com/robot/send?access_token=x", "this is secret",
                  1577262236757, address);
    assert_string_equal(address, "https://oapi.dingtalk.com/robot/send?access_token=x&timestamp=1577262236757"
                                 "&sign=hmPWwU%2B7lVdm3ZZz0r9tSfx0L4Q26jWOZr9%2BGs6EZQM%3D");
    robot_address(ROBOT_DINGTALK, "https://robot/send", "", 1, address);
    assert_string_equal(address, "https://robot/send");
    robot_address(ROBOT_WECOM, "https://robot/send?key=x", "this is secret", 1, address);
    assert_string_equal(address, "https://robot/send?key=x");
}

static void only_errcode_0_is_taken(void **state)
{
    (void)state;
    static const struct {
        enum robot_kind kind;
        struct post_answer answer;
        enum robot_outcome outcome;
        int64_t wait_s;
    } cases[] = {
        {ROBOT_WECOM, {.status = 200, .body = "{\"errcode\":0,\"errmsg\":\"ok\"}"}, ROBOT_TAKEN, 0},
        {ROBOT_WECOM, {.status = 200, .body = "{\"errcode\":45009,\"errmsg\":\"x\"}"}, ROBOT_REFUSED, 60},
        {ROBOT_WECOM, {.status = 200, .body = "{\"errcode\":130101}"}, ROBOT_REFUSED, 0},
        {ROBOT_DINGTALK, {.status = 200, .body = "{\"errcode\":130101}"}, ROBOT_REFUSED, 600},
        {ROBOT_DINGTALK, {.status = 200, .body = "{\"errcode\":310000}"}, ROBOT_REFUSED, 0},
        {ROBOT_WECOM, {.status = 200, .body = "{\"errcode\":\"0\"}"}, ROBOT_UNKNOWN, 0},
        {ROBOT_WECOM, {.status = 200, .body = "<html>log in</html>"}, ROBOT_UNKNOWN, 0},
        {ROBOT_WECOM, {.status = 200, .body = ""}, ROBOT_UNKNOWN, 0},
        {ROBOT_WECOM, {.status = 429, .body = "", .retry_after_s = 7}, ROBOT_REFUSED, 7},
        {ROBOT_WECOM, {.status = 302, .body = ""}, ROBOT_REFUSED, 0},
        {ROBOT_WECOM, {.status = 502, .body = ""}, ROBOT_UNKNOWN, 0},
        {ROBOT_WECOM, {.outcome = POST_UNSENT, .body = "", .cause = "x"}, ROBOT_REFUSED, 0},
        {ROBOT_WECOM, {.outcome = POST_UNKNOWN, .body = "", .cause = "x"}, ROBOT_UNKNOWN, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct robot_verdict verdict;
        struct post_answer answer = cases[i].answer;
        answer.size = strlen(answer.body);
        robot_judge(cases[i].kind, &answer, &verdict);
        assert_int_equal(verdict.outcome, cases[i].outcome);
        assert_int_equal(verdict.wait_s, cases[i].wait_s);
    }
}

static void where_a_digest_stands_survives(void **state)
{
    (void)state;
    char dir[] = "/tmp/digest_test.XXXXXX";
    struct fault fault;
    const uint8_t robot[OUTBOX_ROBOT_SIZE] = {1};
    const uint8_t other[OUTBOX_ROBOT_SIZE] = {2};
    uint64_t count;
    int64_t first_ms;
    assert_non_null(mkdtemp(dir));
    struct outbox *outbox = outbox_open(dir, "safety-yu", &fault);
    struct outbox_digest digest;
    assert_true(outbox_digests_open(outbox, &fault));
    assert_true(outbox_digest_load(outbox, "group", &digest, &fault));
    assert_true(digest.slot == 0 && !digest.has_content && digest.stage == OUTBOX_DIGEST_NONE);
    digest.slot = 26630430;
    digest.has_content = true;
    memset(digest.content, 7, sizeof digest.content);
    digest.stage = OUTBOX_DIGEST_SENDING;
    digest.merged = true;
    strcpy(digest.text, "超期 2 件\n· H-1");
    assert_true(outbox_digest_send(outbox, "group", &digest, robot, 1000, &fault));
    assert_true(outbox_digest_send(outbox, "group", &digest, robot, 2000, &fault));
    outbox_close(&outbox);
    outbox = outbox_open(dir, "safety-yu", &fault);
    struct outbox_digest loaded;
    assert_true(outbox_digests_open(outbox, &fault));
    assert_true(outbox_digest_load(outbox, "group", &loaded, &fault));
    assert_int_equal(loaded.slot, digest.slot);
    assert_memory_equal(loaded.content, digest.content, sizeof digest.content);
    assert_true(loaded.has_content && loaded.merged && !loaded.repeated && loaded.stage == OUTBOX_DIGEST_SENDING);
    assert_string_equal(loaded.text, digest.text);
    assert_true(outbox_robot_sent(outbox, robot, 0, 3000, &count, &first_ms, &fault));
    assert_true(count == 2 && first_ms == 1000);
    assert_true(outbox_robot_sent(outbox, other, 0, 3000, &count, &first_ms, &fault));
    assert_true(count == 0);
    assert_true(outbox_robot_sent(outbox, robot, 1000, 3000, &count, &first_ms, &fault));
    assert_true(count == 1 && first_ms == 2000);
    assert_true(outbox_robot_sent(outbox, robot, 0, 1500, &count, &first_ms, &fault)); /* the clock was set back */
    assert_true(count == 0);
    outbox_close(&outbox);
    static const char *const names[] = {"outbox.sqlite", "outbox.sqlite-wal", "outbox.sqlite-shm", "outbox.lock"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        unlink(path);
    }
    rmdir(dir);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_digest_counts_first_and_names_the_most_urgent),
        cmocka_unit_test(overdue_periods_of_one_zero_are_one_line),
        cmocka_unit_test(the_leading_office_is_told_whose_reports_are_missing),
        cmocka_unit_test(nothing_to_do_is_said_so),
        cmocka_unit_test(a_long_digest_is_cut_at_a_line_and_says_how_many_are_left),
        cmocka_unit_test(the_longest_message_keeps_the_limit_also_as_a_repeat),
        cmocka_unit_test(what_would_turn_a_line_around_is_not_passed_on),
        cmocka_unit_test(the_last_due_time_is_found),
        cmocka_unit_test(the_robots_json_is_theirs),
        cmocka_unit_test(dingtalks_address_is_signed),
        cmocka_unit_test(only_errcode_0_is_taken),
        cmocka_unit_test(where_a_digest_stands_survives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
