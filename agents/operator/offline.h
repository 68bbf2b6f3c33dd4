/* What the hub's own program does on files, without a running hub. */
#ifndef SANLINGCTL_OFFLINE_H
#define SANLINGCTL_OFFLINE_H

/* Becomes sanling-hub, with this line (NULL-terminated, the program's name first). Returns only on failure, the exit
 * status after reporting. */
int become_hub(char **arguments);

#endif
