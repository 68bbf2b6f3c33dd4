#include "agent.h"

int main(int argc, char **argv)
{
    static const char *const mappings[] = {"governance.yaml", NULL};
    return agent_main(argc, argv,
                      &(struct agent_program){.name = "sanling-governance",
                                              .office = SANLING__V1__OFFICE__KIND__GOVERNANCE,
                                              .default_mappings = mappings});
}
