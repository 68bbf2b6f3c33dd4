/* A status in words: what `sanlingctl why` promises of its sentences. */
#include "why_words.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef Sanling__V1__WhyAnswer__Reason why_reason;

enum { REASONS_MAX = 16 };

/* A unit whose cases were asked about. */
struct asked {
    Sanling__V1__WhyAnswer why;
    Sanling__V1__UnitStatus status;
    Sanling__V1__ZeroStatus zero;
    Sanling__V1__ZeroStatus *zeros[1];
    why_reason reasons[REASONS_MAX];
    why_reason *list[REASONS_MAX];
    Sanling__V1__CatalogueAnswer catalogue;
    Sanling__V1__CatalogueAnswer__Type type;
    Sanling__V1__CatalogueAnswer__Type *types[1];
    char *text;
};

static int ask(void **state)
{
    struct asked *asked = calloc(1, sizeof *asked);
    asked->why = (Sanling__V1__WhyAnswer)SANLING__V1__WHY_ANSWER__INIT;
    asked->status = (Sanling__V1__UnitStatus)SANLING__V1__UNIT_STATUS__INIT;
    asked->zero = (Sanling__V1__ZeroStatus)SANLING__V1__ZERO_STATUS__INIT;
    asked->catalogue = (Sanling__V1__CatalogueAnswer)SANLING__V1__CATALOGUE_ANSWER__INIT;
    asked->type = (Sanling__V1__CatalogueAnswer__Type)SANLING__V1__CATALOGUE_ANSWER__TYPE__INIT;
    asked->zero.zero = SANLING__V1__ZERO__KIND__CASE;
    asked->zeros[0] = &asked->zero;
    asked->status.unit = (char *)"140322102200";
    asked->status.as_of = (char *)"2020-03-05";
    asked->status.known_at = 70000;
    asked->status.policy_version = (char *)"yuxian-2020-1";
    asked->status.zeros = asked->zeros;
    asked->status.n_zeros = 1;
    asked->why.status = &asked->status;
    asked->why.reasons = asked->list;
    asked->type.name = (char *)"CaseFiled";
    asked->type.label = (char *)"立案";
    asked->types[0] = &asked->type;
    asked->catalogue.types = asked->types;
    asked->catalogue.n_types = 1;
    *state = asked;
    return 0;
}

static int forget(void **state)
{
    struct asked *asked = *state;
    free(asked->text);
    free(asked);
    return 0;
}

static why_reason *add(struct asked *asked, Sanling__V1__WhyAnswer__Reason__Kind kind, uint64_t position,
                       const char *day, const char *to_day)
{
    size_t at = asked->why.n_reasons++;
    why_reason *reason = &asked->reasons[at];
    *reason = (why_reason)SANLING__V1__WHY_ANSWER__REASON__INIT;
    reason->kind = kind;
    reason->zero = SANLING__V1__ZERO__KIND__CASE;
    reason->office = SANLING__V1__OFFICE__KIND__PUBLIC_SECURITY;
    reason->basis = SANLING__V1__ATTESTATION__BASIS__REGISTER_CHECKED;
    reason->position = position;
    reason->day = (char *)day;
    reason->to_day = (char *)to_day;
    asked->list[at] = reason;
    return reason;
}

static const char *words_of(struct asked *asked)
{
    size_t size;
    const struct answer catalogue = {.body = &asked->catalogue.base};
    free(asked->text);
    FILE *out = open_memstream(&asked->text, &size);
    why_write(out, &asked->why, &catalogue);
    fclose(out);
    return asked->text;
}

static void assert_says(struct asked *asked, const char *sentence)
{
    const char *text = words_of(asked);
    if (strstr(text, sentence) == NULL)
        fail_msg("not said: %s\nin:\n%s", sentence, text);
}

static void assert_does_not_say(struct asked *asked, const char *words)
{
    const char *text = words_of(asked);
    if (strstr(text, words) != NULL)
        fail_msg("said: %s\nin:\n%s", words, text);
}

