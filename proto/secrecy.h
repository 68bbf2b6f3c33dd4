/* What a program that will hold keys does before it touches one: what its memory holds gets into no core file and
 * cannot be looked at by other programs of the same user, and what it creates is for its own user alone. */
#ifndef SANLING_SECRECY_H
#define SANLING_SECRECY_H

/* First in main: no core files (also of programs that it starts), not dumpable, umask 077 whatever was inherited. What
 * is for others to read gets its mode where it is created. Ends the program where the system grants that not. */
void secrecy_begin(void);

#endif
