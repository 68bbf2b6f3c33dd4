#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PEM_SIZE_MAX = 256 * 1024, PORT_DIGITS = 5, PORT_MAX = 65535, CHAIN_MAX = 16 };

const char listen_tls_priorities[] = "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE";

/* Digits alone, no sign, no space. */
static bool read_port(const char *text, uint16_t *port)
{
    const size_t size = strlen(text);
    if (size == 0 || size > PORT_DIGITS || strspn(text, "0123456789") != size)
        return false;
    const long number = strtol(text, NULL, 10);
    *port = (uint16_t)number;
    return number <= PORT_MAX;
}

static bool take_ipv4(struct listen_address *address)
{
    struct sockaddr_in socket = {.sin_family = AF_INET, .sin_port = htons(address->port)};
    if (inet_pton(AF_INET, address->host, &socket.sin_addr) != 1)
        return false;
    address->loopback = ntohl(socket.sin_addr.s_addr) >> 24 == 127;
    memcpy(&address->socket, &socket, sizeof socket);
    address->socket_size = sizeof socket;
    return true;
}

static bool take_ipv6(struct listen_address *address)
{
    struct sockaddr_in6 socket = {.sin6_family = AF_INET6, .sin6_port = htons(address->port)};
    if (inet_pton(AF_INET6, address->host, &socket.sin6_addr) != 1)
        return false;
    const bool mapped = IN6_IS_ADDR_V4MAPPED(&socket.sin6_addr);
    address->loopback = IN6_IS_ADDR_LOOPBACK(&socket.sin6_addr) || (mapped && socket.sin6_addr.s6_addr[12] == 127);
    memcpy(&address->socket, &socket, sizeof socket);
    address->socket_size = sizeof socket;
    return true;
}

bool listen_address_parse(const char *text, struct listen_address *address, struct fault *fault)
{
    *address = (struct listen_address){0};
    const bool brackets = text[0] == '[';
    const char *host = brackets ? text + 1 : text;
    const char *end = brackets ? strchr(host, ']') : strchr(host, ':');
    const char *colon = end != NULL && brackets ? end + 1 : end;
    const bool split = colon != NULL && colon[0] == ':' && end - host < LISTEN_HOST_SIZE;
    if (split && read_port(colon + 1, &address->port)) {
        memcpy(address->host, host, (size_t)(end - host));
        if (brackets ? take_ipv6(address) : take_ipv4(address))
            return true;
    }
    *address = (struct listen_address){0};
    return fault_set(fault, FAULT_USAGE,
                     "listen: '%.100s': an address with a port is needed, not a name: 127.0.0.1:7380 or [::1]:7380",
                     text);
}

/* The file with a NUL behind it. */
static char *read_pem(const char *what, const char *path, bool secret, struct fault *fault)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    char *text = NULL;
    if (file < 0 || fstat(file, &status) != 0)
        fault_set(fault, FAULT_USAGE, "%s: %.300s: %s", what, path, strerror(errno));
    else if (!S_ISREG(status.st_mode) || status.st_size > PEM_SIZE_MAX)
        fault_set(fault, FAULT_USAGE, "%s: %.300s: no PEM file", what, path);
    else if (secret && (status.st_mode & (S_IROTH | S_IWOTH)) != 0)
        fault_set(fault, FAULT_USAGE, "%s: %.300s: everybody can read it: chmod 600", what, path);
    else
        text = calloc(1, PEM_SIZE_MAX + 1);
    if (text != NULL && read(file, text, PEM_SIZE_MAX) < 0) {
        fault_set(fault, FAULT_USAGE, "%s: %.300s: %s", what, path, strerror(errno));
        free(text);
        text = NULL;
    }
    if (file >= 0)
        close(file);
    return text;
}

static gnutls_datum_t datum_of(char *text)
{
    return (gnutls_datum_t){.data = (unsigned char *)text, .size = (unsigned)strlen(text)};
}

