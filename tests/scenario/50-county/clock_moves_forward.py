"""A demonstration hub's clock is set by hand, forward only; a real hub's is the machine's. Neither becomes the other."""
import datetime
import unittest

from county import BIN, County, main, run


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


class Demonstration(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County(clock="2019-12-30T09:00:00+08:00"))
        self.county.start()

    def closed_days(self):
        return [record["event"]["dayClosed"]["day"] for record in self.county.replay("--type", "DayClosed")]

    def test_it_closes_each_day_that_passes_once_at_its_end(self):
        self.assertEqual(self.closed_days(), [])
        clock = self.county.ask("clock", "set", "2020-01-01T10:30:00+08:00")
        self.assertEqual((clock["time"], clock["today"], clock["lastClosedDay"]),
                         ("2020-01-01T02:30:00Z", "2020-01-01", "2019-12-31"))
        self.assertEqual(self.closed_days(), ["2019-12-30", "2019-12-31"])
        self.assertEqual([record["recordedAt"] for record in self.county.replay("--type", "DayClosed")],
                         ["2019-12-30T16:00:00Z", "2019-12-31T16:00:00Z"])
        self.county.ctl("clock", "set", "2020-01-01T10:30:00+08:00")
        self.county.ctl("clock", "set", "2020-01-01T23:59:59+08:00")
        self.assertEqual(len(self.closed_days()), 2)
        self.county.ctl("clock", "set", "2020-03-01")
        days = self.closed_days()
        self.assertEqual(days[-2:], ["2020-02-28", "2020-02-29"])
        self.assertEqual(len(days), 2 + 31 + 29)
        self.assertEqual(days, sorted(set(days)))

    def test_it_never_goes_back(self):
        self.county.ctl("clock", "set", "2020-06-01")
        before = self.county.ask("digest")
        for moment in ("2020-05-31", "2020-05-31T23:59:59+08:00", "2019-01-01"):
            error = self.county.ctl("clock", "set", moment, expect=2)
            self.assertIn("forward only", error)
        self.assertIn("[USAGE]", self.county.ctl("clock", "set", "soon", expect=2))
        self.assertEqual(self.county.ask("digest"), before)
        recorded = [instant(record["recordedAt"]) for record in self.county.replay()]
        self.assertEqual(recorded, sorted(recorded))

    def test_it_stands_still_between_and_across_a_kill(self):
        self.county.ctl("clock", "set", "2020-06-01T08:00:00+08:00")
        self.county.kill_hub()
        self.county.open_hub()
        self.assertEqual(self.county.ask("clock", "show")["time"], "2020-06-01T00:00:00Z")
        self.assertEqual(len(self.closed_days()), 154)

    def test_it_says_so_wherever_figures_are_shown(self):
        for command in (["status"], ["summary"], ["clock", "show"]):
            self.assertIn("演示系统", self.county.ctl(*command))
            self.assertIn("DEMONSTRATION", self.county.ctl(*command))
        self.assertTrue(self.county.ask("summary")["demonstration"])

    def test_its_folder_cannot_be_opened_as_a_real_hub(self):
        before = self.county.ask("digest")
        self.county.stop_hub()
        self.county.clock = None
        done = run(BIN / "sanling-hub", "--config", self.county.write_hub_config(), expect=2)
        self.assertIn("demonstration", done.stderr)
        self.county.clock = "2019-12-30T09:00:00+08:00"
        self.county.open_hub()
        self.assertEqual(self.county.ask("digest"), before)


class Real(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County(clock=None, policy="default"))
        self.county.start()

    def test_its_clock_is_the_machines_and_cannot_be_set(self):
        before = datetime.datetime.now(datetime.timezone.utc)
        shown = instant(self.county.ask("clock", "show")["time"])
        after = datetime.datetime.now(datetime.timezone.utc)
        self.assertLessEqual(before - datetime.timedelta(milliseconds=1), shown)
        self.assertLessEqual(shown, after)
        records = len(self.county.replay())
        self.assertIn("[NOT_DEMONSTRATION]", self.county.ctl("clock", "set", "2030-01-01", expect=1))
        self.assertEqual(len(self.county.replay()), records)
        self.assertNotIn("演示", self.county.ctl("status") + self.county.ctl("summary"))

    def test_its_folder_cannot_be_opened_as_a_demonstration(self):
        before = self.county.ask("digest")
        self.county.stop_hub()
        self.county.clock = "2019-01-01T00:00:00+08:00"
        done = run(BIN / "sanling-hub", "--config", self.county.write_hub_config(), expect=2)
        self.assertIn("demonstration", done.stderr)
        self.county.clock = None
        self.county.open_hub()
        after = self.county.ask("digest")
        if before["position"] == after["position"]:  # else a day ended meanwhile
            self.assertEqual(before, after)


if __name__ == "__main__":
    main()
