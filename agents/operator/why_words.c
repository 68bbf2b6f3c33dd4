#include "why_words.h"

#include "moment.h"
#include "words.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef Sanling__V1__WhyAnswer__Reason why_reason;

enum { POSITIONS_SHOWN = 8 };

struct page {
    FILE *out;
    const struct answer *catalogue;
};

/* "2020-02-01–2020-02-29", or the one day. */
static void write_days(FILE *out, const char *from, const char *to)
{
    fputs(from, out);
    if (to[0] != '\0' && strcmp(from, to) != 0)
        fprintf(out, "–%s", to);
}

static void write_positions(FILE *out, uint64_t first, uint64_t second)
{
    if (first > 0)
        fprintf(out, " #%" PRIu64, first);
    if (second > 0)
        fprintf(out, " #%" PRIu64, second);
    fputc('\n', out);
}

/* "立案 CaseFiled（A-1）", and the other unit it happened at. */
static void write_event_chinese(const struct page *page, const why_reason *reason)
{
    const char *label = event_label(page->catalogue, reason->type);
    fprintf(page->out, "%s%s%s", label, label[0] != '\0' ? " " : "", reason->type);
    if (reason->matter[0] != '\0')
        fprintf(page->out, "（%s）", reason->matter);
    if (reason->unit[0] != '\0')
        fprintf(page->out, "，在单位 %s", reason->unit);
}

static void write_event_english(const struct page *page, const why_reason *reason)
{
    fputs(reason->type, page->out);
    if (reason->matter[0] != '\0')
        fprintf(page->out, " (%s)", reason->matter);
    if (reason->unit[0] != '\0')
        fprintf(page->out, " at unit %s", reason->unit);
}

static void write_break(const struct page *page, const why_reason *reason, bool chinese)
{
    FILE *out = page->out;
    struct term office = office_term(reason->office);
    if (chinese) {
        fprintf(out, "  因 %s ", reason->day);
        write_event_chinese(page, reason);
        fprintf(out, "，%s记录；按规则 %s", office.chinese, reason->policy_version);
        fprintf(out, "%s%s%s破零。", reason->rule[0] != '\0' ? "“" : "", reason->rule,
                reason->rule[0] != '\0' ? "”" : "");
    } else {
        fputs("  Broken by ", out);
        write_event_english(page, reason);
        fprintf(out, " of %s, recorded by %s; rule of policy %s", reason->day, office.english, reason->policy_version);
        fprintf(out, "%s%s.", reason->rule[0] != '\0' ? ": " : "", reason->rule);
    }
    write_positions(out, reason->position, 0);
}

/* What the hub says in English of what does not count; a text that is not here is shown as it is. */
static const struct term grounds[] = {
    {"已撤销", "retracted"},
    {"已更正，更正后不破零", "corrected: what it says now breaks nothing"},
    {"已补报，补报后不破零", "supplemented: what it says now breaks nothing"},
    {"按现在的内容不破零", "what it says now breaks nothing"},
    {"已由原部门撤回", "withdrawn by its office"},
    {"建库前自报，未经核实", "from before the hub: claimed, not verified"},
    {"当日无现行规则", "no policy holds on its days"},
    {"规则不要求该部门报此零", "the policy does not ask this office for this zero"},
    {"单位自报不成零", "the unit's own statement makes no zero"},
    {"规则不采此依据", "the policy does not accept this basis"},
    {"审核退回", "returned by the level that reviewed it"},
    {"更正待第二人批准", "a correction waits for its second approver"},
    {"补报待第二人批准", "a supplement waits for its second approver"},
    {"撤销待第二人批准", "a retraction waits for its second approver"},
    {"待规则所定层级审核", "not accepted yet by the level from which the policy counts it"},
};

static const char *ground_word(const char *text, bool chinese)
{
    for (size_t i = 0; chinese && i < sizeof grounds / sizeof *grounds; i++)
        if (strcmp(grounds[i].english, text) == 0)
            return grounds[i].chinese;
    return text;
}

static void write_lifted(const struct page *page, const why_reason *reason, bool chinese)
{
    const char *ground =
        ground_word(reason->text[0] != '\0' ? reason->text : "what it says now breaks nothing", chinese);
    fputs("  ", page->out);
    if (chinese) {
        fprintf(page->out, "%s ", reason->day);
        write_event_chinese(page, reason);
        fprintf(page->out, " 曾破零：%s。", ground);
    } else {
        write_event_english(page, reason);
        fprintf(page->out, " of %s broke it once: %s.", reason->day, ground);
    }
    write_positions(page->out, reason->position, reason->other);
}

