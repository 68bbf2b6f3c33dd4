"""Whatever is done to the monitor's port: the hub takes events, and an honest question is answered soon."""
import http.client
import pathlib
import socket
import time
import unittest

from county import RECORDED, County, main, tally_event, until
from monitored import LISTEN, Monitor

CONNECTIONS_MAX = 32


class Hostile(unittest.TestCase):
    def setUp(self):
        self.county = self.enterContext(County(**LISTEN))
        self.county.start()
        self.monitor = Monitor(self.county)
        until("figures", lambda: self.monitor.ask("/metrics")[0] == 200)
        self.peer = self.county.peer("governance")
        self.peer.hello()
        self.sequence = 0

    def assert_events_are_taken(self):
        self.sequence += 1
        self.peer.publish("yu", self.sequence, tally_event("yu", self.sequence))
        self.assertEqual(self.peer.outcome()[0][0][0], RECORDED)

    def send(self, request):
        """All that is answered until the connection ends."""
        with self.monitor.open() as connection:
            answer = b""
            try:
                connection.sendall(request)
                connection.shutdown(socket.SHUT_WR)
                while more := connection.recv(65536):
                    answer += more
            except OSError:
                pass  # cut off
            return answer

    def open_files(self):
        return len(list(pathlib.Path(f"/proc/{self.county.hub.process.pid}/fd").iterdir()))

    def test_only_short_questions_are_answered(self):
        for method in "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW":
            answer = self.send(f"{method} /metrics HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            self.assertIn(b" 405 ", answer.split(b"\r\n")[0], method)
        for path in "/", "/metrics/", "//metrics", "/healthz/../metrics", "/%00":
            self.assertEqual(self.monitor.ask(path)[0], 404, path)
        self.assertIn(b" 405 ", self.send(b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n"))
        self.assertIn(b" 400 ", self.send(b"GET /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"))
        huge = b"GET /metrics HTTP/1.1\r\nHost: x\r\nX: " + b"a" * (1 << 20) + b"\r\n\r\n"
        self.assertNotIn(b" 200 ", self.send(huge)[:20])
        for scrap in b"\x00" * 4096, b"\x16\x03\x01\x02\x00" + b"\xff" * 600, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n":
            self.assertNotIn(b" 200 ", self.send(scrap + b"\r\n\r\n")[:20])
        self.assertEqual(self.monitor.ask("/metrics")[0], 200)
        self.assertEqual(self.monitor.ask("/readyz", method="HEAD"), (200, ""))
        self.assert_events_are_taken()

    def test_those_who_hang_shut_out_neither_the_hub_nor_each_other_for_ever(self):
        before = self.open_files()
        hanging = [self.enterContext(self.monitor.open()) for _ in range(4 * CONNECTIONS_MAX)]
        for connection in hanging:
            try:
                connection.sendall(b"GET /metrics HTTP/1.1\r\nHost")
            except ConnectionError:
                pass  # one too many
        for _ in range(20):
            self.assert_events_are_taken()
        self.assertLess(self.open_files(), before + CONNECTIONS_MAX + 4, "no more are held than may be")
        for connection in hanging:
            connection.close()
        until("an answer", self.answers)
        until("their files to be closed", lambda: self.open_files() <= before + 2)

    def answers(self):
        try:
            return self.monitor.ask("/metrics")[0] == 200
        except (OSError, http.client.HTTPException):
            return False

    def test_a_flood_of_questions_slows_no_event(self):
        began = time.monotonic()
        asked = 0
        connection = http.client.HTTPConnection(*self.monitor.address, timeout=10)
        while time.monotonic() < began + 2:
            connection.request("GET", "/metrics")
            self.assertEqual(connection.getresponse().read()[:1], b"#")
            asked += 1
            if asked % 50 == 0:
                self.assert_events_are_taken()
        connection.close()
        self.assertGreater(asked, 50)
        self.monitor.until("sanling_events_unaccounted", 0)

    def test_one_that_reads_nothing_keeps_nobody_from_an_answer(self):
        deaf = self.enterContext(self.monitor.open())
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        deaf.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 200)
        self.assertEqual(self.monitor.ask("/metrics")[0], 200)
        self.assert_events_are_taken()


if __name__ == "__main__":
    main()
