"""Every question can be asked of another moment: what was known then, and what is known now of that day.

A hazard is found in July and fixed in August; a case of July is told in August. So July is asked for from August."""
import unittest

from county import COUNTY, OTHER_TOWN, TOWN, VILLAGES, County, main

JULY, AUGUST = "2020-07-10", "2020-08-10"
NOT_ASKED_OF_THE_PAST = ("digest", "sources", "clock show")


def event(kind, day, unit=VILLAGES[0], **facts):
    return {"unit": unit, "occurredAt": f"{day}T09:00:00+08:00", kind: facts}


class ThePastIsShown(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County(clock=f"{JULY}T10:00:00+08:00"))
        self.county.start()
        hazard = event("hazardFound", JULY, hazard="H-1", grade="GENERAL", category="FIRE")
        due = event("rectificationOrdered", JULY, hazard="H-1", dueDay="2020-08-30")
        self.county.publish("safety", hazard, due)
        self.july = int(self.county.ask("digest")["position"])
        self.set_clock(AUGUST)
        fixed = event("rectificationReported", AUGUST, hazard="H-1", byRole="FOREMAN")
        verified = event("hazardVerified", AUGUST, hazard="H-1", result="PASS", byRole="INSPECTOR")
        self.county.publish("safety", fixed, source="safety-later")
        case = {"caseId": "C-1", "class": "ADMIN", "category": "ASSAULT", "influence": "NORMAL"}
        self.county.publish("public-security", event("caseFiled", JULY, **case))
        self.verified = verified

    def set_clock(self, day):
        self.county.ctl("clock", "set", f"{day}T10:00:00+08:00")

    def summary(self, *words, identity="operator"):
        return self.county.ask("summary", COUNTY, *words, identity=identity)

    def test_summary_of_a_day_as_known_then_and_as_known_now(self):
        now = self.summary()
        then = self.summary("--at", JULY)
        known_now = self.summary("--at", JULY, "--known", "now")
        self.assertEqual((now["asOf"], then["asOf"], known_now["asOf"]), (AUGUST, JULY, JULY))
        self.assertEqual([document["hazards"]["open"] for document in (then, known_now)], [1, 1])
        self.assertNotIn("filed", then["cases"], "nobody had told of the case")
        self.assertEqual(known_now["cases"]["filed"], 1, "and it is of that day")
        self.assertEqual(int(then["position"]), self.july)
        self.assertEqual(now["position"], known_now["position"])

    def test_a_position_a_time_and_the_end_of_a_day_are_the_same_moment(self):
        by_day = self.summary("--at", JULY)
        self.assertEqual(self.summary("--known", str(self.july)), by_day)
        self.assertEqual(self.summary("--known", f"{JULY}T23:00:00+08:00"), by_day)
        self.assertEqual(self.summary("--at", JULY, "--known", "end"), by_day)

    def test_lists_matters_and_figures_are_those_of_the_moment(self):
        hazard, = self.county.ask("matters", "H-1", "--at", JULY)["matters"]
        self.assertEqual((hazard["step"], len(hazard["moves"])), ("ORDERED", 2))
        hazard, = self.county.ask("matters", "H-1")["matters"]
        self.assertEqual((hazard["step"], len(hazard["moves"])), ("RECTIFIED", 3))
        self.assertIn("C-1", self.county.ctl("matters", "C-1", "--at", JULY, expect=1), "nobody knew of it")
        self.assertEqual(len(self.county.ask("cases", "--at", JULY, "--known", "now")["matters"]), 1)
        figure = self.county.ask("figure", "cases.filed", "--at", JULY, "--known", "now")
        self.assertEqual((figure["total"], len(figure["rows"])), ("1", 1))
        self.assertNotIn("rows", self.county.ask("figure", "cases.filed", "--at", JULY))

    def test_tables_say_of_when_they_are(self):
        self.assertIn(f"状态日 {JULY}，所知至位置 {self.july}", self.county.ctl("hazards", "--at", JULY))
        self.assertNotIn("回看", self.county.ctl("hazards"))

    def test_statuses_are_those_of_the_moment(self):
        def zero(*words):
            status, = self.county.ask("status", VILLAGES[0], "--depth", "0", *words)["units"]
            return next(zero["status"] for zero in status["zeros"] if zero["zero"] == "CASE")
        self.assertEqual(zero("--at", JULY), "UNVERIFIED")
        self.assertEqual(zero("--at", JULY, "--known", "now"), "BROKEN")
        self.assertEqual(zero("--at", JULY), zero("--as-of", JULY, "--known-at", str(self.july)))

    def test_the_past_stays_as_it_was_while_the_log_goes_on(self):
        before = [self.summary("--at", JULY), self.summary("--at", JULY, "--known", "now")]
        self.county.publish("safety", self.verified, source="safety-latest")
        after = [self.summary("--at", JULY), self.summary("--at", JULY, "--known", "now")]
        self.assertEqual(before[0], after[0])
        self.assertEqual(before[1]["hazards"], after[1]["hazards"], "what happened in August is not of July")
        self.county.kill_hub()
        self.county.open_hub()
        self.assertEqual(self.summary("--at", JULY), before[0])

    def test_many_who_ask_for_different_moments_are_all_answered(self):
        days = [f"2020-07-{day}" for day in range(10, 22)]
        asked = [self.county.start_ctl(f"ask-{day}", "--json", "summary", COUNTY, "--at", day) for day in days]
        self.assertEqual([program.wait() for program in asked], [0] * len(asked))
        self.assertEqual([program.json_lines[0]["asOf"] for program in asked], days)

    def test_nobody_sees_outside_the_subtree_in_the_past_either(self):
        refused = self.county.ctl("summary", OTHER_TOWN, "--at", JULY, identity="town", expect=4)
        self.assertIn("NOT_PERMITTED", refused)
        self.assertEqual(self.county.ask("summary", TOWN, "--at", JULY, identity="town")["unit"], TOWN)

    def test_wrong_moments_are_answered(self):
        for words, said in ((("--at", "2020-07-09"), "first day"),
                            (("--at", "2020-08-11"), "not a day up to today"),
                            (("--at", AUGUST, "--known", str(self.july)), "not begun"),
                            (("--known", "2019-01-01"), "before the first record")):
            self.assertIn(said, self.county.ctl("summary", *words, expect=2), words)
        self.assertIn("POSITION_AHEAD", self.county.ctl("summary", "--known", "99999999", expect=1))
        for words, said in ((("--at", "yesterday"), "no day"), (("--known", "0"), "no position"),
                            (("--known", "end"), "of which day")):
            self.assertIn(said, self.county.ctl("summary", *words, expect=2), words)
        for command in NOT_ASKED_OF_THE_PAST:
            self.assertIn("of now only", self.county.ctl(*command.split(), "--at", JULY, expect=2), command)


if __name__ == "__main__":
    main()