static void a_break_names_its_event_its_rule_and_its_position(void **state)
{
    struct asked *asked = *state;
    asked->zero.status = SANLING__V1__STATUS__KIND__BROKEN;
    asked->zero.since = (char *)"2020-02-14";
    asked->zero.break_count = 1;
    why_reason *broken = add(asked, SANLING__V1__WHY_ANSWER__REASON__KIND__BREAK, 61204, "2020-02-14", "");
    broken->type = (char *)"CaseFiled";
    broken->matter = (char *)"A-1";
    broken->policy_version = (char *)"yuxian-2020-1";
    broken->rule = (char *)"CaseFiled classes=ADMIN,CRIMINAL";
    assert_says(asked, "零案件：破零，自 2020-02-14，本期 1 起。\n");
    assert_says(asked, "  因 2020-02-14 立案 CaseFiled（A-1），公安记录；按规则 yuxian-2020-1“CaseFiled "
                       "classes=ADMIN,CRIMINAL”破零。 #61204\n");
    assert_says(asked, "No cases: broken since 2020-02-14, 1 break in the period.\n");
    assert_says(asked, "  Broken by CaseFiled (A-1) of 2020-02-14, recorded by public security; rule of policy "
                       "yuxian-2020-1: CaseFiled classes=ADMIN,CRIMINAL. #61204\n");
}

static void a_contradicted_report_names_what_denies_it(void **state)
{
    struct asked *asked = *state;
    add(asked, SANLING__V1__WHY_ANSWER__REASON__KIND__CONTRADICTED, 60871, "2020-02-01", "2020-02-29")->other = 61204;
    assert_says(asked, "  公安对 2020-02-01–2020-02-29 的零报告覆盖破零之日，被否定。 #60871 #61204\n");
    assert_says(asked, "covers the day of the break: contradicted. #60871 #61204\n");
}

static void a_gap_names_who_owes_which_days(void **state)
{
    struct asked *asked = *state;
    asked->zero.status = SANLING__V1__STATUS__KIND__UNVERIFIED;
    add(asked, SANLING__V1__WHY_ANSWER__REASON__KIND__GAP, 0, "2020-02-01", "2020-02-29");
    assert_says(asked, "  缺口 2020-02-01–2020-02-29（29 天）：公安应报未报。\n");
    assert_says(asked, "  Gap 2020-02-01–2020-02-29 (29 days): owed by public security and not reported.\n");
}

static void silence_is_said_not_to_be_zero(void **state)
{
    struct asked *asked = *state;
    asked->zero.status = SANLING__V1__STATUS__KIND__UNVERIFIED;
    assert_says(asked, "零案件：未核实。未报不等于零。\n");
    assert_says(asked, "No cases: unverified. No report is not zero.\n");
    asked->zero.status = SANLING__V1__STATUS__KIND__ZERO;
    assert_does_not_say(asked, "未报不等于零");
}

static void verified_and_claimed_days_stand_apart(void **state)
{
    struct asked *asked = *state;
    asked->zero.streak_days = 60;
    asked->zero.streak_until = (char *)"2020-02-29";
    asked->zero.claimed_days = 300;
    assert_says(asked, "  已核实 60 天，至 2020-02-29；建库前自报 300 天，另计。\n");
    assert_says(asked, "60 verified days in a row, up to 2020-02-29; apart from them, 300 days claimed");
    assert_does_not_say(asked, "360");
}

static void reports_whose_days_touch_are_one_sentence(void **state)
{
    struct asked *asked = *state;
    add(asked, SANLING__V1__WHY_ANSWER__REASON__KIND__ATTESTED, 300, "2020-03-01", "2020-03-31");
    add(asked, SANLING__V1__WHY_ANSWER__REASON__KIND__ATTESTED, 200, "2020-02-01", "2020-02-29");
    add(asked, SANLING__V1__WHY_ANSWER__REASON__KIND__ATTESTED, 100, "2020-01-01", "2020-01-31");
    assert_says(asked, "  公安 3 份零报告（查台账）覆盖 2020-01-01–2020-03-31。 #100 #200 #300\n");
    assert_says(asked,
                "  3 zero reports of public security (register checked) cover 2020-01-01–2020-03-31. #100 #200 #300\n");
}

static void a_contradiction_between_them_does_not_part_reports(void **state)
{
    struct asked *asked = *state;
    add(asked, SANLING__V1__WHY_ANSWER__REASON__KIND__ATTESTED, 200, "2020-02-01", "2020-02-29");
    add(asked, SANLING__V1__WHY_ANSWER__REASON__KIND__CONTRADICTED, 200, "2020-02-01", "2020-02-29");
    add(asked, SANLING__V1__WHY_ANSWER__REASON__KIND__ATTESTED, 100, "2020-01-01", "2020-01-31");
    assert_says(asked, "  公安 2 份零报告（查台账）覆盖 2020-01-01–2020-02-29。 #100 #200\n");
}

