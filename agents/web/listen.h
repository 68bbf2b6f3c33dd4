/* Where a server listens: an address with a port, whether only this machine reaches it, and the certificate without
 * which it listens nowhere else. */
#ifndef WEB_LISTEN_H
#define WEB_LISTEN_H

#include "fault.h"

#include <stdint.h>
#include <sys/socket.h>

enum { LISTEN_HOST_SIZE = 46 };

struct listen_address {
    struct sockaddr_storage socket;
    socklen_t socket_size;
    bool loopback;               /* 127.0.0.0/8, ::1, or the former mapped into IPv6 */
    char host[LISTEN_HOST_SIZE]; /* the address as text, without brackets */
    uint16_t port;               /* 0: any free one */
};

/* "127.0.0.1:7380", "[::1]:7380", "0.0.0.0:443". FAULT_USAGE for everything else: names too, for what a name means may
 * change after it was decided that it is loopback. */
MUST_CHECK bool listen_address_parse(const char *text, struct listen_address *address, struct fault *fault);

/* A certificate with its key, as PEM text for the TLS library. */
struct listen_tls {
    char *certificate; /* the server's, then those between it and the county's own CA */
    char *key;
    int64_t expires_at_s; /* since 1970 */
};

/* Protocols and ciphers, as GnuTLS writes them: TLS 1.2 and 1.3 only. */
extern const char listen_tls_priorities[];

/* Reads both files. FAULT_USAGE, with the file and what to do: one cannot be read, is no PEM, the key belongs to
 * another certificate or is readable for everybody. An expired one is read: the browser says so, and the program's
 * journal should. On failure *tls is empty. */
MUST_CHECK bool listen_tls_read(const char *certificate, const char *key, struct listen_tls *tls, struct fault *fault);
/* Frees the texts and overwrites the key. */
void listen_tls_clear(struct listen_tls *tls);

/* Whole days until it expires, negative once it has; `now_s` since 1970. */
int64_t listen_tls_days_left(const struct listen_tls *tls, int64_t now_s);

/* Whether `address` may be served: loopback, or with a certificate. Otherwise FAULT_USAGE, with the two lines that make
 * a county's own CA and a certificate of this address. */
MUST_CHECK bool listen_allowed(const struct listen_address *address, bool has_certificate, struct fault *fault);

#endif
