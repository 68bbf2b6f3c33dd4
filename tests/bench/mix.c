#include "mix.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    CYCLE = 20,
    DAY_S = 86400,
    HISTORY_DAYS = 90, /* events lie from 90 to 10 days back */
    SPAN_S = 80 * DAY_S,
    OFFSET_S = 8 * 3600,
    STEP = 7919, /* a prime: neighbours in the stream are far apart in the tree */
};

static const char inspection_note[] =
    "配电室、仓库和消防通道已查看，灭火器在有效期内，当班记录完整，未见异常情况，责任人在场确认";
static const char hazard_note[] = "临时线路穿过通道且未加防护，已当场告知负责人整改要求，并约定完成后由网格员回访复查";
static const char tally_note[] = "夜间重点查看沿街门面、停车场和学校周边，交接班正常，发现的问题已当场处理并登记台账";
static const char order_note[] = "整改通知书已送达当事单位，期间由网格员加强巡查，完成后由属地复查，材料一并归档备查";

/* Room for the payload of one event: each member is what the cycle's place needs. */
union payload {
    Sanling__V1__InspectionRecorded inspection;
    Sanling__V1__PatrolTallied patrol;
    Sanling__V1__VolunteerTallied volunteer;
    Sanling__V1__HazardFound hazard;
    Sanling__V1__RectificationOrdered ordered;
    Sanling__V1__RectificationReported reported;
    Sanling__V1__HazardFixedOnSpot fixed;
    Sanling__V1__CaseFiled filed;
    Sanling__V1__PetitionRegistered petition;
    Sanling__V1__ZeroAttested attested;
};

/* One event's texts while it is encoded. */
struct draft {
    Sanling__V1__Event event;
    Google__Protobuf__Timestamp occurred_at;
    union payload payload;
    char unit[CREDIT_CODE_SIZE];
    char matter[48];
    char day[11];
    char other_day[11];
};

static void write_day(int64_t time_s, char day[static 11])
{
    time_t local_s = (time_t)(time_s + OFFSET_S);
    struct tm date;
    gmtime_r(&local_s, &date);
    strftime(day, 11, "%Y-%m-%d", &date);
}

/* The number, within its cycle, of the hazard that the place speaks of: two are followed up, the third stays open. */
static unsigned hazard_place(unsigned place)
{
    enum { FOUND_FIRST = 2, FOUND_SECOND = 9 };
    if (place == 3 || place == 7)
        return FOUND_FIRST;
    return place == 13 ? FOUND_SECOND : place;
}

static char *hazard_name(struct draft *draft, uint64_t sequence)
{
    snprintf(draft->matter, sizeof draft->matter, "YX-2020-%09llu", (unsigned long long)sequence);
    return draft->matter;
}

static void draft_inspection(struct draft *draft, uint64_t sequence)
{
    sanling__v1__inspection_recorded__init(&draft->payload.inspection);
    draft->payload.inspection.checklist = (char *)"COAL-MINE-DAILY";
    draft->payload.inspection.items_checked = 20 + (uint32_t)(sequence % 16);
    draft->event.payload_case = SANLING__V1__EVENT__PAYLOAD_INSPECTION_RECORDED;
    draft->event.inspection_recorded = &draft->payload.inspection;
    draft->event.campaign = (char *)"C03";
    draft->event.note = (char *)inspection_note;
}

static void draft_patrol(struct draft *draft, uint64_t sequence)
{
    sanling__v1__patrol_tallied__init(&draft->payload.patrol);
    draft->payload.patrol.day = draft->day;
    draft->payload.patrol.rounds = 1 + (uint32_t)(sequence % 6);
    draft->payload.patrol.findings = (uint32_t)(sequence % 3);
    draft->event.payload_case = SANLING__V1__EVENT__PAYLOAD_PATROL_TALLIED;
    draft->event.patrol_tallied = &draft->payload.patrol;
    draft->event.campaign = (char *)"C04";
    draft->event.note = (char *)tally_note;
}

static void draft_volunteer(struct draft *draft, uint64_t sequence)
{
    sanling__v1__volunteer_tallied__init(&draft->payload.volunteer);
    draft->payload.volunteer.day = draft->day;
    draft->payload.volunteer.role = SANLING__V1__VOLUNTEER_TALLIED__ROLE__KIND__VOLUNTEER;
    draft->payload.volunteer.count = 1 + (uint32_t)(sequence % 30);
    draft->event.payload_case = SANLING__V1__EVENT__PAYLOAD_VOLUNTEER_TALLIED;
    draft->event.volunteer_tallied = &draft->payload.volunteer;
    draft->event.campaign = (char *)"C10";
    draft->event.note = (char *)tally_note;
}