static void an_amendment_that_waits_names_both_records(void **state)
{
    struct asked *asked = *state;
    why_reason *waits = add(asked, SANLING__V1__WHY_ANSWER__REASON__KIND__PENDING_APPROVAL, 61204, "2020-02-14", "");
    waits->zero = SANLING__V1__ZERO__KIND__UNSPECIFIED;
    waits->type = (char *)"CaseFiled";
    waits->other = 61250;
    waits->text = (char *)"a retraction waits for its second approver";
    assert_says(asked, "  2020-02-14 立案 CaseFiled：撤销待第二人批准，批准前不生效。 #61204 #61250\n");
}

static void reports_with_a_day_between_them_are_two_sentences(void **state)
{
    struct asked *asked = *state;
    add(asked, SANLING__V1__WHY_ANSWER__REASON__KIND__ATTESTED, 100, "2020-01-01", "2020-01-31");
    add(asked, SANLING__V1__WHY_ANSWER__REASON__KIND__ATTESTED, 200, "2020-02-02", "2020-02-29");
    assert_says(asked, "覆盖 2020-01-01–2020-01-31。 #100\n");
    assert_says(asked, "覆盖 2020-02-02–2020-02-29。 #200\n");
}

static void reports_of_two_bases_are_two_sentences(void **state)
{
    struct asked *asked = *state;
    add(asked, SANLING__V1__WHY_ANSWER__REASON__KIND__ATTESTED, 100, "2020-01-01", "2020-01-31");
    add(asked, SANLING__V1__WHY_ANSWER__REASON__KIND__ATTESTED, 200, "2020-02-01", "2020-02-29")->basis =
        SANLING__V1__ATTESTATION__BASIS__SITE_VISIT;
    assert_says(asked, "（查台账）覆盖 2020-01-01–2020-01-31。 #100\n");
    assert_says(asked, "（实地）覆盖 2020-02-01–2020-02-29。 #200\n");
}

static void what_does_not_count_says_why(void **state)
{
    struct asked *asked = *state;
    why_reason *report = add(asked, SANLING__V1__WHY_ANSWER__REASON__KIND__NOT_COUNTING, 7, "2020-01-01", "2020-01-31");
    report->text = (char *)"returned by the level that reviewed it";
    assert_says(asked, "不计入覆盖：审核退回。 #7\n");
    assert_says(asked, "(register checked) covers nothing: returned by the level that reviewed it. #7\n");
    report->text = (char *)"a reason of a newer hub";
    assert_says(asked, "不计入覆盖：a reason of a newer hub。 #7\n");
}

static void a_lifted_break_says_what_became_of_it(void **state)
{
    struct asked *asked = *state;
    why_reason *lifted = add(asked, SANLING__V1__WHY_ANSWER__REASON__KIND__BREAK_LIFTED, 61204, "2020-02-14", "");
    lifted->type = (char *)"CaseFiled";
    lifted->text = (char *)"retracted";
    lifted->other = 61300;
    assert_says(asked, "  2020-02-14 立案 CaseFiled 曾破零：已撤销。 #61204 #61300\n");
    assert_says(asked, "  CaseFiled of 2020-02-14 broke it once: retracted. #61204 #61300\n");
}

static void days_that_nobody_owes_yet_are_no_gap(void **state)
{
    struct asked *asked = *state;
    add(asked, SANLING__V1__WHY_ANSWER__REASON__KIND__NOT_DUE, 0, "2020-03-01", "2020-03-05")->office =
        SANLING__V1__OFFICE__KIND__UNSPECIFIED;
    assert_says(asked, "  2020-03-01–2020-03-05：未到期，尚不应报。\n");
    assert_says(asked, "  2020-03-01–2020-03-05: not due from any office yet.\n");
}