static void write_not_counting(const struct page *page, const why_reason *reason, bool chinese)
{
    FILE *out = page->out;
    struct term office = office_term(reason->office);
    struct term basis = basis_term(reason->basis, reason->by_system);
    fprintf(out, chinese ? "  %s对 " : "  The zero report of %s for ", chinese ? office.chinese : office.english);
    write_days(out, reason->day, reason->to_day);
    if (chinese)
        fprintf(out, " 的零报告（%s）不计入覆盖：%s。", basis.chinese, ground_word(reason->text, true));
    else
        fprintf(out, " (%s) covers nothing: %s.", basis.english, reason->text);
    write_positions(out, reason->position, reason->other);
}

static void write_contradicted(const struct page *page, const why_reason *reason, bool chinese)
{
    FILE *out = page->out;
    struct term office = office_term(reason->office);
    fprintf(out, chinese ? "  %s对 " : "  The zero report of %s for ", chinese ? office.chinese : office.english);
    write_days(out, reason->day, reason->to_day);
    fputs(chinese ? " 的零报告覆盖破零之日，被否定。" : " covers the day of the break: contradicted.", out);
    write_positions(out, reason->position, reason->other);
}

static int32_t days_of(const char *from, const char *to)
{
    int32_t first;
    int32_t last;
    return day_parse(from, &first) && day_parse(to[0] != '\0' ? to : from, &last) && last >= first ? last - first + 1
                                                                                                   : 0;
}

static void write_gap(const struct page *page, const why_reason *reason, bool chinese)
{
    FILE *out = page->out;
    struct term office = office_term(reason->office);
    fputs(chinese ? "  缺口 " : "  Gap ", out);
    write_days(out, reason->day, reason->to_day);
    fprintf(out, chinese ? "（%" PRId32 " 天）：" : " (%" PRId32 " days): ", days_of(reason->day, reason->to_day));
    if (chinese)
        fprintf(out, "%s应报未报。", office.chinese);
    else
        fprintf(out, "owed by %s and not reported.", office.english);
    write_positions(out, reason->position, reason->other);
}

static void write_not_due(const struct page *page, const why_reason *reason, bool chinese)
{
    FILE *out = page->out;
    bool any = reason->office == SANLING__V1__OFFICE__KIND__UNSPECIFIED;
    struct term office = office_term(reason->office);
    fputs("  ", out);
    write_days(out, reason->day, reason->to_day);
    if (chinese)
        fprintf(out, "：%s未到期，尚不应报。", any ? "" : office.chinese);
    else
        fprintf(out, ": not due from %s yet.", any ? "any office" : office.english);
    write_positions(out, reason->position, reason->other);
}

/* `position` is that of what would be amended, `other` that of the first approver's event. */
static void write_pending(const struct page *page, const why_reason *reason, bool chinese)
{
    fputs("  ", page->out);
    if (chinese) {
        fprintf(page->out, "%s ", reason->day);
        write_event_chinese(page, reason);
        fprintf(page->out, "：%s，批准前不生效。", ground_word(reason->text, true));
    } else {
        write_event_english(page, reason);
        fprintf(page->out, " of %s: %s; it changes nothing before.", reason->day, reason->text);
    }
    write_positions(page->out, reason->position, reason->other);
}

/* ---- attestations: those of one office and basis whose days touch are one sentence ---- */

struct stretch {
    const why_reason *first;
    int32_t from;
    int32_t to;
    const char *from_day;
    const char *to_day;
    size_t count;
};

static bool stretch_take(struct stretch *stretch, const why_reason *reason)
{
    int32_t from;
    int32_t to;
    const char *to_day = reason->to_day[0] != '\0' ? reason->to_day : reason->day;
    if (reason->kind != SANLING__V1__WHY_ANSWER__REASON__KIND__ATTESTED || !day_parse(reason->day, &from) ||
        !day_parse(to_day, &to))
        return false;
    if (stretch->count > 0 &&
        (reason->zero != stretch->first->zero || reason->office != stretch->first->office ||
         reason->basis != stretch->first->basis || reason->by_system != stretch->first->by_system ||
         from > stretch->to + 1 || to < stretch->from - 1))
        return false;
    if (stretch->count == 0)
        stretch->first = reason;
    if (stretch->count == 0 || from < stretch->from) {
        stretch->from = from;
        stretch->from_day = reason->day;
    }
    if (stretch->count == 0 || to > stretch->to) {
        stretch->to = to;
        stretch->to_day = to_day;
    }
    stretch->count++;
    return true;
}

