/* Whatever decode_event lets through can be judged and applied to a state without breaking it. */
#include <stdlib.h>

#include "decode.h"
#include "domain/apply.h"
#include "domain/day.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct decoder *decoder = NULL; /* kept: opening one costs more than a run */
    static const struct publisher publisher = {.identity = "fuzz", .office = OFFICE_WORK_SAFETY};
    struct decoded decoded;
    struct ruling ruling;
    struct effects effects;
    struct state state;
    if (!decoder)
        decoder = decoder_open();
    decoder_reset(decoder);
    if (!decode_event(decoder, bytes, size, &decoded)) {
        if (decoded.code == SANLING__V1__CODE__KIND__UNSPECIFIED)
            abort(); /* a refusal says why */
        return 0;
    }
    state_init(&state);
    state.heads.today = day_from_date(2020, 8, 19);
    domain_judge(&state, &decoded.event, &publisher, decoded.event.occurred_at_us, &ruling);
    if (ruling.verdict == VERDICT_ACCEPTED && (state_policy(&state) || decoded.event.mode != MODE_ACTUAL))
        domain_apply(&state, &decoded.event, &publisher, &ruling, 1, decoded.event.occurred_at_us, &effects);
    state_clear(&state);
    return 0;
}
