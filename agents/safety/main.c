#include "agent.h"

int main(int argc, char **argv)
{
    static const char *const mappings[] = {"safety.yaml", NULL};
    return agent_main(argc, argv,
                      &(struct agent_program){.name = "sanling-safety",
                                              .office = SANLING__V1__OFFICE__KIND__WORK_SAFETY,
                                              .default_mappings = mappings});
}
