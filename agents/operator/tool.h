/* What every command of sanlingctl shares: the options that stand anywhere on the line, the connection, one way to ask
 * and one way to fail. */
#ifndef SANLINGCTL_TOOL_H
#define SANLINGCTL_TOOL_H

#include "sanling.h"

#include "command_line.h"

/* Exit statuses, fixed for scripts. */
enum {
    STATUS_DONE = 0,
    STATUS_NO = 1, /* the answer is no, or something was rejected */
    STATUS_USAGE = 2,
    STATUS_UNREACHABLE = 3,
    STATUS_REFUSED = 4,
    STATUS_DAMAGED = 5
};

enum { REACH_TIMEOUT_MS = 5000, ANSWER_TIMEOUT_MS = 60000 };

struct tool {
    const char *endpoint;
    const char *identity;    /* NULL: none, unencrypted */
    const char *signing_key; /* NULL: what is published is not signed */
    bool json;
    const char *day;     /* --at: the day that everything is asked about; NULL: today */
    const char *known;   /* --known: as known when; NULL: at the end of --at's day, or now */
    struct sanling *hub; /* NULL until connected */
    bool moment_said;    /* the line above an answer about the past was printed */
};

/* The options --hub, --identity, --json, --at, --known, --help and --version, for the child list of a command's own
 * argp; its input is the tool. */
extern const struct argp tool_argp;
/* Parses a command's line. Ends the program on --help and on wrong usage. */
void tool_parse(const struct argp *argp, int argc, char **argv, void *input);
/* The same for a command without options of its own; words[0 … most - 1] get its words or NULL. */
void tool_parse_words(struct tool *tool, int argc, char **argv, const char *arguments, const char *help, int least,
                      int most, const char **words);

/* Reports in one line and returns the exit status that fits. */
int tool_fail(const struct sanling_error *error);
/* "sanlingctl: TEXT [CODE]; ADVICE", the text in the chosen language; returns the status. */
int tool_report(int status, const char *code, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Name of a code as the contract spells it, "UNKNOWN_UNIT". */
const char *tool_code_name(Sanling__V1__Code__Kind code);

/* Reaches the hub in time, or reports. `sources`: whose next numbers the welcome shall tell, NULL-terminated or NULL.
 * Returns 0 or the exit status. */
int tool_connect(struct tool *tool, const char *const *sources);

/* The moment of --at and --known, whose texts it borrows; false: neither was given. `time` keeps a time for as long as
 * the moment is used. */
bool tool_moment(const struct tool *tool, Sanling__V1__Moment *moment, Google__Protobuf__Timestamp *time);

/* Prints one line of canonical JSON. */
void tool_print_json(const ProtobufCMessage *message);
/* Says in both languages that figures come from a hub whose clock is set by hand; nothing for a real hub. */
void tool_print_demonstration(bool demonstration);

#endif
