#include "attempts.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

enum { NAME_SIZE = 65, KEY_SIZE = NAME_SIZE + ATTEMPT_ADDRESS_SIZE, MS_PER_S = 1000 };

struct bucket {
    unsigned left;
    int64_t filled_at_ms; /* when `left` was true; moves by whole refills */
};

struct rate {
    unsigned most;
    int64_t refill_ms;
};

static const struct rate pair_rate = {ATTEMPTS_AT_ONE, ATTEMPTS_AT_ONE_REFILL_MS};
static const struct rate account_rate = {ATTEMPTS_PER_ACCOUNT, ATTEMPTS_ACCOUNT_REFILL_MS};
static const struct rate address_rate = {ATTEMPTS_PER_ADDRESS, ATTEMPTS_ADDRESS_REFILL_MS};
static const struct rate overall_rate = {ATTEMPTS_PER_SECOND, MS_PER_S / ATTEMPTS_PER_SECOND};

struct entry {
    char key[KEY_SIZE]; /* a name, the bytes of an address behind its room, or both; the rest is 0 */
    struct bucket bucket;
    UT_hash_handle hh;
};

/* Each table in the order of use: the first was not used for the longest time. */
struct attempts {
    struct entry *pairs;
    struct entry *accounts;
    struct entry *addresses;
    struct bucket overall;
};

struct attempts *attempts_open(void)
{
    struct attempts *attempts = calloc(1, sizeof *attempts);
    if (attempts == NULL)
        abort();
    attempts->overall.left = ATTEMPTS_PER_SECOND;
    return attempts;
}

static void clear_table(struct entry **table)
{
    struct entry *entry;
    struct entry *next;
    HASH_ITER(hh, *table, entry, next)
    {
        HASH_DEL(*table, entry);
        free(entry);
    }
}

void attempts_close(struct attempts **attempts)
{
    if (*attempts == NULL)
        return;
    clear_table(&(*attempts)->pairs);
    clear_table(&(*attempts)->accounts);
    clear_table(&(*attempts)->addresses);
    free(*attempts);
    *attempts = NULL;
}

/* What stands in front of an IPv4 address within IPv6. */
static const unsigned char mapped[12] = {[10] = 0xFF, [11] = 0xFF};

void attempt_address_of(const struct sockaddr *from, struct attempt_address *address)
{
    *address = (struct attempt_address){0};
    if (from->sa_family == AF_INET) {
        struct sockaddr_in four;
        memcpy(&four, from, sizeof four);
        memcpy(address->bytes, mapped, sizeof mapped);
        memcpy(address->bytes + sizeof mapped, &four.sin_addr, 4);
    } else if (from->sa_family == AF_INET6) {
        struct sockaddr_in6 six;
        memcpy(&six, from, sizeof six);
        const bool is_mapped = memcmp(six.sin6_addr.s6_addr, mapped, sizeof mapped) == 0;
        memcpy(address->bytes, six.sin6_addr.s6_addr, is_mapped ? ATTEMPT_ADDRESS_SIZE : 8);
    }
}

void attempt_address_text(const struct attempt_address *address, char text[static ATTEMPT_TEXT_SIZE])
{
    static const struct attempt_address none = {0};
    const bool is_mapped = memcmp(address->bytes, mapped, sizeof mapped) == 0;
    char name[INET6_ADDRSTRLEN] = "-";
    if (is_mapped)
        inet_ntop(AF_INET, address->bytes + sizeof mapped, name, sizeof name);
    else if (memcmp(address, &none, sizeof none) != 0)
        inet_ntop(AF_INET6, address->bytes, name, sizeof name);
    snprintf(text, ATTEMPT_TEXT_SIZE, "%s%s", name, is_mapped || name[0] == '-' ? "" : "/64");
}

static void refill(struct bucket *bucket, const struct rate *rate, int64_t now_ms)
{
    const int64_t refills = (now_ms - bucket->filled_at_ms) / rate->refill_ms;
    if (refills >= (int64_t)(rate->most - bucket->left)) {
        bucket->left = rate->most;
        bucket->filled_at_ms = now_ms;
    } else if (refills > 0) {
        bucket->left += (unsigned)refills;
        bucket->filled_at_ms += refills * rate->refill_ms;
    }
}

