"""The programs do their work under what their units allow: a read-only system, no capability, only the system calls that
are listed, no memory that is both written and executed. And they tell the manager how they are."""
import os
import pathlib
import socket
import sys
import threading
import unittest

from county import BIN, SOURCE, VILLAGES, County, main, run, until
from intake import Intake, tally
from monitored import Monitor
from page import Page

CONFINED = SOURCE / "tests/testing/confined.py"
UNITS = pathlib.Path(os.environ["SANLING_BUILD"]) / "deploy/systemd"


class ConfinedCounty(County):
    """A county whose services run confined. `writes`: the folders in which each may write."""

    def __init__(self, **hub):
        super().__init__(metrics="{listen: 127.0.0.1:0}", **hub)
        self.folder.chmod(0o755)
        self.writes = {"hub": [self.folder]}
        self.heard = []
        self.manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.manager.bind(str(self.folder / "notify"))
        # Always listens, as the manager does: whoever tells it something waits as long as too much is unread.
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            self.heard.append(self.manager.recv(4096).decode())

    def unit_of(self, name):
        if name == "hub":
            return "sanling-hub.service.in"
        if name == "witness":
            return "sanling-witness.service.in"
        return "sanling-leadership.service.in" if name.startswith("page") else "sanling-agent@.service.in"

    def start_program(self, name, *command, **options):
        if name.startswith(("client", "follower")):
            return super().start_program(name, *command, **options)
        for path in self.writes.get(name, []):
            path.mkdir(parents=True, exist_ok=True)
        words = [word for path in (self.folder, BIN.parent, SOURCE) for word in ("--read", path)]
        words += [word for path in self.writes.get(name, []) for word in ("--write", path)]
        return super().start_program(name, sys.executable, "-B", CONFINED, UNITS / self.unit_of(name), *words, "--",
                                     *command, env={**os.environ, "NOTIFY_SOCKET": str(self.folder / "notify")},
                                     **options)

    def told(self, word):
        """Waits until a program tells the manager this."""
        until(f"{word} for the manager", lambda: any(word in heard for heard in self.heard))
        self.heard.clear()


class Confined(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.county = cls.enterClassContext(ConfinedCounty())
        folder = cls.county.folder
        cls.witness_key = folder / "witness.key"
        witness = run(BIN / "sanlingctl", "witness", "--new-key", "petitions.example", "--key", cls.witness_key)
        cls.county.hub_options["witnesses"] = f"['{witness.stdout.strip()}']"
        cls.county.start()
        for office in ("safety", "governance"):
            cls.county.writes[office] = [folder / kind / office for kind in ("office", "state", "inbox")]

    def test_the_hub_keeps_its_log_and_ends_cleanly_and_reads_it_again(self):
        before = self.county.ask("digest")
        self.county.stop_hub()
        self.county.open_hub()
        self.assertEqual(self.county.ask("digest")["digest"], before["digest"])
        self.county.told("WATCHDOG=1")

    def test_the_hub_shows_its_figures(self):
        monitor = Monitor(self.county)
        monitor.until("sanling_durable_position", lambda position: position > 0)
        self.assertGreater(monitor.figure("process_resident_memory_bytes"), 1 << 20)
        self.assertGreater(monitor.figure("process_open_fds"), 10)
        self.assertEqual(monitor.ask("/readyz"), (200, "ready\n"))

    def test_an_agent_takes_sheets_and_requests(self):
        agent = self.county.start_agent("safety")
        self.county.told("READY=1")
        self.county.told("WATCHDOG=1")
        (self.county.folder / "office/safety").chmod(0o2770)
        report = self.county.drop("safety", "隐患排查.csv", "单位编码,隐患编号", [f"{VILLAGES[0]},H-1"])
        until("the report", report.exists)
        self.assertEqual(report.parent.stat().st_mode & 0o7777, 0o2770, "the office's staff looks there")
        self.assertEqual(report.stat().st_mode & 0o7777, 0o660)
        intake = Intake(self.county)
        token = intake.new_token("desk", "publish")
        intake.start()
        answer = intake.post(token, tally(), wait=30)
        self.assertEqual(answer.status, 201, answer.body)
        self.assertEqual(agent.stop(), 0)
        self.county.told("STOPPING=1")

    def test_the_page_writes_nowhere_and_hands_out_tables(self):
        page = Page(self.county).start()
        browser = page.browser("leader")
        self.assertEqual(browser.get("/v1/overview").status, 200)
        for name in ("tree.csv", "tree.xlsx"):
            self.assertEqual(browser.get(f"/v1/export/{name}").status, 200, name)

    def test_a_witness_remembers_what_it_cosigned(self):
        folder = self.county.folder / "witness"
        folder.mkdir()
        self.county.writes["witness"] = [folder]
        witness = self.county.start_program(
            "witness", *self.county.ctl_command("witness", "--key", self.witness_key, "--state", folder / "state", "--log-key",
                                                self.county.data / "log.key.pub"))
        until("the witness's memory", (folder / "state").exists)
        self.assertTrue(witness.running, witness.journal)
        witness.stop()


class Confinement(unittest.TestCase):
    def test_a_hub_that_may_write_nowhere_says_so(self):
        with ConfinedCounty() as county:
            county.writes["hub"] = []
            hub = county.spawn_hub()
            self.assertNotEqual(hub.wait(), 0)
            self.assertIn("Read-only file system", hub.journal)


if __name__ == "__main__":
    main()
