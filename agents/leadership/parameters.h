/* What a document is asked with: the arguments of the address that we know, checked for form. Others are ignored. */
#ifndef LEADERSHIP_PARAMETERS_H
#define LEADERSHIP_PARAMETERS_H

#include "problem.h"

#include "query.pb-c.h"

#include <stdbool.h>
#include <stdint.h>

enum parameter {
    PARAMETER_UNIT,
    PARAMETER_AT,
    PARAMETER_KNOWN,
    PARAMETER_YEAR,
    PARAMETER_DEPTH,
    PARAMETER_KIND,
    PARAMETER_STEP,
    PARAMETER_OPEN,
    PARAMETER_OVERDUE,
    PARAMETER_DUE_SOON,
    PARAMETER_JOINT,
    PARAMETER_SUPERVISED,
    PARAMETER_OFFICE,
    PARAMETER_CAMPAIGN,
    PARAMETER_MATTER,
    PARAMETER_SORT,
    PARAMETER_AFTER,
    PARAMETER_LIMIT,
    PARAMETER_FROM,
    PARAMETER_TO,
    PARAMETER_OF,
    PARAMETER_BY,
    PARAMETER_TYPE,
    PARAMETER_BEFORE,
    PARAMETER_Q,
    PARAMETER_COUNT
};
#define PARAMETER_BIT(parameter) (UINT32_C(1) << (parameter))
enum { PARAMETER_SIZE = 256, PARAMETERS_KEY_SIZE = 8192 };

struct parameters {
    char *values[PARAMETER_COUNT]; /* NULL: not given; owned */
    char *item;                    /* the part of the path that varies; NULL: it has none */
};

/* Gives the value of an argument by name; NULL: not given. */
typedef const char *parameters_look(const void *context, const char *name);

/* Takes those that `accepts` names, and the item. false: one is too long or no UTF-8. */
bool parameters_take(struct parameters *parameters, uint32_t accepts, const char *item, parameters_look *look,
                     const void *context, struct problem *problem);
void parameters_clear(struct parameters *parameters);
const char *parameter_name(enum parameter parameter);
/* `name` and all values in a fixed order: equal texts ask the same. */
void parameters_key(const struct parameters *parameters, const char *name, char key[static PARAMETERS_KEY_SIZE]);

/* Each is true when the argument is absent (then *value is `absent`) or right; else the problem is BAD_QUERY and names
 * the argument, or BAD_DAY, BAD_MOMENT. */
bool parameter_number(const struct parameters *parameters, enum parameter which, uint32_t absent, uint32_t max,
                      uint32_t *value, struct problem *problem);
/* `limit`: how many rows; more than `max` is `max`, for whoever asks on with `after` gets the rest. */
bool parameter_limit(const struct parameters *parameters, uint32_t absent, uint32_t max, uint32_t *value,
                     struct problem *problem);
bool parameter_position(const struct parameters *parameters, enum parameter which, uint64_t *value,
                        struct problem *problem);
/* "", "1" and "true" are true, "0" and "false" false. */
bool parameter_flag(const struct parameters *parameters, enum parameter which, protobuf_c_boolean *value,
                    struct problem *problem);
/* A member of an enumeration, by its name in any case. */
bool parameter_enum(const struct parameters *parameters, enum parameter which, const ProtobufCEnumDescriptor *type,
                    int *value, struct problem *problem);
/* A day YYYY-MM-DD; absent: "". */
bool parameter_day(const struct parameters *parameters, enum parameter which, const char **value,
                   struct problem *problem);
/* The text; absent: "". */
const char *parameter_text(const struct parameters *parameters, enum parameter which);
bool day_is_real(const char *text);

/* The moment that `at` and `known` name, as the hub takes it. */
struct moment_choice {
    Sanling__V1__Moment moment;
    Google__Protobuf__Timestamp time;
    bool given; /* false: live */
};
/* *choice points into itself and the parameters: it must not be copied. */
bool parameter_moment(const struct parameters *parameters, struct moment_choice *choice, struct problem *problem);

#endif
