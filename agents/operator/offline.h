/* What the hub's own program does on files, without a running hub. */
#ifndef SANLINGCTL_OFFLINE_H
#define SANLINGCTL_OFFLINE_H

/* Becomes sanling-hub, with this line (NULL-terminated, the program's name first). Returns only on failure, the exit
 * status after reporting. */
int become_hub(char **arguments);
/* The same in a process of its own, whose standard error is this one's: what it printed, malloc'ed, and its exit
 * status. NULL: it could not be started, or a signal ended it; *status is then that of the failure, which was
 * reported. */
char *ask_hub_program(char **arguments, int *status);

#endif
