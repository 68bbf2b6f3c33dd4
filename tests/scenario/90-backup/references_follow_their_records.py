"""The hub is restored, and what agents send again names records by positions that are others' now: it follows the
record to its new position, and where nobody knows that, one event is set aside and everything else goes on."""
import json
import time
import unittest

import sheets
from county import BIN, VILLAGES, County, main, run, seeded, until
from intake import Intake, tally

REGISTER = "隐患台账.csv"


def row(number, category="消防"):
    return sheets.hazard(f"YH-{number:04d}", VILLAGES[number % 8], "2020-08-18").replace("消防", category)


class ReferencesFollowTheirRecords(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()
        self.fillers = 0

    def fill(self, count):
        """Records of others, which the hub loses with its data: so positions are others' afterwards."""
        self.fillers += 1
        writer = self.county.start_publisher(f"filler-{self.fillers}", count=count)
        self.assertEqual(writer.wait(), 0)

    def drop(self, rows):
        report = self.county.folder / "office/safety/reports/隐患台账.report.txt"
        before = report.stat().st_mtime_ns if report.exists() else 0
        self.county.drop("safety", REGISTER, sheets.HAZARDS, rows)
        until("the register's report", lambda: report.exists() and report.stat().st_mtime_ns > before)
        return report.read_text()

    def back_up(self, name):
        self.county.ask("backup", self.county.folder / name)

    def lose_and_restore(self, name):
        return self.county.lose_and_restore(self.county.folder / name)

    def next_number(self, source="safety-yu"):
        return next((found["nextSequence"] for found in self.county.ask("sources")["sources"]
                     if found["name"] == source), None)

    def hazards(self):
        return {record["event"]["hazardFound"]["hazard"]: int(record["position"])
                for record in self.county.replay("--type", "HazardFound")}

    def corrections(self):
        return [int(record["event"]["eventCorrected"]["target"])
                for record in self.county.replay("--type", "EventCorrected")]

    def rejected(self):
        return self.county.ask_lines("rejected")

    def test_a_correction_follows_its_original(self):
        agent = self.county.start_agent("safety")
        self.drop([row(number) for number in range(3)])
        self.back_up("one")
        self.fill(40)
        self.drop([row(number) for number in range(6)])
        self.drop([row(number, "用电" if number == 4 else "消防") for number in range(6)])
        before = self.hazards()["YH-0004"]
        self.assertEqual(self.corrections(), [before])
        numbers = self.next_number()
        self.lose_and_restore("one")
        until("all numbers", lambda: self.next_number() == numbers)
        after = self.hazards()["YH-0004"]
        self.assertNotEqual(after, before)
        self.assertEqual(self.corrections(), [after])
        self.assertEqual(self.rejected(), [])
        self.assertTrue(agent.running)
        # The ledger knows where it stands: the next correction is of it, too.
        said = self.drop([row(number, "矿山" if number == 4 else "消防") for number in range(6)])
        self.assertIn("corrected 1", said)
        self.assertEqual(self.corrections(), [after, after])
        self.assertEqual(len(self.hazards()), 6)

    def test_an_agent_killed_while_it_sends_again(self):
        random = seeded(self)
        county = self.county
        rows, steps = 60, 4
        agent = county.start_agent("safety")
        self.back_up("one")
        self.fill(25)
        for step in range(steps + 1):  # row n is corrected in steps 1 to n modulo 5
            self.drop([row(number, ("消防", "用电", "矿山", "建筑施工", "安全管理")[min(step, number % 5)])
                       for number in range(rows)])
        corrected = len(self.corrections())
        self.assertEqual(corrected, rows // 5 * (1 + 2 + 3 + 4))
        numbers = self.next_number()
        agent.stop()
        self.lose_and_restore("one")
        agent = county.start_agent("safety")
        for _ in range(6):
            time.sleep(random.random() * 0.05)  # any moment will do
            agent.kill()
            agent = county.start_agent("safety")
        until("all numbers", lambda: self.next_number() == numbers)
        found = self.hazards()
        self.assertEqual(len(found), rows)
        self.assertEqual(sorted(self.corrections()),
                         sorted(found[f"YH-{number:04d}"] for number in range(rows) for _ in range(number % 5)))
        self.assertEqual(self.rejected(), [])

    def test_a_sender_that_signs_signs_anew(self):
        county = self.county
        key = county.folder / "safety.sign"
        public = run(BIN / "sanling-safety", "--new-signing-key", key).stdout.strip()
        access = county.folder / "access.yaml"
        access.write_text(access.read_text().replace("{name: safety,", f"{{name: safety, signing_key: '{public}',"))
        county.stop_hub()
        county.open_hub()
        agent = county.start_agent("safety", signing_key=key)
        self.back_up("one")
        self.fill(40)
        self.drop([row(4)])
        self.drop([row(4, "用电")])
        numbers = self.next_number()
        self.lose_and_restore("one")
        until("all numbers", lambda: self.next_number() == numbers)
        self.assertEqual(self.corrections(), [self.hazards()["YH-0004"]])
        self.assertTrue(agent.running)
        county.stop_hub()  # every signature is verified with the log
        verified = json.loads(run(BIN / "sanlingctl", "--json", "verify", "--data", county.data).stdout)
        self.assertEqual((verified["good"], int(verified["signed"])), (True, int(numbers) - 1))

    def test_two_restorations_while_an_agent_is_away(self):
        agent = self.county.start_agent("safety")
        self.drop([row(number) for number in range(3)])
        self.back_up("one")
        self.fill(5)
        self.drop([row(number) for number in range(6)])
        self.drop([row(number, "用电" if number == 4 else "消防") for number in range(6)])
        before = self.hazards()["YH-0004"]
        numbers = self.next_number()
        self.assertEqual(agent.stop(), 0)
        first = self.lose_and_restore("one")
        self.fill(90)
        self.back_up("two")
        second = self.lose_and_restore("two")
        self.assertTrue(first < before < second)  # only the first of the two ends tells that it is another record now
        agent = self.county.start_agent("safety")
        until("all numbers", lambda: self.next_number() == numbers)
        self.assertEqual(self.corrections(), [self.hazards()["YH-0004"]])
        self.assertEqual(self.rejected(), [])
        self.assertTrue(agent.running)

    def test_what_names_a_lost_record_is_set_aside(self):
        county = self.county
        intake = Intake(county)
        token = intake.new_token("app", "publish,read")
        intake.start()
        self.back_up("one")
        self.assertEqual(intake.post(token, tally(1), key="before", wait=20).status, 201)
        lost, = county.publish("governance", {**tally(7), "sequence": "1"}, source="by-hand")
        retraction = {"occurredAt": "2020-08-19T09:30:00+08:00",
                      "eventRetracted": {"target": lost["firstPosition"], "reasonCode": "INPUT_ERROR"}}
        asked = intake.post(token, retraction, key="retracts", wait=20)
        self.assertEqual(asked.status, 201, asked.body)
        self.assertEqual(intake.post(token, tally(3), key="after", wait=20).status, 201)
        numbers = self.next_number("governance-yu")
        self.lose_and_restore("one")
        until("all numbers", lambda: self.next_number("governance-yu") == numbers)
        self.assertEqual(sorted(intake.recorded()), [1, 3])
        self.assertEqual(county.replay("--type", "EventRetracted"), [])
        self.assertTrue(intake.agent.running)
        self.assertIn("set aside", intake.agent.journal)
        until("its answer", lambda: intake.ask("GET", asked.headers["Location"], token).json["waiting"] == 0)
        event, = intake.ask("GET", asked.headers["Location"], token).json["events"]
        self.assertEqual((event["state"], event["code"]), ("REJECTED", "RECORD_LOST"))
        line, = (county.folder / "state/governance/set-aside.jsonl").read_text().splitlines()
        kept = json.loads(line)
        self.assertEqual((kept["named"], kept["event"]["eventRetracted"]["target"]),
                         (lost["firstPosition"], lost["firstPosition"]))
        rejection, = self.rejected()
        self.assertEqual(rejection["sequence"], kept["sequence"])
        self.assertIn("\nsanling_agent_events_set_aside 1\n", intake.ask("GET", "/metrics", token).body.decode())
        # Started again it goes on, and says again what waits for a person.
        self.assertEqual(intake.agent.stop(), 0)
        intake.start()
        self.assertEqual(intake.post(token, tally(4), key="later", wait=20).status, 201)
        self.assertEqual(intake.agent.journal.count("set aside"), 2)


if __name__ == "__main__":
    main()
