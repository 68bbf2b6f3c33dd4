"""From what was seen in a soak to findings: the comparison of model and hub, and growth."""
import statistics

import judge
import model
import series
from county import BIN, run
from harness.programs import parse_figures
from judge import Finding

SETTLED_S = 10.0  # after a fault or a burst
MIB = 1 << 20


# ---- model and hub ----

def check_log(county, promises_path):
    """The figures of `sanling-soak check`; what it complained of under "complaints"."""
    done = run(BIN / "sanling-soak", "check", "--hub", county.endpoint, "--identity", county.key("soak"), "--units",
               county.units, "--acknowledged", promises_path, expect=None, seconds=7200)
    return {**parse_figures(done.stdout), "status": done.returncode, "complaints": done.stderr.strip()}


def of_log(checked):
    good = checked["status"] == 0 and checked.get("own") == checked.get("acknowledged")
    return Finding("acknowledged events in the log, once, at the told position, with the sent bytes",
                   f"{checked.get('acknowledged_there', 0):,.0f} of {checked.get('acknowledged', 0):,.0f}", "all", good,
                   checked["complaints"][:500] or f"all {checked.get('records', 0):,.0f} positions were read, no gap")


def of_rejected(rejected):
    return Finding("events rejected", str(len(rejected)), "0", not rejected, str(rejected[:2]) if rejected else "")


def of_followers(cast, head, promises):
    found = []
    for follower in cast.followers:
        chosen = follower is cast.chooser
        wrong = (model.check_chosen_taken(follower.lines_path, cast.TYPE, promises) if chosen
                 else model.check_all_taken(follower.lines_path, head))
        what = "every matching position" if chosen else f"positions 1 to {head:,}"
        found.append(Finding(f"durable subscriber '{follower.name}': {what}, in order, by position once",
                             wrong or "yes", "yes", not wrong))
    return found


def of_rows(county, rows):
    found = []
    for office, codes in rows.items():
        wrong = model.check_rows(county, office, codes)
        found.append(Finding(f"rows of {office} in the log, once", wrong or f"{len(codes):,} rows", "all", not wrong))
    return found


def of_summary(county, summary, events, now_s, sheets):
    if not model.of_one_year(now_s, summary["year"]):
        return [Finding("summary", "not compared", "", None, "the events tell of two years, the summary of one")]
    codes = [row.split(",")[0] for row in (county.folder / "units.csv").read_text().splitlines()[1:]]
    units = len(model.units_with_cases(codes, events, sheets.units_of_cases))
    return [Finding(f"summary: {name}", f"{told:,}", f"{expected:,}", told == expected)
            for name, expected, told in model.summary_counts(summary, events, sheets.rows, units)]


def of_rebuild(rebuilt, reported, digest):
    good = rebuilt["same"] and rebuilt["position"] == reported["position"] and rebuilt["digest"] == digest
    return Finding("state computed anew from the log (rebuild)", rebuilt["digest"][:16], digest[:16], good,
                   f"at position {reported['position']}")


def of_verify(county):
    done = run(BIN / "sanlingctl", "verify", "--data", county.data, expect=None, seconds=7200)
    return Finding("the whole log against its checkpoints (verify)", f"exit status {done.returncode}", "0",
                   done.returncode == 0, (done.stderr or done.stdout).strip().splitlines()[-1][:200])


# ---- what was seen, settled ----

class Settled:
    """Which moments are neither in nor soon after a fault or a burst."""

    def __init__(self, soak):
        self.holes = [(fault["at"], fault["at"] + fault["acted_s"] + fault["recovered_s"] + SETTLED_S)
                      for fault in soak.faults.done]
        self.holes += [(start - 1, end + SETTLED_S) for start, end in soak.tempo.bursts]
        self.bursts = soak.tempo.bursts
        self.faults = [hole for hole in self.holes[:len(soak.faults.done)]]

    def __call__(self, at):
        return not any(start <= at <= end for start, end in self.holes)

    def in_burst(self, at):
        """Its first second and what faults touch left out."""
        return any(start + 1 <= at <= end for start, end in self.bursts) and \
            not any(start <= at <= end for start, end in self.faults)


def seconds_of(soak):
    """The publisher's seconds with `at`."""
    began_ms = soak.began * 1000
    return [{**second, "at": (second["ms"] - began_ms) / 1000} for second in soak.cast.publisher.table()]


