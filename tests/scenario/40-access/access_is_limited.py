"""A key opens what its entry says, no more; what is changed holds at once, for sessions that are open too."""
import signal
import unittest

from county import (BIN, COUNTY, ENTERPRISE, OTHER_TOWN, OTHER_VILLAGES, POLICIES, RECORDED, SUBSCRIBE, SUMMARY, TOWN,
                    VILLAGES, County, field, main, run, tally_event, until)


def grant(county, name, role, office, unit):
    county.ctl("access", "grant", name, "--key", county.key(name).with_suffix(".key.pub"), "--role", role,
               "--office", office, *(["--unit", unit] if unit else []))
    county.confirm()


class Keys(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()

    def test_an_unknown_key_is_refused(self):
        error = self.county.ctl("status", identity="stranger", expect=4)
        self.assertEqual(len(error.splitlines()), 1)
        self.assertIn("[NOT_PERMITTED]", error)
        peer = self.county.peer("stranger")
        peer.send(field(1, field(1, 1)))
        self.assertIsNone(peer.receive(0.5))
        self.assertEqual(peer.link()[0], 0, "no handshake")
        self.assertIn("its key is not in the access file", self.county.hub.journal)

    def test_a_key_for_another_hub_is_no_key_here(self):
        with County() as other:
            other.start()
            key = self.county.key("operator")
            run(BIN / "sanlingctl", "--hub", other.endpoint, "--identity", key, "status", expect=3)
            self.assertIn("[NOT_PERMITTED]", self.county.ctl("status", identity="stranger", expect=4))

    def test_a_granted_key_is_admitted_at_once_and_after_a_restart(self):
        self.county.ctl("status", identity="newcomer", expect=4)
        grant(self.county, "newcomer", "auditor", "OPERATOR", "")
        self.county.ctl("rejected", identity="newcomer")
        self.county.kill_hub()
        self.county.open_hub()
        self.county.ctl("rejected", identity="newcomer")

    def test_a_revoked_key_stops_at_once_where_it_publishes(self):
        peer = self.county.peer("governance")
        peer.hello()
        peer.publish("yu", 1, tally_event("yu", 1))
        self.assertEqual(peer.outcome()[0][0][0], RECORDED)
        self.county.ctl("access", "revoke", "governance")
        self.assertEqual(peer.expect_error(), "HELLO_FIRST", "it is told")
        peer.publish("yu", 2, tally_event("yu", 2))
        self.assertEqual(peer.expect_error(), "NOT_PERMITTED")
        peer.send(field(1, field(1, 1)))
        self.assertEqual(peer.expect_error(), "NOT_PERMITTED")
        self.assertEqual(len(self.county.replay("--type", "PublicityTallied")), 1)
        self.county.ctl("status", identity="governance", expect=4)
        self.assertIn("UNKNOWN_NAME", self.county.ctl("access", "revoke", "governance", expect=1))

    def test_a_revoked_key_stops_at_once_where_it_reads(self):
        follower = self.county.start_ctl("follower", "--json", "replay", "--follow", identity="leader")
        until("the past records", lambda: len(follower.lines) > 10)
        leader = self.county.peer("leader")
        leader.hello()
        leader.send(field(SUBSCRIBE, field(1, 1) + field(3, field(1, COUNTY))))
        leader.expect(SUMMARY)
        leader.give_credit(1, 100)
        leader.subscribe(2, 1000, start=field(1, 1000))
        leader.settle()
        seen = len(follower.lines)
        self.county.ctl("access", "revoke", "leader")
        oracle = self.county.start_publisher("oracle", count=50)
        self.assertEqual(oracle.wait(), 0)
        self.assertEqual(follower.wait(), 4, "the follower is told and ends")
        self.assertIn("[NOT_PERMITTED]", follower.journal)
        self.assertEqual(len(follower.lines), seen)
        self.assertEqual(leader.expect_error(), "HELLO_FIRST")
        self.assertIsNone(leader.receive(0.5), "no summary, no record")

    def test_narrowed_rights_hold_for_an_open_subscription(self):
        follower = self.county.start_ctl("follower", "--json", "replay", "--type", "GridReported", "--follow",
                                         identity="leader")
        self.assertEqual(self.county.start_publisher("before", count=96).wait(), 0)
        until("records of all units", lambda: len(follower.lines) == 12)
        grant(self.county, "leader", "leader", "LEADERSHIP", TOWN)
        self.assertEqual(self.county.start_publisher("after", count=96).wait(), 0)
        until("records of the town", lambda: len(follower.lines) == 12 + 8)
        units = [line["event"]["unit"] for line in follower.json_lines]
        self.assertEqual(set(units[:12]), {*VILLAGES, *OTHER_VILLAGES})
        self.assertEqual(set(units[12:]), set(VILLAGES))
        self.assertTrue(follower.running, "it goes on with the rights that it has now")

    def test_another_key_under_the_same_name_ends_the_sessions_of_the_old_one(self):
        old = self.county.peer("leader")
        old.hello()
        old.subscribe(1, 1000, start=field(3, 1))
        old.settle()
        self.county.ctl("access", "grant", "leader", "--key", self.county.key("successor").with_suffix(".key.pub"),
                        "--role", "leader", "--office", "LEADERSHIP", "--unit", COUNTY)
        self.county.ctl("status", identity="leader")
        self.county.confirm()
        self.assertEqual(old.expect_error(), "HELLO_FIRST")
        self.assertEqual(self.county.start_publisher("oracle", count=8).wait(), 0)
        self.assertIsNone(old.receive(0.3))
        self.county.ctl("status", identity="successor")

    def test_an_access_file_without_the_key_holds_for_open_sessions(self):
        peer = self.county.peer("governance")
        peer.hello()
        del self.county.access["governance"]
        self.county.write_access()
        self.county.hub.signal(signal.SIGHUP)
        self.assertEqual(peer.expect_error(), "HELLO_FIRST")
        peer.publish("yu", 1, tally_event("yu", 1))
        self.assertEqual(peer.expect_error(), "NOT_PERMITTED")

    def test_publishers_go_on_when_access_is_read_anew(self):
        oracle = self.county.start_publisher("oracle", count=2000, batch=5, window=8, pause=1)
        for part in range(1, 5):
            until("some events", lambda: len(oracle.lines) > 300 * part)
            self.county.hub.signal(signal.SIGHUP)
        self.assertEqual(oracle.wait(), 0, oracle.journal)
        self.assertEqual(len(self.county.replay("--type", "PublicityTallied")), 2000 // 8)


class Rights(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.county = cls.enterClassContext(County())
        cls.county.start()
        if cls.county.start_publisher("oracle", count=96).wait() != 0:
            raise AssertionError("nothing to read")

    def units_seen(self, identity, *words):
        return {record["event"].get("unit", "") for record in self.county.replay(*words, identity=identity)}

    def test_records_outside_the_subtree_are_not_shown(self):
        mine = {TOWN, ENTERPRISE, *VILLAGES}
        self.assertEqual(self.units_seen("town") - {""}, mine)
        self.assertEqual(self.units_seen("town", "--unit", VILLAGES[0]), {VILLAGES[0]})
        self.assertEqual(self.units_seen("town", "--unit", OTHER_VILLAGES[0]), set())
        self.assertEqual(self.units_seen("town", "--unit", COUNTY) - {""}, mine)

    def test_questions_outside_the_subtree_are_refused(self):
        for command in ("status", "summary"):
            for unit in (COUNTY, OTHER_TOWN, OTHER_VILLAGES[0]):
                self.assertIn("[NOT_PERMITTED]", self.county.ctl(command, unit, identity="town", expect=4), command)
        units = self.county.ask("units", "list", identity="town")["units"]
        self.assertEqual({unit["code"] for unit in units}, {TOWN, ENTERPRISE, *VILLAGES})
        self.assertEqual(self.county.ask("summary", identity="town")["unit"], TOWN, "its own is the default")
        peer = self.county.peer("town")
        peer.hello()
        peer.send(field(SUBSCRIBE, field(1, 1) + field(3, field(1, COUNTY))))
        self.assertEqual(peer.expect_error(), "NOT_PERMITTED")

    def test_another_offices_inbox_is_refused_to_a_publisher(self):
        self.assertIn("[NOT_PERMITTED]", self.county.ctl("inbox", "petitions", identity="governance", expect=4))
        self.county.ctl("inbox", "petitions", identity="leader")

    def test_what_is_for_operators_is_refused_to_others(self):
        key = self.county.key("town").with_suffix(".key.pub")
        commands = [["access", "list"], ["access", "revoke", "leader"], ["rejected"],
                    ["access", "grant", "town", "--key", key, "--role", "operator", "--office", "OPERATOR"],
                    ["clock", "set", "2021-01-01"]]
        before = self.county.ask("access", "list")
        for identity in ("town", "leader", "governance"):
            for command in commands:
                error = self.county.ctl(*command, identity=identity, expect=4)
                self.assertIn("[NOT_PERMITTED]", error)
                self.assertEqual(len(error.splitlines()), 1, error)
        self.county.ctl("rejected", identity="auditor")
        self.county.ctl("access", "list", identity="auditor")
        self.county.ctl("access", "revoke", "leader", identity="auditor", expect=4)
        self.county.ctl("clock", "set", "2021-01-01", identity="auditor", expect=4)
        self.assertEqual(self.county.ask("access", "list"), before)

    def test_who_only_reads_publishes_nothing(self):
        event = {"unit": VILLAGES[0], "occurredAt": "2020-08-19T03:00:00Z",
                 "publicityTallied": {"day": "2020-08-19", "item": "MEDIA", "count": 1}}
        for identity in ("auditor", "discipline"):
            outcome, = self.county.publish(identity, event, expect=4)
            self.assertEqual((outcome["kind"], outcome["code"]), ("REFUSED", "NOT_PERMITTED"))

    def test_units_and_policy_are_for_operators(self):
        adopt = self.county.ctl_command("policy", "adopt", POLICIES / "default.yaml", identity="leader")
        run(*adopt, expect=4)
        self.assertEqual(self.county.ask("policy", "show")["version"], "yuxian-2020-1")
        unit = {"unit": VILLAGES[0] + "001", "occurredAt": "2020-08-19T03:00:00Z", "unitRegistered": {
            "kind": "GRID", "name": "网格", "parent": VILLAGES[0], "validFrom": "2020-01-01"}}
        outcome, = self.county.publish("petitions", unit, expect=1)
        self.assertEqual(outcome["code"], "NOT_PERMITTED")

    def test_an_agent_with_the_key_of_another_office_ends_with_4(self):
        path = self.county.write_agent_config("safety", identity=self.county.key("petitions"))
        agent = self.county.start_program("wrong-office", BIN / "sanling-safety", "--config", path)
        self.assertEqual(agent.wait(), 4)
        self.assertIn("WORK_SAFETY", agent.journal)


class Reach(unittest.TestCase):
    def test_a_hub_that_is_not_reached_is_3_and_one_line_says_where(self):
        with County() as county:
            county.start()
            county.stop_hub()
            error = county.ctl("status", expect=3)
            self.assertEqual(len(error.splitlines()), 1)
            for word in (county.endpoint, "[UNREACHABLE]", "try:"):
                self.assertIn(word, error)


if __name__ == "__main__":
    main()
