"""An identity that asks for more than its limits is told when to come back; who comes back then loses nothing, and the
others notice nothing."""
import time
import unittest

from county import (ANSWER, CODES, ERROR, HELLO, OUTCOME, QUERY, RECORDED, REFUSED, County, field, fields, main,
                    tally_event, until)

NARROW = "{messages_per_second: 50, bytes_per_second: 1000000, subscriptions: 3, sessions: 4}"


def clock_query(number):
    return field(QUERY, field(1, number) + field(12, b""))


def busy(error):
    """The time to wait that an error says."""
    assert CODES[error[1][0]] == "BUSY", error
    return error[5][0]


class Limits(unittest.TestCase):
    """One hub; each test is another identity, for limits are an identity's."""

    @classmethod
    def setUpClass(cls):
        cls.county = cls.enterClassContext(County(limits=NARROW))
        cls.county.start()

    def test_questions_over_the_limit_are_told_when_to_come_back(self):
        peer = self.county.peer("auditor")
        welcome = peer.hello()
        limits = fields(welcome[7][0])
        self.assertEqual([limits[number][0] for number in (7, 8, 9, 10)], [50, 1000000, 3, 4])
        for number in range(1, 301):
            peer.send(clock_query(number))
        answers = [peer.receive() for _ in range(300)]
        answered = [body for kind, body in answers if kind == ANSWER]
        refused = [body for kind, body in answers if kind == ERROR]
        self.assertGreater(len(answered), 90, "a burst passes")
        self.assertGreater(len(refused), 20, "no more than the burst, and what came in meanwhile")
        self.assertEqual(len(answered) + len(refused), 300)
        numbers = [body[1][0] for body in answered] + [body[3][0] for body in refused]
        self.assertEqual(sorted(numbers), list(range(1, 301)), "each question has its own answer")
        wait_ms = max(busy(body) for body in refused)
        self.assertTrue(1 <= wait_ms <= 1000, wait_ms)
        time.sleep(wait_ms / 1000)  # what the hub said, not what the test guesses
        peer.send(clock_query(301))
        self.assertEqual(peer.expect(ANSWER)[1][0], 301)

    def test_a_message_over_the_limit_used_no_number(self):
        peer = self.county.peer("town")
        peer.hello()
        sequence, refusal = 1, None
        while refusal is None:
            peer.publish("yu", sequence, tally_event("yu", sequence))
            outcome = peer.expect(OUTCOME)
            run = fields(outcome[3][0])
            if run[1][0] == REFUSED:
                refusal = outcome
            else:
                self.assertEqual(run[1][0], RECORDED)
                sequence += 1
        self.assertEqual(CODES[fields(refusal[3][0])[4][0]], "BUSY")
        self.assertEqual(refusal[4][0], sequence, "the number is free")
        time.sleep(refusal[5][0] / 1000)
        peer.publish("yu", sequence, tally_event("yu", sequence))
        self.assertEqual(fields(peer.expect(OUTCOME)[3][0])[1][0], RECORDED)

    def test_bytes_are_limited_too(self):
        peer = self.county.peer("safety")
        peer.hello()
        peer.send_zeros(4 << 20)
        self.assertEqual(peer.expect_error(), "MALFORMED")
        peer.send(clock_query(1))
        self.assertGreater(busy(peer.expect(ERROR)), 500, "four megabytes at one a second, less the burst")

    def test_credit_passes_always(self):
        peer = self.county.peer("petitions")
        peer.hello()
        peer.subscribe(1, 0)
        for _ in range(200):
            peer.give_credit(1, 1)
        self.assertGreaterEqual(len(peer.take_records(10)), 10)

    def test_subscriptions_are_counted_over_all_sessions(self):
        first, second = self.county.peer("discipline"), self.county.peer("discipline")
        for peer in first, second:
            peer.hello()
        for number in 1, 2:
            first.subscribe(number, 0)
        first.settle()
        second.subscribe(1, 0)
        second.settle()
        second.subscribe(2, 5)
        error = second.expect(ERROR)
        self.assertEqual(error[4][0], 2, "the subscription's number")
        self.assertGreater(busy(error), 0)
        first.send(field(4, field(1, 2)))
        first.settle()
        second.subscribe(2, 5)
        self.assertEqual(len(second.take_records(5)), 5)

    def test_sessions_are_counted_and_those_that_ended_make_room(self):
        peers = [self.county.peer("public-security") for _ in range(4)]
        for peer in peers:
            peer.hello()
        last = self.county.peer("public-security")
        greeting = field(HELLO, field(1, 1) + field(3, 7))
        last.send(greeting)
        self.assertGreater(busy(last.expect(ERROR)), 0)
        peers[0].close()
        self.county.peers.remove(peers[0])

        def welcomed():
            last.send(greeting)
            return last.receive()[0] != ERROR

        until("a session of one that left is free", welcomed)
        self.county.peer("leadership-office").hello()

    def test_a_client_over_the_limit_loses_nothing(self):
        publisher = self.county.start_publisher("flood", count=300, batch=1, window=32)
        self.assertEqual(publisher.wait(60), 0)
        sequences = [int(record["event"]["sequence"]) for record in self.county.replay()
                     if record["event"]["source"] == "flood"]
        self.assertEqual(sequences, list(range(1, 301)))

    def test_a_tool_over_the_limit_waits(self):
        peer = self.county.peer("leader")
        peer.hello()
        for number in range(1, 201):
            peer.send(clock_query(number))
        self.county.ctl("clock", "show", identity="leader")


if __name__ == "__main__":
    main()
