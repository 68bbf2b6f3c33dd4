"""One soak from its start to its verdict."""
import base64
import json
import os
import pathlib
import random
import shutil
import sys
import tempfile
import time

import faults as fault_module
import model
import plan as planning
import report
import verdict
from cast import Cast, SoakCounty
from chores import Changes, Questions, Sheets, Tempo
from county import BIN, COUNTY, run as run_program, until
from harness import load, machine
from harness.bench import Bench
from harness.hub import Hub
from harness.programs import Programs
from harness.scale import SMOKE
from samples import Sampler

MEASURED_EVENTS = 1000000
SLOW_PART = 2     # the slow subscriber takes half of what comes
DRAINED_S = 3600


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def measure_max(root, programs, units, events=MEASURED_EVENTS):
    """Events a second that a hub of its own takes, encrypted, from a publisher with a deep window."""
    with Bench(root, programs, SMOKE, ()) as bench, Hub(bench, curve=True) as hub:
        hub.start()
        hub.fill(units)
        return round(hub.measure("publish", "--events", events, "--units", units)["events_per_s"])


def available_bytes():
    for line in pathlib.Path("/proc/meminfo").read_text().splitlines():
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 1 << 30


def make_plan(options, max_rate):
    memory = options.memory_mib << 20 if options.memory_mib else available_bytes() // 4
    disk = shutil.disk_usage(tempfile.gettempdir()).free // 4
    rate = 2000 if options.smoke and not options.rate else options.rate
    return planning.make(options.minutes * 60, max_rate, memory, disk, rate)


class Soak:
    """The county, its cast, and what they do."""

    def __init__(self, county, plan, options, seed):
        self.county, self.plan, self.options = county, plan, options
        self.chance = random.Random(seed)
        self.cast = Cast(county, 1.0 if options.smoke else 5.0)
        self.smoke = options.smoke

    def begin(self):
        self.county.start()
        self.cast.begin(max(50, self.plan.rate // SLOW_PART))
        self.began = time.monotonic()
        self.faults = fault_module.Faults(self.county, self.cast, self.chance, self.began, max(1000, self.plan.rate))
        units = self.county.some_units(50)
        day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 40 * 3600))
        quick = self.smoke
        self.sheets = Sheets(self.county, day, units, 2 if quick else 10)
        self.questions = Questions(self.county, self.cast, self.faults, units, random.Random(self.chance.random()),
                                   0.2 if quick else 2)
        self.changes = Changes(self.county, self.faults, 3 if quick else 30)
        self.sampler = Sampler(self.cast, self.began)
        self.tempo = Tempo(self.plan, self.cast.publisher, self.began)
        self.county.key("newcomer")
        self.cast.publisher.rate(self.plan.rate)
        for thread in self.threads:
            thread.start()

    @property
    def threads(self):
        return [self.sampler, self.tempo, self.sheets, self.questions, self.changes]

    def play(self):
        """Faults now and then; each is over before the next. A short soak goes on until each was there once."""
        end = self.began + self.plan.seconds
        every = 0.2 if self.smoke else self.options.faults
        names = list(fault_module.SMOKE) if self.smoke else []
        self.chance.shuffle(names)
        while time.monotonic() < end or names:
            pause = every if self.smoke else min(every, max(0.0, end - time.monotonic()))
            time.sleep(pause)
            if self.smoke and not names:
                continue
            if not self.smoke and time.monotonic() + 2 * every / 3 > end:
                continue  # what is judged at the end is quiet
            self.faults.one(names.pop() if names else None)
            last = self.faults.done[-1]
            say(f"{last['name']} {last['detail']} {last['acted_s']:.1f} s, well after {last['recovered_s']:.1f} s")

    def played(self):
        """What went wrong so that the faults ended early; what is there is compared nevertheless."""
        try:
            self.play()
        except AssertionError as failure:
            return [str(failure)]
        return []

    def finish(self):
        """Everything comes to its end: what is on its way arrives."""
        for thread in (self.tempo, self.changes, self.questions, self.sheets):
            thread.stop()
        self.played_s = time.monotonic() - self.began
        self.sampler.stop()
        publisher = self.cast.publisher
        status = publisher.end()
        publisher.poll()
        if status != 0:
            raise AssertionError(f"the publisher ended with {status}: {publisher.program.journal}")
        until("the offices' last reports", lambda: all(path.exists() for path in self.sheets.reports), 600)
        until("the outboxes to be empty", self.outboxes_empty, 600)

    def outboxes_empty(self):
        import sqlite3
        for office in self.cast.agents:
            path = self.county.folder / "state" / office / "outbox.sqlite"
            with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as outbox:
                if outbox.execute("SELECT count(*) FROM event").fetchone() != (0,):
                    return False
        return True

    def drain_followers(self, head):
        self.cast.slow.rate(0)
        for follower in self.cast.followers:
            until(f"{follower.name} to reach {head}", lambda: follower.poll().reached >= head, DRAINED_S)
            if follower.end() != 0:
                raise AssertionError(f"{follower.name} did not end well: {follower.program.journal}")


