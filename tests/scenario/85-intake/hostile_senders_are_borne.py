"""What a sender with or without a token must not do to the agent: it goes on, stays small, and takes nothing by half."""
import json
import pathlib
import resource
import select
import socket
import unittest

from county import BIN, County, main, until
from intake import Intake, tally

MIB = 1024 * 1024


class HostileSendersAreBorne(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.county = County().__enter__().start()
        cls.intake = Intake(cls.county, connections=200)
        cls.token = cls.intake.new_token("app", "publish")
        cls.intake.start()

    @classmethod
    def tearDownClass(cls):
        cls.county.__exit__(None, None, None)

    def setUp(self):
        self.before = self.intake.recorded()

    def tearDown(self):
        """Nothing of it was taken, and the next good request is."""
        self.assertEqual(self.intake.recorded(), self.before)
        answer = self.intake.post(self.token, tally(1), key=self.id(), wait=20)
        self.assertEqual(answer.status, 201)
        self.assertTrue(self.intake.agent.running)

    def check_memory(self, most):
        """At most so many bytes, ever. A sanitizer's memory is its own."""
        if b"__asan_init" not in (BIN / "sanling-governance").read_bytes():
            self.assertLess(self.intake.agent.peak_memory(), most)

    def raw(self, head, body=b"", length=None, token=None, path="/v1/events"):
        """A connection on which this much of a request was sent."""
        host, port = self.intake.address.rsplit(":", 1)
        client = socket.create_connection((host, int(port)), timeout=30)
        size = len(body) if length is None else length
        client.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token or self.token}\r\n"
                       f"Content-Type: application/json\r\nIdempotency-Key: {self._testMethodName}\r\nContent-Length: {size}\r\n"
                       f"{head}\r\n".encode() + body)
        return client

    def test_bodies_that_are_no_json_are_refused(self):
        bodies = [b"", b"{", b"null", b"7", b"[" * 200000, b'{"note":"' + b"\xff\xfe" + b'"}', b'{"note":"\xed\xa0\x80"}',
                  b'{"a":' * 100000 + b"1" + b"}" * 100000, b'"' + b"\\u0000" * 1000 + b'"', b"\x00" * 1000,
                  b"\xef\xbb\xbf{}", b'{"unit":"1","unit":"2"}', b'{"events":[' + b"{}," * 70000 + b"{}]}",
                  b"1" * MIB, b'{"occurredAt":1e999}', "电话13800138000".encode() * 1000]
        for body in bodies:
            answer = self.intake.post(self.token, body, key="bad")
            self.assertIn(answer.status, (400, 413, 422), body[:40])
            self.assertNotIn("13800138000", answer.body.decode())

    def test_too_much_is_refused_and_dropped(self):
        memory = self.intake.agent.peak_memory()
        answer = self.intake.post(self.token, b" " * (4 * MIB + 1), key="big")
        self.assertEqual((answer.status, answer.code), (413, "BODY_TOO_LARGE"))
        answer = self.intake.post(self.token, b" " * (40 * MIB), key="big")
        self.assertEqual(answer.status, 413)
        answer = self.intake.post(self.token, {"events": [tally(1)] * 1001}, key="many")
        self.assertEqual((answer.status, answer.code), (413, "BODY_TOO_LARGE"))
        answer = self.intake.post("nobody", b" " * (40 * MIB), key="big")
        self.assertEqual(answer.status, 401)
        chunks = (b" " * MIB for _ in range(20))
        connection = self.intake.connect()
        connection.request("POST", "/v1/events", chunks, {"Authorization": f"Bearer {self.token}",
                                                           "Content-Type": "application/json",
                                                           "Idempotency-Key": "chunks"}, encode_chunked=True)
        self.assertEqual(connection.getresponse().status, 413)
        connection.close()
        self.check_memory(memory + 30 * MIB)

    def test_bodies_of_those_without_a_token_take_no_memory(self):
        memory = self.intake.agent.peak_memory()
        body = b" " * (3 * MIB)
        clients = [self.raw("", body, len(body) + 1, token="nobody") for _ in range(20)]
        self.assertEqual(self.intake.ask("GET", "/healthz").status, 200)
        self.check_memory(memory + 20 * MIB)
        for client in clients:
            client.close()

    def everything_was_read(self):
        """Whether nothing that was sent to the intake waits in a queue of the system's any more."""
        port = f":{int(self.intake.address.rsplit(':', 1)[1]):04X}"
        listening = "0A"
        for row in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]:
            _, local, remote, state, queues = row.split()[:5]
            if state != listening and (local.endswith(port) or remote.endswith(port)) and queues != "00000000:00000000":
                return False
        return True

    def test_all_bodies_together_have_a_limit(self):
        """Twenty unfinished bodies of 4 MiB are more than is held at once: the last are told to come again."""
        body = b" " * (4 * MIB - 1)
        clients = []
        for _ in range(20):
            clients.append(self.raw("", body, len(body) + 1))
        until("all bodies to be read", self.everything_was_read)  # the system holds some megabytes of each as well
        refused = 0
        for client in clients:
            client.sendall(b" ")
            client.settimeout(30)
            refused += b" 503 " in client.recv(200)
            client.close()
        self.assertGreater(refused, 0)
        self.check_memory(200 * MIB)

    def test_slow_and_half_requests_hold_nobody_up(self):
        slow = [self.raw("", b"{", 1000) for _ in range(10)]
        host, port = self.intake.address.rsplit(":", 1)
        half = [socket.create_connection((host, int(port))) for _ in range(10)]
        for client in half:
            client.sendall(b"POST /v1/events HT")
        for number in range(5):
            answer = self.intake.post(self.token, b"{}", key=f"slow-{number}")
            self.assertEqual(answer.status, 422)
            for client in slow:
                client.sendall(b" ")
        for client in slow + half:
            client.close()

    def test_more_connections_than_there_may_be_shut_nobody_out_for_long(self):
        host, port = self.intake.address.rsplit(":", 1)
        clients = [socket.create_connection((host, int(port))) for _ in range(260)]
        for client in clients:
            client.close()
        until("room for one more", lambda: self._is_answered())

    def _is_answered(self):
        try:
            return self.intake.ask("GET", "/healthz").status == 200
        except OSError:
            return False

    def test_headers_that_are_too_much_are_refused(self):
        answer = self.intake.ask("GET", "/v1/requests/" + "a" * 5000, self.token)
        self.assertIn(answer.status, (404, 413, 414))
        client = self.raw("X: " + "y" * 60000 + "\r\n", b"{}")
        client.settimeout(30)
        try:
            self.assertIn(client.recv(100)[9:12], (b"431", b"413", b"400", b""))
        except ConnectionError:
            pass
        client.close()
        for name in ("x", "..", "%00", "%2e%2e", "a" * 32, "'; DROP TABLE request; --".replace(" ", "%20")):
            self.assertIn(self.intake.ask("GET", f"/v1/requests/{name}", self.token).status, (400, 404), name)
        twice = self.raw("Idempotency-Key: other\r\n", json.dumps(tally(1)).encode())
        twice.settimeout(30)
        self.assertIn(b" 400 ", twice.recv(100))
        twice.close()

    def test_a_sender_that_goes_while_it_waits_leaves_nothing_behind(self):
        self.county.stop_hub()
        body = json.dumps({"events": [tally(1)] * 2}).encode()
        for number in range(20):
            client = self.raw(f"Prefer: wait=1\r\nX: {number}\r\n", body)
            client.close()
        until("all waits to be over", lambda: self.intake.ask("GET", "/readyz").json["waiting"] == 2)
        self.county.open_hub()
        until("the one request to be recorded", lambda: len(self.intake.recorded()) == len(self.before) + 2)
        self.before = self.intake.recorded()

    def test_many_that_wait_for_the_hub_hold_nobody_up(self):
        self.county.stop_hub()
        clients = []
        for _ in range(25):
            clients.append(self.raw("Prefer: wait=60\r\n", json.dumps(tally(2)).encode()))
        answered = select.select(clients, [], [], 0)[0]
        self.assertEqual(answered, [])
        self.assertEqual(self.intake.ask("GET", "/healthz").status, 200)
        self.county.open_hub()
        for client in clients:
            client.settimeout(30)
            self.assertIn(b" 201 ", client.recv(200))
            client.close()
        self.before = self.before + [2]


if __name__ == "__main__":
    main()
