#include "office.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *folder;
    const char *name;
} offices[] = {
    [OFFICE_PETITIONS] = {"petitions", "盂县信访局"},
    [OFFICE_SAFETY] = {"safety", "盂县安全生产委员会办公室"},
    [OFFICE_PUBLIC_SECURITY] = {"public-security", "盂县公安局"},
    [OFFICE_GOVERNANCE] = {"governance", "盂县社会治安综合治理中心"},
    [OFFICE_LEADERSHIP] = {"leadership-office", "盂县三零单位创建工作领导小组办公室"},
    [OFFICE_STATION] = {"station", "路家村派出所"},
};

int32_t last_day_played(void)
{
    return day_of(2020, 8, 19);
}

struct month month_at(uint32_t index)
{
    assert(index < MONTH_LIMIT);
    struct month month = {.year = 2019 + (int)index / 12, .number = 1 + (int)index % 12};
    month.first_day = day_of(month.year, month.number, 1);
    month.last_day = month_end(month.year, month.number);
    if (index + 1 == MONTH_COUNT)
        month.last_day = last_day_played();
    return month;
}

uint32_t month_index(int32_t day)
{
    const struct date date = date_of(day);
    return (uint32_t)((date.year - 2019) * 12 + date.month - 1);
}

void demo_note_breaking(struct demo *demo, uint32_t unit, enum zero zero, int32_t day)
{
    assert(demo->breaking_count < sizeof demo->breakings / sizeof *demo->breakings);
    demo->breakings[demo->breaking_count++] = (struct breaking){.unit = unit, .zero = zero, .day = day};
}

void demo_note_story(struct demo *demo, const char *name, const char *code)
{
    assert(demo->story_count < STORY_CODES_MAX);
    struct story_code *story = &demo->stories[demo->story_count++];
    story->name = name;
    snprintf(story->code, sizeof story->code, "%s", code);
}

const char *demo_story(const struct demo *demo, const char *name)
{
    for (uint32_t i = 0; i < demo->story_count; i++)
        if (strcmp(demo->stories[i].name, name) == 0)
            return demo->stories[i].code;
    return "";
}

const char *campaign_on(int32_t day, const char *code)
{
    return day >= day_of(2020, 3, 16) ? code : "";
}

bool stories_write(const struct demo *demo, struct fault *fault)
{
    char path[4096];
    if (snprintf(path, sizeof path, "%s/stories.csv", demo->dir) >= (int)sizeof path)
        return fault_set(fault, FAULT_USAGE, "%s: the folder's name is too long", demo->dir);
    FILE *file = fopen(path, "w");
    if (!file)
        return fault_set(fault, FAULT_SYSTEM, "%s: %s", path, strerror(errno));
    for (uint32_t i = 0; i < demo->story_count; i++)
        fprintf(file, "%s,%s\n", demo->stories[i].name, demo->stories[i].code);
    const bool written = !ferror(file);
    if (fclose(file) != 0 || !written)
        return fault_set(fault, FAULT_SYSTEM, "%s: cannot be written", path);
    return true;
}

void stop_folder(enum stop stop, uint32_t month, char folder[static 64])
{
    const struct month named = month_at(month);

    switch (stop) {
    case STOP_START:
        snprintf(folder, 64, "files/2019-01-start");
        return;
    case STOP_EVENTS:
        snprintf(folder, 64, "files/%04d-%02d", named.year, named.number);
        return;
    case STOP_ATTESTED:
        snprintf(folder, 64, "files/%04d-%02d-attested", named.year, named.number);
        return;
    case STOP_CONCEALED:
        snprintf(folder, 64, "files/2019-07-concealed");
        return;
    case STOP_ACCIDENT:
        snprintf(folder, 64, "files/2020-05-accident");
        return;
    case STOP_LATE:
        snprintf(folder, 64, "files/2020-07-late");
        return;
    case STOP_MERGER:
        snprintf(folder, 64, "files/2021-02-merger");
        return;
    }
    assert(false);
}

/* County offices do not agree on how to export a sheet, and change it with the clerk. */
static struct sheet_style style_of(enum office office, uint32_t month)
{
    static const enum spelling petitions[] = {SPELLING_ISO, SPELLING_CHINESE, SPELLING_DOT};
    static const enum spelling safety[] = {SPELLING_SLASH, SPELLING_CHINESE, SPELLING_FULL_WIDTH, SPELLING_NUMERALS};
    static const enum spelling police[] = {SPELLING_ISO, SPELLING_SLASH, SPELLING_PLAIN, SPELLING_DOT};
    static const enum spelling governance[] = {SPELLING_ISO, SPELLING_DOT};

    switch (office) {
    case OFFICE_PETITIONS:
        return (struct sheet_style){
            .encoding = SHEET_UTF8, .spelling = petitions[month % 3], .titled = true, .signed_off = true};
    case OFFICE_SAFETY:
        return (struct sheet_style){.encoding = SHEET_GB18030,
                                    .spelling = safety[month % 4],
                                    .titled = true,
                                    .signed_off = true,
                                    .windows = true};
    case OFFICE_PUBLIC_SECURITY:
        return (struct sheet_style){
            .encoding = month % 2 == 0 ? SHEET_UTF8 : SHEET_GB18030, .spelling = police[month % 4], .windows = true};
    case OFFICE_GOVERNANCE:
        return (struct sheet_style){.encoding = SHEET_UTF8, .spelling = governance[month % 2], .signed_off = true};
    case OFFICE_LEADERSHIP:
        return (struct sheet_style){
            .encoding = SHEET_GB18030, .spelling = SPELLING_CHINESE, .titled = true, .windows = true};
    case OFFICE_STATION:
        return (struct sheet_style){.encoding = SHEET_GB18030, .spelling = police[month % 4], .windows = true};
    }
    assert(false);
    return (struct sheet_style){0};
}

struct sheet *office_sheet(const struct demo *demo, enum office office, enum stop stop, uint32_t month,
                           const char *kind, const char *header, struct fault *fault)
{
    const struct month named = month_at(month);
    char folder[64];
    char path[4096];
    char title[128];

    /* each name comes once in the whole play, so that an agent never takes one file for another's new version */
    static const char *const suffixes[] = {[STOP_START] = "（历史）",
                                           [STOP_EVENTS] = "",
                                           [STOP_ATTESTED] = "（次月）",
                                           [STOP_CONCEALED] = "（补报）",
                                           [STOP_ACCIDENT] = "",
                                           [STOP_LATE] = "（补报）",
                                           [STOP_MERGER] = ""};
    stop_folder(stop, month, folder);
    if (snprintf(path, sizeof path, "%s/%s/%s/%s%04d年%02d月%s.csv", demo->dir, folder, offices[office].folder, kind,
                 named.year, named.number, suffixes[stop]) >= (int)sizeof path) {
        fault_set(fault, FAULT_USAGE, "%s: the folder's name is too long", demo->dir);
        return NULL;
    }
    snprintf(title, sizeof title, "盂县%s（%d年%d月）", kind, named.year, named.number);
    struct sheet *sheet = sheet_open(path, style_of(office, month), title, offices[office].name, header);
    if (!sheet)
        fault_set(fault, FAULT_SYSTEM, "out of memory");
    return sheet;
}
