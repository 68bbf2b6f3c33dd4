/* How often somebody may try a password: at an account from one client address, at an account from anywhere, from an
 * address at any account, and all together. Each has a bucket that fills again with time; a try takes one from all of
 * them or from none. That for an account from anywhere is wider, so that nobody alone can lock its owner out. Verifying
 * argon2id blocks the one loop for 50 to 100 ms, so all tries together are at most ATTEMPTS_PER_SECOND: what they take
 * of the loop is bounded whoever asks. The time is an argument, milliseconds of a clock that never goes back. */
#ifndef LEADERSHIP_ATTEMPTS_H
#define LEADERSHIP_ATTEMPTS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

enum {
    ATTEMPTS_AT_ONE = 8, /* at an account from an address, at once; then one in 20 s */
    ATTEMPTS_AT_ONE_REFILL_MS = 20000,
    ATTEMPTS_PER_ACCOUNT = 64, /* from anywhere; then one in 10 s */
    ATTEMPTS_ACCOUNT_REFILL_MS = 10000,
    ATTEMPTS_PER_ADDRESS = 24, /* at once, for an office has one address for many; then one in 5 s */
    ATTEMPTS_ADDRESS_REFILL_MS = 5000,
    ATTEMPTS_PER_SECOND = 3,  /* at once and per second, all together */
    ATTEMPTS_KEYS_MAX = 4096, /* accounts, addresses and pairs, each; the longest unused is forgotten */
    ATTEMPT_ADDRESS_SIZE = 16,
    ATTEMPT_TEXT_SIZE = 56
};

/* What counts as one client: an IPv4 address, or the /64 network of an IPv6 address, since one host has all of that. */
struct attempt_address {
    unsigned char bytes[ATTEMPT_ADDRESS_SIZE];
};

struct attempts;

struct attempts *attempts_open(void);
void attempts_close(struct attempts **attempts);

/* Anything but IPv4 and IPv6 (a local socket) is one client together. */
void attempt_address_of(const struct sockaddr *from, struct attempt_address *address);

/* "10.0.0.1", "2001:db8:1:2::/64", or "-" for what is neither. */
void attempt_address_text(const struct attempt_address *address, char text[static ATTEMPT_TEXT_SIZE]);

/* Takes one try. 0: go on and verify. Otherwise nothing was taken, and so many seconds are what Retry-After says.
 * `account` is the name as it was sent, whether there is such an account or not. */
unsigned attempts_take(struct attempts *attempts, const char *account, const struct attempt_address *address,
                       int64_t now_ms);
/* The password was right: the account's bucket for this address is full again, and the others have their try back. Not
 * more: whoever has an account could otherwise empty the address' record between guesses at another one. */
void attempts_succeeded(struct attempts *attempts, const char *account, const struct attempt_address *address);

#endif
