/* Group robots of 企业微信 (WeCom) and 钉钉 (DingTalk): what they are sent, and what their answers mean. Both answer a
 * refusal with HTTP 200 and an errcode that is not 0. */
#ifndef SANLING_ROBOT_H
#define SANLING_ROBOT_H

#include "https_post.h"

#include <stdint.h>

enum robot_kind { ROBOT_WECOM, ROBOT_DINGTALK };

enum {
    ROBOT_URL_MAX = 2000,
    ROBOT_MESSAGES_A_MINUTE = 10, /* fewer than either allows (20); a robot that is shared has room for others */
    ROBOT_MINUTE_MS = 60000,
    ROBOT_BUSY_WECOM_S = 60,     /* 45009: its limit is counted by the minute */
    ROBOT_BUSY_DINGTALK_S = 600, /* 130101: it then takes nothing for ten minutes */
    ROBOT_CAUSE_SIZE = 160,
    ROBOT_SIGNED_URL_SIZE = ROBOT_URL_MAX + 160
};

/* The message's JSON, malloc'ed; NULL: memory ran out, or the text is not UTF-8. */
char *robot_payload(const char *text);
/* DingTalk's address with its `timestamp` (milliseconds since 1970) and `sign`: base64 of HMAC-SHA256 over
 * TIMESTAMP\nSECRET with the secret, percent-encoded. With an empty secret, and for WeCom, the address as it is. */
void robot_address(enum robot_kind kind, const char *url, const char *secret, int64_t now_ms,
                   char address[static ROBOT_SIGNED_URL_SIZE]);

enum robot_outcome {
    ROBOT_TAKEN,
    ROBOT_REFUSED, /* it was certainly not shown */
    ROBOT_UNKNOWN  /* nobody knows whether it was */
};

struct robot_verdict {
    enum robot_outcome outcome;
    int64_t wait_s;               /* asked for, or known of the code; 0: none */
    char cause[ROBOT_CAUSE_SIZE]; /* for the journal: never the answer's own text */
};

void robot_judge(enum robot_kind kind, const struct post_answer *answer, struct robot_verdict *verdict);

#endif
