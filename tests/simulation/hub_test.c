/* The hub's decisions in a simulated world: each seed is a run of one hub through some lives, with publishers, readers,
 * a network and a disk that fail as they do, against a model of what was promised.
 *
 *     simulation-hub [--seeds N] [--from S] [--seconds T] [--tell] [--twice]
 *
 * S is a number, or `clock` for seeds that were not tried yet. --tell prints all that happens, --twice runs each seed
 * again and compares.
 */
#include <getopt.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "hub.h"
#include "hub_clients.h"
#include "hub_disk.h"
#include "hub_model.h"
#include "hub_network.h"
#include "hub_world.h"

enum {
    FAULTY_LIVES_MAX = 4, /* mostly 1 */
    CALM_TURN_US = 1000000,
    CALM_US = 120000000, /* within which everything must come to its end */
    SETUP_SEED = 0,
};

/* What the seeds did, to be shown. */
struct figures {
    uint64_t seeds, lives, acknowledged, kills, cuts, failed_syncs, failed_writes, damaged, refused;
};

struct run {
    struct config config;
    struct hub *hub;
    struct figures figures;
};

static void read_config(struct run *run, const char *access)
{
    struct fault fault;
    if (!config_for_data(DISK_ROOT, &run->config, &fault)) {
        fprintf(stderr, "%s\n", fault.text);
        exit(2);
    }
    snprintf(run->config.access, sizeof run->config.access, "%s", access);
}

/* ---- one life ---- */

static void plan_life(struct run *run)
{
    static const enum disk_fault faults[] = {DISK_KILL, DISK_POWER, DISK_FAIL_SYNC, DISK_FAIL_WRITE};
    struct disk_plan plan = {.slow = world_once_in(4) ? 50 : 1};
    run->config.for_latency = world_once_in(2);
    run->config.snapshot_records = (uint32_t)world_between(1, 30);
    run->config.gather_us = world_once_in(3) ? 2000 : 0;
    run->config.verify_tail = world_once_in(4);
    if (world()->calm) {
        plan.slow = 1;
    } else {
        if (world_once_in(2)) {
            plan.fault = faults[world_between(0, 3)];
            plan.calls = (uint32_t)world_between(1, world_once_in(2) ? 40 : 200);
        }
        world()->life_ends_us = world()->now_us + world_between(1000, world_once_in(4) ? 5000000 : 400000);
        world()->ending = (enum ending)world_between(0, 2);
        disk_set_full(world_once_in(10) ? world()->now_us + world_between(0, 4000000) : 0);
        world()->clock_set_us = world_once_in(4) ? world()->now_us + world_between(0, 1000000) : NEVER;
    }
    disk_plan(&plan);
}

static void count(struct run *run)
{
    const struct disk_plan *plan = disk_planned();
    struct figures *figures = &run->figures;
    figures->lives++;
    if (!plan->happened)
        return;
    figures->kills += plan->fault == DISK_KILL;
    figures->cuts += plan->fault == DISK_POWER;
    figures->failed_syncs += plan->fault == DISK_FAIL_SYNC;
    figures->failed_writes += plan->fault == DISK_FAIL_WRITE;
}

static void check_opened(struct run *run)
{
    if (run->hub->ledger.state.heads.recorded_at_us > world_latest_us())
        world_broken("a clock that leapt was followed");
    model_check_log(run->hub);
    if (!world()->failed)
        model_check_state(run->hub);
    if (!world()->failed)
        clients_check_names(run->hub);
}

/* A hub is not started by a clock that leapt: somebody sets it right first. */
static void right_clock(void)
{
    if (!world()->clock_leapt)
        return;
    world_right_clock();
    world_note("the clock of the day is right again");
}

static bool open_hub(struct run *run)
{
    struct fault fault = {0};
    right_clock();
    world()->stop = 0;
    world()->dying = false;
    run->hub = hub_open(&run->config, "", "", &fault);
    if (!run->hub)
        world_note("the hub does not open: %s [%s]", fault.text, fault_name(fault.code));
    if (!run->hub && !disk_planned()->happened)
        world_broken("the hub does not open: %s [%s]", fault.text, fault_name(fault.code));
    return run->hub != NULL;
}

/* The loop until the life ends. */
static void run_hub(struct run *run)
{
    struct fault fault = {0};
    volatile sig_atomic_t reload = 0;
    if (!hub_run(run->hub, &world()->stop, &reload, &fault)) {
        world_note("the hub ends: %s [%s]", fault.text, fault_name(fault.code));
        if (!disk_planned()->happened && !world()->dying)
            world_broken("the hub ends by itself: %s [%s]", fault.text, fault_name(fault.code));
    }
}

static void live(struct run *run)
{
    plan_life(run);
    world_note("== a life begins%s", world()->calm ? ", without faults" : "");
    if (open_hub(run)) {
        if (!world()->dying)
            check_opened(run);
        if (!world()->dying && !world()->failed) {
            clients_hub_begins();
            run_hub(run);
        }
        hub_close(&run->hub);
    }
    count(run);
    disk_next_life();
}

/* ---- the last life: everything comes to its end ---- */

static bool is_quiet(const struct hub *hub)
{
    return hub->in_flight_count == 0 && hub->ledger.state.heads.position == hub->durable.position &&
           clients_done(hub->durable.position);
}

