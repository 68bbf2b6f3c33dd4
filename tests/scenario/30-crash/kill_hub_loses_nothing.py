"""Three agents and a publisher feed a hub that is killed again and again at random moments, whichever way it paces its
commits."""
import base64
import collections
import json
import sqlite3
import time
import unittest

import sheets
from county import BIN, OTHER_VILLAGES, VILLAGES, County, main, run, seeded, seconds_of, until

KILLS = 20
ROWS = 40
EVENTS = 20000
DAY = "2024-05-06"
UNITS = VILLAGES + OTHER_VILLAGES


class KillHubLosesNothing(unittest.TestCase):
    def test_every_acknowledged_event_is_there_once_after_twenty_kills(self):
        chance = seeded(self)
        with County(clock=None, policy="default", snapshot_records=500) as county:
            county.start()
            agents = {office: county.start_agent(office) for office in ("petitions", "safety", "public-security")}
            oracle = county.start_publisher("oracle", count=EVENTS, batch=5, window=16, pause=2,
                                            at=seconds_of(f"{DAY}T12:00:00+08:00"))
            reports = []
            for kill in range(KILLS):
                reports += self.drop_sheets(county, kill)
                answered = len(oracle.lines)
                if chance.random() < 0.75:  # else while it opens its store
                    until("more to be acknowledged", lambda: len(oracle.lines) > answered)
                time.sleep(chance.uniform(0, 0.25))
                self.assertTrue(oracle.running, "it was done before the last kill")
                county.kill_hub()
                county.spawn_hub(pacing=("throughput", "latency")[kill % 2])
            self.assertEqual(oracle.wait(60), 0, oracle.journal)
            until("the last report", lambda: all(report.exists() for report in reports))
            until("the inbox", lambda: len(county.inbox("public-security")) >= KILLS * ROWS // 4)
            for office, agent in agents.items():
                self.assertEqual(agent.stop(), 0, agent.journal)
                self.assert_outbox_is_empty(county, office)
            records = county.replay()
            self.assert_numbers_have_no_gap(county, records)
            self.assert_oracle_holds(oracle, records)
            self.assert_rows_are_there_once(records)
            self.assert_inbox_holds_what_was_routed(county, records)
            self.assert_rebuild_ends_in_the_same_digest(county)

    def drop_sheets(self, county, number):
        unit = lambda row: UNITS[row % len(UNITS)]
        name = f"{number:02d}"
        return [
            county.drop("petitions", f"信访登记台账{name}.csv", sheets.PETITIONS,
                        [sheets.petition(f"P-{name}-{row}", unit(row), DAY, accepted=DAY) for row in range(ROWS)]),
            county.drop("safety", f"隐患台账{name}.csv", sheets.HAZARDS,
                        [sheets.hazard(f"H-{name}-{row}", unit(row), DAY, row % 4 == 0) for row in range(ROWS)]),
            county.drop("public-security", f"案件台账{name}.csv", sheets.CASES,
                        [sheets.case(f"C-{name}-{row}", unit(row), DAY, resolved=DAY) for row in range(ROWS)]),
        ]

    def assert_outbox_is_empty(self, county, office):
        path = county.folder / "state" / office / "outbox.sqlite"
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as outbox:
            self.assertEqual(outbox.execute("SELECT count(*) FROM event").fetchone(), (0,), office)

    def assert_numbers_have_no_gap(self, county, records):
        self.assertEqual([int(record["position"]) for record in records], list(range(1, len(records) + 1)))
        numbers = collections.defaultdict(list)
        for record in records:
            numbers[record["event"]["source"]].append(int(record["event"]["sequence"]))
        self.assertEqual(county.ask_lines("rejected"), [])
        for source, used in numbers.items():
            self.assertEqual(used, list(range(1, len(used) + 1)), source)

    def assert_oracle_holds(self, oracle, records):
        promised = [line.split() for line in oracle.lines]
        # What was sent again is compared with the log first: later messages may be answered before it.
        self.assertEqual(sorted(int(sequence) for _, sequence, _ in promised), list(range(1, EVENTS + 1)))
        for _, sequence, position in promised:
            event = records[int(position) - 1]["event"]
            self.assertEqual((event["source"], event["sequence"]), ("oracle", sequence))

    def assert_rows_are_there_once(self, records):
        names = {"petitionRegistered": None, "petitionAccepted": None, "hazardFound": "hazard",
                 "hazardFixedOnSpot": "hazard", "hazardVerified": "hazard", "caseFiled": "caseId",
                 "caseResolved": "caseId"}
        found = {name: [] for name in names}
        for event in (record["event"] for record in records):
            for name in names.keys() & event.keys():
                found[name].append(event[name][names[name]] if names[name] else event["matter"])
        for name, codes in found.items():
            letter = {"p": "P", "h": "H", "c": "C"}[name[0]]
            expected = sorted(f"{letter}-{kill:02d}-{row}" for kill in range(KILLS) for row in range(ROWS))
            self.assertEqual(sorted(codes), expected, name)

    def assert_inbox_holds_what_was_routed(self, county, records):
        routed = [record for record in records if "PUBLIC_SECURITY" in record.get("routedTo", [])]
        self.assertEqual(len(routed), KILLS * ROWS // 4)
        self.assertEqual(county.inbox("public-security"), routed)

    def assert_rebuild_ends_in_the_same_digest(self, county):
        reported = county.ask("digest")
        county.stop_hub()
        rebuilt = json.loads(run(BIN / "sanlingctl", "--json", "rebuild", "--data", county.data).stdout)
        self.assertTrue(rebuilt["same"])
        self.assertEqual(rebuilt["position"], reported["position"])
        self.assertEqual(rebuilt["digest"], base64.b64decode(reported["digest"]).hex())


if __name__ == "__main__":
    main()
