"""An agent with an HTTP server tells what waits in its outbox and what the hub answered."""
import unittest

from county import STARTED, County, main, until
from intake import OTHER_UNIT, Intake, tally
from monitored import LISTEN, Monitor, parse, promtool

UNKNOWN_UNIT = "140322199201"


class Agents(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County(**LISTEN))
        self.county.start()
        self.intake = Intake(self.county)
        self.token = self.intake.new_token("desk", "publish")
        self.intake.start()

    def text(self):
        answer = self.intake.ask("GET", "/metrics")
        self.assertEqual(answer.status, 200)
        self.assertIn("version=0.0.4", answer.headers["Content-Type"])
        return answer.body.decode()

    def figure(self, name):
        return parse(self.text())[f"sanling_agent_{name}", frozenset()]

    def test_what_was_answered_is_counted(self):
        self.assertEqual(self.intake.post(self.token, tally(), wait=30).status, 201)
        self.assertEqual(self.intake.post(self.token, tally(2, unit=UNKNOWN_UNIT), key="k2", wait=30).status, 422)
        self.assertEqual([self.figure(f"events_{what}_total") for what in ("recorded", "rejected", "refused")],
                         [1, 1, 0])
        self.assertEqual((self.figure("hub_connected"), self.figure("outbox_events"),
                          self.figure("outbox_oldest_seconds")), (1, 0, 0))
        self.assertEqual(Monitor(self.county).until("sanling_durable_position", STARTED + 1), STARTED + 1)
        self.assertEqual(promtool("check", "metrics", text=self.text()), (0, ""))

    def test_what_waits_is_seen_and_gone_when_the_hub_is_back(self):
        self.county.stop_hub()
        until("the agent to notice", lambda: self.figure("hub_connected") == 0)
        for n in range(3):
            self.assertEqual(self.intake.post(self.token, tally(n + 1, unit=OTHER_UNIT), key=f"k{n}").status, 202)
        self.assertEqual(self.figure("outbox_events"), 3)
        until("it to wait", lambda: self.figure("outbox_oldest_seconds") >= 2)
        self.county.open_hub()
        until("the outbox to be empty", lambda: self.figure("outbox_events") == 0)
        until("no age", lambda: self.figure("outbox_oldest_seconds") == 0)
        self.assertEqual(self.figure("events_recorded_total") + self.figure("events_duplicate_total"), 3)


if __name__ == "__main__":
    main()
