"""The hub is lost and restored from a backup: the agents send what it had not seen, each event is there once."""
import json
import shutil
import sqlite3
import unittest

import sheets
from county import BIN, VILLAGES, County, main, run, until

def row(number):
    return sheets.hazard(f"YH-{number:04d}", VILLAGES[number % 8], "2020-08-18")


class AgentsSendWhatTheBackupHadNotSeen(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()
        self.dir = self.county.folder / "backups"

    def take(self, name, numbers):
        report = self.county.drop("safety", name, sheets.HAZARDS, [row(number) for number in numbers])
        until(f"the report of {name}", report.exists)
        return report.read_text()

    def hazards(self):
        return [record["event"]["hazardFound"]["hazard"] for record in self.county.replay("--type", "HazardFound")]

    def lose_and_restore(self):
        county = self.county
        county.kill_hub()
        log_key = county.folder / "kept.log.key"
        shutil.copy(county.data / "log.key", log_key)
        shutil.rmtree(county.data)
        restored = json.loads(run(BIN / "sanlingctl", "--json", "restore", self.dir, "--data", county.data).stdout)
        shutil.copy(log_key, county.data / "log.key")
        county.open_hub()
        return int(restored["position"])

    def sources(self):
        found, = [source for source in self.county.ask("sources")["sources"] if source["name"] == "safety-yu"]
        return found

    def test_every_event_is_there_once(self):
        county = self.county
        agent = county.start_agent("safety")
        self.take("隐患台账一.csv", range(0, 20))
        county.ask("backup", self.dir)
        self.take("隐患台账二.csv", range(20, 45))
        self.take("隐患台账三.csv", [*range(45, 50), 7])  # and one that is unchanged
        before = self.sources()
        self.lose_and_restore()
        until("what the backup had not seen", lambda: len(self.hazards()) >= 50)
        until("all numbers", lambda: self.sources()["nextSequence"] == before["nextSequence"])
        self.assertEqual(sorted(self.hazards()), [f"YH-{number:04d}" for number in range(50)])
        self.assertTrue(agent.running)
        self.assertIn("it was restored from a backup", agent.journal)
        self.take("隐患台账四.csv", range(40, 60))  # the ledger knows those that were sent again
        self.assertEqual(sorted(self.hazards()), [f"YH-{number:04d}" for number in range(60)])
        # The same with an agent that was away meanwhile, and a second time.
        agent.stop()
        self.lose_and_restore()
        agent = county.start_agent("safety")
        until("all of it again", lambda: len(self.hazards()) >= 60)
        self.assertEqual(sorted(self.hazards()), [f"YH-{number:04d}" for number in range(60)])
        self.assertTrue(agent.running)

    def test_inboxes_miss_nothing_under_positions_that_are_used_again(self):
        county = self.county
        county.start_agent("safety")
        police = county.start_agent("public-security")
        explosive = [sheets.hazard(f"MB-{number}", VILLAGES[number], "2020-08-18", explosives=True) for number in range(8)]

        def inbox():
            return {record["event"]["hazardFound"]["hazard"] for record in county.inbox("public-security")
                    if "hazardFound" in record["event"]}

        county.drop("safety", "隐患台账一.csv", sheets.HAZARDS, explosive[:2])
        until("the first two", lambda: inbox() == {"MB-0", "MB-1"})
        county.ask("backup", self.dir)
        # Nobody sends these again: what comes after the restoration stands before where the inbox had read up to.
        self.assertEqual(county.start_publisher("lost", count=60).wait(), 0)
        county.drop("safety", "隐患台账二.csv", sheets.HAZARDS, explosive[2:6])
        until("six", lambda: len(inbox()) == 6)
        last = county.inbox("public-security")[-1]["position"]
        end = self.lose_and_restore()
        self.assertLess(end, int(last))
        until("the journal of the inbox", lambda: "the inbox has records up to" in police.journal)
        county.drop("safety", "隐患台账三.csv", sheets.HAZARDS, explosive[6:])
        until("what came after", lambda: len(inbox()) == 8)
        positions = [int(record["position"]) for record in county.inbox("public-security")]
        again = positions[positions.index(int(last)) + 1:]
        self.assertEqual(again, sorted(set(again)))  # none twice
        log = {record["position"]: record for record in county.replay("--type", "HazardFound")}
        held = {}
        for record in county.inbox("public-security"):  # the last line under a position holds
            held[record["position"]] = record
        for position, record in log.items():
            if record["event"]["hazardFound"]["hazard"].startswith("MB-"):
                self.assertEqual(held[position]["event"], record["event"])

    def test_what_is_not_kept_any_more_is_said(self):
        county = self.county
        agent = county.start_agent("safety", resend_days=0)
        self.take("隐患台账一.csv", range(0, 5))
        county.ask("backup", self.dir)
        self.take("隐患台账二.csv", range(5, 15))
        agent.stop()
        with sqlite3.connect(county.folder / "state/safety/outbox.sqlite") as outbox:
            self.assertGreater(outbox.execute("SELECT count(*) FROM sent").fetchone()[0], 0)
        agent = county.start_agent("safety", resend_days=0)  # tidies first
        until("the journal", lambda: "connected" in agent.journal.rpartition("watching")[2])
        agent.stop()
        with sqlite3.connect(county.folder / "state/safety/outbox.sqlite") as outbox:
            self.assertEqual(outbox.execute("SELECT count(*) FROM sent").fetchone()[0], 0)
        self.lose_and_restore()
        config = county.write_agent_config("safety")
        done = run(BIN / "sanling-safety", "--config", config, expect=5)
        self.assertIn("does not keep any more", done.stderr)


if __name__ == "__main__":
    main()