static bool read_expiry(struct listen_tls *tls, const char *path, struct fault *fault)
{
    const gnutls_datum_t text = datum_of(tls->certificate);
    gnutls_x509_crt_t chain[CHAIN_MAX];
    unsigned count = CHAIN_MAX;
    const int error = gnutls_x509_crt_list_import(chain, &count, &text, GNUTLS_X509_FMT_PEM, 0);
    if (error < 0)
        return fault_set(fault, FAULT_USAGE, "certificate: %.300s: no certificate in PEM: %s", path,
                         gnutls_strerror(error));
    tls->expires_at_s = (int64_t)gnutls_x509_crt_get_expiration_time(chain[0]);
    for (unsigned i = 0; i < count; i++)
        gnutls_x509_crt_deinit(chain[i]);
    return true;
}

/* The library compares the key with the certificate. */
static bool belong_together(const struct listen_tls *tls, const char *certificate, const char *key, struct fault *fault)
{
    const gnutls_datum_t certificate_text = datum_of(tls->certificate);
    const gnutls_datum_t key_text = datum_of(tls->key);
    gnutls_certificate_credentials_t credentials;
    if (gnutls_certificate_allocate_credentials(&credentials) != 0)
        abort();
    const int error =
        gnutls_certificate_set_x509_key_mem(credentials, &certificate_text, &key_text, GNUTLS_X509_FMT_PEM);
    gnutls_certificate_free_credentials(credentials);
    if (error >= 0)
        return true;
    if (error == GNUTLS_E_CERTIFICATE_KEY_MISMATCH)
        return fault_set(fault, FAULT_USAGE, "key: %.200s: is not the key of %.200s", key, certificate);
    return fault_set(fault, FAULT_USAGE, "key: %.300s: no private key in PEM: %s", key, gnutls_strerror(error));
}

bool listen_tls_read(const char *certificate, const char *key, struct listen_tls *tls, struct fault *fault)
{
    *tls = (struct listen_tls){0};
    tls->certificate = read_pem("certificate", certificate, false, fault);
    tls->key = tls->certificate == NULL ? NULL : read_pem("key", key, true, fault);
    if (tls->key != NULL && read_expiry(tls, certificate, fault) && belong_together(tls, certificate, key, fault))
        return true;
    listen_tls_clear(tls);
    return false;
}

void listen_tls_clear(struct listen_tls *tls)
{
    if (tls->key != NULL)
        explicit_bzero(tls->key, strlen(tls->key));
    free(tls->key);
    free(tls->certificate);
    *tls = (struct listen_tls){0};
}

int64_t listen_tls_days_left(const struct listen_tls *tls, int64_t now_s)
{
    enum { SECONDS_PER_DAY = 86400 };
    const int64_t left_s = tls->expires_at_s - now_s;
    return left_s >= 0 ? left_s / SECONDS_PER_DAY : -((-left_s + SECONDS_PER_DAY - 1) / SECONDS_PER_DAY);
}

bool listen_allowed(const struct listen_address *address, bool has_certificate, struct fault *fault)
{
    if (address->loopback || has_certificate)
        return true;
    const char *wild =
        strcmp(address->host, "0.0.0.0") == 0 || strcmp(address->host, "::") == 0 ? "ADDRESS" : address->host;
    return fault_set(
        fault, FAULT_USAGE,
        "listen: %s is no loopback address: a certificate and its key are needed 需要证书. A CA of your own, then:\n"
        "openssl req -x509 -newkey rsa:3072 -nodes -days 3650 -subj /CN=Sanling-CA -keyout ca.key -out ca.crt\n"
        "openssl req -x509 -CA ca.crt -CAkey ca.key -newkey rsa:3072 -nodes -days 800 -subj /CN=Sanling "
        "-addext subjectAltName=IP:%s -addext basicConstraints=CA:FALSE -keyout page.key -out page.crt",
        address->host, wild);
}
