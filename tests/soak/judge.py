"""What is growth and what is not. Pure: series in, findings out. The bounds stand here, each with its reason, and are
told in the report."""
import dataclasses
import statistics

import series
from plan import STATE_BYTES

MIB = 1 << 20

# The hub's memory grows with events by design. Its hash tables and indexes double in size from time to time, so that a
# stretch of an hour may show up to twice the mean.
EVENT_BYTES_MAX = 2 * STATE_BYTES
# What memory may grow by beside that, over the stretch that is looked at: allocators settle, caches fill.
DRIFT_BYTES = 8 * MIB
DRIFT_SHARE = 0.10
# The store gathers what it writes, in buffers that fill with events and are emptied at once: a saw that is no growth.
WRITE_BUFFER_BYTES = 64 * MIB
# After many events at once the hub keeps the room in which it copied what changed in the state.
SNAPSHOT_BYTES = 64 * MIB
# The page's server keeps answers in up to 64 MiB, as documented.
PAGE_CACHE_BYTES = 64 * MIB
# A connection that comes and goes, a file that is open for a moment: the median does not see those.
HANDLES_MORE = 1
# Latency on a machine with other work on it: twice, and no less than a flush to a busy disk takes.
LATENCY_FACTOR = 2.0
LATENCY_MORE_US = 10000
LEAST_POINTS = 12
LONG_LIFE_S = 300


@dataclasses.dataclass(frozen=True)
class Finding:
    what: str
    value: str
    bound: str
    held: bool | None  # None: there was too little to judge
    why: str = ""


def later(points):
    """The last two thirds: what is warmed up."""
    return points[len(points) // 3:]


def thirds_of_lives(lives):
    """The last two thirds of all points, still by their lives."""
    skip = sum(map(len, lives)) // 3
    kept = []
    for life in lives:
        kept.append(life[skip:])
        skip = max(0, skip - len(life))
    return [life for life in kept if life]


def too_short(what, points):
    return Finding(what, f"{points} points", f"at least {LEAST_POINTS}", None, "too short to be judged")


def hub_memory(lives):
    """`lives`: for each process that was the hub the settled (events, seconds, bytes of anonymous memory). The rate was
    high and low in turns, so that what comes with events and what comes with time can be told apart."""
    kept = thirds_of_lives(lives)
    points = [point for life in kept for point in life]
    if len(points) < LEAST_POINTS:
        return [too_short("hub: memory an event", len(points))]
    per_event, per_s, doubt_s = series.two_slopes(kept)
    span = points[-1][1] - points[0][1]
    events = max(x for x, _, _ in points) - min(x for x, _, _ in points)
    mean = statistics.fmean(y for _, _, y in points)
    allowed = WRITE_BUFFER_BYTES + DRIFT_SHARE * mean
    found = [Finding("hub: memory an event", f"{per_event:.0f} bytes", f"≤ {EVENT_BYTES_MAX} bytes",
                     per_event <= EVENT_BYTES_MAX or per_event * events <= allowed,
                     f"{STATE_BYTES} by design (rows of the state and their indexes), twice while tables double; over "
                     f"{events:,} events; less than {allowed / MIB:.0f} MiB in all is no growth")]
    if per_s is None:
        return found + [Finding("hub: memory over time", "not told apart from events", "", None,
                                "the rate was too even; memory an event covers both")]
    drift, doubt = per_s * span, doubt_s * span
    return found + [Finding("hub: memory over time beside events",
                            f"{drift / MIB:+.1f} MiB ± {doubt / MIB:.0f} in {span:.0f} s", f"≤ {allowed / MIB:.1f} MiB",
                            drift - doubt <= allowed,
                            f"the store's write buffers of {WRITE_BUFFER_BYTES // MIB} MiB fill and are emptied; "
                            f"{DRIFT_SHARE:.0%} of {mean / MIB:.0f} MiB")]


def against_a_new_one(lives):
    """`lives` as of hub_memory. What a hub had gathered when it ended, beside what one that was started behind it needs
    for the same events: that is what it had lost hold of, whatever events cost."""
    what = "hub: memory that a new one does not need"
    worst = None
    for before, after in zip(lives, lives[1:]):
        lasted = before[-1][1] - before[0][1]
        if lasted < LONG_LIFE_S or len(before) < LEAST_POINTS or len(after) < LEAST_POINTS:
            continue
        (events, _, held), (events_new, _, needs) = ([statistics.median(column) for column in zip(*part)]
                                                     for part in (before[-LEAST_POINTS:], after[:LEAST_POINTS]))
        more = held - (needs - STATE_BYTES * (events_new - events))
        allowed = WRITE_BUFFER_BYTES + SNAPSHOT_BYTES + DRIFT_SHARE * needs
        if worst is None or more - allowed > worst[0] - worst[1]:
            worst = more, allowed, lasted
    if worst is None:
        return Finding(what, "none lived long", f"at least {LONG_LIFE_S} s, and another behind it", None)
    more, allowed, lasted = worst
    return Finding(what, f"{more / MIB:+.1f} MiB after {lasted:.0f} s", f"≤ {allowed / MIB:.1f} MiB", more <= allowed,
                   f"of all lives of {LONG_LIFE_S} s and more the one that is nearest to its bound, which is the "
                   f"write buffers, the room of a snapshot that is kept, and {DRIFT_SHARE:.0%}")


def memory(name, lives, more=0):
    """Of a process that keeps nothing for ever. `lives`: the settled (seconds, bytes) of each."""
    kept = thirds_of_lives(lives)
    points = [point for life in kept for point in life]
    what = f"{name}: memory over time"
    if len(points) < LEAST_POINTS:
        return too_short(what, len(points))
    span = points[-1][0] - points[0][0]
    drift = series.life_slope(kept) * span
    allowed = DRIFT_BYTES + DRIFT_SHARE * statistics.fmean(y for _, y in points) + more
    return Finding(what, f"{drift / MIB:+.1f} MiB in {span:.0f} s", f"≤ {allowed / MIB:.1f} MiB", drift <= allowed,
                   "with the documented cache of answers" if more else "")


def handles(name, what, points):
    """Descriptors or threads: `points` are settled (seconds, count) of all lives."""
    first, last = series.thirds(later(points))
    what = f"{name}: {what}"
    if len(first) + len(last) < LEAST_POINTS:
        return too_short(what, len(points))
    before, after = statistics.median(first), statistics.median(last)
    return Finding(what, f"{before:.0f} → {after:.0f}", f"≤ {before:.0f} + {HANDLES_MORE}",
                   after <= before + HANDLES_MORE, "medians of the first and last third of what is looked at")


def latency(what, points):
    """`points`: settled (seconds, µs)."""
    first, last = series.thirds(points)
    if min(len(first), len(last)) < LEAST_POINTS // 3:
        return too_short(what, len(points))
    before, after = statistics.median(first), statistics.median(last)
    bound = max(LATENCY_FACTOR * before, before + LATENCY_MORE_US)
    return Finding(what, f"{before / 1e3:.1f} → {after / 1e3:.1f} ms", f"≤ {bound / 1e3:.1f} ms", after <= bound,
                   f"{LATENCY_FACTOR:g} times the first third, or {LATENCY_MORE_US // 1000} ms more")


def summaries(points):
    """`points`: settled (seconds, µs until a summary counts the event). The hub makes one at most every 200 ms, and
    counts what changed since the last one: how much there is in the state must not show."""
    found = latency("event to the summary that counts it", points)
    if found.held is None:
        return found
    return dataclasses.replace(found, why="a summary counts what changed, not what is there: the events in the state do "
                               f"not lengthen it; {found.why}")
