"""A client that speaks ZeroMQ by another library (pyzmq) and wants what is not its own gets the answer that PROTOCOL.md
documents and nothing else; each refusal is counted; the others notice nothing."""
import errno
import json
import resource
import socket
import stat
import time
import unittest

import zmq

from county import (ANSWER, CODES, COUNTY, ERROR, HELLO, NOON, OTHER_TOWN, OTHER_VILLAGES, OUTCOME, PUBLISH, QUERY, RECORDED,
                    REFUSED, REJECTED, SUBSCRIBE, TOWN, VILLAGES, WELCOME, County, field, fields, main,
                    tally_event, until)

QUIET_MS = 400  # in which no answer must come
ANSWER_MS = 30000


def greeting(*sources):
    return field(HELLO, field(1, 1) + field(2, "hostile") + field(3, 7) + b"".join(field(4, s) for s in sources))


def clock_query(number):
    return field(QUERY, field(1, number) + field(12, b""))


def status_query(number, unit):
    return field(QUERY, field(1, number) + field(2, field(1, unit)))


class Client:
    """A DEALER of pyzmq and what its monitor saw."""

    def __init__(self, context, endpoint, public=None, secret=None, server=None, plain=False, routing_id=None,
                 watched=True):
        self.socket = context.socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.sndhwm = 0
        if plain:
            self.socket.plain_username, self.socket.plain_password = b"petitions", b"petitions"
        elif public:
            self.socket.curve_publickey, self.socket.curve_secretkey = public, secret
            self.socket.curve_serverkey = server
        if routing_id:
            self.socket.routing_id = routing_id
        self.monitor = watched and self.socket.get_monitor_socket(
            zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_HANDSHAKE_FAILED_AUTH | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL |
            zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq.EVENT_DISCONNECTED)
        self.socket.connect(endpoint)

    def close(self):
        if self.monitor:
            self.socket.disable_monitor()
            self.monitor.close(linger=0)
        self.socket.close(linger=0)

    def event(self):
        """The next thing that happened to the connection."""
        assert self.monitor.poll(ANSWER_MS), "nothing happened to the connection"
        return zmq.Event(int.from_bytes(self.monitor.recv_multipart()[0][:2], "little"))

    def send(self, *frames):
        self.socket.send_multipart(frames)

    def receive(self, milliseconds=ANSWER_MS):
        """The next message as (kind, fields); None if none comes."""
        if not self.socket.poll(milliseconds):
            return None
        frame = self.socket.recv()
        if frame == b"":
            return self.receive(milliseconds)
        (kind, values), = fields(frame).items()
        return kind, fields(values[0])

    def expect(self, kind):
        message = self.receive()
        assert message is not None and message[0] == kind, message
        return message[1]

    def expect_error(self, code, number=None, what=3):
        error = self.expect(ERROR)
        assert CODES[error[1][0]] == code, (CODES[error[1][0]], error)
        if number is not None:
            assert error[what][0] == number, error
        return error

    def hello(self):
        self.send(greeting())
        return self.expect(WELCOME)

    def publish(self, source, first, *events):
        self.send(field(PUBLISH, field(1, source) + field(2, first) + b"".join(field(3, event) for event in events)))
        outcome = self.expect(OUTCOME)
        run = fields(outcome[3][0])
        return run[1][0], CODES[run[4][0]] if 4 in run else None


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.county = cls.enterClassContext(County())
        cls.county.start()
        cls.server = cls.county.public_key("hub").encode()
        cls.context = zmq.Context()
        cls.context.max_sockets = 4096
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))  # after the hub has its own

    @classmethod
    def tearDownClass(cls):
        cls.context.destroy(linger=0)

    def client(self, identity=None, **options):
        """identity: one of the county's; None: as the options say."""
        if identity:
            options = {"server": self.server, **self.keys(identity), **options}
        client = Client(self.context, self.county.endpoint, **options)
        self.addCleanup(client.close)
        return client

    def keys(self, identity):
        secret = next(line.partition(" = ")[2].strip('"') for line in self.county.key(identity).read_text().splitlines()
                      if line.strip().startswith("secret-key"))
        return {"public": self.county.public_key(identity).encode(), "secret": secret.encode()}

    def counted(self, what, code, **who):
        """How often the hub refused this: by identity=, key= or, without, to somebody without a key."""
        rows = self.county.ask("refusals").get("refusals", [])
        wanted = {"identity": "", "key": "", "others": False, **who}
        return sum(int(row["count"]) for row in rows
                   if row["what"] == what and row["code"] == code and
                   all(row.get(key, type(value)()) == value for key, value in wanted.items()))

    def refused_at_the_door(self, client, event):
        client.send(greeting())
        self.assertEqual(client.event(), event)
        self.assertIsNone(client.receive(QUIET_MS))
        self.others_are_served()

    def others_are_served(self):
        peer = self.client("petitions")
        peer.hello()
        peer.send(clock_query(5))
        self.assertEqual(peer.expect(ANSWER)[1][0], 5)

    # ---- who does not get in ----

    def test_a_wrong_server_key_makes_no_handshake(self):
        before = self.counted("CONNECTION", "MALFORMED")
        client = self.client(server=zmq.curve_keypair()[0], **self.keys("petitions"))
        client.send(greeting())
        self.assertIsNone(client.receive(QUIET_MS))
        until("it to be counted", lambda: self.counted("CONNECTION", "MALFORMED") > before)
        self.others_are_served()

    def test_no_key_makes_no_handshake(self):
        before = self.counted("CONNECTION", "MALFORMED")
        client = self.client()
        client.send(greeting())
        self.assertIsNone(client.receive(QUIET_MS))
        until("it to be counted", lambda: self.counted("CONNECTION", "MALFORMED") > before)
        self.others_are_served()

    def test_name_and_password_make_no_handshake(self):
        before = self.counted("CONNECTION", "MALFORMED")
        client = self.client(plain=True)
        client.send(greeting())
        self.assertIsNone(client.receive(QUIET_MS))
        until("it to be counted", lambda: self.counted("CONNECTION", "MALFORMED") > before)
        self.others_are_served()

    def test_bytes_that_are_no_zeromq_make_no_handshake(self):
        before = self.counted("CONNECTION", "MALFORMED")
        address = self.county.endpoint.removeprefix("tcp://").rsplit(":", 1)
        for content in b"GET / HTTP/1.1\r\nHost: hub\r\n\r\n", b"\xff" * 4096, b"":
            with socket.create_connection((address[0], int(address[1])), ANSWER_MS / 1000) as stranger:
                stranger.settimeout(ANSWER_MS / 1000)
                said = b""
                try:
                    stranger.sendall(content)
                    stranger.shutdown(socket.SHUT_WR)
                    while part := stranger.recv(4096):
                        said += part
                except OSError as cut:  # by then, or before all was said
                    self.assertIn(cut.errno, (errno.ECONNRESET, errno.EPIPE, errno.ENOTCONN))
                self.assertLessEqual(len(said), 64, "a greeting of ZeroMQ at most")
        # What is no ZeroMQ from its first byte on, libzmq cuts off without a word to the hub.
        until("the others are counted", lambda: self.counted("CONNECTION", "MALFORMED") >= before + 2)
        self.others_are_served()

    def test_an_unknown_key_is_refused_and_named(self):
        public, secret = zmq.curve_keypair()
        client = self.client(server=self.server, public=public, secret=secret)
        self.refused_at_the_door(client, zmq.EVENT_HANDSHAKE_FAILED_AUTH)
        self.assertEqual(self.counted("CONNECTION", "NOT_PERMITTED", key=public.decode()), 1)
        self.assertIn(public.decode(), self.county.hub.journal)

    def test_a_public_key_without_its_secret_is_refused(self):
        before = self.counted("CONNECTION", "MALFORMED")
        client = self.client(server=self.server, public=self.keys("petitions")["public"],
                             secret=zmq.curve_keypair()[1])
        client.send(greeting())
        self.assertIsNone(client.receive(QUIET_MS))
        until("it to be counted", lambda: self.counted("CONNECTION", "MALFORMED") > before)

    def test_a_revoked_key_stops_in_its_session_and_at_the_door(self):
        self.county.ctl("access", "grant", "leaving", "--key", self.county.key("leaving").with_suffix(".key.pub"),
                        "--role", "publisher", "--office", "GOVERNANCE", "--unit", COUNTY)
        client = self.client("leaving")
        client.hello()
        self.assertEqual(client.publish("leaving", 1, tally_event("leaving", 1)), (RECORDED, None))
        self.county.ctl("access", "revoke", "leaving")
        client.expect_error("HELLO_FIRST")
        for message in (greeting(), clock_query(1), field(SUBSCRIBE, field(1, 1) + field(2, field(9, 10))),
                        field(PUBLISH, field(1, "leaving") + field(2, 2) + field(3, tally_event("leaving", 2)))):
            client.send(message)
            client.expect_error("NOT_PERMITTED")
        self.assertIsNone(client.receive(QUIET_MS))
        key = self.county.public_key("leaving")
        for what in "HELLO", "QUERY", "SUBSCRIBE", "PUBLISH":
            self.assertEqual(self.counted(what, "NOT_PERMITTED", key=key), 1, what)
        self.refused_at_the_door(self.client("leaving"), zmq.EVENT_HANDSHAKE_FAILED_AUTH)
        sources = [record["event"]["sequence"] for record in self.county.replay()
                   if record["event"]["source"] == "leaving"]
        self.assertEqual(sources, ["1"])

    # ---- who wants what is another's ----

    def test_someone_elses_subtree_is_neither_written_nor_read(self):
        client = self.client("town")
        client.hello()
        self.assertEqual(client.publish("town", 1, tally_event("town", 1, unit=OTHER_VILLAGES[0])),
                         (REJECTED, "NOT_PERMITTED"))
        self.assertEqual(self.counted("EVENT", "NOT_PERMITTED", identity="town"), 1)
        for number, unit in enumerate((COUNTY, OTHER_TOWN, OTHER_VILLAGES[0]), 1):
            client.send(status_query(number, unit))
            client.expect_error("NOT_PERMITTED", number)
            client.send(field(SUBSCRIBE, field(1, number) + field(3, field(1, unit))))
            client.expect_error("NOT_PERMITTED", number, what=4)
        self.assertEqual(self.counted("QUERY", "NOT_PERMITTED", identity="town"), 3)
        self.assertEqual(self.counted("SUBSCRIBE", "NOT_PERMITTED", identity="town"), 3)
        tallied = {"day": "2020-08-19", "item": "LEAFLETS", "count": 3}
        run, = self.county.publish(
            "governance", {"occurredAt": NOON, "unit": OTHER_VILLAGES[0], "publicityTallied": tallied}, source="elsewhere")
        client.send(field(QUERY, field(1, 20) + field(31, field(1, int(run["firstPosition"])))))
        client.expect_error("NOT_PERMITTED", 20)
        self.assertEqual(self.counted("QUERY", "NOT_PERMITTED", identity="town"), 4, "its proof neither")
        for number, unit in enumerate((OTHER_TOWN, ""), 7):  # asked for, and not asked for
            wanted = field(8, field(1, unit)) if unit else b""
            client.send(field(SUBSCRIBE, field(1, number) + field(2, wanted + field(7, 1) + field(9, 100000))))
            seen, ended = [], False
            while not ended:
                delivery = client.expect(3)
                ended = 4 in delivery
                seen += [fields(fields(record)[4][0])[5][0].decode() for record in delivery.get(2, [])
                         if 5 in fields(fields(record)[4][0])]
            self.assertFalse([unit for unit in seen if unit in OTHER_VILLAGES + [OTHER_TOWN]])

    def test_another_offices_inbox_is_not_read(self):
        client = self.client("petitions")
        client.hello()
        client.send(field(SUBSCRIBE, field(1, 4) + field(2, field(8, field(5, 3)) + field(9, 10))))
        client.expect_error("NOT_PERMITTED", 4, what=4)

    def test_what_operators_may_is_not_anybodys(self):
        client = self.client("petitions")
        client.hello()
        before = self.counted("QUERY", "NOT_PERMITTED", identity="petitions")
        entry = (field(1, "petitions") + field(2, self.county.public_key("petitions")) + field(3, "operator") +
                 field(4, 6))
        for number, ask in enumerate((field(4, b""), field(9, b""), field(10, field(1, entry)),
                                      field(10, field(2, "operator")), field(13, b""), field(34, b"")), 1):
            client.send(field(QUERY, field(1, number) + ask))
            client.expect_error("NOT_PERMITTED", number)
        self.assertEqual(self.counted("QUERY", "NOT_PERMITTED", identity="petitions"), before + 6)

    def test_another_identitys_source_is_taken(self):
        owner, thief = self.client("governance"), self.client("safety")
        for client in owner, thief:
            client.hello()
        self.assertEqual(owner.publish("owned", 1, tally_event("owned", 1)), (RECORDED, None))
        self.assertEqual(thief.publish("owned", 2, tally_event("owned", 2)), (REFUSED, "SOURCE_TAKEN"))
        self.assertEqual(thief.publish("owned", 1, tally_event("owned", 1)), (REFUSED, "SOURCE_TAKEN"))
        self.assertEqual(self.counted("PUBLISH", "SOURCE_TAKEN", identity="safety"), 2)
        self.assertEqual(owner.publish("owned", 2, tally_event("owned", 2)), (RECORDED, None))

    def test_a_forged_sender_in_the_event_counts_for_nothing(self):
        """The event has no field for who sent it. Fields that imitate the record's are unknown ones: kept, and void."""
        client = self.client("governance")
        client.hello()
        publisher = field(1, "leader") + field(2, 5) + field(3, "")  # the record's publisher: another office
        forged = field(3000, publisher) + field(2000, publisher) + field(99, field(1, 1) + field(3, publisher))
        self.assertEqual(client.publish("forger", 1, tally_event("forger", 1, extra=forged)), (RECORDED, None))
        record = next(record for record in self.county.replay() if record["event"]["source"] == "forger")
        self.assertEqual((record["publisher"]["identity"], record["publisher"]["office"]), ("governance", "GOVERNANCE"))
        self.assertEqual(record["publisher"].get("unit"), COUNTY)

    def test_another_offices_event_is_rejected(self):
        """The office that may publish a type is asked of the key, whatever the event says."""
        client = self.client("petitions")
        client.hello()
        self.assertEqual(client.publish("office", 1, tally_event("office", 1)), (REJECTED, "NOT_PERMITTED"))
        self.assertEqual(self.counted("EVENT", "NOT_PERMITTED", identity="petitions"), 1)

    def test_a_message_in_anothers_name_is_a_message_in_ones_own(self):
        """A hello with fields that imitate a welcome, and a routing id of another's choice."""
        client = self.client("town")
        client.send(field(HELLO, field(1, 1) + field(3, 9) + field(8, "operator") + field(9, "operator") +
                          field(10, 6) + field(11, COUNTY)))
        welcome = client.expect(WELCOME)
        self.assertEqual((welcome[8][0], welcome[9][0], welcome[11][0]), (b"town", b"publisher", TOWN.encode()))
        named = self.client("town", routing_id=b"operator")
        self.assertEqual(named.hello()[8][0], b"town")

    # ---- who sends what is no message ----

    def test_garbage_is_answered_and_the_session_stays(self):
        client = self.client("public-security")
        client.hello()
        garbage = (b"", b"\x00", b"\xff" * 100, b"\x0a", field(HELLO, b"\xff"), field(99, b"x"), field(2, 5),
                   field(QUERY, b""), field(QUERY, field(1, 1)), field(HELLO, field(1, 2)),
                   field(PUBLISH, b""), field(PUBLISH, field(1, "x") + field(2, 1)),
                   field(PUBLISH, field(1, "x") + field(2, 1) + field(3, b"\xff")),
                   b"\x3a\xff\xff\xff\xff\x0f", field(SUBSCRIBE, field(1, 0)), bytes(range(256)))
        for frame in garbage:
            client.send(frame)
            message = client.receive()
            self.assertIsNotNone(message, frame)
            kind, body = message
            code = CODES[body[1][0]] if kind == ERROR else CODES[fields(body[3][0])[4][0]]
            self.assertIn(code, ("MALFORMED", "BAD_QUERY", "VERSION_UNSUPPORTED"), frame)
        client.send(clock_query(1))
        self.assertEqual(client.expect(ANSWER)[1][0], 1)
        self.assertGreaterEqual(self.counted("MESSAGE", "MALFORMED", identity="public-security"), 6)

    def test_messages_of_several_frames_are_dropped_and_counted(self):
        client = self.client("leadership-office")
        client.hello()
        client.send(b"", clock_query(1))
        client.send(clock_query(2), clock_query(3))
        client.send(*[b"x"] * 1000)
        client.send(clock_query(4))
        self.assertEqual(client.expect(ANSWER)[1][0], 4, "nothing else was answered")
        self.assertEqual(self.counted("MESSAGE", "MALFORMED", identity="leadership-office"), 3)

    def test_giant_frames_end_their_connection_only(self):
        client = self.client("leader")
        client.hello()
        client.send(bytes(5 << 20))
        client.expect_error("MALFORMED")
        client.send(bytes(16 << 20))
        events = {client.event() for _ in range(2)}
        self.assertIn(zmq.EVENT_DISCONNECTED, events)
        self.others_are_served()

    # ---- who floods ----

    def test_a_flood_keeps_nobody_waiting_and_costs_no_memory(self):
        """Hellos, questions, garbage and messages of several frames as fast as they go, from sixty connections that
        read nothing; another identity's events are recorded all the while."""
        honest = self.client("governance")
        honest.hello()
        before = self.county.hub.peak_memory()
        flooding = [self.client("discipline") for _ in range(60)]
        messages = [greeting(), status_query(1, COUNTY), b"\xff" * 1000, clock_query(2), bytes(100000)]
        took = []
        for sequence in range(1, 31):
            for client in flooding:
                for message in messages:
                    client.send(*[message] * (2 if sequence % 7 == 0 else 1))
            began = time.monotonic()
            outcome = honest.publish("in-time", sequence, tally_event("in-time", sequence))
            took.append(time.monotonic() - began)
            self.assertEqual(outcome, (RECORDED, None))
        print(f"median {sorted(took)[15] * 1000:.0f} ms, worst {max(took) * 1000:.0f} ms, "
              f"memory {(self.county.hub.peak_memory() - before) >> 20} MiB more")
        self.assertLess(max(took), 5)
        self.assertLess(self.county.hub.peak_memory() - before, 300 << 20)
        self.others_are_served()

    def test_a_thousand_connections_leave_room_for_others(self):
        before = self.county.hub.peak_memory()
        clients = [self.client("auditor", watched=False) for _ in range(400)]
        address = self.county.endpoint.removeprefix("tcp://").rsplit(":", 1)
        strangers = [socket.create_connection((address[0], int(address[1])), 30) for _ in range(600)]
        for stranger in strangers:
            self.addCleanup(stranger.close)
        for client in clients:
            client.send(greeting())
        answers = [client.receive() for client in clients]
        welcomed = sum(kind == WELCOME for kind, _ in answers)
        busy = [body for kind, body in answers if kind == ERROR]
        self.assertEqual((welcomed, len(busy)), (256, 144), "the sessions of an identity")
        self.assertTrue(all(CODES[body[1][0]] == "BUSY" and body[5][0] > 0 for body in busy))
        self.others_are_served()
        for client in clients:
            client.socket.disconnect(self.county.endpoint)
        self.assertEqual(self.counted("HELLO", "BUSY", identity="auditor"), 144)
        self.assertLess(self.county.hub.peak_memory() - before, 300 << 20)

    # ---- what is kept of it ----

    def test_refusals_stand_in_files_without_content(self):
        client = self.client("petitions")
        client.hello()
        event = tally_event("secret-source", 1, extra=field(9, "不可外传的内容"))
        self.assertEqual(client.publish("secret-source", 1, event), (REJECTED, "NOT_PERMITTED"))
        folder = self.county.data / "audit"

        def lines():
            return [line for path in folder.glob("*.jsonl") for line in path.read_text().splitlines()]

        until("a line in the file", lambda: any('"petitions","what":"EVENT"' in line for line in lines()))
        for line in lines():
            row = json.loads(line)
            self.assertEqual(set(row) - {"identity", "key", "nobody", "others"}, {"time", "what", "code", "count"})
            self.assertNotIn("secret-source", line)
            self.assertNotIn("外传", line)
        self.assertEqual(stat.S_IMODE(folder.stat().st_mode), 0o700)
        for path in folder.iterdir():
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        since_start = self.county.ask("refusals", "--of", "petitions")["refusals"]
        from_files = self.county.ask("refusals", "--of", "petitions", "--since", "2020-01-01")["refusals"]

        def counts(rows):
            return {(row["what"], row["code"]): row["count"] for row in rows}

        self.assertEqual(counts(since_start), counts(from_files))
        self.assertIn("事件 EVENT", self.county.ctl("refusals", "--of", "petitions"))
        self.assertIn("[NOT_PERMITTED]", self.county.ctl("refusals", identity="leader", expect=4))


if __name__ == "__main__":
    main()
