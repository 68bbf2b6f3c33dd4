/* Whatever a browser sends as its cookie, and whatever stands in an address to listen on or in an export's name: it is
 * read within its bounds, and what is taken has the form that was promised. */
#include "export.h"
#include "listen.h"
#include "web_session.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char id[WEB_SESSION_ID_SIZE] = "";
    struct listen_address address;
    struct export_name name;
    struct fault fault;
    char *text = strndup((const char *)data, size);
    if (text == NULL)
        return 0;
    if (web_session_cookie_read(text, id) && (strlen(id) != WEB_SESSION_ID_SIZE - 1 || strstr(text, id) == NULL))
        abort();
    if (listen_address_parse(text, &address, &fault) && (address.host[0] == '\0' || address.socket_size == 0))
        abort();
    if (export_parse(text, &name) &&
        strspn(name.of, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-") != strlen(name.of))
        abort();
    free(text);
    return 0;
}
