/* The hub's configuration: one file into one checked struct, which is passed down as const. */
#ifndef HUB_CONFIG_H
#define HUB_CONFIG_H

#include <stdbool.h>
#include <stdint.h>

#include "fault.h"
#include "log/cosignatures.h"
#include "monitor.h"
#include "usage.h"

enum { CONFIG_PATH_SIZE = 1024, CONFIG_NAME_SIZE = 129 };

struct config {
    char data[CONFIG_PATH_SIZE];         /* folder of the log and the state */
    char listen[256];                    /* tcp://ADDRESS:PORT; port 0 or * takes a free one */
    char key[CONFIG_PATH_SIZE];          /* the hub's own key pair */
    char log_key[CONFIG_PATH_SIZE];      /* signs the log's checkpoints; made at the first start */
    char log_name[CONFIG_NAME_SIZE];     /* the log's name in them; "": that of its key, or made with it */
    struct witness_list witnesses;       /* whose cosignatures of checkpoints are kept */
    char access[CONFIG_PATH_SIZE];       /* which key is which office */
    char address_file[CONFIG_PATH_SIZE]; /* where to write the endpoint once bound; "" nowhere */
    bool demonstration;
    int64_t demonstration_clock_us; /* where a new demonstration hub's clock starts */
    int64_t clock_confirmed_us;    /* up to here the machine's clock is believed, however far it leaps; 0: nothing is */
    bool plain;                    /* no encryption: for measurements on loopback only */
    char plain_identity[65];       /* who everybody is then */
    bool for_latency;              /* single events are answered as soon as can be, at the cost of processor time */
    uint32_t gather_us;            /* how long a commit waits for company after its first event; 0: not at all */
    uint64_t reserve_bytes;        /* new events are refused while less disk is free */
    uint32_t snapshot_records;     /* state is written after so many records */
    bool verify_tail;              /* at the start only the records behind the stored state are read, not all */
    struct limits limits;          /* of an identity */
    bool monitored;                /* figures are shown over HTTP */
    struct monitor_listen monitor; /* there */
};

/* Reads and checks the file; relative paths are taken from its folder. FAULT_USAGE names file, line and key. */
MUST_CHECK bool config_read(const char *path, struct config *config, struct fault *fault);
/* The defaults for a data folder: key and access file in it, loopback. */
MUST_CHECK bool config_for_data(const char *data, struct config *config, struct fault *fault);

#endif
