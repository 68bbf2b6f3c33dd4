/* export_convert NAME: reads {document, unit, unitName, account, office, takenAt, query, demonstration} from standard
 * input and writes the export that the page would send; its file name goes to standard error. */
#include "export.h"

#include <stdio.h>
#include <stdlib.h>

static const char *text(const json_t *input, const char *name)
{
    return json_string_value(json_object_get(input, name));
}

int main(int argc, char **argv)
{
    struct export_name name;
    struct fault fault;
    json_error_t error;
    uint8_t *bytes = NULL;
    size_t size = 0;
    char file_name[EXPORT_FILE_NAME_SIZE];
    if (argc != 2 || !export_parse(argv[1], &name)) {
        fputs("export_convert: no such export\n", stderr);
        return 2;
    }
    json_t *input = json_loadf(stdin, 0, &error);
    const json_t *document = json_object_get(input, "document");
    const struct export_mark mark = {.unit = text(input, "unit"),
                                     .unit_name = text(input, "unitName"),
                                     .account = text(input, "account"),
                                     .office = text(input, "office"),
                                     .taken_at = text(input, "takenAt"),
                                     .query = text(input, "query"),
                                     .demonstration = json_is_true(json_object_get(input, "demonstration")),
                                     .utc_offset_minutes = 480};
    if (!export_make(&name, document, &mark, &bytes, &size, &fault)) {
        fprintf(stderr, "export_convert: %s [%s]\n", fault.text, fault_name(fault.code));
        return 1;
    }
    export_file_name(&name, document, &mark, file_name);
    fputs(file_name, stderr);
    const bool written = fwrite(bytes, 1, size, stdout) == size;
    free(bytes);
    json_decref(input);
    return written ? 0 : 1;
}
