"""An agent tells what waits in its outbox, what the hub answered and what it did not take, on an address of its own or on
that of its HTTP server."""
import unittest

import sheets
from county import BIN, STARTED, VILLAGES, County, main, run, until
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


class AgentsWithoutHttp(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()

    def drop(self, name, rows, header=sheets.HAZARDS):
        return self.county.drop("safety", name, header, rows)

    def test_an_address_of_its_own_shows_figures_and_nothing_else(self):
        agent = self.county.start_agent("safety", **LISTEN)
        monitor = Monitor(self.county, agent)
        until("readiness", lambda: monitor.ask("/readyz") == (200, "ready\n"))
        report = self.drop("隐患台账.csv", [sheets.hazard(f"H-{n}", unit, "2020-08-18")
                                        for n, unit in enumerate((VILLAGES[0], "not a code", VILLAGES[1]))])
        until("the report", report.exists)
        monitor.until("sanling_agent_events_recorded_total", 6)
        self.assertEqual([monitor.figure(f"sanling_agent_{name}") for name in
                          ("rows_read_total", "rows_rejected_total", "files_refused_total", "outbox_events")],
                         [3, 1, 0, 0])
        report = self.drop("没有表头.csv", ["1,2"], header="a,b")
        until("the other report", report.exists)
        monitor.until("sanling_agent_files_refused_total", 1)
        self.assertEqual(promtool("check", "metrics", text=monitor.text), (0, ""))
        self.assertEqual(monitor.ask("/healthz"), (200, "alive\n"))
        for path in "/", "/v1/events", "/desk/":
            self.assertEqual(monitor.ask(path)[0], 404, path)
        for method in "POST", "PUT", "DELETE":
            self.assertEqual(monitor.ask("/metrics", method=method, body="x" * 100000)[0], 405, method)
        self.assertEqual(monitor.ask("/metrics", method="HEAD"), (200, ""))

    def test_without_the_hub_it_is_alive_and_not_ready(self):
        agent = self.county.start_agent("safety", **LISTEN)
        monitor = Monitor(self.county, agent)
        until("readiness", lambda: monitor.ask("/readyz")[0] == 200)
        self.county.stop_hub()
        until("it to notice", lambda: monitor.ask("/readyz")[0] == 503)
        self.assertIn("no session with the hub", monitor.ask("/readyz")[1])
        self.assertEqual(monitor.ask("/healthz"), (200, "alive\n"), "nobody shall end it for that")
        self.drop("隐患台账.csv", [sheets.hazard("H-1", VILLAGES[0], "2020-08-18")])
        monitor.until("sanling_agent_outbox_events", 3)
        monitor.until("sanling_agent_outbox_oldest_seconds", lambda age: age >= 1)
        self.assertEqual(monitor.figure("sanling_agent_hub_connected"), 0)
        self.county.open_hub()
        monitor.until("sanling_agent_outbox_events", 0)
        self.assertEqual(monitor.ask("/readyz"), (200, "ready\n"))

    def test_nothing_listens_where_nobody_asked_and_a_name_is_no_address(self):
        self.assertNotIn("metrics at", self.county.start_agent("safety").journal)
        config = self.county.write_agent_config("petitions", metrics="{listen: localhost:7392}")
        said = run(BIN / "sanling-petitions", "--config", config, "--check", expect=2).stderr
        self.assertRegex(said, r"line \d+: metrics: listen: 'localhost:7392'")


if __name__ == "__main__":
    main()
