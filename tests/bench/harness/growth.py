"""How the cost grows: with the events that lie in the log, and with the units of the county."""
import os
import pathlib
import shutil

from .comparisons import A_UNIT, attempt, check, filled_hub, of_county, replay_all
from .hub import Hub
from .programs import Failure, Missing

STEP = 5000000                   # events published at once while a log is filled
MEMORY_LEFT_MIB = 4096           # a log grows no further when less of either is left
DISK_LEFT_BYTES = 20 << 30


def memory_available_mib():
    for line in pathlib.Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) / 1024
    return 0


def room_to_grow(bench):
    """Whether a log can have STEP more events."""
    return (memory_available_mib() > MEMORY_LEFT_MIB
            and shutil.disk_usage(bench.folder).free > DISK_LEFT_BYTES)


def publish_run(bench, hub, events):
    """Events a second."""
    return hub.measure("publish", *of_county(bench, events))["events_per_s"]


def grow(bench, hub, grown, events):
    """Publishes until the log has `events`; returns how many it has when there was no more room."""
    while grown < events:
        if not room_to_grow(bench):
            bench.leave_out("cost_growth", Missing(f"the log was grown to {grown} events only: memory or disk is full"))
            break
        step = min(STEP, events - grown)
        bench.say(f"{grown + step} events")
        bench.figures.note("growing_events_per_s", publish_run(bench, hub, step))
        grown += step
    return grown


def look_back(bench, hub, events):
    """A kill, and replays of everything and of one unit in turns, at a size that takes time."""
    hub.await_rest()
    for _ in range(bench.scale.grown_rounds):
        whole = replay_all(hub, events)
        bench.figures.note("grown_replay_per_s", whole["replay_per_s"])
        bench.figures.note("grown_replay_ms", 1e3 * events / whole["replay_per_s"])
        attempt(bench, "grown_replay_unit_ms", lambda bench: bench.figures.note(
            "grown_replay_unit_ms", hub.measure("replay", "--unit", A_UNIT)["replay_ms"]))
    hub.kill()
    bench.figures.note("grown_start_after_kill_ms", hub.start())


def settled_run(bench, hub):
    """Events a second, with what was published before on the disk and the hub at rest, as a new one is."""
    hub.await_rest()
    os.sync()
    return publish_run(bench, hub, bench.scale.grown_run)


def one_run_on_each(bench, hub):
    """The same number of events on the large log and on a new one, which is grown to the small size first."""
    scale = bench.scale
    bench.figures.note("grown_events_per_s", settled_run(bench, hub))
    with filled_hub(bench) as small:
        publish_run(bench, small, scale.grown_small)
        bench.figures.note("grown_small_events_per_s", settled_run(bench, small))


def events_grow(bench):
    scale = bench.scale
    with filled_hub(bench) as hub:
        grown = grow(bench, hub, 0, min(scale.reading, scale.grown))
        if grown > 0:
            bench.figures.note("grown_read_events", grown)
            look_back(bench, hub, grown)
        grown = grow(bench, hub, grown, scale.grown)
        bench.figures.note("grown_to_events", grown)
        bench.figures.note("grown_rss_mib", hub.rss_mib)
        for number in range(scale.grown_rounds):
            bench.say(f"growth {number + 1}/{scale.grown_rounds}")
            one_run_on_each(bench, hub)
        check(replay_count(hub) == grown + scale.grown_rounds * scale.grown_run, "not every event came back")


def replay_count(hub):
    return hub.measure("replay")["own_records"]


def units_grow(bench):
    """A county of so many units: in memory, started again, and published to."""
    for units in bench.scale.many_units:
        bench.say(f"{units} units")
        attempt(bench, f"units_{units}", of_units, units)


def of_units(bench, units):
    note = bench.figures.note
    with Hub(bench) as hub:
        hub.start()
        hub.fill(units)
        note(f"rss_mib_of_{units}_units", hub.rss_mib)
        hub.kill()
        note(f"start_after_kill_ms_of_{units}_units", hub.start())
        hub.stop()
        note(f"start_after_stop_ms_of_{units}_units", hub.start())
        note(f"rss_restarted_mib_of_{units}_units", hub.rss_mib)
        told = hub.measure("publish", "--units", units, "--events", bench.scale.signed)
        note(f"events_per_s_of_{units}_units", told["events_per_s"])
        hub.stop()


def run(bench):
    try:
        events_grow(bench)
    except Failure as failure:
        bench.leave_out("cost_growth", failure)
