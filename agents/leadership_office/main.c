#include "agent.h"

int main(int argc, char **argv)
{
    static const char *const mappings[] = {"leadership-office.yaml", NULL};
    return agent_main(argc, argv,
                      &(struct agent_program){.name = "sanling-leadership-office",
                                              .office = SANLING__V1__OFFICE__KIND__LEADERSHIP,
                                              .default_mappings = mappings});
}
