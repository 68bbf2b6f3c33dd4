#include "robot.h"

#include <inttypes.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
    STATUS_OK = 200,
    STATUS_SERVER_ERROR = 500,
    WECOM_TOO_OFTEN = 45009,
    DINGTALK_TOO_OFTEN = 130101,
    MAC_TEXT_SIZE = 45 /* base64 of 32 bytes, and a NUL */
};

char *robot_payload(const char *text)
{
    json_t *message = json_pack("{s:s, s:{s:s}}", "msgtype", "text", "text", "content", text);
    char *payload = message == NULL ? NULL : json_dumps(message, JSON_COMPACT | JSON_PRESERVE_ORDER);
    json_decref(message);
    return payload;
}

static void sign(const char *secret, int64_t now_ms, char encoded[static MAC_TEXT_SIZE])
{
    crypto_auth_hmacsha256_state state;
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char stamp[32];
    snprintf(stamp, sizeof stamp, "%" PRId64 "\n", now_ms);
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)stamp, strlen(stamp));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)secret, strlen(secret));
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2base64(encoded, MAC_TEXT_SIZE, mac, sizeof mac, sodium_base64_VARIANT_ORIGINAL);
    sodium_memzero(&state, sizeof state);
}

void robot_address(enum robot_kind kind, const char *url, const char *secret, int64_t now_ms,
                   char address[static ROBOT_SIGNED_URL_SIZE])
{
    char encoded[MAC_TEXT_SIZE];
    int size = snprintf(address, ROBOT_SIGNED_URL_SIZE, "%s", url);
    if (kind != ROBOT_DINGTALK || secret[0] == '\0')
        return;
    sign(secret, now_ms, encoded);
    size += snprintf(address + size, (size_t)(ROBOT_SIGNED_URL_SIZE - size),
                     "%ctimestamp=%" PRId64 "&sign=", strchr(url, '?') == NULL ? '?' : '&', now_ms);
    for (const char *at = encoded; *at != '\0'; at++)
        size += snprintf(address + size, (size_t)(ROBOT_SIGNED_URL_SIZE - size),
                         strchr("+/=", *at) == NULL ? "%c" : "%%%02X", (unsigned)*at);
}

/* false: it is no answer of a robot. */
static bool errcode_of(const struct post_answer *answer, json_int_t *errcode)
{
    json_t *root = json_loadb(answer->body, answer->size, 0, NULL);
    const json_t *code = json_object_get(root, "errcode");
    const bool is = json_is_integer(code);
    *errcode = json_integer_value(code);
    json_decref(root);
    return is;
}

static void judge_errcode(enum robot_kind kind, const struct post_answer *answer, struct robot_verdict *verdict)
{
    json_int_t errcode;
    if (!errcode_of(answer, &errcode)) { /* something between us and the robot answered: it may have passed it on */
        verdict->outcome = ROBOT_UNKNOWN;
        snprintf(verdict->cause, sizeof verdict->cause, "an answer without errcode");
        return;
    }
    verdict->outcome = errcode == 0 ? ROBOT_TAKEN : ROBOT_REFUSED;
    snprintf(verdict->cause, sizeof verdict->cause, "errcode %" JSON_INTEGER_FORMAT, errcode);
    if (kind == ROBOT_WECOM && errcode == WECOM_TOO_OFTEN)
        verdict->wait_s = ROBOT_BUSY_WECOM_S;
    if (kind == ROBOT_DINGTALK && errcode == DINGTALK_TOO_OFTEN)
        verdict->wait_s = ROBOT_BUSY_DINGTALK_S;
}

void robot_judge(enum robot_kind kind, const struct post_answer *answer, struct robot_verdict *verdict)
{
    *verdict = (struct robot_verdict){.outcome = ROBOT_REFUSED, .wait_s = answer->retry_after_s};
    if (answer->outcome != POST_ANSWERED) {
        verdict->outcome = answer->outcome == POST_UNSENT ? ROBOT_REFUSED : ROBOT_UNKNOWN;
        snprintf(verdict->cause, sizeof verdict->cause, "%s", answer->cause);
        return;
    }
    if (answer->status == STATUS_OK) {
        judge_errcode(kind, answer, verdict);
        return;
    }
    verdict->outcome = answer->status >= STATUS_SERVER_ERROR ? ROBOT_UNKNOWN : ROBOT_REFUSED;
    snprintf(verdict->cause, sizeof verdict->cause, "HTTP %ld", answer->status);
}
