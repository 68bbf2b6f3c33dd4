#include "utf8.h"

#include <string.h>

void utf8_cut_broken(char *text)
{
    const size_t size = strlen(text);
    for (size_t back = 1; back <= 4 && back <= size; back++) {
        const unsigned char c = (unsigned char)text[size - back];
        if (c < 0x80)
            return;
        if (c >= 0xC0) {
            const size_t needed = c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : 2;
            if (needed > back)
                text[size - back] = '\0';
            return;
        }
    }
}
