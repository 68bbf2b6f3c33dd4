#include "agent.h"

int main(int argc, char **argv)
{
    static const char *const mappings[] = {"petitions.yaml", NULL};
    return agent_main(argc, argv,
                      &(struct agent_program){.name = "sanling-petitions",
                                              .office = SANLING__V1__OFFICE__KIND__PETITIONS,
                                              .default_mappings = mappings});
}
