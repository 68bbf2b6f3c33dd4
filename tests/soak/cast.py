"""Who plays: a county of many units on a hub with CURVE, the publisher, followers, offices' agents and the page."""
import pathlib
import re
import subprocess
import threading
import time

from county import BIN, POLICIES, County, Program, end_with_scenario, run, until
from page import Page

ENDED_WELL_S = 900


class SoakCounty(County):
    """The county of the bench: all its units, the rules of the county, on the machine's clock."""

    def __init__(self, units):
        super().__init__(clock=None, policy="yuxian-2020", reserve_mib=256)
        self.units = units
        self.access["soak"] = ("operator", "OPERATOR", "")

    def write_access(self, extra=""):
        super().write_access(extra)
        path = self.folder / "access.yaml"
        types = "catalogue, InspectionRecorded, PatrolTallied, VolunteerTallied, HazardFound, RectificationOrdered, " \
                "RectificationReported, HazardFixedOnSpot, CaseFiled, PetitionRegistered, ZeroAttested"
        path.write_text(re.sub(r"(\{name: soak, .*)\}", rf"\1, types: [{types}]}}", path.read_text()))

    def write_units(self, path):
        run(BIN / "sanling-bench", "units", "--units", self.units, "--file", path)
        return path

    def some_units(self, count):
        rows = (self.folder / "units.csv").read_text().splitlines()[1:]
        counted = [row.split(",")[0] for row in rows if ",VILLAGE," in row or ",ENTERPRISE," in row]
        return counted[::max(1, len(counted) // count)][:count]

    def policy_file(self, number):
        """The same rules as another version: what is adopted must be new."""
        text = (POLICIES / f"{self.policy}.yaml").read_text()
        text = re.sub(r"^version: .*$", f"version: soak-{number}", text, flags=re.M)
        today = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
        text = re.sub(r'^effective_from: .*$', f'effective_from: "{today}"', text, flags=re.M)
        text = re.sub(r"^retroactive: .*$", "retroactive: false", text, flags=re.M)
        path = self.folder / f"soak-{number}.yaml"
        path.write_text(text)
        return path


class Talker:
    """A program of the soak that is told things on its standard input and writes lines, which are read as they come."""

    def __init__(self, county, name, command, *words, identity="soak"):
        self.county, self.name, self.command, self.words, self.identity = county, name, command, words, identity
        self.lines_path = county.folder / f"{name}.lines"
        self.program = None
        self.offset = 0
        self.seconds = []  # the numbers of its lines `second`
        self.others = 0
        self.last = {}  # word: the numbers of the last line that begins so
        self.lock = threading.RLock()

    def start(self):
        words = [str(word) for word in (BIN / "sanling-soak", self.command, "--hub", self.county.endpoint, "--identity",
                                        self.county.key(self.identity), *self.words)]
        with open(self.lines_path, "ab") as lines:
            self.program = TalkingProgram(self.county.journals, self.name, words, lines)
        self.county.programs.append(self.program)
        return self

    def rate(self, events_per_s):
        self.program.tell(f"rate {events_per_s}\n")

    def end(self):
        """What it has begun it finishes; returns the exit status."""
        self.program.process.stdin.close()
        return self.program.wait(ENDED_WELL_S)

    def poll(self):
        """Takes the new complete lines. Any thread may."""
        with self.lock:
            self._take_lines()
        return self

    def _take_lines(self):
        with open(self.lines_path, "rb") as file:
            file.seek(self.offset)
            text = file.read()
        text = text[:text.rfind(b"\n") + 1]
        self.offset += len(text)
        for line in text.decode().splitlines():
            word, *numbers = line.split()
            numbers = [int(number) for number in numbers]
            self.last[word] = numbers
            if word == "second":
                self.seconds.append(numbers)

    @property
    def running(self):
        return self.program is not None and self.program.running


class TalkingProgram(Program):
    """Its output goes to a file that is not emptied when it is started again."""

    def __init__(self, folder, name, command, lines):
        self.name = name
        self.journal_path = folder / f"{name}.log"
        self.output_path = pathlib.Path(lines.name)
        with open(self.journal_path, "ab") as journal:
            self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=lines, stderr=journal,
                                            preexec_fn=end_with_scenario)

    def tell(self, text):
        self.process.stdin.write(text.encode())
        self.process.stdin.flush()


class Publisher(Talker):
    """The oracle. Fields of its seconds: publish.c."""

    FIELDS = ("ms", "rate", "sent", "acknowledged", "batches", "p50", "p99", "max", "behind", "in_flight", "summaries",
              "summary", "waiting")

    def __init__(self, county, units):
        super().__init__(county, "publisher", "publish", "--units", units)
        self.position = 0

    def poll(self):
        super().poll()
        if "recorded" in self.last:
            _, count, position = self.last["recorded"]
            self.position = max(self.position, position + count - 1)
        return self

    @property
    def newest(self):
        """The last second by names; None before the first."""
        return dict(zip(self.FIELDS, self.seconds[-1])) if self.seconds else None

    def table(self):
        return [dict(zip(self.FIELDS, second)) for second in self.seconds]


class Follower(Talker):
    FIELDS = ("ms", "reached", "records")

    def __init__(self, county, name, *words):
        super().__init__(county, name, "follow", "--name", name, *words)

    @property
    def reached(self):
        return self.seconds[-1][1] if self.seconds else 0


class Cast:
    """All of it. `begin()` once the county has started."""

    AGENTS = ("petitions", "safety", "public-security")
    # One takes all it can, one little at a time, one comes and goes, one wants a twentieth.
    SLOW_SHARE = 0.5
    TYPE = "RectificationOrdered"  # only the publisher publishes these: each number of the form 20 n + 3

    def __init__(self, county, patience_s=5.0):
        self.county = county
        self.patience_s = patience_s  # how long who is frozen or away stays so
        self.publisher = Publisher(county, county.units)
        self.fast = Follower(county, "fast")
        self.slow = Follower(county, "slow")
        self.guest = Follower(county, "guest")
        self.chooser = Follower(county, "chooser", "--type", self.TYPE)
        self.followers = [self.fast, self.slow, self.guest, self.chooser]
        self.agents = {}
        self.page = None

    def begin(self, slow_rate):
        for follower in self.followers:
            follower.start()
        self.slow.rate(slow_rate)
        for office in self.AGENTS:
            self.agents[office] = self.county.start_agent(office)
        self.page = Page(self.county).start()
        self.publisher.start()
        until("the publisher's first second", lambda: self.publisher.poll().seconds, 60)

    def processes(self):
        """Name: process, of those that run. The hub's changes with each start."""
        found = {"hub": self.county.hub, "publisher": self.publisher.program, **self.agents}
        found |= {follower.name: follower.program for follower in self.followers}
        if self.page:
            found["page"] = self.page.program
        return {name: program.process for name, program in found.items() if program is not None and program.running}

    def poll(self):
        for talker in (self.publisher, *self.followers):
            if talker.program is not None:
                talker.poll()