/* Milliseconds until there is one; 0: there is. */
static int64_t wait_ms(const struct bucket *bucket, const struct rate *rate, int64_t now_ms)
{
    return bucket->left > 0 ? 0 : bucket->filled_at_ms + rate->refill_ms - now_ms;
}

/* The key's bucket, refilled, at the end of the order of use; a new one is full. */
static struct bucket *bucket_of(struct entry **table, const char key[static KEY_SIZE], const struct rate *rate,
                                int64_t now_ms)
{
    struct entry *entry;
    HASH_FIND(hh, *table, key, KEY_SIZE, entry);
    if (entry != NULL) {
        HASH_DEL(*table, entry);
    } else {
        if (HASH_COUNT(*table) >= ATTEMPTS_KEYS_MAX) {
            struct entry *longest_unused = *table;
            HASH_DEL(*table, longest_unused);
            free(longest_unused);
        }
        entry = calloc(1, sizeof *entry);
        if (entry == NULL)
            abort();
        memcpy(entry->key, key, sizeof entry->key);
        entry->bucket = (struct bucket){.left = rate->most, .filled_at_ms = now_ms};
    }
    HASH_ADD(hh, *table, key, sizeof entry->key, entry);
    refill(&entry->bucket, rate, now_ms);
    return &entry->bucket;
}

struct keys {
    char pair[KEY_SIZE];
    char account[KEY_SIZE];
    char address[KEY_SIZE];
};

/* A longer name is no account's; what it starts with counts. */
static struct keys keys_of(const char *account, const struct attempt_address *address)
{
    struct keys keys = {0};
    memcpy(keys.account, account, strnlen(account, NAME_SIZE - 1));
    memcpy(keys.address + NAME_SIZE, address->bytes, sizeof address->bytes);
    memcpy(keys.pair, keys.account, NAME_SIZE);
    memcpy(keys.pair + NAME_SIZE, address->bytes, sizeof address->bytes);
    return keys;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static unsigned seconds_of(int64_t wait)
{
    return (unsigned)((wait + MS_PER_S - 1) / MS_PER_S);
}

unsigned attempts_take(struct attempts *attempts, const char *account, const struct attempt_address *address,
                       int64_t now_ms)
{
    const struct keys keys = keys_of(account, address);
    struct bucket *by_address = bucket_of(&attempts->addresses, keys.address, &address_rate, now_ms);
    refill(&attempts->overall, &overall_rate, now_ms);
    const int64_t of_all =
        larger(wait_ms(by_address, &address_rate, now_ms), wait_ms(&attempts->overall, &overall_rate, now_ms));
    /* Names are noted only of who may try: else made-up ones, as fast as they can be sent, would push out those that
     * somebody guesses at, and their tries would count from the beginning. */
    if (of_all > 0)
        return seconds_of(of_all);
    struct bucket *by_pair = bucket_of(&attempts->pairs, keys.pair, &pair_rate, now_ms);
    struct bucket *by_account = bucket_of(&attempts->accounts, keys.account, &account_rate, now_ms);
    const int64_t of_name = larger(wait_ms(by_pair, &pair_rate, now_ms), wait_ms(by_account, &account_rate, now_ms));
    if (of_name > 0)
        return seconds_of(of_name);
    by_pair->left--;
    by_account->left--;
    by_address->left--;
    attempts->overall.left--;
    return 0;
}

static void give_back(struct entry *table, const char key[static KEY_SIZE], const struct rate *rate, unsigned count)
{
    struct entry *entry;
    HASH_FIND(hh, table, key, KEY_SIZE, entry);
    if (entry != NULL)
        entry->bucket.left = rate->most - entry->bucket.left < count ? rate->most : entry->bucket.left + count;
}

void attempts_succeeded(struct attempts *attempts, const char *account, const struct attempt_address *address)
{
    const struct keys keys = keys_of(account, address);
    give_back(attempts->pairs, keys.pair, &pair_rate, ATTEMPTS_AT_ONE);
    give_back(attempts->accounts, keys.account, &account_rate, 1);
    give_back(attempts->addresses, keys.address, &address_rate, 1);
}
