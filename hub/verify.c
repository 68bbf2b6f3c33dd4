#include "verify.h"

#include "log/event_log.h"

bool verify_data(const struct verify_request *request, struct verify_result *result, struct fault *fault)
{
    *result = (struct verify_result){0};
    CLEANUP(event_log_close) struct event_log *log = event_log_open(request->data, EVENT_LOG_READ_ONLY, fault);
    if (!log)
        return false;
    const struct log_head head = event_log_head(log);
    CLEANUP(log_view_close) struct log_view *view = log_view_open(log);
    result->position = head.position;
    return log_view_verify(view, &head, fault);
}
