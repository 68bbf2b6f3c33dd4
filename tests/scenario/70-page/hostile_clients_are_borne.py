"""What a client, a dying hub or an end at the worst moment must not do to the page's program."""
import resource
import select
import shutil
import signal
import socket
import unittest

from county import TOWN, VILLAGES, County, main, until
from page import Page


class Hostile(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County())
        self.county.access["town-leader"] = ("leader", "LEADERSHIP", TOWN)
        self.county.start()
        self.page = Page(self.county, accounts=("leader", "town-leader")).start()
        self.leader = self.page.browser("leader")

    def send(self, text):
        client = socket.create_connection(self.page.address, timeout=30)
        client.sendall(text.encode())
        return client

    def request(self, path, browser=None):
        return f"GET {path} HTTP/1.1\r\nHost: x\r\nCookie: {(browser or self.leader).cookie}\r\n\r\n"

    def test_it_ends_while_requests_wait_and_more_come(self):
        self.county.hub.signal(signal.SIGSTOP)
        try:
            clients = [self.send(self.request(f"/v1/search?q={i}")) for i in range(8)]
            self.page.program.signal(signal.SIGSTOP)
            clients += [self.send(self.request(f"/v1/search?q=late-{i}") * 3) for i in range(8)]
            self.page.program.signal(signal.SIGTERM)
            self.page.program.signal(signal.SIGCONT)
            self.assertEqual(self.page.program.wait(), 0, self.page.program.journal[-3000:])
        finally:
            self.county.hub.signal(signal.SIGCONT)
        for client in clients:
            client.close()

    def test_one_account_that_asks_for_much_leaves_room_for_others(self):
        town = self.page.browser("town-leader")
        self.assertEqual(town.get("/v1/campaigns").status, 200)
        self.county.hub.signal(signal.SIGSTOP)
        try:
            asked = [self.send(self.request(f"/v1/figures/hazards.found?after={i}")) for i in range(200)]
            until("the last ones to be refused", lambda: len([c for c in asked if select.select([c], [], [], 0)[0]]) == 8)
            late = self.send(self.request("/v1/figures/cases.filed", town))
            self.assertEqual(self.leader.get("/v1/figures/cases.filed").code, "BUSY")
            self.assertEqual(select.select([late], [], [], 0)[0], [], "the other account's is asked, and waits")
        finally:
            self.county.hub.signal(signal.SIGCONT)
        late.settimeout(30)
        self.assertIn(b"200 OK", late.recv(4096))
        for client in [*asked, late]:
            client.close()

    def test_an_export_of_a_unit_ends_when_the_hub_is_gone(self):
        self.county.kill_hub()
        answer = self.leader.get(f"/v1/export/tree.csv?unit={VILLAGES[0]}")
        self.assertEqual((answer.status, answer.code), (503, "HUB_UNREACHABLE"))

    def refused_subscriptions(self):
        """Since the hub's start."""
        return sum(int(row["count"]) for row in self.county.ask("refusals").get("refusals", [])
                   if row["what"] == "SUBSCRIBE")

    def test_a_unit_that_the_hub_lost_is_forgotten_with_its_stream(self):
        """What goes wrong here is seen by the sanitizer."""
        stream, other = (self.leader.stream(f"/v1/stream?unit={unit}") for unit in VILLAGES[:2])
        until("the summaries", lambda: stream.summary and other.summary)
        self.county.stop_hub()
        shutil.move(self.county.data, self.county.folder / "lost")
        self.county.open_hub()
        until("the new hub", lambda: stream.named("state")[-1:] and stream.named("state")[-1][2]["hub"] == "connected")
        until("both lost units to be asked for twice", lambda: self.refused_subscriptions() >= 4)
        stream.close()
        for _ in range(2):  # a connection that was closed is noticed by what is written to it
            self.county.stop_hub()
            self.county.open_hub()
            self.ready()
        until("the other unit to be asked for twice", lambda: self.refused_subscriptions() >= 2)
        self.assertTrue(self.page.program.running, self.page.program.journal[-3000:])
        other.close()

    def test_it_raises_its_descriptors_above_its_connections(self):
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, hard), hard))
        try:
            process = Page(self.county).start().program.process
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        until("the limit", lambda: resource.prlimit(process.pid, resource.RLIMIT_NOFILE)[0] > min(1500, hard - 1))

    def ready(self):
        until("the page's hub", lambda: self.leader.get("/readyz").status == 200)


if __name__ == "__main__":
    main()
