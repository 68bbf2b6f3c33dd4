"""The leadership page's gateway shows how it is on an address of its own, and nothing of it to the page's readers."""
import unittest

from county import BIN, County, main, run, until
from monitored import LISTEN, Monitor, promtool
from page import Page


class ThePageTellsItsOwn(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.start()

    def start(self, **settings):
        return Page(self.county, **settings).start()

    def test_what_was_answered_is_counted(self):
        page = self.start(**LISTEN)
        monitor = Monitor(self.county, page.program)
        monitor.until("sanling_page_hub_connected", 1)
        self.assertEqual(monitor.ask("/readyz"), (200, "ready\n"))
        before = {name: monitor.figure("sanling_page_responses_total", **{"class": name}) for name in ("2xx", "4xx")}
        browser = page.browser("leader")
        self.assertEqual(browser.get("/v1/overview").status, 200)
        self.assertEqual(page.browser().get("/v1/overview").status, 401)
        self.assertEqual(page.browser().login("leader", "wrong").status, 401)
        monitor.until("sanling_page_logins", 1)
        monitor.until("sanling_page_logins_refused_total", 1)
        monitor.until("sanling_page_responses_total", before["2xx"] + 2, **{"class": "2xx"})
        monitor.until("sanling_page_responses_total", before["4xx"] + 2, **{"class": "4xx"})
        self.assertEqual(monitor.figure("sanling_page_responses_total", **{"class": "5xx"}), 0)
        self.assertEqual(monitor.figure("sanling_page_identities_connected"), 1)
        self.assertEqual(promtool("check", "metrics", text=monitor.text), (0, ""))

    def test_neither_address_shows_what_the_other_is_for(self):
        page = self.start(**LISTEN)
        monitor = Monitor(self.county, page.program)
        browser = page.browser("leader")
        self.assertNotIn(b"sanling_page", browser.get("/metrics").body, "the page, not even to who is logged in")
        for path in "/", "/v1/session", "/v1/overview", "/index.html":
            self.assertEqual(monitor.ask(path)[0], 404, path)
        self.assertEqual(monitor.ask("/v1/session", method="POST", body="{}")[0], 405)
        self.assertNotIn("leader", monitor.text, "no name of an account")

    def test_a_hub_that_is_away_is_seen(self):
        page = self.start(**LISTEN)
        monitor = Monitor(self.county, page.program)
        until("readiness", lambda: monitor.ask("/readyz")[0] == 200)
        self.county.stop_hub()
        monitor.until("sanling_page_hub_connected", 0)
        status, said = monitor.ask("/readyz")
        self.assertEqual((status, said.partition(":")[0]), (503, "not ready"))
        self.assertEqual(monitor.ask("/healthz"), (200, "alive\n"))
        self.county.open_hub()
        monitor.until("sanling_page_hub_connected", 1)

    def test_nothing_listens_where_nobody_asked_and_a_name_is_no_address(self):
        self.assertNotIn("metrics at", self.start().program.journal)
        config = Page(self.county, metrics="{listen: localhost:7381}").write()
        said = run(BIN / "sanling-leadership", "--config", config, "--check", expect=2).stderr
        self.assertRegex(said, r"line \d+: metrics: listen: 'localhost:7381'")


if __name__ == "__main__":
    main()
