#include "secrecy.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

void secrecy_begin(void)
{
    const struct rlimit none = {0};
    umask(077);
    /* Both: a core may also go to a program that the kernel starts, which asks for no limit of size. */
    if (setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0)
        return;
    perror("core files cannot be switched off");
    exit(EXIT_FAILURE);
}
