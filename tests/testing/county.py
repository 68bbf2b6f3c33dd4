"""A county in a temporary folder: keys, a hub, agents and clients, all of them real processes.

A scenario waits for conditions, never for time to pass. It ends only what it started, by process id; what it started
also ends when the scenario itself is killed. Where a scenario fails, the journals of its programs are shown.

Programs and sources are found through the environment, which CTest sets (tests/scenario/CMakeLists.txt).
"""
import ctypes
import datetime
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

BIN = pathlib.Path(os.environ["SANLING_BIN"])
TOOLS = pathlib.Path(os.environ["SANLING_TOOLS"])
SOURCE = pathlib.Path(os.environ["SANLING_SOURCE"])
MAPPINGS = SOURCE / "deploy/mappings"
POLICIES = SOURCE / "deploy/policy"

COUNTY = "140322000000"
TOWN = "140322102000"
OTHER_TOWN = "140322103000"
VILLAGES = [f"1403221022{n:02d}" for n in range(8)]
OTHER_VILLAGES = [f"1403221032{n:02d}" for n in range(4)]
ENTERPRISE = "91140322MA9019206P"

NOON = "2020-08-19T12:00:00+08:00"
WAIT_S = 30

OFFICES = {
    "operator": ("operator", "OPERATOR", ""),
    "operator-2": ("operator", "OPERATOR", ""),
    "auditor": ("auditor", "OPERATOR", ""),
    "leader": ("leader", "LEADERSHIP", COUNTY),
    "petitions": ("publisher", "PETITIONS", COUNTY),
    "safety": ("publisher", "WORK_SAFETY", COUNTY),
    "public-security": ("publisher", "PUBLIC_SECURITY", COUNTY),
    "governance": ("publisher", "GOVERNANCE", COUNTY),
    "leadership-office": ("publisher", "LEADERSHIP", COUNTY),
    "discipline": ("subscriber", "DISCIPLINE", COUNTY),
    "town": ("publisher", "GOVERNANCE", TOWN),
}

# The records that `start()` leaves: the hub's creation, the access file, 18 units, the policy.
STARTED = 1 + len(OFFICES) + 18 + 1

AGENTS = ("petitions", "safety", "public-security", "governance", "leadership-office")


def agent_mappings(office):
    """Those of the office's example configuration."""
    return re.findall(r"^  - mappings/(\S+)\.yaml", (SOURCE / f"deploy/config/{office}.yaml").read_text(), re.M)


