#include "agent.h"
#include "desk.h"

int main(int argc, char **argv)
{
    static const char *const mappings[] = {"public-security.yaml", NULL};
    return agent_main(argc, argv,
                      &(struct agent_program){.name = "sanling-public-security",
                                              .office = SANLING__V1__OFFICE__KIND__PUBLIC_SECURITY,
                                              .default_mappings = mappings,
                                              .open_desk = desk_open,
                                              .check_desk = desk_check});
}
