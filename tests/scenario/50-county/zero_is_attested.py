"""Silence is never zero: what the offices attested, what broke, and what nobody vouched for, on a clock of months.

The truth vectors of DOMAIN.md 4.5, from the offices' sheets to the answers of the hub."""
import unittest

import sheets
from county import COUNTY, ENTERPRISE, OTHER_VILLAGES, VILLAGES, County, main, until

OFFICES = {"petitions": "零上访", "safety": "零事故", "public-security": "零案件"}
ZEROS = {"petitions": "PETITION", "safety": "ACCIDENT", "public-security": "CASE"}
UNITS = len(VILLAGES) + len(OTHER_VILLAGES) + 1


class ZeroIsAttested(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County(clock="2020-01-02T09:00:00+08:00"))
        self.county.start()
        self.sheets = 0
        for office in OFFICES:
            self.county.start_agent(office)

    def set_clock(self, day):
        self.county.ctl("clock", "set", f"{day}T09:00:00+08:00")

    def attest(self, office, first, last, drawn_up, unit=COUNTY, scope="辖区全部", basis="查台账"):
        self.sheets += 1
        row = sheets.zero_report(f"R-{self.sheets}", unit, OFFICES[office], first, last, drawn_up, scope, basis)
        report = self.county.drop(office, f"零报告{self.sheets}.csv", sheets.ZERO_REPORTS, [row])
        until("the report", report.exists)

    def attest_all(self, first, last, drawn_up):
        for office in OFFICES:
            self.attest(office, first, last, drawn_up)

    def status(self, unit, *words):
        answer, = self.county.ask("status", unit, "--depth", "0", *words)["units"]
        return answer

    def zero(self, unit, office, *words):
        return next(zero for zero in self.status(unit, *words)["zeros"] if zero["zero"] == ZEROS[office])

    def assert_zero(self, zero, status, **expected):
        shown = {key: zero.get(key) for key in expected}
        self.assertEqual((zero["status"], shown), (status, expected))

    def joint_counts(self):
        """Of the whole county: zero, broken, unverified."""
        counts = self.status(COUNTY)["below"]["counts"]
        joint, = (count for count in counts if "group" not in count and "zero" not in count)
        self.assertEqual(joint["total"], UNITS)
        return joint.get("zeroUnits", 0), joint.get("broken", 0), joint.get("unverified", 0)

    def test_a_year_of_attestation_break_and_silence(self):
        self.assertEqual(self.joint_counts(), (0, 0, UNITS), "nobody has said anything")
        self.set_clock("2020-02-03")
        self.attest_all("2020-01-01", "2020-01-31", "2020-02-03")
        self.assertEqual(self.joint_counts(), (UNITS, 0, 0))
        for office in OFFICES:
            self.assert_zero(self.zero(ENTERPRISE, office), "ZERO", since="2020-01-01", verifiedUntil="2020-01-31",
                             streakDays=31)

        self.set_clock("2020-03-05")
        self.assertEqual(self.joint_counts(), (UNITS, 0, 0), "February is due today, its day is not over")
        self.set_clock("2020-03-06")
        self.assertEqual(self.joint_counts(), (0, 0, UNITS), "silence since February")
        gap = {"office": "PETITIONS", "fromDay": "2020-02-01", "toDay": "2020-02-29"}
        self.assert_zero(self.zero(VILLAGES[0], "petitions"), "UNVERIFIED", gaps=[gap], verifiedUntil="2020-01-31")
        self.attest_all("2020-02-01", "2020-02-29", "2020-03-06")
        self.assertEqual(self.joint_counts(), (UNITS, 0, 0))
        self.assert_zero(self.zero(VILLAGES[0], "public-security"), "ZERO", verifiedUntil="2020-02-29", streakDays=60)

        before = self.county.ask("digest")["position"]
        report = self.county.drop("public-security", "案件台账.csv", sheets.CASES,
                                  [sheets.case("C-1", VILLAGES[0], "2020-02-14")])
        until("the late report of a case", report.exists)
        broken = self.zero(VILLAGES[0], "public-security")
        self.assert_zero(broken, "BROKEN", since="2020-02-14", breakCount=1, streakDays=15)
        case, = self.county.replay("--type", "CaseFiled")
        self.assertEqual(broken["breaks"], [case["position"]])
        attested = [record["position"] for record in self.county.replay("--type", "ZeroAttested")
                    if record["event"]["zeroAttested"]["zero"] == "CASE"]
        self.assertEqual(broken["contradicted"], [attested[1]], "February's attestation covers the day of the break")
        self.assertEqual(self.status(VILLAGES[0])["joint"], "BROKEN")
        self.assertEqual(self.joint_counts(), (UNITS - 1, 1, 0))
        self.assertEqual(self.status(VILLAGES[0], "--known-at", before)["joint"], "ZERO", "as it was known before")
        self.assertEqual(self.status(VILLAGES[0], "--as-of", "2020-02-03")["joint"], "ZERO", "before it happened")

        self.county.kill_hub()
        self.county.open_hub()
        self.assertEqual(self.joint_counts(), (UNITS - 1, 1, 0), "computed again from the log")
        self.set_clock("2021-02-10")
        self.assertEqual(self.joint_counts(), (0, 0, UNITS), "last year's break does not count, January is not attested")
        self.assert_zero(self.zero(VILLAGES[0], "public-security"), "UNVERIFIED", breaks=None, gaps=[
            {"office": "PUBLIC_SECURITY", "fromDay": "2021-01-01", "toDay": "2021-01-31"}])
        days = [record["event"]["dayClosed"]["day"] for record in self.county.replay("--type", "DayClosed")]
        self.assertEqual((days[0], days[-1], len(days)), ("2020-01-02", "2021-02-09", 405))

    def test_what_a_unit_says_of_itself_is_shown_and_makes_no_zero(self):
        self.set_clock("2020-02-03")
        self.attest("safety", "2020-01-01", "2020-01-31", "2020-02-03", VILLAGES[1], "本单位", "单位自报")
        self.assert_zero(self.zero(VILLAGES[1], "safety"), "UNVERIFIED", basis="UNIT_STATEMENT")
        self.attest("safety", "2020-01-01", "2020-01-31", "2020-02-03", VILLAGES[1], "本单位", "实地")
        self.assert_zero(self.zero(VILLAGES[1], "safety"), "ZERO", basis="SITE_VISIT")
        self.assertEqual(self.status(VILLAGES[1])["joint"], "UNVERIFIED", "the others were silent")
        self.assert_zero(self.zero(VILLAGES[2], "safety"), "UNVERIFIED", verifiedUntil=None)

    def test_an_attestation_in_part_leaves_its_gap(self):
        self.set_clock("2020-02-10")
        self.attest("safety", "2020-01-01", "2020-01-15", "2020-02-10")
        self.assert_zero(self.zero(VILLAGES[0], "safety"), "UNVERIFIED", verifiedUntil="2020-01-15", streakDays=15,
                         gaps=[{"office": "WORK_SAFETY", "fromDay": "2020-01-16", "toDay": "2020-01-31"}])
        self.attest("safety", "2020-01-16", "2020-01-31", "2020-02-10")
        self.assert_zero(self.zero(VILLAGES[0], "safety"), "ZERO", verifiedUntil="2020-01-31", streakDays=31)

    def test_an_office_cannot_attest_a_day_that_is_not_over(self):
        self.attest("safety", "2020-01-01", "2020-01-02", "2020-01-02")
        rejected, = self.county.ask_lines("rejected")
        self.assertEqual((rejected["code"], rejected["publisher"]["office"]), ("DAY_NOT_CLOSED", "WORK_SAFETY"))
        self.assert_zero(self.zero(VILLAGES[0], "safety"), "UNVERIFIED", verifiedUntil=None)


if __name__ == "__main__":
    main()