static void each_reason_is_told_under_its_own_zero(void **state)
{
    struct asked *asked = *state;
    Sanling__V1__ZeroStatus petitions = SANLING__V1__ZERO_STATUS__INIT;
    Sanling__V1__ZeroStatus *both[] = {&petitions, &asked->zero};
    petitions.zero = SANLING__V1__ZERO__KIND__PETITION;
    petitions.status = asked->zero.status = SANLING__V1__STATUS__KIND__ZERO;
    asked->status.zeros = both;
    asked->status.n_zeros = 2;
    add(asked, SANLING__V1__WHY_ANSWER__REASON__KIND__GAP, 0, "2020-02-01", "2020-02-29")->zero =
        SANLING__V1__ZERO__KIND__PETITION;
    assert_says(asked, "零上访：零。\n  缺口 2020-02-01");
    assert_says(asked, "零案件：零。\n  无连续");
    assert_says(asked, "No petitions: zero.\n  Gap 2020-02-01");
}

static void another_policys_result_is_told_beside(void **state)
{
    struct asked *asked = *state;
    Sanling__V1__OtherResult other = SANLING__V1__OTHER_RESULT__INIT;
    Sanling__V1__OtherResult *others[] = {&other};
    other.policy_version = (char *)"henan-2022-1";
    other.joint = SANLING__V1__STATUS__KIND__BROKEN;
    other.before_position = 65000;
    asked->status.others = others;
    asked->status.n_others = 1;
    assert_says(asked, "口径不同：按原规则 henan-2022-1 为破零。 #65000\n");
    asked->status.n_zeros = 0;
    other.units = 12;
    assert_says(asked, "口径不同：按原规则 henan-2022-1，12个单位另有结果。 #65000\n");
}

static void a_unit_that_does_not_live_is_told_in_words(void **state)
{
    struct asked *asked = *state;
    static const struct {
        const char *said;
        const char *chinese;
        const char *english;
    } rows[] = {
        {"NOT_VALID on this day; successor: 140322106000", "当日无此单位，继任单位：140322106000。\n",
         "The unit does not live on that day; its successor: 140322106000.\n"},
        {"NOT_VALID on this day; successor: none", "当日无此单位，也没有继任单位。\n",
         "The unit does not live on that day and has no successor.\n"},
        {"NOT_VALID on this day: valid from 2021-02-01", "当日尚无此单位，自 2021-02-01 起启用。\n",
         "The unit does not live on that day: it is valid from 2021-02-01.\n"},
        {"NOT_VALID: not registered at that position", "当时尚未建档。\n",
         "The unit was not registered at that position.\n"},
    };
    asked->status.n_zeros = 0;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        asked->status.not_valid = (char *)rows[i].said;
        assert_says(asked, rows[i].chinese);
        assert_says(asked, rows[i].english);
    }
}

static void an_unknown_reason_is_not_left_out(void **state)
{
    struct asked *asked = *state;
    add(asked, (Sanling__V1__WhyAnswer__Reason__Kind)99, 42, "", "")->text = (char *)"something new";
    assert_says(asked, "something new #42\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_break_names_its_event_its_rule_and_its_position, ask, forget),
        cmocka_unit_test_setup_teardown(a_contradicted_report_names_what_denies_it, ask, forget),
        cmocka_unit_test_setup_teardown(a_gap_names_who_owes_which_days, ask, forget),
        cmocka_unit_test_setup_teardown(silence_is_said_not_to_be_zero, ask, forget),
        cmocka_unit_test_setup_teardown(verified_and_claimed_days_stand_apart, ask, forget),
        cmocka_unit_test_setup_teardown(reports_whose_days_touch_are_one_sentence, ask, forget),
        cmocka_unit_test_setup_teardown(a_contradiction_between_them_does_not_part_reports, ask, forget),
        cmocka_unit_test_setup_teardown(an_amendment_that_waits_names_both_records, ask, forget),
        cmocka_unit_test_setup_teardown(reports_with_a_day_between_them_are_two_sentences, ask, forget),
        cmocka_unit_test_setup_teardown(reports_of_two_bases_are_two_sentences, ask, forget),
        cmocka_unit_test_setup_teardown(what_does_not_count_says_why, ask, forget),
        cmocka_unit_test_setup_teardown(a_lifted_break_says_what_became_of_it, ask, forget),
        cmocka_unit_test_setup_teardown(days_that_nobody_owes_yet_are_no_gap, ask, forget),
        cmocka_unit_test_setup_teardown(each_reason_is_told_under_its_own_zero, ask, forget),
        cmocka_unit_test_setup_teardown(another_policys_result_is_told_beside, ask, forget),
        cmocka_unit_test_setup_teardown(a_unit_that_does_not_live_is_told_in_words, ask, forget),
        cmocka_unit_test_setup_teardown(an_unknown_reason_is_not_left_out, ask, forget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