/* `reasons` begins with the `count` attestations of one stretch. */
static void write_stretch(const struct page *page, why_reason *const *reasons, const struct stretch *stretch,
                          bool chinese)
{
    FILE *out = page->out;
    struct term office = office_term(stretch->first->office);
    struct term basis = basis_term(stretch->first->basis, stretch->first->by_system);
    if (chinese)
        fprintf(out, "  %s %zu 份零报告（%s）覆盖 ", office.chinese, stretch->count, basis.chinese);
    else
        fprintf(out, "  %zu zero report%s of %s (%s) cover%s ", stretch->count, stretch->count > 1 ? "s" : "",
                office.english, basis.english, stretch->count > 1 ? "" : "s");
    write_days(out, stretch->from_day, stretch->to_day);
    fputs(chinese ? "。" : ".", out);
    for (size_t i = 0; i < stretch->count && i < POSITIONS_SHOWN; i++)
        fprintf(out, " #%" PRIu64, reasons[i]->position);
    if (stretch->count > POSITIONS_SHOWN)
        fprintf(out, chinese ? " 另有 %zu 条" : " and %zu more", stretch->count - POSITIONS_SHOWN);
    fputc('\n', out);
}

/* How many reasons the sentence has dealt with. */
static size_t write_attested(const struct page *page, why_reason *const *reasons, size_t count, bool chinese)
{
    struct stretch stretch = {0};
    while (stretch.count < count && stretch_take(&stretch, reasons[stretch.count])) {
    }
    if (stretch.count > 0) {
        write_stretch(page, reasons, &stretch, chinese);
        return stretch.count;
    }
    fputs(chinese ? "  一份零报告，日期不明。" : "  A zero report without days.", page->out);
    write_positions(page->out, reasons[0]->position, 0);
    return 1;
}

static size_t write_reason(const struct page *page, why_reason *const *reasons, size_t count, bool chinese)
{
    const why_reason *reason = reasons[0];
    switch (reason->kind) {
    case SANLING__V1__WHY_ANSWER__REASON__KIND__BREAK:
        write_break(page, reason, chinese);
        return 1;
    case SANLING__V1__WHY_ANSWER__REASON__KIND__BREAK_LIFTED:
        write_lifted(page, reason, chinese);
        return 1;
    case SANLING__V1__WHY_ANSWER__REASON__KIND__ATTESTED:
        return write_attested(page, reasons, count, chinese);
    case SANLING__V1__WHY_ANSWER__REASON__KIND__NOT_COUNTING:
        write_not_counting(page, reason, chinese);
        return 1;
    case SANLING__V1__WHY_ANSWER__REASON__KIND__CONTRADICTED:
        write_contradicted(page, reason, chinese);
        return 1;
    case SANLING__V1__WHY_ANSWER__REASON__KIND__GAP:
        write_gap(page, reason, chinese);
        return 1;
    case SANLING__V1__WHY_ANSWER__REASON__KIND__NOT_DUE:
        write_not_due(page, reason, chinese);
        return 1;
    case SANLING__V1__WHY_ANSWER__REASON__KIND__PENDING_APPROVAL:
        write_pending(page, reason, chinese);
        return 1;
    case SANLING__V1__WHY_ANSWER__REASON__KIND__UNSPECIFIED:
    case _SANLING__V1__WHY_ANSWER__REASON__KIND_IS_INT_SIZE:
        break;
    }
    fprintf(page->out, chinese ? "  另一原因（本程序不识）：%s" : "  Another reason, unknown to this program: %s",
            reason->text);
    write_positions(page->out, reason->position, reason->other);
    return 1;
}

static int compare_reasons(const void *left, const void *right)
{
    const why_reason *a = *(why_reason *const *)left;
    const why_reason *b = *(why_reason *const *)right;
    if (a->kind != b->kind)
        return a->kind < b->kind ? -1 : 1;
    if (a->office != b->office)
        return a->office < b->office ? -1 : 1;
    if (a->basis != b->basis)
        return a->basis < b->basis ? -1 : 1;
    if (a->by_system != b->by_system)
        return a->by_system ? 1 : -1;
    int order = strcmp(a->day, b->day);
    return order != 0 ? order : (a->position > b->position) - (a->position < b->position);
}

static bool has_zero(const Sanling__V1__UnitStatus *status, Sanling__V1__Zero__Kind zero)
{
    for (size_t i = 0; i < status->n_zeros; i++)
        if (status->zeros[i]->zero == zero)
            return true;
    return false;
}

/* In the order of their kinds, then of offices and days. zero UNSPECIFIED: those that belong to no zero of the status.
 */