def until(what, condition, seconds=WAIT_S):
    """Tries until the condition gives something true, and returns that."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds} s in vain for: {what}")
        time.sleep(0.01)


def end_with_scenario():
    """In the child: killed when the scenario dies, so that nothing is left behind (prctl PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Program:
    """A process that a scenario started, with its two outputs in files."""

    def __init__(self, folder, name, command, **options):
        self.name = name
        self.output_path = folder / f"{name}.out"
        self.journal_path = folder / f"{name}.log"
        with open(self.output_path, "ab") as output, open(self.journal_path, "ab") as journal:
            self.process = subprocess.Popen([str(word) for word in command], stdout=output, stderr=journal,
                                            preexec_fn=end_with_scenario, **options)

    @property
    def journal(self):
        return self.journal_path.read_text(errors="replace")

    @property
    def output(self):
        return self.output_path.read_text()

    @property
    def lines(self):
        """The complete lines of the output."""
        return self.output.rpartition("\n")[0].splitlines()

    @property
    def json_lines(self):
        return [json.loads(line) for line in self.lines]

    @property
    def running(self):
        return self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        """SIGKILL, and gone when this returns."""
        self.process.kill()
        self.process.wait()

    def stop(self):
        """SIGTERM; returns the exit status."""
        if self.running:
            self.process.terminate()
        return self.wait()

    def wait(self, seconds=WAIT_S):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{self.name} did not end in {seconds} s") from None

    def peak_memory(self):
        """Bytes of memory that the process ever used at once."""
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
        raise AssertionError("no VmHWM")


class County:
    """All of it. Use as a context; `start()` brings up a hub with units and a policy in force."""

    def __init__(self, clock=NOON, policy="yuxian-2020", **hub):
        self.clock = clock
        self.policy = policy
        self.hub_options = {"reserve_mib": 1, **hub}
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sanling-scenario-"))
        self.data = self.folder / "hub"
        self.journals = self.folder / "journal"
        self.journals.mkdir()
        self.programs = []
        self.peers = []
        self.started = set()  # offices
        self.endpoint = None
        self.hub = None
        self.access = dict(OFFICES)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        for peer in self.peers:
            peer.close()
        running = [program for program in reversed(self.programs) if program.running]
        try:
            if kind is None:
                self._check_ends([program for program in running
                                  if program.name in ("hub", *AGENTS) or program.name.startswith("page")])
        finally:
            for program in running:
                if program.running:
                    program.kill()
            if kind is not None:
                self._show_journals()
            shutil.rmtree(self.folder)

    def _check_ends(self, services):
        """What serves ends cleanly when it is asked to, and no sanitizer complained."""
        for program in services:
            status = program.stop()
            if status != 0:
                raise AssertionError(f"{program.name} ended with {status}: {program.journal[-4000:]}")
        for path in self.journals.glob("*.log"):
            journal = path.read_text(errors="replace")
            if "Sanitizer" in journal or "runtime error:" in journal:
                raise AssertionError(f"{path.name}: {journal[-8000:]}")

    def _show_journals(self):
        for path in sorted(self.journals.glob("*.log")):
            tail = path.read_text(errors="replace").splitlines()[-15:]
            print(f"--- {path.name}\n" + "\n".join(tail), file=sys.stderr)

    # ---- files ----

    def key(self, name):
        """The identity's key file, made on first use."""
        path = self.folder / "keys" / f"{name}.key"
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            hub = [] if name == "hub" else ["--hub-key", self.key("hub").with_suffix(".key.pub")]
            run(BIN / "sanlingctl", "keys", "new", name, "--dir", path.parent, *hub)
        return path

    def public_key(self, name):
        for line in self.key(name).with_suffix(".key.pub").read_text().splitlines():
            word, _, value = line.strip().partition(" = ")
            if word == "public-key":
                return value.strip('"')
        raise AssertionError(f"{name}: no public key")

    def write_access(self, extra=""):
        rows = [f"  - {{name: {name}, key: '{self.public_key(name)}', role: {role}, office: {office}, unit: '{unit}'}}"
                for name, (role, office, unit) in self.access.items()]
        (self.folder / "access.yaml").write_text("identities:\n" + "\n".join(rows) + "\n" + extra)

    def write_hub_config(self, **changes):
        settings = {"data": "hub", "listen": self.endpoint or "tcp://127.0.0.1:*", "key": "keys/hub.key",
                    "access": "access.yaml", "address_file": "address", **self.hub_options, **changes}
        if self.clock:
            settings["demonstration"] = f"{{clock: {self.clock}}}"
        path = self.folder / "hub.yaml"
        path.write_text("".join(f"{key}: {value}\n" for key, value in settings.items() if value is not None))
        return path

    def write_units(self, path):
        rows = [("140000000000", "PROVINCE", "山西省", ""), ("140300000000", "CITY", "阳泉市", "140000000000"),
                (COUNTY, "COUNTY", "盂县", "140300000000"), (TOWN, "TOWN", "路家村镇", COUNTY),
                (OTHER_TOWN, "TOWN", "南娄镇", COUNTY), (ENTERPRISE, "ENTERPRISE", "示范企业", TOWN)]
        rows += [(code, "VILLAGE", f"示范{code[-2:]}村", TOWN) for code in VILLAGES]
        rows += [(code, "VILLAGE", f"示范其他{code[-2:]}村", OTHER_TOWN) for code in OTHER_VILLAGES]
        path.write_text("单位编码,类别,名称,上级编码,启用日期\n" +
                        "".join(",".join(row) + ",2000-01-01\n" for row in rows))
        return path

    # ---- the hub ----

    def spawn_hub(self, **changes):
        """Starts the hub, no more. From the second time on it has the same port."""
        self.key("hub")
        if not (self.folder / "access.yaml").exists():
            self.write_access()
        (self.folder / "address").unlink(missing_ok=True)
        self.hub = self.start_program("hub", BIN / "sanling-hub", "--config", self.write_hub_config(**changes))
        return self.hub

    def open_hub(self, **changes):
        """Starts the hub and waits until it listens."""
        self.spawn_hub(**changes)
        until("the hub's address", self._has_address)
        self.endpoint = (self.folder / "address").read_text().strip()
        return self

    def _has_address(self):
        address = self.folder / "address"
        if not self.hub.running:
            raise AssertionError(f"the hub ended with {self.hub.wait()}: {self.hub.journal}")
        return address.exists() and address.read_text().endswith("\n")

    def start(self, **changes):
        self.open_hub(**changes)
        self.ctl("units", "import", self.write_units(self.folder / "units.csv"))
        if self.policy:
            self.ctl("policy", "adopt", POLICIES / f"{self.policy}.yaml")
        return self

    def confirm(self, identity="operator-2"):
        """The second operator agrees to all that waits."""
        for proposal in self.ask("proposals", identity=identity).get("proposals", []):
            self.ctl("confirm", proposal["position"], identity=identity)

    def adopt(self, path):
        """Puts a policy into force where another one is."""
        self.ctl("policy", "adopt", path)
        self.confirm()

    def kill_hub(self):
        self.hub.kill()

    def stop_hub(self):
        status = self.hub.stop()
        if status != 0:
            raise AssertionError(f"the hub ended with {status}")

    def lose_and_restore(self, backups):
        """The hub's data is gone, and the newest of the backups takes its place; returns the position of its end."""
        self.kill_hub()
        log_key = (self.data / "log.key").read_bytes()
        shutil.rmtree(self.data)
        restored = json.loads(run(BIN / "sanlingctl", "--json", "restore", backups, "--data", self.data).stdout)
        (self.data / "log.key").touch(mode=0o600)
        (self.data / "log.key").write_bytes(log_key)
        self.open_hub()
        return int(restored["position"])

    def start_program(self, name, *command, **options):
        program = Program(self.journals, name, command, **options)
        self.programs.append(program)
        return program

    # ---- clients ----

    def ctl_command(self, *words, identity="operator"):
        return [BIN / "sanlingctl", "--hub", self.endpoint, "--identity", self.key(identity), *words]

    def ctl(self, *words, identity="operator", expect=0, text=None):
        """Runs sanlingctl and returns what it printed; its standard error when another status is expected."""
        done = run(*self.ctl_command(*words, identity=identity), expect=expect, text=text)
        return done.stdout if expect == 0 else done.stderr

    def ask(self, *words, identity="operator"):
        """The one JSON document that a command prints."""
        return json.loads(self.ctl("--json", *words, identity=identity))

    def ask_lines(self, *words, identity="operator"):
        return [json.loads(line) for line in self.ctl("--json", *words, identity=identity).splitlines()]

    def replay(self, *words, identity="operator"):
        return self.ask_lines("replay", *words, identity=identity)

    def start_ctl(self, name, *words, identity="operator"):
        return self.start_program(name, *self.ctl_command(*words, identity=identity))

    def publish(self, identity, *events, source=None, expect=0):
        """Publishes events (dictionaries in JSON's names) and returns the run of each outcome."""
        lines = "".join(json.dumps(event) + "\n" for event in events)
        done = run(*self.ctl_command("--json", "publish", "--source", source or f"{identity}-test", identity=identity),
                   expect=None, text=lines)
        if done.returncode != expect:
            raise AssertionError(f"publish ended with {done.returncode}: {done.stdout}{done.stderr}")
        return [json.loads(line)["runs"][0] for line in done.stdout.splitlines()]

    def start_publisher(self, name, identity="governance", source=None, **options):
        """The oracle: see publisher.c. Options: count, batch, window, pause, first, at."""
        words = [word for key, value in options.items() for word in (f"--{key}", value)]
        units = [word for unit in VILLAGES + OTHER_VILLAGES for word in ("--unit", unit)]
        return self.start_program(name, TOOLS / "scenario-publisher", "--hub", self.endpoint, "--identity",
                                  self.key(identity), "--source", source or name, *units, *words)

    def peer(self, identity):
        peer = RawPeer(self.endpoint, self.key(identity))
        self.peers.append(peer)
        return peer

    # ---- offices ----

    def write_agent_config(self, office, **changes):
        for folder in ("office", "state", "inbox"):
            (self.folder / folder / office).mkdir(parents=True, exist_ok=True)
        settings = {"hub": self.endpoint, "identity": self.key(office), "source": f"{office}-yu",
                    "folder": f"office/{office}", "state": f"state/{office}", "inbox": f"inbox/{office}/inbox.jsonl",
                    "settle_ms": 50, "utc_offset_minutes": 480, **changes}
        mappings = "".join(f"  - {MAPPINGS / name}.yaml\n" for name in agent_mappings(office))
        path = self.folder / f"{office}.yaml"
        path.write_text("".join(f"{key}: {value}\n" for key, value in settings.items() if value is not None) +
                        "mappings:\n" + mappings)
        return path

    def start_agent(self, office, **changes):
        """Starts it and waits until it watches its folder. `changes` are of its configuration."""
        config = self.write_agent_config(office, **changes)
        before = (self.journals / f"{office}.log").read_text().count("watching") if office in self.started else 0
        self.started.add(office)
        agent = self.start_program(office, BIN / f"sanling-{office}", "--config", config)
        until(f"{office} to watch its folder", lambda: agent.journal.count("watching") > before)
        return agent

    def drop(self, office, name, header, rows):
        """Puts a sheet into the office's folder, whole: an agent never sees half of it."""
        folder = self.folder / "office" / office
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{name}.tmp"
        part.write_text("\n".join([header, *rows]) + "\n")
        part.rename(folder / name)
        return folder / "reports" / f"{name.removesuffix('.csv')}.report.txt"

    def inbox(self, office):
        path = self.folder / "inbox" / office / "inbox.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def run(*command, expect=0, text=None, environment=None, seconds=60):
    """Runs a program to its end. `expect` is its exit status; None: any."""
    done = subprocess.run([str(word) for word in command], input=text, capture_output=True, text=True, timeout=seconds,
                          check=False, stdin=subprocess.DEVNULL if text is None else None,
                          env={**os.environ, **(environment or {})}, preexec_fn=end_with_scenario)
    if expect is not None and done.returncode != expect:
        raise AssertionError(f"{' '.join(map(str, command))}: exit status {done.returncode}, not {expect}\n"
                             f"{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done


# ---- the wire, from the protocol's documents alone ----

def varint(value):
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def field(number, value):
    """One field: a number, a text, bytes, or the fields of a message joined."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    encoded = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(encoded)) + encoded


def fields(encoded):
    """Number -> list of values; messages and texts stay bytes."""
    found, at = {}, 0

    def take():
        nonlocal at
        value = shift = 0
        while True:
            byte = encoded[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(encoded):
        tag = take()
        value = take()
        if tag & 7 == 2:
            value, at = encoded[at:at + value], at + value
        found.setdefault(tag >> 3, []).append(value)
    return found


HELLO, PUBLISH, SUBSCRIBE, CREDIT, ACKNOWLEDGE, QUERY = 1, 2, 3, 5, 6, 7
WELCOME, OUTCOME, DELIVERY, SUMMARY, ACKNOWLEDGED, ANSWER, ERROR = 1, 2, 3, 4, 5, 6, 7
RECORDED, DUPLICATE, REJECTED, REFUSED = 1, 2, 3, 4


def _codes():
    """The names of error.proto by number."""
    names = {}
    for line in (SOURCE / "proto/error.proto").read_text().splitlines():
        word, equals, number = line.strip().partition(" = ")
        if equals and word.isupper():
            names[int(number.split(";")[0])] = word
    return names


CODES = _codes()


def seconds_of(moment):
    return int(datetime.datetime.fromisoformat(moment).timestamp())


def tally_event(source, sequence, unit=VILLAGES[0], at=NOON, count=1, extra=b""):
    """An encoded Event with a PublicityTallied."""
    tallied = field(1, at[:10]) + field(2, 3) + field(3, count)
    return (field(1, source) + field(2, sequence) + field(3, field(1, seconds_of(at))) + field(5, unit) + extra +
            field(152, tallied))


class RawPeer:
    """A connection that sends what it likes: see raw_peer.c."""

    def __init__(self, endpoint, key):
        self.process = subprocess.Popen([str(TOOLS / "scenario-raw-peer"), endpoint, str(key)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, preexec_fn=end_with_scenario)

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    def _tell(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()

    def send(self, *frames):
        self._tell(f"send {frames[0].hex()}" if len(frames) == 1 else "frames " + " ".join(f.hex() for f in frames))

    def send_zeros(self, size):
        self._tell(f"zeros {size}")

    def link(self):
        """How many handshakes were made and how many connections were lost."""
        return tuple(int(word) for word in self._tell("link").split()[1:])

    def receive(self, seconds=WAIT_S):
        """The next message as (kind, fields); None if none comes."""
        word, _, text = self._tell(f"receive {int(seconds * 1000)}").partition(" ")
        if word == "nothing":
            return None
        (kind, values), = fields(bytes.fromhex(text)).items()
        return kind, fields(values[0])

    def expect(self, kind, seconds=WAIT_S):
        message = self.receive(seconds)
        if message is None or message[0] != kind:
            raise AssertionError(f"message {kind} expected, not {message}")
        return message[1]

    def expect_error(self):
        return CODES[self.expect(ERROR)[1][0]]

    def hello(self, *sources):
        """Opens a session; returns the welcome."""
        greeting = field(1, 1) + field(2, "scenario") + field(3, 7) + b"".join(field(4, source) for source in sources)
        self.send(field(HELLO, greeting))
        return self.expect(WELCOME)

    def publish(self, source, first, *events):
        self.send(field(PUBLISH, field(1, source) + field(2, first) + b"".join(field(3, event) for event in events)))

    def outcome(self):
        """The runs of the next outcome as (kind, count, position or code name), and the number that comes next."""
        outcome = self.expect(OUTCOME)
        runs = [fields(run) for run in outcome.get(3, [])]
        return [(run[1][0], run[2][0], run[3][0] if 3 in run else CODES[run[4][0]]) for run in runs], outcome[4][0]

    def subscribe(self, number, credit, start=b"", stop=b"", wanted=b"", name=""):
        records = start + stop + field(8, wanted) + field(9, credit) + (field(10, name) if name else b"")
        self.send(field(SUBSCRIBE, field(1, number) + field(2, records)))

    def settle(self):
        """Returns when the hub has taken all that was sent before (it answers a question about its clock)."""
        self.send(field(QUERY, field(1, 99) + field(12, b"")))
        self.expect(ANSWER)

    def give_credit(self, number, records):
        self.send(field(CREDIT, field(1, number) + field(2, records)))

    def acknowledge(self, number, position):
        self.send(field(ACKNOWLEDGE, field(1, number) + field(2, position)))
        return self.expect(ACKNOWLEDGED)[2][0]

    def take_records(self, count):
        """The positions of the next `count` records delivered."""
        positions = []
        while len(positions) < count:
            positions += [fields(record)[1][0] for record in self.expect(DELIVERY).get(2, [])]
        return positions


# ---- running ----

def seeded(test):
    """A random generator whose seed is shown; SANLING_SEED repeats a run."""
    seed = int(os.environ.get("SANLING_SEED", random.randrange(1 << 32)))
    print(f"{test.id()}: SANLING_SEED={seed}", file=sys.stderr)
    return random.Random(seed)


def main():
    unittest.main(verbosity=2)
