"""Zero reports are made easy and honest: the office sees what is due, what it would cover, and nothing is sent but what
a person confirmed; what a system says alone is taken only where the policy allows it."""
import json
import os
import pty
import subprocess
import unittest

import sheets
from county import BIN, COUNTY, ENTERPRISE, MAPPINGS, OTHER_VILLAGES, POLICIES, VILLAGES, County, main, until

UNITS = len(VILLAGES) + len(OTHER_VILLAGES) + 1


class PersonsAttest(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County(clock="2020-01-02T09:00:00+08:00"))
        self.county.start()

    def set_clock(self, day):
        self.county.ctl("clock", "set", f"{day}T09:00:00+08:00")

    def attest(self, *words, office="public-security", expect=0, config=None):
        """Runs AGENT attest; returns its output, or its one line of failure."""
        path = config or self.county.write_agent_config(office)
        done = subprocess.run([BIN / f"sanling-{office}", "-c", path, "attest", *words], capture_output=True, text=True,
                              stdin=subprocess.DEVNULL, timeout=60)
        self.assertEqual(done.returncode, expect, done.stdout + done.stderr)
        return done.stdout if expect < 2 else done.stderr

    def due(self, *words):
        return json.loads(self.attest("--json", *words)).get("periods", [])

    def attested(self):
        return [record["event"] for record in self.county.replay("--type", "ZeroAttested")]

    def zero(self, unit):
        answer, = self.county.ask("status", unit, "--depth", "0")["units"]
        return next(zero["status"] for zero in answer["zeros"] if zero["zero"] == "CASE")

    def test_what_is_due_is_shown_and_only_what_is_confirmed_is_sent(self):
        self.assertEqual([period["fromDay"] for period in self.due()], ["2019-11-01", "2019-12-01"], "of the year before")
        self.set_clock("2020-02-03")
        period = self.due()[-1]
        self.assertEqual((period["zero"], period["fromDay"], period["toDay"], period["due"], period["daysLeft"],
                          period["units"], period["uncovered"], period.get("broken", 0)),
                         ("CASE", "2020-01-01", "2020-01-31", "2020-02-05", 2, UNITS, UNITS, 0))
        self.assertIn("还有 2 天", self.attest())
        words = ("--period", "2020-01")
        shown = self.attest(*words, "--role", "DUTY", expect=1)
        self.assertIn(f"核报单位 units: {UNITS} / {UNITS}（辖区全部", shown)
        self.assertIn("没有确认", shown, "nobody is asked without a terminal")
        self.assertIn("--role", self.attest(*words, "--confirm", expect=2), "somebody stands behind it")
        self.assertEqual(self.attested(), [])
        self.assertEqual(self.zero(VILLAGES[0]), "UNVERIFIED")

        agent = self.county.start_agent("public-security")
        self.assertIn("已登记", self.attest(*words, "--role", "DUTY", "--confirm"))
        event, = self.attested()
        self.assertEqual(event["zeroAttested"], {"zero": "CASE", "scope": True, "fromDay": "2020-01-01",
                                                 "toDay": "2020-01-31", "basis": "REGISTER_CHECKED", "byRole": "DUTY"})
        self.assertEqual(event["unit"], COUNTY)
        self.assertEqual(self.zero(VILLAGES[0]), "ZERO")
        self.assertEqual([period["fromDay"] for period in self.due()], ["2019-12-01"])
        self.set_clock("2020-02-08")
        self.assertIn("没有待核报的期间", self.attest())
        self.assertIn("no closed period", self.attest(*words, "--role", "DUTY", "--confirm", expect=2))
        self.assertTrue(agent.running)

    def test_a_role_that_is_no_code_is_refused_before_anything_is_kept(self):
        agent = self.county.start_agent("public-security")
        self.set_clock("2020-02-03")
        for role in (b"\xff", b"DUTY\x1b[2J", "李四".encode(), b"11010519491231002X", b"13800138000", b"DUTY OFFICER"):
            said = self.attest("--period", "2020-01", "--role", role, "--confirm", expect=2)
            self.assertIn("--role", said)
            self.assertNotIn(os.fsdecode(role), said)
        self.assertEqual(self.attested(), [])
        self.assertIn("已登记", self.attest("--period", "2020-01", "--role", "DUTY_OFFICER-2", "--confirm"))
        self.assertTrue(agent.running)

    def test_a_broken_unit_is_left_out_and_a_part_is_completed(self):
        self.county.start_agent("public-security")
        self.set_clock("2020-03-03")
        report = self.county.drop("public-security", "案件台账.csv", sheets.CASES,
                                  [sheets.case("C-1", VILLAGES[0], "2020-02-14")])
        until("the report of a case", report.exists)
        report = self.county.drop("public-security", "零报告1.csv", sheets.ZERO_REPORTS, [sheets.zero_report(
            "R-1", VILLAGES[1], "零案件", "2020-02-01", "2020-02-20", "2020-03-03")])
        until("the report in part", report.exists)
        january, february = self.due()
        self.assertEqual((january["uncovered"], january.get("broken", 0)), (UNITS, 0))
        self.assertEqual((february["uncovered"], february["broken"]), (UNITS, 1))
        self.assertIn("还有 2 天", self.attest())
        self.attest("--period", "2020-02", "--role", "DUTY", "--confirm")
        events = [event["zeroAttested"] for event in self.attested()][1:]
        self.assertEqual([(event["fromDay"], len(event["units"])) for event in events],
                         [("2020-02-01", UNITS - 2), ("2020-02-21", 1)])
        self.assertNotIn(VILLAGES[0], events[0]["units"] + events[1]["units"], "it had a case")
        self.assertEqual(events[1]["units"], [VILLAGES[1]])
        self.assertEqual([period["fromDay"] for period in self.due()], ["2020-01-01", "2020-02-01"])
        self.assertIn("no unit is left", self.attest("--period", "2020-02", "--role", "DUTY", "--confirm", expect=2))
        contradicted = self.county.ask("attention", "contradicted").get("rows", [])
        self.assertEqual(contradicted, [], "nothing false was attested")

    def test_it_is_kept_until_the_agent_runs_and_sent_once(self):
        self.set_clock("2020-02-03")
        outcome = json.loads(self.attest("--json", "--period", "2020-01-01", "--role", "DUTY", "--confirm"))
        self.assertEqual((outcome["confirmed"], outcome["waiting"], outcome["recorded"]), (True, 1, 0))
        for _ in range(3):  # killed whenever: it is numbered once
            self.county.start_agent("public-security").kill()
        agent = self.county.start_agent("public-security")
        until("the attestation", self.attested)
        agent.stop()
        self.county.start_agent("public-security")
        self.set_clock("2020-02-04")
        self.assertEqual(len(self.attested()), 1)
        self.assertEqual(self.zero(ENTERPRISE), "ZERO")

    def test_a_visit_and_a_units_word_are_named_unit_by_unit(self):
        self.county.start_agent("public-security")
        self.set_clock("2020-02-03")
        shown = self.attest("--period", "2020-01", "--basis", "unit-statement", "--role", "DUTY", expect=1)
        self.assertIn("规则不采此依据", shown)
        self.attest("--period", "2020-01", "--basis", "SITE_VISIT", "--unit", VILLAGES[2], "--role", "DUTY", "--confirm")
        event, = self.attested()
        self.assertEqual((event["zeroAttested"]["units"], event["zeroAttested"].get("scope", False)),
                         ([VILLAGES[2]], False))
        self.assertEqual((self.zero(VILLAGES[2]), self.zero(VILLAGES[3])), ("ZERO", "UNVERIFIED"))

    def test_a_person_at_a_terminal_is_asked(self):
        self.county.start_agent("public-security")
        self.set_clock("2020-02-03")
        path = self.county.folder / "public-security.yaml"
        for answer, status, events in (("n\n", 1, 0), ("是\n", 0, 1)):
            ours, theirs = pty.openpty()
            process = subprocess.Popen([BIN / "sanling-public-security", "-c", path, "attest", "--period", "2020-01",
                                        "--role", "DUTY"], stdin=theirs, stdout=theirs, stderr=theirs)
            os.close(theirs)
            shown = b""
            while b"yes to confirm" not in shown:
                shown += os.read(ours, 4096)
            os.write(ours, answer.encode())
            self.assertEqual(process.wait(60), status)
            os.close(ours)
            self.assertEqual(len(self.attested()), events)

    def test_wrong_words_are_answered(self):
        for words, said in ((("--zero", "NOTHING"), "--zero NOTHING"), (("--basis", "HISTORIC"), "--basis HISTORIC"),
                            (("--period", "July"), "--period July"), (("--unit", "140322999999"), "unit"),
                            (("--role", "x" * 65), "--role"), (("again",), "one word too many")):
            self.assertIn(said, self.attest(*words, expect=2))
        self.county.stop_hub()
        self.assertIn("UNREACHABLE", self.attest(expect=3))

    def test_the_journal_reminds_before_and_after_the_due(self):
        self.set_clock("2020-02-03")
        agent = self.county.start_agent("public-security")
        until("the reminder", lambda: "CASE 2020-01-01 to 2020-01-31 is to be attested by 2020-02-05 (2 days left): "
              f"{UNITS} of {UNITS} units" in agent.journal)
        agent.stop()
        self.set_clock("2020-02-08")
        agent = self.county.start_agent("public-security")
        until("the warning", lambda: "(3 days overdue)" in agent.journal)

    def test_a_system_attests_by_itself_only_where_the_policy_lets_it(self):
        mapping = (MAPPINGS / "public-security/cases.yaml").read_text()
        path = self.county.folder / "cases.yaml"
        path.write_text(mapping.replace("案件台账*.csv", "月度案件*.csv") +
                        f'attest: {{zero: CASE, basis: REGISTER_CHECKED, unit: "{COUNTY}", scope: true}}\n')
        config = self.county.write_agent_config("public-security")
        config.write_text(config.read_text().replace("mappings:\n", f"mappings:\n  - {path}\n"))
        agent = self.county.start_program("public-security", BIN / "sanling-public-security", "--config", config)
        until("the agent", lambda: "watching" in agent.journal)
        self.set_clock("2020-02-03")

        def month(name):
            report = self.county.drop("public-security", name, sheets.CASES,
                                      [sheets.case(name, VILLAGES[0], "2020-02-01")])
            until("the report", report.exists)
            return report.read_text()

        report = month("月度案件2020-01.csv")
        self.assertIn("NOT_ATTESTED", report)
        self.assertIn("zero report not taken: by_system: ", report)
        self.assertNotIn("rejected.csv", report, "no row of the file is to be mended")
        rejected, = self.county.ask_lines("rejected")
        self.assertEqual(rejected["code"], "NOT_PERMITTED")
        policy = self.county.folder / "policy.yaml"
        policy.write_text((POLICIES / "yuxian-2020.yaml").read_text().replace("yuxian-2020-1", "yuxian-2020-2").replace(
            "  # by_system: [WORK_SAFETY]", "  by_system: [PUBLIC_SECURITY]"))
        self.county.adopt(policy)
        self.assertNotIn("NOT_ATTESTED", month("月度案件再次2020-01.csv"))
        event, = self.attested()
        self.assertEqual(event["zeroAttested"]["bySystem"], True)
        self.assertIn("系统自动查台账，未经人确认", self.county.ctl("why", VILLAGES[1]))


if __name__ == "__main__":
    main()
