/* What the makers of office files share: the county, chance, the months that are played, and the days on which
 * something broke a zero, which no office may attest. */
#ifndef DEMO_OFFICE_H
#define DEMO_OFFICE_H

#include "county.h"
#include "random.h"
#include "sheet.h"

#include <stdbool.h>
#include <stdint.h>

/* 2019-01 to 2020-08 are played month by month; files are named after later months too. */
enum { MONTH_COUNT = 20, MONTH_LIMIT = 36 };

enum office {
    OFFICE_PETITIONS,
    OFFICE_SAFETY,
    OFFICE_PUBLIC_SECURITY,
    OFFICE_GOVERNANCE,
    OFFICE_LEADERSHIP,
    OFFICE_STATION, /* the police station of 路家村镇 */
};

enum zero { ZERO_PETITION, ZERO_ACCIDENT, ZERO_CASE };

/* The moments at which files are put into the offices' folders. */
enum stop {
    STOP_START,     /* before the first month: what is claimed about the years before */
    STOP_EVENTS,    /* the end of a month: what happened in it */
    STOP_ATTESTED,  /* early in the next: the zero reports on it, and answers to what other offices handed in */
    STOP_CONCEALED, /* 2019: an accident that should have been reported days before */
    STOP_ACCIDENT,  /* at once */
    STOP_LATE,      /* the zero reports that came late */
    STOP_MERGER,    /* 2021: after the day of the article */
};

struct month {
    int year;
    int number; /* 1-12 */
    int32_t first_day;
    int32_t last_day; /* of the demonstration: 2020-08-19 in the last month */
};

/* A day on which something happened at a unit that breaks this zero. */
struct breaking {
    uint32_t unit;
    enum zero zero;
    int32_t day;
};

/* What the checks ask the hub about: a unit or a matter whose code depends on the seed. */
enum { STORY_CODES_MAX = 32, STORY_CODE_SIZE = 32 };
struct story_code {
    const char *name;
    char code[STORY_CODE_SIZE];
};

struct demo {
    const char *dir; /* of the demonstration */
    struct county county;
    struct random random;
    struct breaking breakings[256];
    uint32_t breaking_count;
    struct story_code stories[STORY_CODES_MAX];
    uint32_t story_count;
};

struct month month_at(uint32_t index);
/* Month index of the day, 0 for 2019-01. */
uint32_t month_index(int32_t day);
/* The last day that is played. */
int32_t last_day_played(void);

void demo_note_breaking(struct demo *demo, uint32_t unit, enum zero zero, int32_t day);

/* Names a code for the checks and for rows of other offices; the name is kept, the code is copied. */
void demo_note_story(struct demo *demo, const char *name, const char *code);
/* "" if no such name was noted. */
const char *demo_story(const struct demo *demo, const char *name);

/* The campaign's code for what happened once the campaigns had begun (2020-03-16), else "". */
const char *campaign_on(int32_t day, const char *code);

/* The folder of a stop, below `dir`; month counts only for STOP_EVENTS and STOP_ATTESTED. */
void stop_folder(enum stop stop, uint32_t month, char folder[static 64]);
/* Opens the sheet `kind` (隐患台账 …) of the office at the stop, in the manner of that office in that month. NULL with
 * a fault when memory ran out. */
struct sheet *office_sheet(const struct demo *demo, enum office office, enum stop stop, uint32_t month,
                           const char *kind, const char *header, struct fault *fault);

/* Each writes the files of its subject for all months. Cases and accidents come before the attestations, for they note
 * the days that cannot be attested; hazards and disputes before what other offices do about them. */
MUST_CHECK bool hazards_write(struct demo *demo, struct fault *fault);
MUST_CHECK bool accidents_write(struct demo *demo, struct fault *fault);
MUST_CHECK bool cases_write(struct demo *demo, struct fault *fault);
MUST_CHECK bool disputes_write(struct demo *demo, struct fault *fault);
MUST_CHECK bool street_write(struct demo *demo, struct fault *fault);
MUST_CHECK bool petitions_write(struct demo *demo, struct fault *fault);
MUST_CHECK bool offices_work_write(const struct demo *demo, struct fault *fault);
MUST_CHECK bool grid_write(struct demo *demo, struct fault *fault);
MUST_CHECK bool leadership_write(const struct demo *demo, struct fault *fault);
MUST_CHECK bool merger_write(const struct demo *demo, struct fault *fault);
MUST_CHECK bool attestations_write(struct demo *demo, struct fault *fault);
/* The codes noted for the checks: stories.csv, name and code. */
MUST_CHECK bool stories_write(const struct demo *demo, struct fault *fault);
/* The stops in order, with the time that the hub's clock shows then. */
MUST_CHECK bool schedule_write(const struct demo *demo, struct fault *fault);

#endif
