/* UTF-8 that a buffer's end may have cut. */
#ifndef SANLING_UTF8_H
#define SANLING_UTF8_H

/* Ends the text before a last character that is not whole; leaves it alone otherwise. */
void utf8_cut_broken(char *text);

#endif
