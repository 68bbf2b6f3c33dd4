/* The configuration of sanling-leadership: one file, checked as a whole, then constant. */
#ifndef LEADERSHIP_CONFIG_H
#define LEADERSHIP_CONFIG_H

#include "accounts.h"
#include "fault.h"
#include "listen.h"

enum {
    CONFIG_SESSION_MINUTES_DEFAULT = 480,
    CONFIG_IDLE_MINUTES_DEFAULT = 120,
    CONFIG_SESSION_MINUTES_MAX = 7 * 24 * 60,
    CONFIG_STREAMS_MAX = 10000
};

struct config {
    char *hub;
    struct listen_address listen;
    struct listen_tls tls;
    bool has_tls;
    char *metrics_listen; /* NULL: figures are shown nowhere */
    char *page;           /* folder */
    char *accounts_file;  /* read anew at SIGHUP */
    struct accounts *accounts;
    char *article; /* file of published figures; NULL: none */
    int session_minutes;
    int idle_minutes;
    unsigned streams; /* live connections at once */
};

/* Paths in the file are relative to it. NULL: FAULT_USAGE, with file, line and key. */
struct config *config_read(const char *path, struct fault *fault);
void config_free(struct config **config);

#endif
