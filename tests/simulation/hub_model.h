/* What the hub promises, kept by whoever was promised it: outside the hub, by simple lists. */
#ifndef SIMULATION_HUB_MODEL_H
#define SIMULATION_HUB_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MODEL_SOURCES = 12, MODEL_EVENTS = 64, MODEL_POSITIONS = 2048, MODEL_UNITS = 8 };

/* The tree, the same in all seeds. */
struct model_unit {
    const char *code;
    const char *name;
    int parent; /* -1: none */
    int kind;   /* Sanling__V1__UnitKind__Kind */
};
extern const struct model_unit model_units[MODEL_UNITS];
/* Whether the unit is that one, or below it; "" as the root is everything. */
bool model_within(const char *unit, const char *root);

/* One event of a source, as it was published, and what was said of it. */
struct model_event {
    const uint8_t *bytes; /* until the seed ends */
    size_t size;
    bool good;         /* must be recorded; else it must be rejected */
    uint64_t position; /* acknowledged; 0: not */
    bool rejected;     /* acknowledged as that */
};
struct model_source {
    char name[16];
    uint32_t count;
    struct model_event events[MODEL_EVENTS];
};

/* A record as a reader needs it. */
struct model_record {
    const uint8_t *event; /* its bytes, until the seed ends; NULL: nobody saw that position */
    size_t size;
    char source[16];
    uint64_t sequence;
    char unit[20];
    bool drill;
    uint32_t payload; /* number of the field in Event */
    bool inbox;       /* routed to public security */
};

struct model {
    struct model_source sources[MODEL_SOURCES];
    struct model_record seen[MODEL_POSITIONS + 1]; /* by anybody, at that position */
    uint64_t acknowledged;                         /* events, for the figures */
};

struct model *model(void);
/* `kept`: what happened when the disk that was kept was made is known. */
void model_begin(bool kept);
void model_keep(void);
/* A source whose events the caller fills. */
struct model_source *model_source(const char *name);

/* What was said to a publisher. */
void model_recorded(struct model_source *source, uint64_t sequence, uint64_t position);
void model_rejected(struct model_source *source, uint64_t sequence);
/* A record was shown at a position: for ever the same. Returns it, until the seed ends; NULL: a promise was broken. */
const struct model_record *model_shown(uint64_t position, const uint8_t *event, size_t size, bool inbox);

struct hub;
/* The log of a hub that opened holds what was promised: all of it, once, and nothing else. */
void model_check_log(struct hub *hub);
/* The running state is the fold of the log. */
void model_check_state(struct hub *hub);
/* The record at the position of the log that was checked last; NULL: behind its end. */
const struct model_record *model_logged(uint64_t position);

#endif
