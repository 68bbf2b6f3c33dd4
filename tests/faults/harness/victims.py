"""A county whose programs can be started under something that hurts them, and the publisher that knows what it was told.
"""
import os
import re

import county
from county import BIN, County, until

CODE = re.compile(r"\[([A-Z_]+)\]")
STAND_S = 20  # in which something must come on; a loaded machine included


class Victims(County):
    """A real hub (clock of the machine) whose state is written often, so that its files are under way, too."""

    def __init__(self, **hub):
        super().__init__(**{"clock": None, "policy": "default", "snapshot_records": 500, **hub})
        self.within = []  # words before the tools that read a stopped data folder
        self.under = {}  # program -> (words before its command, what is added to its environment)

    def start_program(self, name, *command, **options):
        words, added = self.under.get(name, ((), {}))
        if added:
            options["env"] = {**os.environ, **added}
        return super().start_program(name, *words, *command, **options)

    def oracle(self, name="oracle", **options):
        chosen = {"count": 100000000, "batch": 5, "window": 16, "pause": 2, **options}
        return self.start_publisher(name, at=county.seconds_of("2024-05-06T12:00:00+08:00"), **chosen)

    def start_hub_again(self):
        """As a service manager does it: until it is there."""
        self.under.pop("hub", None)
        self.open_hub()


class Start:
    """One start of a program: what it said since, and how it ended."""

    def __init__(self, program, before):
        self.program = program
        self.before = before

    @classmethod
    def hub(cls, county):
        path = county.journals / "hub.log"
        before = path.stat().st_size if path.exists() else 0
        return cls(county.spawn_hub(), before)

    @property
    def journal(self):
        with open(self.program.journal_path, "rb") as journal:
            journal.seek(self.before)
            return journal.read().decode(errors="replace")

    def ending(self):
        """How it ended, in a few words; its last code is what it said it for."""
        status = self.program.process.returncode
        if status < 0:
            return f"killed by signal {-status}"
        codes = CODE.findall(self.journal)
        return f"ended {status} [{codes[-1]}]" if codes else f"ended {status} without a code"


def told(oracle):
    """How much the publisher has written down; grows with each acknowledgement."""
    return oracle.output_path.stat().st_size


def await_more(oracle, seconds=STAND_S):
    before = told(oracle)
    until("more to be acknowledged", lambda: told(oracle) > before, seconds)


def need_no_sanitizer():
    from harness.row import Skip
    if re.search(r"lib[at]san", os.popen(f"ldd {BIN / 'sanling-hub'}").read()):
        raise Skip("the programs are built with a sanitizer, which will not be traced or preloaded")