static void write_reasons(const struct page *page, const Sanling__V1__WhyAnswer *why, Sanling__V1__Zero__Kind zero,
                          bool chinese)
{
    why_reason **chosen = calloc(why->n_reasons + 1, sizeof *chosen);
    size_t count = 0;
    if (chosen == NULL)
        exit(tool_report(STATUS_NO, "SYSTEM", "no memory for reasons"));
    for (size_t i = 0; i < why->n_reasons; i++) {
        Sanling__V1__Zero__Kind of = why->reasons[i]->zero;
        if (has_zero(why->status, of) ? of == zero : zero == SANLING__V1__ZERO__KIND__UNSPECIFIED)
            chosen[count++] = why->reasons[i];
    }
    qsort(chosen, count, sizeof *chosen, compare_reasons);
    for (size_t i = 0; i < count;)
        i += write_reason(page, chosen + i, count - i, chinese);
    free(chosen);
}

/* ---- the status itself ---- */

static void write_zero_chinese(FILE *out, const Sanling__V1__ZeroStatus *zero)
{
    bool broken = zero->status == SANLING__V1__STATUS__KIND__BROKEN;
    bool unverified = zero->status == SANLING__V1__STATUS__KIND__UNVERIFIED;
    fprintf(out, "%s：%s", zero_term(zero->zero).chinese, status_term(zero->status).chinese);
    if (unverified && zero->basis == SANLING__V1__ATTESTATION__BASIS__UNIT_STATEMENT)
        fputs("（自报）", out);
    if (zero->since[0] != '\0')
        fprintf(out, "，自 %s", zero->since);
    if (broken && zero->break_count > 0)
        fprintf(out, "，本期 %u 起", zero->break_count);
    if (zero->verified_until[0] != '\0')
        fprintf(out, "，核实至 %s", zero->verified_until);
    else if (zero->verified_last_year[0] != '\0')
        fprintf(out, "，上年核实至 %s", zero->verified_last_year);
    fprintf(out, "。%s\n", unverified ? "未报不等于零。" : "");
}

static void write_zero_english(FILE *out, const Sanling__V1__ZeroStatus *zero)
{
    bool broken = zero->status == SANLING__V1__STATUS__KIND__BROKEN;
    bool unverified = zero->status == SANLING__V1__STATUS__KIND__UNVERIFIED;
    fprintf(out, "%s: %s", zero_term(zero->zero).english, status_term(zero->status).english);
    if (unverified && zero->basis == SANLING__V1__ATTESTATION__BASIS__UNIT_STATEMENT)
        fputs(" (own statement)", out);
    if (zero->since[0] != '\0')
        fprintf(out, " since %s", zero->since);
    if (broken && zero->break_count > 0)
        fprintf(out, ", %u break%s in the period", zero->break_count, zero->break_count > 1 ? "s" : "");
    if (zero->verified_until[0] != '\0')
        fprintf(out, ", verified until %s", zero->verified_until);
    else if (zero->verified_last_year[0] != '\0')
        fprintf(out, ", verified last year until %s", zero->verified_last_year);
    fprintf(out, ".%s\n", unverified ? " No report is not zero." : "");
}

/* Verified and claimed days stand apart: they are never added. */
static void write_streak(FILE *out, const Sanling__V1__ZeroStatus *zero, bool chinese)
{
    if (zero->streak_days == 0)
        fputs(chinese ? "  无连续已核实天数" : "  No verified days in a row", out);
    else if (chinese)
        fprintf(out, "  已核实 %u 天，至 %s", zero->streak_days, zero->streak_until);
    else
        fprintf(out, "  %u verified days in a row, up to %s", zero->streak_days, zero->streak_until);
    if (zero->claimed_days > 0 && chinese)
        fprintf(out, "；建库前自报 %u 天，另计", zero->claimed_days);
    else if (zero->claimed_days > 0)
        fprintf(out, "; apart from them, %u days claimed before the log", zero->claimed_days);
    fputs(chinese ? "。\n" : ".\n", out);
}

static void write_zeros(const struct page *page, const Sanling__V1__WhyAnswer *why, bool chinese)
{
    const Sanling__V1__UnitStatus *status = why->status;
    for (size_t i = 0; i < status->n_zeros; i++) {
        if (chinese)
            write_zero_chinese(page->out, status->zeros[i]);
        else
            write_zero_english(page->out, status->zeros[i]);
        write_reasons(page, why, status->zeros[i]->zero, chinese);
        write_streak(page->out, status->zeros[i], chinese);
    }
}

static const char *or_dash(const char *text)
{
    return text[0] != '\0' ? text : "–";
}

