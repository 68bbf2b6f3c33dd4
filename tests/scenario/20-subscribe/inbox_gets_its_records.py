"""An office's inbox holds what the policy routes to it, each record once, and nothing else."""
import unittest

import sheets
from county import DELIVERY, OTHER_VILLAGES, VILLAGES, County, field, main, until

DAY = "2020-08-18"
INBOX_OF_DISCIPLINE = field(5, 8)


class Inbox(unittest.TestCase):
    def test_it_gets_routed_records_as_JSON_lines_each_once_across_kills_of_hub_and_agent(self):
        with County() as county:
            county.start()
            police = county.start_agent("public-security")
            county.start_agent("safety")
            for number in range(6):
                rows = [sheets.hazard(f"H-{number}-{row}", VILLAGES[row % 8], DAY, explosives=row % 5 == 0)
                        for row in range(200)]
                report = county.drop("safety", f"隐患台账{number}.csv", sheets.HAZARDS, rows)
                if number % 2 == 0:
                    until("something in the inbox", lambda: len(county.inbox("public-security")) > 40 * number)
                if number == 2:
                    police.kill()
                    police = county.start_agent("public-security")
                elif number > 0:
                    county.kill_hub()
                    county.open_hub()
                until("the report", report.exists)
            until("the inbox", lambda: len(county.inbox("public-security")) >= 6 * 40)
            routed = [record for record in county.replay() if "PUBLIC_SECURITY" in record.get("routedTo", [])]
            self.assertEqual(county.inbox("public-security"), routed)
            self.assertEqual(len(routed), 6 * 40)
            for record in routed:
                self.assertEqual(record["event"]["hazardFound"]["category"], "EXPLOSIVES")
            self.assertEqual(county.inbox("safety"), [])
            self.assertEqual(police.stop(), 0)
            police = county.start_agent("public-security")
            until("the session", lambda: police.journal.count("connected to") >= 3)
            police.stop()
            self.assertEqual(county.inbox("public-security"), routed, "a restart adds nothing")


class Accusation(unittest.TestCase):
    """检举控告 (信访工作条例 art. 30): to discipline alone, never to those accused, never counted."""

    @classmethod
    def setUpClass(cls):
        cls.county = cls.enterClassContext(County())
        cls.county.start()
        for office in ("petitions", "safety", "public-security"):
            cls.county.start_agent(office)
        report = cls.county.drop("petitions", "信访登记台账.csv", sheets.PETITIONS, [
            sheets.petition("P-1", VILLAGES[0], DAY, accepted=DAY),
            sheets.petition("P-SECRET", VILLAGES[0], DAY, kind="检举控告", channel="走访", accepted=DAY),
            sheets.petition("P-3", OTHER_VILLAGES[0], DAY)])
        until("the report", report.exists)

    def matters(self, identity, *words):
        return {record["event"].get("matter") for record in self.county.replay(*words, identity=identity)}

    def test_its_records_are_shown_to_no_one_but_the_office_and_discipline(self):
        for identity in ("leader", "operator", "auditor", "safety", "public-security", "governance", "town"):
            self.assertNotIn("P-SECRET", self.matters(identity), identity)
            self.assertEqual(self.matters(identity, "--matter", "P-SECRET"), set(), identity)
            self.assertNotIn(b"P-SECRET".hex(), self.county.ctl("replay", "--raw", identity=identity))
        self.assertIn("P-SECRET", self.matters("petitions"))

    def test_the_registration_alone_reaches_the_inbox_of_discipline(self):
        peer = self.county.peer("discipline")
        peer.hello()
        peer.subscribe(1, 100, stop=field(7, 1), wanted=INBOX_OF_DISCIPLINE)
        record, = self.county.replay("--matter", "P-SECRET", "--type", "PetitionRegistered", identity="petitions")
        self.assertEqual(record["routedTo"], ["DISCIPLINE"])
        self.assertEqual(peer.take_records(1), [int(record["position"])])

    def test_no_agent_gets_it_into_its_inbox(self):
        for office in ("petitions", "safety", "public-security"):
            until("the acknowledgement", lambda: self.lag(f"inbox-{office}-yu") == 0)
            self.assertEqual(self.county.inbox(office), [])

    def lag(self, name):
        return next((int(consumer.get("lag", 0)) for consumer in self.county.ask("consumers")["consumers"]
                     if consumer["name"] == name), None)

    def test_it_is_never_counted(self):
        self.assertEqual(self.county.ask("summary")["petitions"]["registered"], 2)
        unit, = self.county.ask("status", VILLAGES[0], "--depth", 0)["units"]
        self.assertEqual(unit["zeros"][0]["status"], "UNVERIFIED", "a visit breaks this zero, an accusation does not")

    def test_an_office_reads_no_inbox_but_its_own(self):
        peer = self.county.peer("safety")
        peer.hello()
        peer.subscribe(1, 100, wanted=INBOX_OF_DISCIPLINE)
        self.assertEqual(peer.expect_error(), "NOT_PERMITTED")

    def test_a_leader_who_asks_for_the_inbox_of_discipline_gets_nothing(self):
        peer = self.county.peer("leader")
        peer.hello()
        peer.subscribe(1, 100, stop=field(7, 1), wanted=INBOX_OF_DISCIPLINE)
        delivery = peer.expect(DELIVERY)
        self.assertEqual((delivery.get(2, []), delivery[4]), ([], [1]))


if __name__ == "__main__":
    main()