static void draft_hazard(struct draft *draft, uint64_t sequence)
{
    sanling__v1__hazard_found__init(&draft->payload.hazard);
    draft->payload.hazard.hazard = hazard_name(draft, sequence);
    draft->payload.hazard.category = (char *)"ELECTRICITY";
    draft->payload.hazard.grade = SANLING__V1__HAZARD__GRADE__GENERAL;
    draft->event.payload_case = SANLING__V1__EVENT__PAYLOAD_HAZARD_FOUND;
    draft->event.hazard_found = &draft->payload.hazard;
    draft->event.campaign = (char *)"C01";
    draft->event.note = (char *)hazard_note;
}

static void draft_ordered(struct draft *draft, uint64_t hazard)
{
    sanling__v1__rectification_ordered__init(&draft->payload.ordered);
    draft->payload.ordered.hazard = hazard_name(draft, hazard);
    write_day(draft->occurred_at.seconds + 15 * DAY_S, draft->other_day);
    draft->payload.ordered.due_day = draft->other_day;
    draft->event.payload_case = SANLING__V1__EVENT__PAYLOAD_RECTIFICATION_ORDERED;
    draft->event.rectification_ordered = &draft->payload.ordered;
    draft->event.note = (char *)order_note;
}

static void draft_reported(struct draft *draft, uint64_t hazard)
{
    sanling__v1__rectification_reported__init(&draft->payload.reported);
    draft->payload.reported.hazard = hazard_name(draft, hazard);
    draft->event.payload_case = SANLING__V1__EVENT__PAYLOAD_RECTIFICATION_REPORTED;
    draft->event.rectification_reported = &draft->payload.reported;
    draft->event.note = (char *)order_note;
}

static void draft_fixed(struct draft *draft, uint64_t hazard)
{
    sanling__v1__hazard_fixed_on_spot__init(&draft->payload.fixed);
    draft->payload.fixed.hazard = hazard_name(draft, hazard);
    draft->event.payload_case = SANLING__V1__EVENT__PAYLOAD_HAZARD_FIXED_ON_SPOT;
    draft->event.hazard_fixed_on_spot = &draft->payload.fixed;
    draft->event.note = (char *)order_note;
}

static void draft_case(struct draft *draft, uint64_t sequence)
{
    sanling__v1__case_filed__init(&draft->payload.filed);
    snprintf(draft->matter, sizeof draft->matter, "LJC-2020-%09llu", (unsigned long long)sequence);
    draft->payload.filed.case_id = draft->matter;
    draft->payload.filed.class_ = SANLING__V1__CASE__CLASS__ADMIN;
    draft->payload.filed.category = (char *)"PUBLIC_ORDER";
    draft->payload.filed.influence = SANLING__V1__CASE__INFLUENCE__NORMAL;
    draft->event.payload_case = SANLING__V1__EVENT__PAYLOAD_CASE_FILED;
    draft->event.case_filed = &draft->payload.filed;
    draft->event.note = (char *)order_note;
}

static void draft_petition(struct draft *draft, uint64_t sequence)
{
    sanling__v1__petition_registered__init(&draft->payload.petition);
    snprintf(draft->matter, sizeof draft->matter, "140322-2020-P-%09llu", (unsigned long long)sequence);
    draft->event.matter = draft->matter;
    draft->payload.petition.type = SANLING__V1__PETITION__TYPE__CLAIM;
    draft->payload.petition.channel = SANLING__V1__PETITION__CHANNEL__LETTER;
    draft->payload.petition.scale = SANLING__V1__PETITION__SCALE__ONE;
    draft->payload.petition.level_received = SANLING__V1__UNIT_KIND__KIND__COUNTY;
    draft->payload.petition.order = SANLING__V1__PETITION__ORDER__FIRST;
    draft->payload.petition.category = (char *)"LAND";
    draft->payload.petition.solvable_at_unit_level = true;
    draft->event.payload_case = SANLING__V1__EVENT__PAYLOAD_PETITION_REGISTERED;
    draft->event.petition_registered = &draft->payload.petition;
    draft->event.note = (char *)order_note;
}

