"""Damage: one thing in a stopped data folder is changed, and the hub opens with everything that it acknowledged, or
refuses, says where, and touches nothing.

What was acknowledged is kept outside: every record byte for byte, every rejection, what the durable names stand at, and
the state's digest. Then, for each file of the folder: a bit is turned, the file is cut, emptied, removed, or exchanged
with another one.

SANLING_DAMAGE=all tries a turned bit in every byte of files up to SANLING_DAMAGE_BYTES and at that many places of larger
ones, every length likewise, and all pairs of files; otherwise a sample that SANLING_SEED chooses, SANLING_DAMAGE_CASES
large. SANLING_DAMAGE_FILES (a regular expression) chooses files by name.
"""
import collections
import concurrent.futures
import hashlib
import itertools
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import time
import unittest

from county import BIN, VILLAGES, WAIT_S, County, main, run, seeded, until

ALL = os.environ.get("SANLING_DAMAGE") == "all"
CASES = int(os.environ.get("SANLING_DAMAGE_CASES", 70))
BYTES = int(os.environ.get("SANLING_DAMAGE_BYTES", 2000))
FILES = re.compile(os.environ.get("SANLING_DAMAGE_FILES", ""))
UNKNOWN = "140322199201"  # no unit of the county
# What RocksDB writes for people, and a lock without content: nothing that was acknowledged stands there.
UNREAD = re.compile(r"(^|/)(LOG(\.old\.\d+)?|LOCK)$")
PARTS = "turned", "cut", "emptied", "removed", "exchanged"


def tally(unit):
    return {"unit": unit, "occurredAt": "2020-08-19T03:00:00Z",
            "publicityTallied": {"day": "2020-08-19", "item": "LEAFLETS", "count": 3}}


def files_of(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*")
                  if path.is_file() and not UNREAD.search(path.as_posix()))


def picture(folder):
    """Every file's content; not what is written for people, and not what a look leaves behind."""
    return {name: hashlib.sha256((folder / name).read_bytes()).digest() for name in files_of(folder)}


