/* export_convert --export NAME: what sanling-leadership does with it. */
#include "exporter.h"

#include <string.h>

int main(int argc, char **argv)
{
    return argc == 3 && strcmp(argv[1], "--export") == 0 ? export_command(argv[2], stdin, stdout) : 2;
}
