"""What gives anybody more, and what changes the rules, is proposed by one operator and confirmed by another."""
import unittest

from county import COUNTY, OFFICES, POLICIES, TOWN, County, main


class TwoOperators(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()

    def grant(self, name, unit, *words, role="publisher", office="GOVERNANCE", identity="operator", expect=0):
        return self.county.ctl("access", "grant", name, "--key", self.county.key(name).with_suffix(".key.pub"),
                               "--role", role, "--office", office, "--unit", unit, *words, identity=identity,
                               expect=expect)

    def unit_of(self, name):
        return {entry["name"]: entry.get("unit", "") for entry in self.county.ask("access", "list")["entries"]}.get(name)

    def proposals(self):
        return self.county.ask("proposals").get("proposals", [])

    def test_a_wider_subtree_waits_for_the_second_operator(self):
        said = self.grant("town", COUNTY)
        proposal, = self.proposals()
        self.assertIn(f"sanlingctl confirm {proposal['position']}", said)
        self.assertEqual(proposal["by"], "operator")
        self.assertEqual(self.unit_of("town"), TOWN, "nothing changes before")
        error = self.county.ctl("confirm", proposal["position"], expect=1)
        self.assertIn("[SECOND_APPROVER]", error)
        self.grant("town", COUNTY, expect=1)  # nor by asking twice
        self.assertEqual(self.unit_of("town"), TOWN)
        self.county.ctl("confirm", proposal["position"], identity="operator-2")
        self.assertEqual(self.unit_of("town"), COUNTY)
        last = self.county.ask("access", "history", "town")["changes"][-1]
        self.assertEqual((last["ground"], last["by"], last["proposedBy"], last["proposal"]),
                         ("CONFIRMED", "operator-2", "operator", proposal["position"]))
        self.assertEqual(self.proposals(), [])
        self.assertIn("[PROPOSAL_CLOSED]",
                      self.county.ctl("confirm", proposal["position"], identity="operator-2", expect=1))

    def test_to_ask_for_the_same_is_to_confirm_it(self):
        self.grant("town", COUNTY)
        self.grant("town", COUNTY, identity="operator-2")
        self.assertEqual(self.unit_of("town"), COUNTY)
        self.assertEqual(self.proposals(), [])

    def test_what_gives_nobody_more_needs_one(self):
        self.grant("safety", TOWN, office="WORK_SAFETY")
        self.grant("newcomer", COUNTY)
        self.county.ctl("access", "revoke", "discipline")
        self.assertEqual((self.unit_of("safety"), self.unit_of("newcomer")), (TOWN, COUNTY))
        self.assertEqual(self.proposals(), [])

    def test_no_detour_gives_more(self):
        self.county.ctl("access", "revoke", "town")
        self.grant("town", COUNTY)  # what it had before counts
        self.assertIsNone(self.unit_of("town"))
        self.county.ctl("access", "grant", "other", "--key", self.county.key("town").with_suffix(".key.pub"), "--role",
                        "publisher", "--office", "GOVERNANCE", "--unit", COUNTY)  # the same key under another name
        self.assertIsNone(self.unit_of("other"))
        self.grant("mine", "", office="OPERATOR")  # who could adopt policies
        self.assertIsNone(self.unit_of("mine"))
        self.county.ctl("access", "revoke", "operator-2")
        self.grant("operator-2", "", role="operator", office="OPERATOR")
        self.assertIsNone(self.unit_of("operator-2"))
        self.county.ctl("access", "grant", "auditor", "--key", self.county.key("mine").with_suffix(".key.pub"),
                        "--role", "auditor", "--office", "OPERATOR")
        self.county.ctl("status", identity="auditor")

    def test_a_proposal_is_taken_back(self):
        self.grant("town", COUNTY)
        position = self.proposals()[0]["position"]
        self.county.ctl("withdraw", position, identity="auditor", expect=4)
        self.county.ctl("withdraw", position, identity="operator-2")
        self.assertEqual(self.proposals(), [])
        self.assertIn("[PROPOSAL_CLOSED]", self.county.ctl("confirm", position, identity="operator-2", expect=1))
        self.assertEqual(self.unit_of("town"), TOWN)

    def test_a_proposal_is_void_after_seven_days(self):
        self.grant("town", COUNTY)
        position = self.proposals()[0]["position"]
        self.county.ctl("clock", "set", "2020-08-26T11:00:00+08:00")
        self.assertEqual(len(self.proposals()), 1)
        self.county.ctl("clock", "set", "2020-08-26T13:00:00+08:00")
        self.assertEqual(self.proposals(), [])
        self.assertIn("[PROPOSAL_CLOSED]", self.county.ctl("confirm", position, identity="operator-2", expect=1))
        self.assertEqual(self.unit_of("town"), TOWN)

    def another_policy(self):
        path = self.county.folder / "another.yaml"
        path.write_text((POLICIES / "yuxian-2020.yaml").read_text().replace("yuxian-2020-1", "yuxian-2020-2"))
        return path

    def policy(self):
        return self.county.ask("policy", "show")["position"]

    def test_a_policy_holds_when_the_second_operator_has_confirmed_it(self):
        path = self.another_policy()
        before = self.policy()
        said = self.county.ctl("policy", "adopt", path)
        proposal, = self.proposals()
        self.assertIn(f"sanlingctl confirm {proposal['position']}", said)
        self.assertEqual(proposal["policyVersion"], "yuxian-2020-2")
        self.assertEqual(self.policy(), before)
        self.county.ctl("policy", "adopt", path, expect=1)
        self.assertEqual(self.policy(), before, "nor by adopting it twice")
        self.county.kill_hub()
        self.county.open_hub()
        self.assertEqual(len(self.proposals()), 1, "it waits over a restart")
        self.county.ctl("confirm", proposal["position"], identity="operator-2")
        self.assertNotEqual(self.policy(), before)
        self.assertEqual(self.proposals(), [])

    def test_a_log_is_read_back_to_the_same_state(self):
        self.grant("town", COUNTY)
        self.county.confirm()
        self.grant("safety", "140300000000", office="WORK_SAFETY")
        self.county.ctl("access", "revoke", "discipline")
        digest = self.county.ask("digest")["digest"]
        self.county.kill_hub()
        (self.county.data / "state").unlink(missing_ok=True)
        self.county.open_hub()
        self.assertEqual(self.county.ask("digest")["digest"], digest)


class OneOperator(unittest.TestCase):
    def test_with_one_operator_it_is_said_what_is_missing(self):
        county = self.enterContext(County())
        del county.access["operator-2"]
        county.start()
        said = county.ctl("access", "grant", "town", "--key", county.key("town").with_suffix(".key.pub"), "--role",
                          "publisher", "--office", "GOVERNANCE", "--unit", COUNTY)
        self.assertIn("access file", said)
        county.stop_hub()
        county.access["operator-2"] = OFFICES["operator-2"]
        county.write_access()
        county.open_hub()
        county.confirm()
        entries = {entry["name"]: entry["unit"] for entry in county.ask("access", "list")["entries"] if "unit" in entry}
        self.assertEqual(entries["town"], COUNTY)


if __name__ == "__main__":
    main()