static void end_in_calm(struct run *run)
{
    const int64_t until_us = world()->now_us + CALM_US;
    world()->calm = true;
    world()->ending = ENDING_STOP;
    disk_set_full(world_once_in(6) ? world()->now_us + world_between(0, 3000000) : 0);
    plan_life(run);
    world_note("== the last life begins, without faults");
    if (!open_hub(run))
        return;
    check_opened(run);
    clients_hub_begins();
    while (!world()->failed && !is_quiet(run->hub) && world()->now_us < until_us) {
        world()->stop = 0;
        world()->life_ends_us = world()->now_us + CALM_TURN_US;
        run_hub(run);
    }
    world()->life_ends_us = NEVER;
    if (!world()->failed && !is_quiet(run->hub)) {
        clients_tell();
        world_broken("not all comes to its end");
    }
    if (!world()->failed)
        check_opened(run);
    if (!world()->failed)
        clients_check_read();
    hub_close(&run->hub);
    count(run);
    disk_next_life();
}

/* ---- seeds ---- */

/* The county as most seeds find it: its policy is adopted and its tree is there. */
static bool prepare(struct run *run)
{
    world_begin(SETUP_SEED);
    network_begin();
    disk_begin(false);
    model_begin(false);
    clients_begin_setup();
    end_in_calm(run);
    disk_keep();
    model_keep();
    return !world()->failed;
}

/* Damage is found when the hub opens, or was of nothing that was promised. */
static void damage(struct run *run)
{
    char what[160];
    struct fault fault = {0};
    if (!disk_damage(what))
        return;
    run->figures.damaged++;
    world_note("== damaged: %s", what);
    run->config.verify_tail = false;
    world()->stop = 0;
    world()->dying = false;
    run->hub = hub_open(&run->config, "", "", &fault);
    if (run->hub) {
        check_opened(run);
    } else {
        run->figures.refused++;
        world_note("the hub does not open: %s [%s]", fault.text, fault_name(fault.code));
        /* A key or a checkpoint with another bit may as well be another log's: refused it is all the same. */
        if (fault.code != FAULT_DAMAGED && !strstr(what, "checkpoint") && !strstr(what, "log.key"))
            world_broken("damage (%s) is not told as damage: %s [%s]", what, fault.text, fault_name(fault.code));
    }
    hub_close(&run->hub);
    disk_mend();
}

static bool run_seed(struct run *run, uint64_t seed)
{
    world_begin(seed);
    network_begin();
    const bool prepared = !world_once_in(10);
    disk_begin(prepared);
    model_begin(prepared);
    clients_begin(prepared);
    const uint64_t before = model()->acknowledged;
    const int64_t lives = world_between(0, world_once_in(4) ? FAULTY_LIVES_MAX : 1);
    for (int64_t i = 0; i < lives && !world()->failed; i++) {
        live(run);
        if (!world()->failed && world_once_in(12))
            damage(run);
    }
    if (!world()->failed)
        end_in_calm(run);
    run->figures.seeds++;
    run->figures.acknowledged += model()->acknowledged - before;
    return !world()->failed;
}

/* A seed is a run: what it finds can be looked at again. */
static bool runs_the_same(struct run *run, uint64_t seed)
{
    const uint64_t digest = world()->digest;
    (void)run_seed(run, seed);
    if (world()->digest == digest)
        return true;
    fprintf(stderr, "seed %" PRIu64 " runs another way the second time\n", seed);
    return false;
}

static void tell(const struct figures *figures)
{
    printf("%" PRIu64 " seeds, %" PRIu64 " lives of a hub, %" PRIu64
           " events acknowledged; at a call of the disk: %" PRIu64 " killed, %" PRIu64 " without power, %" PRIu64
           " syncs and %" PRIu64 " writes failed; %" PRIu64 " times damaged, %" PRIu64 " of them refused\n",
           figures->seeds, figures->lives, figures->acknowledged, figures->kills, figures->cuts, figures->failed_syncs,
           figures->failed_writes, figures->damaged, figures->refused);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        {"seeds", required_argument, NULL, 'n'},   {"from", required_argument, NULL, 'f'},
        {"seconds", required_argument, NULL, 's'}, {"tell", no_argument, NULL, 't'},
        {"twice", no_argument, NULL, 'w'},         {0}};
    static struct run run;
    uint64_t seeds = 100;
    uint64_t from = 1;
    bool tells = false;
    bool twice = false;
    time_t ends = 0; /* no seed begins after it; 0: all do */
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option == 'n')
            seeds = strtoull(optarg, NULL, 10);
        else if (option == 'f')
            from = strcmp(optarg, "clock") == 0 ? (uint64_t)time(NULL) << 24 : strtoull(optarg, NULL, 10);
        else if (option == 's')
            ends = time(NULL) + strtol(optarg, NULL, 10);
        else if (option == 't')
            tells = true;
        else if (option == 'w')
            twice = true;
        else
            return 2;
    }
    char access[] = "/tmp/simulation-hub.XXXXXX";
    const int descriptor = mkstemp(access);
    if (descriptor < 0)
        return 2;
    close(descriptor);
    clients_write_access(access);
    read_config(&run, access);
    world_take_dice();
    /* Each life takes and gives back some megabytes: the system need not clear them again and again. */
    mallopt(M_TRIM_THRESHOLD, 1 << 30);
    mallopt(M_MMAP_THRESHOLD, 256 << 10);
    mallopt(M_TOP_PAD, 64 << 20);
    uint64_t broken = 0;
    if (!prepare(&run))
        broken = 1;
    run.figures = (struct figures){0};
    world()->tell = tells;
    for (uint64_t seed = from; broken == 0 && seed < from + seeds && (ends == 0 || time(NULL) < ends); seed++)
        broken += !run_seed(&run, seed) || (twice && !runs_the_same(&run, seed));
    unlink(access);
    tell(&run.figures);
    return broken > 0;
}