def compare(soak):
    """Model and hub. Returns findings, and what was counted."""
    county, cast = soak.county, soak.cast
    for agent in cast.agents.values():
        if agent.stop() != 0:
            raise AssertionError(f"{agent.name} did not end well: {agent.journal}")
    head = int(county.ask("digest")["position"])
    soak.drain_followers(head)
    rejected = county.ask_lines("rejected")
    summary = county.ask("summary", COUNTY)
    checked = verdict.check_log(county, cast.publisher.lines_path)
    promises = model.runs(cast.publisher.lines_path)
    found = [verdict.of_log(checked), verdict.of_rejected(rejected), *verdict.of_followers(cast, head, promises),
             *verdict.of_rows(county, soak.sheets.rows),
             *verdict.of_summary(county, summary, int(checked.get("own", 0)), cast.publisher.last["now"][0],
                                 soak.sheets)]
    reported = county.ask("digest")
    position_last = int(reported["position"])
    if cast.page and cast.page.program.stop() != 0:
        raise AssertionError("the page's server did not end well")
    county.stop_hub()
    rebuilt = model.rebuild(county)
    found.append(verdict.of_rebuild(rebuilt, reported, base64.b64decode(reported["digest"]).hex()))
    found.append(verdict.of_verify(county))
    return found, {"records": position_last, "acknowledged": checked.get("acknowledged", 0),
                   "runs": len(promises)}


def command(options):
    """What to say to run the same again; where files are written is left out."""
    words = [f"--minutes {options.minutes:g}"]
    words += [f"--faults {options.faults:g}"] if options.faults != 60 else []
    words += [f"--{name.replace('_', '-')} {getattr(options, name)}" for name in ("rate", "memory_mib")
              if getattr(options, name)]
    words += [f"--units {options.units}"] if options.units != 5000 else []
    return "tests/soak/run " + " ".join([*words, "--results"])


def run(options, root, folder):
    seed = options.seed if options.seed is not None else random.randrange(1 << 32)
    programs = Programs(folder)
    load_before = machine.load()
    began = time.time()
    max_rate = measure_max(root, programs, options.units, 20000 if options.smoke else MEASURED_EVENTS)
    plan = make_plan(options, max_rate)
    say(f"seed {seed}; the hub takes {max_rate:,} events/s; {plan.reason}; {plan.events:,} events in all")
    with SoakCounty(options.units) as county:
        soak = Soak(county, plan, options, seed)
        soak.begin()
        failures = soak.played()
        soak.finish()
        say("all has arrived; model and hub are compared")
        comparison, counted = compare(soak)
        measured = verdict.measured(soak)
        growth = verdict.growth(soak)
        document = {"machine": machine.machine(county.folder), "versions": machine.versions(root, programs),
                    "run": {"command": command(options), "seed": seed, "began": began,
                            "seconds": round(time.time() - began), "played_s": round(soak.played_s),
                            "load_before": load_before, "load_after": machine.load(), "max_rate": max_rate,
                            "units": options.units},
                    "plan": {**plan.__dict__, "events": plan.events}, "counted": counted,
                    "faults": soak.faults.done, "measured": measured,
                    "findings": {"comparison": [finding.__dict__ for finding in comparison],
                                 "growth": [finding.__dict__ for finding in growth]},
                    "chores": verdict.chores(soak)}
        failures += soak.questions.failures + soak.changes.failures + soak.sheets.failures
        if soak.sampler.failure:
            failures.append(f"sampler: {soak.sampler.failure!r}")
        document["failures"] = failures
        series = verdict.lines_of(soak)
    judged = comparison + ([] if options.smoke else growth)
    document["held"] = all(finding.held is not False for finding in judged) and not failures
    report.tell(document, options.smoke)
    if options.json:
        options.json.write_text(json.dumps({**document, "series": series}, ensure_ascii=False, indent=1) + "\n")
    for place in [options.report] * bool(options.report) + [pathlib.Path(__file__).parent] * options.results:
        report.write(place, document, series)
    return 0 if document["held"] else 1
