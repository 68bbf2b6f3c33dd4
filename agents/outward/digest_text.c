#include "digest_text.h"

#include "digest_times.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LINE_SIZE = 512 };

/* A text that grows line by line and never past its limit. */
struct page {
    char *text;
    size_t size;
    size_t limit;
};

static bool add(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The whole line with its line feed, or nothing of it. */
static bool add(struct page *page, const char *format, ...)
{
    char line[LINE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    const int size = vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (size < 0 || size >= (int)sizeof line || page->size + (size_t)size + 1 > page->limit)
        return false;
    memcpy(page->text + page->size, line, (size_t)size);
    page->size += (size_t)size;
    page->text[page->size++] = '\n';
    page->text[page->size] = '\0';
    return true;
}

/* ---- words ---- */

struct word {
    const char *text[2]; /* by enum digest_language */
};

static const char *office_word(Sanling__V1__Office__Kind office, enum digest_language language)
{
    static const struct word words[] = {
        [SANLING__V1__OFFICE__KIND__UNSPECIFIED] = {{"本部门", "this office"}},
        [SANLING__V1__OFFICE__KIND__PETITIONS] = {{"信访", "petitions"}},
        [SANLING__V1__OFFICE__KIND__WORK_SAFETY] = {{"安委办/应急", "work safety"}},
        [SANLING__V1__OFFICE__KIND__PUBLIC_SECURITY] = {{"公安", "public security"}},
        [SANLING__V1__OFFICE__KIND__GOVERNANCE] = {{"综治/网格", "governance"}},
        [SANLING__V1__OFFICE__KIND__LEADERSHIP] = {{"领导小组办", "leadership group's office"}},
        [SANLING__V1__OFFICE__KIND__OPERATOR] = {{"运维", "operators"}},
        [SANLING__V1__OFFICE__KIND__HUB] = {{"中枢", "hub"}},
        [SANLING__V1__OFFICE__KIND__DISCIPLINE] = {{"纪检", "discipline"}}};
    const unsigned at = (unsigned)office;
    return words[at < sizeof words / sizeof words[0] ? at : 0].text[language];
}

static const char *matter_word(Sanling__V1__MatterKind__Kind kind, enum digest_language language)
{
    static const struct word words[DIGEST_MATTER_KINDS] = {
        [SANLING__V1__MATTER_KIND__KIND__UNSPECIFIED] = {{"其他", "other"}},
        [SANLING__V1__MATTER_KIND__KIND__PETITION] = {{"信访", "petition"}},
        [SANLING__V1__MATTER_KIND__KIND__HAZARD] = {{"隐患", "hazard"}},
        [SANLING__V1__MATTER_KIND__KIND__ACCIDENT] = {{"事故", "accident"}},
        [SANLING__V1__MATTER_KIND__KIND__CASE] = {{"案件", "case"}},
        [SANLING__V1__MATTER_KIND__KIND__DISPUTE] = {{"纠纷", "dispute"}},
        [SANLING__V1__MATTER_KIND__KIND__SEVEN_STEPS] = {{"七步闭环", "seven steps"}}};
    const unsigned at = (unsigned)kind;
    return words[at < DIGEST_MATTER_KINDS ? at : 0].text[language];
}

static const char *zero_word(Sanling__V1__Zero__Kind zero, enum digest_language language)
{
    static const struct word words[] = {[SANLING__V1__ZERO__KIND__UNSPECIFIED] = {{"零报告", "zero report"}},
                                        [SANLING__V1__ZERO__KIND__PETITION] = {{"零上访", "no petitions"}},
                                        [SANLING__V1__ZERO__KIND__ACCIDENT] = {{"零事故", "no accidents"}},
                                        [SANLING__V1__ZERO__KIND__CASE] = {{"零案件", "no cases"}}};
    const unsigned at = (unsigned)zero;
    return words[at < sizeof words / sizeof words[0] ? at : 0].text[language];
}

static const char *what_word(enum digest_what what, enum digest_language language)
{
    static const struct word words[] = {[DIGEST_MATTER] = {{"", ""}},
                                        [DIGEST_TASK] = {{"联合任务 ", "joint task, "}},
                                        [DIGEST_SUPERVISION] = {{"督办 ", "supervision, "}}};
    return words[what].text[language];
}

/* ---- lines ---- */

static void add_title(struct page *page, const struct digest_facts *facts, const struct digest_style *style)
{
    char time[DIGEST_SLOT_SIZE];
    digest_slot_format(facts->time_s / 60 + style->utc_offset_minutes, time);
    const char *office = office_word(facts->office, style->language);
    if (style->language == DIGEST_CHINESE)
        add(page, "【三零】%s 待办摘要 %s%s%s", office, time, facts->demonstration ? "（演示）" : "",
            style->merged ? "（含此前未送达的）" : "");
    else
        add(page, "[Sanling] %s, to do, %s%s%s", office, time, facts->demonstration ? " (demonstration)" : "",
            style->merged ? " (with earlier ones not delivered)" : "");
}

static void add_waiting(struct page *page, const struct digest_facts *facts, enum digest_language language)
{
    char kinds[LINE_SIZE / 2] = "";
    size_t size = 0;
    for (unsigned kind = 0; kind < DIGEST_MATTER_KINDS; kind++)
        if (facts->waiting[kind] > 0)
            size += (size_t)snprintf(kinds + size, sizeof kinds - size, "%s%s %" PRIu32,
                                     size == 0                    ? ""
                                     : language == DIGEST_CHINESE ? "、"
                                                                  : ", ",
                                     matter_word((Sanling__V1__MatterKind__Kind)kind, language), facts->waiting[kind]);
    if (facts->waiting_total > 0)
        add(page, language == DIGEST_CHINESE ? "待办 %s%" PRIu32 " 件：%s" : "to do %s%" PRIu32 ": %s",
            facts->more ? (language == DIGEST_CHINESE ? "至少 " : "at least ") : "", facts->waiting_total, kinds);
    if (facts->tasks > 0)
        add(page, language == DIGEST_CHINESE ? "联合任务 %" PRIu32 " 项" : "joint tasks %" PRIu32, facts->tasks);
    if (facts->supervisions > 0)
        add(page, language == DIGEST_CHINESE ? "待回复的督办 %" PRIu32 " 件" : "supervisions to answer %" PRIu32,
            facts->supervisions);
}

/* "零事故 13（安委办/应急）" */
static void add_unverified(struct page *page, const struct digest_facts *facts, unsigned zero,
                           enum digest_language language)
{
    const bool chinese = language == DIGEST_CHINESE;
    char offices[LINE_SIZE / 2] = "";
    size_t size = 0;
    for (unsigned office = 1; office < DIGEST_OFFICES; office++)
        if (facts->attests[zero][office])
            size += (size_t)snprintf(offices + size, sizeof offices - size, "%s%s",
                                     size == 0 ? (chinese ? "（" : " (") : (chinese ? "、" : ", "),
                                     office_word((Sanling__V1__Office__Kind)office, language));
    if (facts->unverified[zero] > 0)
        add(page, chinese ? "未核实：%s %" PRIu32 " 个单位%s%s" : "unverified: %s, %" PRIu32 " units%s%s",
            zero_word((Sanling__V1__Zero__Kind)zero, language), facts->unverified[zero], offices,
            size == 0 ? ""
            : chinese ? "）"
                      : ")");
}

static void add_counts(struct page *page, const struct digest_facts *facts, enum digest_language language)
{
    const bool chinese = language == DIGEST_CHINESE;
    uint64_t owed = 0;
    for (size_t i = 0; i < facts->period_count; i++)
        owed += facts->periods[i].units;
    if (facts->overdue.total > 0)
        add(page, chinese ? "超期 %" PRIu32 " 件" : "overdue %" PRIu32, facts->overdue.total);
    if (facts->soon.total > 0)
        add(page, chinese ? "将到期 %" PRIu32 " 件" : "due soon %" PRIu32, facts->soon.total);
    if (owed > 0)
        add(page, chinese ? "待核报零报告 %" PRIu64 " 份" : "zero reports to attest %" PRIu64, owed);
    add_waiting(page, facts, language);
    for (unsigned zero = 1; zero < DIGEST_ZEROS; zero++)
        add_unverified(page, facts, zero, language);
    if (!digest_facts_any(facts))
        add(page, chinese ? "暂无待办" : "nothing to do");
}

static bool add_item(struct page *page, const struct digest_item *item, enum digest_language language)
{
    const bool over = item->days_left < 0;
    const int32_t days = over ? -item->days_left : item->days_left;
    const char *what = what_word(item->what, language);
    const char *kind = matter_word(item->kind, language);
    if (language == DIGEST_CHINESE)
        return add(page, "· %s%s %s %s %s %" PRId32 " 天", what, kind, item->code, item->unit, over ? "超" : "剩",
                   days);
    return add(page, "- %s%s %s, %s, %" PRId32 " days %s", what, kind, item->code, item->unit, days,
               over ? "over" : "left");
}

/* What is to be attested in one line: a period, or all those of a zero that are overdue together. */
struct attest_line {
    const struct digest_period *first;
    const struct digest_period *last;
    uint32_t periods;
    uint64_t reports; /* one for each unit and period */
};

static bool is_over(const struct digest_period *period)
{
    return period->days_left < 0;
}

static size_t attest_lines(const struct digest_facts *facts, struct attest_line lines[static DIGEST_PERIODS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; i < facts->period_count; i++) {
        const struct digest_period *period = &facts->periods[i];
        size_t at = 0;
        while (at < count && !(is_over(period) && is_over(lines[at].first) && lines[at].first->zero == period->zero))
            at++;
        if (at == count)
            lines[count++] = (struct attest_line){.first = period};
        lines[at].last = period;
        lines[at].periods++;
        lines[at].reports += period->units;
    }
    return count;
}

static bool add_periods(struct page *page, const struct attest_line *line, enum digest_language language)
{
    const char *zero = zero_word(line->first->zero, language);
    if (language == DIGEST_CHINESE)
        return add(page, "· 核报 %s %" PRIu32 " 期已过期限，%s 至 %s，共 %" PRIu64 " 份", zero, line->periods,
                   line->first->from_day, line->last->to_day, line->reports);
    return add(page, "- attest %s: %" PRIu32 " periods overdue, %s to %s, %" PRIu64 " reports", zero, line->periods,
               line->first->from_day, line->last->to_day, line->reports);
}

/* The units named first, and how many there are. */
static void join_names(const struct digest_period *period, enum digest_language language, char *names, size_t size)
{
    size_t used = 0;
    names[0] = '\0';
    for (size_t i = 0; i < period->name_count; i++)
        used += (size_t)snprintf(names + used, size - used, "%s%s",
                                 i == 0                       ? ""
                                 : language == DIGEST_CHINESE ? "、"
                                                              : ", ",
                                 period->names[i]);
}

static bool add_period(struct page *page, const struct digest_period *period, enum digest_language language)
{
    char names[DIGEST_NAMES_MAX * (DIGEST_NAME_SIZE + 4)];
    const bool named = period->name_count > 0;
    const bool others = period->units > period->name_count;
    const char *zero = zero_word(period->zero, language);
    join_names(period, language, names, sizeof names);
    if (language == DIGEST_CHINESE)
        return add(page, "· 核报 %s %s 至 %s：%s%s%" PRIu32 " 个单位，%s %s", zero, period->from_day, period->to_day,
                   names,
                   !named   ? ""
                   : others ? " 等 "
                            : " 共 ",
                   period->units, is_over(period) ? "已过期限" : "期限", period->due);
    return add(page, "- attest %s %s to %s: %" PRIu32 " units%s%s%s, %s %s", zero, period->from_day, period->to_day,
               period->units, named ? " (" : "", names,
               !named   ? ""
               : others ? " …)"
                        : ")",
               is_over(period) ? "was due" : "due", period->due);
}

/* All that can be left out, in its order. */
struct lines {
    const struct digest_facts *facts;
    struct attest_line attest[DIGEST_PERIODS_MAX];
    size_t attest_count;
};

/* false: it does not fit, or there is none. */
static bool add_line(struct page *page, const struct lines *lines, size_t at, enum digest_language language)
{
    const struct digest_facts *facts = lines->facts;
    if (at < facts->overdue.count)
        return add_item(page, &facts->overdue.items[at], language);
    at -= facts->overdue.count;
    if (at < lines->attest_count)
        return lines->attest[at].periods == 1 ? add_period(page, lines->attest[at].first, language)
                                              : add_periods(page, &lines->attest[at], language);
    at -= lines->attest_count;
    return at < facts->soon.count && add_item(page, &facts->soon.items[at], language);
}

size_t digest_text(const struct digest_facts *facts, const struct digest_style *style,
                   char text[static DIGEST_TEXT_MAX + 1])
{
    static const char link_words[2][16] = {"详见 ", "see "};
    enum { LEFT_OUT_ROOM = 40 }; /* "另有 4294967295 条" */
    const size_t link_size = style->link == NULL ? 0 : strlen(style->link) + sizeof link_words[0];
    struct page page = {.text = text, .limit = DIGEST_TEXT_MAX - LEFT_OUT_ROOM - link_size};
    text[0] = '\0';
    add_title(&page, facts, style);
    const size_t body = page.size;
    add_counts(&page, facts, style->language);
    struct lines lines = {.facts = facts};
    lines.attest_count = attest_lines(facts, lines.attest);
    const size_t count = (size_t)facts->overdue.total + facts->soon.total + lines.attest_count;
    size_t shown = 0;
    while (add_line(&page, &lines, shown, style->language))
        shown++;
    page.limit = DIGEST_TEXT_MAX;
    if (shown < count)
        add(&page, style->language == DIGEST_CHINESE ? "另有 %zu 条" : "%zu more", count - shown);
    if (style->link != NULL)
        add(&page, "%s%s", link_words[style->language], style->link);
    text[page.size - 1] = '\0'; /* the last line's end */
    return body;
}

void digest_message(const char *text, bool repeated, enum digest_language language,
                    char message[static DIGEST_MESSAGE_MAX + 1])
{
    static const char marks[2][DIGEST_REPEAT_MAX] = {"（可能重复）\n", "(may be a repeat)\n"};
    snprintf(message, DIGEST_MESSAGE_MAX + 1, "%s%s", repeated ? marks[language] : "", text);
}
