/* export_convert --export NAME: what sanling-leadership does with it. export_convert --name NAME: the file's name. */
#include "exporter.h"

#include <stdlib.h>
#include <string.h>

static int print_name(const char *text)
{
    struct export_name name;
    json_error_t error;
    char file_name[EXPORT_FILE_NAME_SIZE];
    if (!export_parse(text, &name))
        return 2;
    json_t *mark = json_loadf(stdin, JSON_DISABLE_EOF_CHECK, &error);
    json_t *document = json_loadf(stdin, 0, &error);
    export_file_name(&name, document,
                     &(struct export_mark){.unit = json_string_value(json_object_get(mark, "unit")),
                                           .unit_name = json_string_value(json_object_get(mark, "unitName"))},
                     file_name);
    fputs(file_name, stdout);
    json_decref(mark);
    json_decref(document);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--export") == 0)
        return export_command(argv[2], stdin, stdout);
    if (argc == 3 && strcmp(argv[1], "--name") == 0)
        return print_name(argv[2]);
    return 2;
}
