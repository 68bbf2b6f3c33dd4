"""Whoever says to this hub, byte for byte, what a client of a released version said to the hub of that version, is told
the same. New fields may have come into an answer; none that was there is missing, and none says anything else."""
import unittest

from county import (ACKNOWLEDGED, ANSWER, CODES, DELIVERY, ERROR, OUTCOME, SUMMARY, WELCOME, County, fields, main, until)
from fixtures import Fixture, versions

NAMES = {WELCOME: "welcome", OUTCOME: "outcome", DELIVERY: "delivery", SUMMARY: "summary",
         ACKNOWLEDGED: "acknowledged", ANSWER: "answer", ERROR: "error"}
# Of a welcome: the protocol, the position, and where each source stands, who it is; not the hub's own name and limits.
WELCOME_SAME = (1, 4, 6, 8, 9, 10, 11, 12)
RECORDS, EVENT, SOURCE = 2, 4, 1  # of a delivery, a record, an event


def parsed(encoded):
    """The fields of what is a message; None: it is not, or not surely."""
    try:
        return fields(encoded) if encoded else None
    except IndexError:
        return None


def difference(old, new, path=""):
    """The first field of the old message that the new one does not have or in which it says something else."""
    for number, values in old.items():
        others, place = new.get(number), f"{path}.{number}"
        if others is None or len(others) != len(values):
            return f"{place}: {values} was told, now {others}"
        for value, other in zip(values, others):
            inner = parsed(value) if isinstance(value, bytes) and value != other else None
            inner_new = parsed(other) if inner is not None and isinstance(other, bytes) else None
            if inner is not None and inner_new is not None:
                found = difference(inner, inner_new, place)
                if found:
                    return found
            elif value != other:
                return f"{place}: {value} was told, now {other}"
    return None


class Told:
    """What a hub told a client: its records, however they were bundled, and its other messages in their order."""

    def __init__(self):
        self.records = {}
        self.others = []

    def take(self, kind, message):
        if kind != DELIVERY:
            self.others.append((kind, message))
        for record in message.get(RECORDS, []) if kind == DELIVERY else []:
            self.records[fields(record)[1][0]] = record

    def take_frame(self, frame):
        (kind, values), = fields(bytes.fromhex(frame)).items()
        self.take(kind, fields(values[0]))


class AnswersWhatOlderVersionsSent(unittest.TestCase):
    def test_each_of_them(self):
        self.assertTrue(versions())
        for version in versions():
            with self.subTest(version), County() as county:
                county.open_hub()
                conversations = Fixture(version).conversations()
                self.assertGreater(len(conversations), 8)
                for number, conversation in enumerate(conversations):
                    with self.subTest(f"{version}, conversation {number}, {conversation['identity']}"):
                        self.replay(county, conversation)

    def replay(self, county, conversation):
        peer = county.peer(conversation["identity"])
        was, now = Told(), Told()

        def heard():
            """All that was told up to here is told again."""
            if len(now.others) >= len(was.others) and now.records.keys() >= was.records.keys():
                return True
            message = peer.receive(1)
            if message is not None:
                now.take(*message)
            return False

        for line in conversation["frames"]:
            word, _, frame = line.partition(" ")
            if word == "received":
                was.take_frame(frame)
                continue
            until(f"what was told before {frame[:40]}: {was.others[-1:]}, {len(was.records)} records", heard)
            peer.send(bytes.fromhex(frame))
        until("the last that was told", heard)
        self.compare(was, now)

    def compare(self, was, now):
        for (kind, old), (kind_now, new) in zip(was.others, now.others):
            self.assertEqual(NAMES[kind], NAMES[kind_now], f"{new}: {CODES.get(new.get(1, [0])[0])}")
            if kind == WELCOME:
                old = {field: values for field, values in old.items() if field in WELCOME_SAME}
            self.assertIsNone(difference(old, new, NAMES[kind]))
        for position, record in was.records.items():
            old, new = fields(record), fields(now.records[position])
            if fields(old[EVENT][0])[SOURCE] != [b"hub"]:  # which tells of keys and of its own random name
                self.assertIsNone(difference(old, new, f"record {position}"))


if __name__ == "__main__":
    main()