def lives_of(rows, name, what, settled, with_events=False):
    """Settled points of a process by its lives."""
    lives, pid = [], None
    for row in rows:
        told = row["processes"].get(name)
        if not told or not settled(row["at"]):
            continue
        if told["pid"] != pid:
            pid = told["pid"]
            lives.append([])
        point = (row["at"], told[what])
        lives[-1].append((row["events"], *point) if with_events else point)
    return lives


def growth(soak):
    settled = Settled(soak)
    rows = soak.sampler.rows
    names = sorted({name for row in rows for name in row["processes"]})
    hubs = lives_of(rows, "hub", "anonymous", settled, with_events=True)
    found = [*judge.hub_memory(hubs), judge.against_a_new_one(hubs)]
    for name in names:
        if name != "hub":
            found.append(judge.memory(name, lives_of(rows, name, "anonymous", settled),
                                      judge.PAGE_CACHE_BYTES if name == "page" else 0))
    for what in ("descriptors", "threads"):
        for name in names:
            points = [point for life in lives_of(rows, name, what, settled) for point in life]
            found.append(judge.handles(name, what, points))
    seconds = seconds_of(soak)
    calm = [second for second in seconds if settled(second["at"]) and second["batches"]]
    burst = [second for second in seconds if settled.in_burst(second["at"]) and second["batches"]]
    found.append(judge.latency("acknowledgement p99, settled", [(s["at"], s["p99"]) for s in calm]))
    found.append(judge.latency("acknowledgement p50, settled", [(s["at"], s["p50"]) for s in calm]))
    if burst:
        found.append(judge.latency("acknowledgement p99, in bursts", [(s["at"], s["p99"]) for s in burst]))
    found.append(judge.summaries([(s["at"], max(s["summary"], s["waiting"])) for s in calm]))
    return found


# ---- figures ----

def middle(values):
    return statistics.median(values) if values else None


def measured(soak):
    settled = Settled(soak)
    seconds = seconds_of(soak)
    calm = [second for second in seconds if settled(second["at"]) and second["batches"]]
    burst = [second for second in seconds if settled.in_burst(second["at"]) and second["batches"]]
    rows = soak.sampler.rows
    hub = [row["processes"]["hub"] for row in rows if "hub" in row["processes"]]
    log, tree, state = soak.sampler.disk[-1][1:]
    return {"events": soak.cast.publisher.newest["acknowledged"], "samples": len(rows),
            "ack_p50_us": middle([s["p50"] for s in calm]), "ack_p99_us": middle([s["p99"] for s in calm]),
            "ack_worst_us": max((s["max"] for s in seconds), default=0),
            "burst_p50_us": middle([s["p50"] for s in burst]), "burst_p99_us": middle([s["p99"] for s in burst]),
            "summary_us": middle([max(s["summary"], s["waiting"]) for s in calm]),
            "busy_beside": busy_beside(rows),
            "hub_anonymous_mib": hub[-1]["anonymous"] / MIB,
            "hub_anonymous_most_mib": max(h["anonymous"] for h in hub) / MIB,
            "hub_rss_most_mib": max(h["rss"] for h in hub) / MIB, "hub_threads": hub[-1]["threads"],
            "hub_descriptors": hub[-1]["descriptors"], "hub_tables_most": max(h["tables"] for h in hub),
            "disk_log_mib": log / MIB, "disk_tree_mib": tree / MIB, "disk_state_mib": state / MIB}


def busy_beside(rows):
    """Processors that others of this machine used, the first and the last third's median."""
    used = []
    for before, after in zip(rows, rows[1:]):
        own = sum(told["cpu"] - before["processes"][name]["cpu"] for name, told in after["processes"].items()
                  if before["processes"].get(name, {}).get("pid") == told["pid"])
        used.append((after["at"], max(0.0, (after["busy"] - before["busy"] - own) / (after["at"] - before["at"]))))
    return [middle(part) for part in series.thirds(used)]


def chores(soak):
    asked = {name: {"count": len(times), "median_s": middle(times), "most_s": max(times)}
             for name, times in sorted(soak.questions.asked.items())}
    return {"questions": asked, "questions_during_faults": soak.questions.unanswered,
            "changes": soak.changes.done, "changes_during_faults": soak.changes.unanswered,
            "policies": soak.changes.policies, "sheets": len(soak.sheets.reports),
            "rows": sum(map(len, soak.sheets.rows.values()))}


def lines_of(soak):
    """What the plots show."""
    return {"rows": soak.sampler.rows, "seconds": seconds_of(soak), "disk": soak.sampler.disk,
            "bursts": soak.tempo.bursts}
