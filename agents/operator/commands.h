/* The commands of sanlingctl. Each gets the tool with what stood before the command, and its own line, argv[0] being
 * its name; it returns the exit status. */
#ifndef SANLINGCTL_COMMANDS_H
#define SANLINGCTL_COMMANDS_H

#include "tool.h"

int run_status(struct tool *tool, int argc, char **argv);
int run_summary(struct tool *tool, int argc, char **argv);
int run_why(struct tool *tool, int argc, char **argv);
int run_matters(struct tool *tool, int argc, char **argv);
int run_petitions(struct tool *tool, int argc, char **argv);
int run_hazards(struct tool *tool, int argc, char **argv);
int run_accidents(struct tool *tool, int argc, char **argv);
int run_cases(struct tool *tool, int argc, char **argv);
int run_mediation(struct tool *tool, int argc, char **argv);
int run_grid(struct tool *tool, int argc, char **argv);
int run_overdue(struct tool *tool, int argc, char **argv);
int run_campaigns(struct tool *tool, int argc, char **argv);
int run_discrepancies(struct tool *tool, int argc, char **argv);
int run_attention(struct tool *tool, int argc, char **argv);
int run_inbox(struct tool *tool, int argc, char **argv);
int run_routes(struct tool *tool, int argc, char **argv);
int run_explain(struct tool *tool, int argc, char **argv);
int run_figure(struct tool *tool, int argc, char **argv);
int run_publish(struct tool *tool, int argc, char **argv);
int run_replay(struct tool *tool, int argc, char **argv);
int run_rebuild(struct tool *tool, int argc, char **argv);
int run_digest(struct tool *tool, int argc, char **argv);
int run_rejected(struct tool *tool, int argc, char **argv);
int run_backup(struct tool *tool, int argc, char **argv);
int run_doctor(struct tool *tool, int argc, char **argv);
int run_restore(struct tool *tool, int argc, char **argv);
int run_refusals(struct tool *tool, int argc, char **argv);
int run_consumers(struct tool *tool, int argc, char **argv);
int run_sources(struct tool *tool, int argc, char **argv);
int run_units_import(struct tool *tool, int argc, char **argv);
int run_units_list(struct tool *tool, int argc, char **argv);
int run_policy_check(struct tool *tool, int argc, char **argv);
int run_policy_adopt(struct tool *tool, int argc, char **argv);
int run_policy_show(struct tool *tool, int argc, char **argv);
int run_keys_new(struct tool *tool, int argc, char **argv);
int run_access_list(struct tool *tool, int argc, char **argv);
int run_access_grant(struct tool *tool, int argc, char **argv);
int run_access_revoke(struct tool *tool, int argc, char **argv);
int run_prove(struct tool *tool, int argc, char **argv);
int run_verify(struct tool *tool, int argc, char **argv);
int run_witness(struct tool *tool, int argc, char **argv);
int run_access_history(struct tool *tool, int argc, char **argv);
int run_proposals(struct tool *tool, int argc, char **argv);
int run_confirm(struct tool *tool, int argc, char **argv);
int run_withdraw(struct tool *tool, int argc, char **argv);
int run_log_key_propose(struct tool *tool, int argc, char **argv);
int run_clock_show(struct tool *tool, int argc, char **argv);
int run_clock_set(struct tool *tool, int argc, char **argv);

#endif