static void write_others(FILE *out, const Sanling__V1__UnitStatus *status, bool chinese)
{
    for (size_t i = 0; i < status->n_others; i++) {
        const Sanling__V1__OtherResult *other = status->others[i];
        struct term joint = status_term(other->joint);
        bool sum = status->n_zeros == 0;
        if (sum && other->units == 0)
            continue;
        if (sum && chinese)
            fprintf(out, "口径不同：按原规则 %s，%u个单位另有结果。", other->policy_version, other->units);
        else if (sum)
            fprintf(out, "Different definition: %u units with another status under policy %s, as it was known before.",
                    other->units, other->policy_version);
        else if (chinese)
            fprintf(out, "口径不同：按原规则 %s 为%s。", other->policy_version, joint.chinese);
        else
            fprintf(out, "Different definition: %s under policy %s, as it was known before.", joint.english,
                    other->policy_version);
        write_positions(out, other->before_position, 0);
    }
}

static void write_predecessors(FILE *out, const Sanling__V1__UnitStatus *status, bool chinese)
{
    if (status->n_predecessors == 0)
        return;
    fputs(chinese ? "前身单位：" : "Predecessors: ", out);
    for (size_t i = 0; i < status->n_predecessors; i++)
        fprintf(out, "%s%s", i == 0 ? "" : chinese ? "、" : ", ", status->predecessors[i]);
    fputs(chinese ? "。\n" : ".\n", out);
}

static void write_heading(FILE *out, const Sanling__V1__UnitStatus *status, bool chinese)
{
    const char *policy = or_dash(status->policy_version);
    if (chinese)
        fprintf(out, "截至 %s，所知至位置 #%" PRIu64 "，规则 %s。\n", status->as_of, status->known_at, policy);
    else
        fprintf(out, "As of %s, known at position #%" PRIu64 ", policy %s.\n", status->as_of, status->known_at, policy);
}

/* The hub's words: "NOT_VALID on this day; successor: CODE …", "…; successor: none", "…: valid from DAY". */
static void write_not_valid(FILE *out, const char *said, bool chinese)
{
    static const char successor[] = "successor: ";
    static const char from[] = "valid from ";
    const char *codes = strstr(said, successor);
    const char *day = strstr(said, from);
    if (codes != NULL)
        codes += strlen(successor);
    if (codes != NULL && strcmp(codes, "none") == 0)
        fputs(chinese ? "当日无此单位，也没有继任单位。\n"
                      : "The unit does not live on that day and has no successor.\n",
              out);
    else if (codes != NULL)
        fprintf(out,
                chinese ? "当日无此单位，继任单位：%s。\n" : "The unit does not live on that day; its successor: %s.\n",
                codes);
    else if (day != NULL)
        fprintf(out,
                chinese ? "当日尚无此单位，自 %s 起启用。\n"
                        : "The unit does not live on that day: it is valid from %s.\n",
                day + strlen(from));
    else
        fputs(chinese ? "当时尚未建档。\n" : "The unit was not registered at that position.\n", out);
}

static void write_joint(FILE *out, const Sanling__V1__UnitStatus *status, bool chinese)
{
    struct term joint = status_term(status->joint);
    if (status->not_valid[0] != '\0') {
        write_not_valid(out, status->not_valid, chinese);
        return;
    }
    if (status->n_zeros == 0) {
        fputs(chinese ? "本级只是下属单位之和，自身不计；请查看其下属单位。\n"
                      : "It is only the sum of the units below it; ask about one of them.\n",
              out);
        return;
    }
    fprintf(out, chinese ? "联合状态：%s。" : "Joint status: %s.", chinese ? joint.chinese : joint.english);
    if (status->joint_streak_days > 0)
        fprintf(out, chinese ? "三项皆零已核实连续 %u 天。" : " All three at zero, verified for %u days in a row.",
                status->joint_streak_days);
    fputc('\n', out);
}

static void write_language(const struct page *page, const Sanling__V1__WhyAnswer *why, bool chinese)
{
    write_heading(page->out, why->status, chinese);
    write_joint(page->out, why->status, chinese);
    write_zeros(page, why, chinese);
    write_reasons(page, why, SANLING__V1__ZERO__KIND__UNSPECIFIED, chinese);
    write_others(page->out, why->status, chinese);
    write_predecessors(page->out, why->status, chinese);
}

void why_write(FILE *out, const Sanling__V1__WhyAnswer *why, const struct answer *catalogue)
{
    const struct page page = {out, catalogue};
    if (why->status == NULL)
        return;
    fprintf(out, "%s%s%s\n", why->status->name, why->status->name[0] != '\0' ? " " : "", why->status->unit);
    write_language(&page, why, true);
    fputc('\n', out);
    write_language(&page, why, false);
}
