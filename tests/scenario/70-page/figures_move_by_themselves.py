"""The live stream: a change arrives without being asked for, patches lead to the summary as it is, a lost hub is said
and heals, a session's end is told, and who is slow stops nobody."""
import json
import socket
import threading
import time
import unittest

from county import COUNTY, OTHER_TOWN, OTHER_VILLAGES, TOWN, VILLAGES, County, main, until
from page import Page

FOLLOWERS = 200
CHANGE_SECONDS = 1.0


def tally(count, unit=VILLAGES[0]):
    return {"occurredAt": "2020-08-19T03:00:00Z", "unit": unit,
            "publicityTallied": {"day": "2020-08-19", "item": "LEAFLETS", "count": count}}


def leaflets(summary):
    return next((tally["count"] for tally in summary["tallies"] if tally["kind"] == "publicity.LEAFLETS"), None)


class Streams(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.access["town-leader"] = ("leader", "LEADERSHIP", TOWN)
        self.county.start()
        self.sources = 0

    def open_page(self, **settings):
        self.page = Page(self.county, accounts=("leader", "town-leader"), **settings).start()
        self.leader = self.page.browser("leader")

    def follow(self, browser, path="/v1/stream", **headers):
        stream = browser.stream(path, **headers)
        self.addCleanup(stream.close)
        until("the first summary", lambda: stream.summary)
        return stream

    def publish(self, *events):
        self.sources += 1
        self.county.publish("governance", *events, source=f"governance-{self.sources}")

    def test_a_change_is_seen_and_patches_lead_to_the_summary(self):
        self.open_page()
        stream = self.follow(self.leader)
        self.assertEqual(stream.named("summary")[0][2]["patch"]["unit"], COUNTY, "the first one is whole")
        self.publish(tally(5))
        until("the change", lambda: leaflets(stream.summary) == "5")
        name, number, data, _ = stream.named("summary")[-1]
        self.assertEqual(number, data["position"])
        self.assertNotIn("hazards", data["patch"], "what did not change is not in it")
        self.assertEqual(stream.summary, self.leader.document("/v1/summary")["summary"])

    def test_who_was_told_of_a_position_gets_a_document_of_it(self):
        """While others ask for the same without a pause: what is being made for them may be too old."""
        self.open_page()
        stream = self.follow(self.leader)
        over = threading.Event()

        def ask_on():
            browser = self.page.browser()
            browser.cookie = self.leader.cookie
            while not over.is_set():
                browser.document("/v1/overview")

        others = [threading.Thread(target=ask_on, daemon=True) for _ in range(4)]
        for other in others:
            other.start()
        try:
            for count in range(1, 9):
                self.publish(tally(1))
                until("the change", lambda: leaflets(stream.summary) == str(count))
                told = int(stream.summary["position"])
                overview = self.leader.document("/v1/overview")
                self.assertGreaterEqual(int(overview["moment"]["position"]), told)
                self.assertEqual(leaflets(overview["summary"]), str(count))
        finally:
            over.set()
            for other in others:
                other.join()

    def test_each_follows_its_own_subtree(self):
        self.open_page()
        town = self.follow(self.page.browser("town-leader"))
        county = self.follow(self.leader)
        part = self.follow(self.leader, f"/v1/stream?unit={OTHER_TOWN}")
        self.publish(tally(5, OTHER_VILLAGES[0]))
        until("the change", lambda: leaflets(county.summary) == "5" and leaflets(part.summary) == "5")
        self.assertEqual(town.summary["unit"], TOWN)
        self.assertEqual(leaflets(town.summary), "0")

    def test_who_comes_back_gets_what_was_missed(self):
        self.open_page()
        first = self.leader.stream()
        until("the first summary", lambda: first.summary)
        seen, number = first.summary, first.named("summary")[-1][1]
        first.close()
        watcher = self.follow(self.leader)
        self.publish(tally(2))
        until("the change", lambda: leaflets(watcher.summary) == "2")
        again = self.leader.stream(**{"Last-Event-ID": number})
        self.addCleanup(again.close)
        again.summary = seen if not again.events else again.summary
        until("the change", lambda: again.summary and leaflets(again.summary) == "2")
        self.assertNotIn("hazards", again.named("summary")[0][2]["patch"], "only what was missed")

    def test_a_lost_hub_is_said_and_heals(self):
        self.open_page()
        stream = self.follow(self.leader)
        self.county.kill_hub()
        until("the loss", lambda: [event[2]["hub"] for event in stream.named("state")] == ["lost"])
        begun = time.monotonic()
        answer = self.leader.get("/v1/overview?unit=" + TOWN)
        self.assertEqual((answer.status, answer.code), (503, "HUB_UNREACHABLE"))
        self.assertLess(time.monotonic() - begun, 10)
        begun = time.monotonic()
        self.assertEqual(self.leader.get("/v1/overview").code, "HUB_UNREACHABLE")
        self.assertLess(time.monotonic() - begun, 1, "it is known to be gone")
        self.assertEqual(self.leader.get("/readyz").status, 503)
        self.assertEqual(self.leader.get("/healthz").status, 200)
        self.county.open_hub()
        until("the healing", lambda: [event[2]["hub"] for event in stream.named("state")] == ["lost", "connected"])
        self.assertEqual(self.leader.get("/v1/overview").status, 200)
        self.publish(tally(4))
        until("the change", lambda: leaflets(stream.summary) == "4")

    def test_a_page_without_a_hub_says_so(self):
        self.county.kill_hub()
        self.page = Page(self.county).start()
        begun = time.monotonic()
        answer = self.page.browser().login("leader")
        self.assertEqual((answer.status, answer.code), (503, "HUB_UNREACHABLE"))
        self.assertLess(time.monotonic() - begun, 10)

    def test_the_end_of_a_session_is_told(self):
        self.open_page()
        stream = self.follow(self.leader)
        other = self.follow(self.page.browser("town-leader"))
        self.leader.ask("DELETE", "/v1/session")
        until("the end", lambda: stream.ended)
        self.assertEqual(stream.events[-1][0], "session")
        self.assertEqual(stream.events[-1][2], {"ended": True})
        self.assertFalse(other.ended)

    def test_two_hundred_browsers_see_each_change_within_a_second(self):
        self.open_page()
        streams = [self.leader.stream() for _ in range(FOLLOWERS)]
        for stream in streams:
            self.addCleanup(stream.close)
        until("all summaries", lambda: all(stream.summary for stream in streams))
        for count in (1, 2, 3):
            self.publish(tally(1))
            recorded = time.monotonic()
            until("all changes", lambda: all(leaflets(stream.summary) == str(count) for stream in streams))
            latest = max(stream.events[-1][3] for stream in streams)
            self.assertLess(latest - recorded, CHANGE_SECONDS)

    def test_it_ends_when_it_is_told_whoever_follows_or_waits(self):
        self.open_page()
        stream = self.follow(self.leader)
        self.county.kill_hub()
        until("the loss", lambda: stream.named("state"))
        waiting = socket.create_connection(self.page.address)
        self.addCleanup(waiting.close)
        waiting.sendall(f"GET /v1/overview HTTP/1.1\r\nHost: x\r\nCookie: {self.leader.cookie}\r\n\r\n".encode())
        self.assertEqual(self.page.program.stop(), 0)
        until("the end of the stream", lambda: stream.ended)

    def test_there_is_a_limit_of_streams(self):
        self.open_page(streams=2)
        self.follow(self.leader)
        self.follow(self.leader)
        refused = self.leader.stream()
        self.assertEqual((refused.status, json.loads(refused.body)["code"]), (503, "BUSY"))
        self.assertEqual(self.leader.get("/v1/overview").status, 200)

    def test_who_is_slow_stops_nobody(self):
        self.open_page()
        slow = [socket.create_connection(self.page.address) for _ in range(20)]
        for connection in slow:
            self.addCleanup(connection.close)
            connection.sendall(b"GET /v1/overview HTTP/1.1\r\nHost: x\r\n")
        deaf = socket.socket()
        self.addCleanup(deaf.close)
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        deaf.connect(self.page.address)
        deaf.sendall(f"GET /v1/stream HTTP/1.1\r\nHost: x\r\nCookie: {self.leader.cookie}\r\n\r\n".encode())
        stream = self.follow(self.leader)
        for count in range(1, 4):
            self.publish(tally(1))
            until("the change", lambda: leaflets(stream.summary) == str(count))
        begun = time.monotonic()
        self.assertEqual(self.leader.get("/v1/overview").status, 200)
        self.assertLess(time.monotonic() - begun, 2)


if __name__ == "__main__":
    main()