/* A month that is closed by now, of one zero after the other. */
static void draft_attested(struct draft *draft, uint64_t sequence, int64_t now_s)
{
    sanling__v1__zero_attested__init(&draft->payload.attested);
    int64_t to_s = now_s - (int64_t)(2 + sequence / CYCLE % 3 * 30) * DAY_S;
    write_day(to_s - 29 * DAY_S, draft->day);
    write_day(to_s, draft->other_day);
    draft->payload.attested.zero = (Sanling__V1__Zero__Kind)(1 + sequence / CYCLE % 3);
    draft->payload.attested.from_day = draft->day;
    draft->payload.attested.to_day = draft->other_day;
    draft->payload.attested.basis = SANLING__V1__ATTESTATION__BASIS__REGISTER_CHECKED;
    draft->event.payload_case = SANLING__V1__EVENT__PAYLOAD_ZERO_ATTESTED;
    draft->event.zero_attested = &draft->payload.attested;
}

static void draft_payload(struct draft *draft, uint64_t sequence, int64_t now_s)
{
    unsigned place = (unsigned)(sequence % CYCLE);
    uint64_t hazard = sequence - place + hazard_place(place);
    switch (place) {
    case 1:
    case 6:
    case 11:
    case 15:
        draft_patrol(draft, sequence);
        return;
    case 2:
    case 9:
    case 14:
        draft_hazard(draft, sequence);
        return;
    case 3:
        draft_ordered(draft, hazard);
        return;
    case 5:
    case 17:
        draft_volunteer(draft, sequence);
        return;
    case 7:
        draft_reported(draft, hazard);
        return;
    case 10:
        draft_case(draft, sequence);
        return;
    case 13:
        draft_fixed(draft, hazard);
        return;
    case 18:
        draft_petition(draft, sequence);
        return;
    case 19:
        draft_attested(draft, sequence, now_s);
        return;
    default: /* a place in the cycle, no enumeration of ours */
        draft_inspection(draft, sequence);
        return;
    }
}

/* An event about a hazard is about the unit where it was found. */
uint32_t mix_unit(const struct county *county, uint64_t sequence)
{
    unsigned place = (unsigned)(sequence % CYCLE);
    return (uint32_t)((sequence - place + hazard_place(place)) * STEP % county_counted(county));
}

static void draft_event(struct draft *draft, const struct county *county, const char *source, uint64_t sequence,
                        int64_t now_s)
{
    sanling__v1__event__init(&draft->event);
    google__protobuf__timestamp__init(&draft->occurred_at);
    draft->occurred_at.seconds = now_s - HISTORY_DAYS * DAY_S + (int64_t)(sequence % SPAN_S);
    write_day(draft->occurred_at.seconds, draft->day);
    county_code(county, mix_unit(county, sequence), draft->unit);
    draft->event.source = (char *)source;
    draft->event.sequence = sequence;
    draft->event.occurred_at = &draft->occurred_at;
    draft->event.utc_offset_minutes = OFFSET_S / 60;
    draft->event.unit = draft->unit;
    draft_payload(draft, sequence, now_s);
}

static void *some_memory(size_t size)
{
    void *memory = malloc(size);
    if (!memory)
        abort();
    return memory;
}

void mix_room(struct mix *mix, size_t capacity)
{
    *mix = (struct mix){.capacity = capacity};
    mix->events = some_memory(capacity * sizeof *mix->events);
    mix->bytes = some_memory(capacity * MIX_EVENT_SIZE_MAX);
}

void mix_fill(struct mix *mix, const struct county *county, const char *source, uint64_t first, size_t count,
              int64_t now_s)
{
    assert(count <= mix->capacity);
    mix->first = first;
    mix->count = count;
    mix->bytes_size = 0;
    for (size_t i = 0; i < count; i++) {
        struct draft draft;
        draft_event(&draft, county, source, first + i, now_s);
        if (sanling__v1__event__get_packed_size(&draft.event) > MIX_EVENT_SIZE_MAX)
            abort();
        uint8_t *at = mix->bytes + mix->bytes_size;
        size_t size = sanling__v1__event__pack(&draft.event, at);
        mix->events[i] = (struct sanling_bytes){at, size};
        mix->bytes_size += size;
    }
}

void mix_make(struct mix *mix, const struct county *county, const char *source, uint64_t first, size_t count,
              int64_t now_s)
{
    mix_room(mix, count);
    mix_fill(mix, county, source, first, count, now_s);
}

void mix_clear(struct mix *mix)
{
    free(mix->events);
    free(mix->bytes);
    *mix = (struct mix){0};
}
