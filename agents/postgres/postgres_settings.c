#include "postgres_settings.h"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

static void options_free(PQconninfoOption **options)
{
    PQconninfoFree(*options);
    *options = NULL;
}

static const char *value_of(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val != NULL && options->val[0] != '\0' ? options->val : NULL;
    return NULL;
}

/* Whether each of a list of hosts can be reached without asking anybody where it is. */
static bool hosts_are_known(const char *hosts)
{
    char host[256];
    while (*hosts != '\0') {
        unsigned char address[sizeof(struct in6_addr)];
        const size_t size = strcspn(hosts, ",");
        if (size >= sizeof host)
            return false;
        memcpy(host, hosts, size);
        host[size] = '\0';
        if (host[0] != '/' && host[0] != '@' && host[0] != '\0' && strcmp(host, "localhost") != 0 &&
            inet_pton(AF_INET, host, address) != 1 && inet_pton(AF_INET6, host, address) != 1)
            return false;
        hosts += size + (hosts[size] == ',' ? 1 : 0);
    }
    return true;
}

bool postgres_settings_check(const char *connection, struct fault *fault)
{
    char *said = NULL;
    CLEANUP(options_free) PQconninfoOption *options = PQconninfoParse(connection, &said);
    if (options == NULL) {
        fault_set(fault, FAULT_USAGE, "connection: libpq does not understand it: see the keys in its documentation");
        PQfreemem(said);
        return false;
    }
    if (value_of(options, "password") != NULL || value_of(options, "sslpassword") != NULL)
        return fault_set(fault, FAULT_USAGE,
                         "connection: no password may stand in it; put it into a file with mode 0600 and name that: "
                         "passfile=FILE");
    const char *host = value_of(options, "host");
    if (host != NULL && value_of(options, "hostaddr") == NULL && !hosts_are_known(host))
        return fault_set(fault, FAULT_USAGE,
                         "connection: a host that is a name needs its address beside it: hostaddr=ADDRESS");
    return true;
}

static void add(struct postgres_settings *settings, size_t *count, const char *keyword, const char *value)
{
    if (*count == POSTGRES_SETTINGS_MAX)
        return;
    settings->keywords[*count] = keyword;
    settings->values[*count] = value;
    ++*count;
}

bool postgres_settings_fill(struct postgres_settings *settings, const char *connection, const char *application,
                            struct fault *fault)
{
    *settings = (struct postgres_settings){0};
    PQconninfoOption *options = PQconninfoParse(connection, NULL);
    settings->options = options;
    settings->application = strdup(application);
    if (options == NULL || settings->application == NULL) {
        postgres_settings_clear(settings);
        return fault_set(fault, FAULT_SYSTEM, "out of memory");
    }
    size_t count = 0;
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++)
        if (option->val != NULL)
            add(settings, &count, option->keyword, option->val);
    add(settings, &count, "client_encoding", "UTF8");
    add(settings, &count, "application_name", settings->application);
    /* A ticket of Kerberos could be fetched over the network; whoever uses one says so. */
    if (value_of(options, "gssencmode") == NULL)
        add(settings, &count, "gssencmode", "disable");
    if (value_of(options, "tcp_user_timeout") == NULL)
        add(settings, &count, "tcp_user_timeout", "30000");
    return true;
}

void postgres_settings_clear(struct postgres_settings *settings)
{
    PQconninfoFree(settings->options);
    free(settings->application);
    *settings = (struct postgres_settings){0};
}