class Damage(collections.namedtuple("Damage", "kind name at other")):
    def __str__(self):
        return {"turned": f"{self.name}: bit {self.at % 8} of byte {self.at // 8} turned",
                "cut": f"{self.name}: cut to {self.at} bytes", "emptied": f"{self.name}: emptied",
                "removed": f"{self.name}: removed",
                "exchanged": f"{self.name}: exchanged with {self.other}"}[self.kind]

    def apply(self, folder):
        path = folder / self.name
        if self.kind == "turned":
            content = bytearray(path.read_bytes())
            content[self.at // 8] ^= 1 << self.at % 8
            path.write_bytes(content)
        elif self.kind == "cut":
            path.write_bytes(path.read_bytes()[:self.at])
        elif self.kind == "emptied":
            path.write_bytes(b"")
        elif self.kind == "removed":
            path.unlink()
        else:
            mine = path.read_bytes()
            path.write_bytes((folder / self.other).read_bytes())
            (folder / self.other).write_bytes(mine)


def sizes(folder):
    return {name: (folder / name).stat().st_size for name in files_of(folder) if FILES.search(name)}


def every_damage(folder):
    found = sizes(folder)
    chance = random.Random(1)
    for name, size in found.items():
        yield Damage("removed", name, 0, "")
        if size == 0:
            continue
        yield Damage("emptied", name, 0, "")
        places = range(size) if size <= BYTES else sorted(chance.sample(range(size), BYTES))
        for at in places:
            yield Damage("turned", name, 8 * at + chance.randrange(8), "")
        for at in places:
            if at > 0:
                yield Damage("cut", name, at, "")
    for one, other in itertools.combinations(found, 2):
        yield Damage("exchanged", one, 0, other)


def some_damage(folder, chance):
    """Every file removed and emptied; then turned, cut and exchanged ones, small files as often as large."""
    found = sizes(folder)
    chosen = [Damage("removed", name, 0, "") for name in found]
    names = [name for name, size in found.items() if size > 0]
    while len(chosen) < CASES:
        name = chance.choice(names)
        kind = chance.choice(["turned", "turned", "turned", "cut", "cut", "emptied", "exchanged"])
        at = chance.randrange(found[name] * 8) if kind == "turned" else chance.randrange(found[name])
        other = chance.choice([other for other in names if other != name])
        chosen.append(Damage(kind, name, at if kind in ("turned", "cut") else 0, other if kind == "exchanged" else ""))
    return chosen


class Store(County):
    """A county whose hub recorded, rejected and delivered, and was stopped."""

    def fill(self):
        self.start()
        self.publish_some(1, 240)
        self.hold_names()
        self.stop_hub()
        self.open_hub()  # what the write-ahead log held is a table now
        self.publish_some(241, 160)
        self.hold_names()
        self.acknowledged = self.look()
        if not all(self.acknowledged.values()):
            raise AssertionError("nothing to lose: " + str({key: len(text) for key, text in self.acknowledged.items()}))
        self.stop_hub()

    def publish_some(self, first, count):
        oracle = self.start_publisher(f"oracle-{first}", source="oracle", first=first, count=count, batch=20)
        if oracle.wait() != 0:
            raise AssertionError(oracle.journal)
        self.publish("governance", *[tally(UNKNOWN)] * 3, source=f"rejected-{first}", expect=1)

    def hold_names(self):
        """Two durable names, which acknowledge a part of what was delivered."""
        for number, name in enumerate(("desk", "page"), 1):
            peer = self.peer("operator")
            peer.hello()
            peer.subscribe(number, 100, name=name)
            positions = peer.take_records(20)
            peer.acknowledge(number, positions[9 + number])
            peer.close()
            self.peers.remove(peer)

    def look(self, endpoint=None):
        """What the hub gives of all that it acknowledged."""
        ask = [BIN / "sanlingctl", "--hub", endpoint or self.endpoint, "--identity", self.key("operator"), "--json"]

        def say(*words):
            return run(*ask, *words).stdout
        names = [(row["name"], row["acknowledged"]) for row in json.loads(say("consumers")).get("consumers", [])]
        return {"records": say("replay", "--raw"), "rejections": say("rejected"), "names": names,
                "digest": say("digest")}


class DamageSweep(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.store = cls.enterClassContext(Store())
        cls.store.fill()

    def hub_of(self, copy):
        """Starts the hub on the copy; its endpoint, or None and what it said when it ended."""
        config, address = copy / "hub.yaml", copy / "address"
        config.write_text(f"data: {copy}/hub\nlisten: tcp://127.0.0.1:*\nkey: {self.store.key('hub')}\n"
                          f"access: {self.store.folder}/access.yaml\naddress_file: {address}\nreserve_mib: 1\n"
                          f"demonstration: {{clock: {self.store.clock}}}\n")
        with open(copy / "journal", "wb") as journal:
            hub = subprocess.Popen([BIN / "sanling-hub", "--config", config], stderr=journal, stdout=journal)

        def answered():
            return hub.poll() is not None or (address.exists() and address.read_text().endswith("\n"))
        try:
            until("the hub to open or refuse", answered)
        except AssertionError:
            hub.kill()
            hub.wait()
            raise
        return hub, address.read_text().strip() if hub.poll() is None else None

    def judge(self, number, damage):
        """None, or what is wrong. Gives also whether the hub opened."""
        copy = self.store.folder / f"damaged-{number}"
        try:
            shutil.copytree(self.store.data, copy / "hub")
            damage.apply(copy / "hub")
            before = picture(copy / "hub")
            hub, endpoint = self.hub_of(copy)
            said = (copy / "journal").read_text(errors="replace")
            if endpoint is None:
                return False, self.wrong_refusal(hub.returncode, said, before, picture(copy / "hub"))
            try:
                found = self.store.look(endpoint)
                lost = [part for part, content in self.store.acknowledged.items() if found[part] != content]
                return True, f"opened, but these are others: {lost}" if lost else None
            except AssertionError as error:
                return True, f"opened, and then: {error}"
            finally:
                hub.send_signal(signal.SIGTERM)
                if hub.wait(WAIT_S) != 0:
                    return True, f"opened, and ended with {hub.returncode}: {said[-1000:]}"
        finally:
            shutil.rmtree(copy, ignore_errors=True)

    @staticmethod
    def wrong_refusal(status, said, before, after):
        last = said.strip().splitlines()[-1] if said.strip() else ""
        if status != 5 or "[DAMAGED]" not in last:
            return f"exit status {status}: {said[-1000:]}"
        if not re.search(r"(position|rejection)s? (up to )?\d+|/(head|log\.key(\.pub)?): ", last):
            return f"names neither a position nor the witness or key: {last}"
        if "/log.key" in last:
            return None  # the log itself was found whole, and opened
        changed = sorted(name for name in before if before[name] != after.get(name))
        return f"refused, but changed {changed}" if changed else None

    def test_whatever_is_damaged_is_complete_or_refused(self):
        chance = seeded(self)
        damages = list(every_damage(self.store.data)) if ALL else some_damage(self.store.data, chance)
        began, opened, wrong = time.monotonic(), collections.Counter(), []
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for damage, (open_, fault) in zip(damages, pool.map(self.judge, range(len(damages)), damages)):
                opened[damage.kind, open_] += 1
                if fault:
                    wrong.append(f"{damage}: {fault}")
                    print(wrong[-1], file=sys.stderr, flush=True)
        if ALL:
            for kind in PARTS:
                print(f"{kind}: {opened[kind, True]} opened complete, {opened[kind, False]} refused", file=sys.stderr)
            print(f"{len(damages)} cases in {time.monotonic() - began:.0f} s", file=sys.stderr)
        self.assertEqual(wrong, [])
        if not FILES.pattern:
            self.assertGreater(sum(count for (_, open_), count in opened.items() if not open_), 0)


if __name__ == "__main__":
    main()
